import subprocess
import sys

import psutil
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.jobs import devices
from spinn_engine.jobs.devices import Device, cpu, device_of, find_devices, only

TWO = [Device("cuda:0", "cuda:0 (A)", 1), Device("cuda:1", "cuda:1 (B)", 2)]


def test_a_machine_without_accelerators_serves_its_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_DEVICE_FILES", ())
    expected = Device("cpu", "cpu", psutil.virtual_memory().total)
    assert find_devices() == [expected]


def test_torch_is_asked_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    said = '["cuda:0", "NVIDIA H100", 80], ["cuda:1", "NVIDIA H100", 80], ["mps", "", 7]'
    monkeypatch.setattr(devices, "_DEVICE_FILES", ("/",))
    monkeypatch.setattr(devices, "_PROBE", f"print('a warning'); print('[{said}]')")
    assert find_devices() == [
        Device("cuda:0", "cuda:0 (NVIDIA H100)", 80),
        Device("cuda:1", "cuda:1 (NVIDIA H100)", 80),
        Device("mps", "mps", 7),
    ]
    monkeypatch.setattr(devices, "_PROBE", "raise SystemExit(1)")
    assert [device.name for device in find_devices()] == ["cpu"]


def test_the_real_question_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_DEVICE_FILES", ("/",))
    assert find_devices()


def test_the_end_of_a_slots_name_is_its_device() -> None:
    assert device_of("lab3-cuda1", TWO) == TWO[1]
    assert device_of("lab3-cpu", TWO) == cpu()
    assert device_of("night-shift", TWO) == TWO[0]
    with pytest.raises(BadInputError, match="names cuda2, but this machine has cuda:0, cuda:1"):
        device_of("lab3-cuda2", TWO)


def test_a_child_sees_only_its_device(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"):
        monkeypatch.delenv(name, raising=False)
    assert only(TWO[1]) == {
        "CUDA_VISIBLE_DEVICES": "1",
        "HIP_VISIBLE_DEVICES": "1",
        "ZE_AFFINITY_MASK": "",
    }
    assert only(Device("xpu:0", "", 1))["ZE_AFFINITY_MASK"] == "0"
    assert set(only(cpu()).values()) == {""}
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,6")
    assert only(TWO[1])["CUDA_VISIBLE_DEVICES"] == "6"


def test_a_slot_that_names_a_device_too_many_is_refused_by_the_command() -> None:
    command = [sys.executable, "-m", "spinn_engine", "worker", "--slot", "lab3-cuda7"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "names cuda7" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
