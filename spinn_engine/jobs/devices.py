"""Which accelerators this machine has, told without loading torch into this process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from spinn_engine.errors import BadInputError

# Without one of these, Linux has no accelerator that torch could use, and nothing need be asked.
_DEVICE_FILES = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "/dev/kfd", "/dev/dri")
# What hides all other devices of a kind from a process that has not loaded torch yet.
_VISIBLE = {"cuda": ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"), "xpu": ("ZE_AFFINITY_MASK",)}
_PROBE = """
import json
from spinn_engine.training.device import accelerators
print(json.dumps(accelerators()))
"""


@dataclass(frozen=True)
class Device:
    """A device that a worker can serve.

    Attributes:
        name: as torch says it, ``cuda:0``; its number is the one among those visible here.
        label: name and model, ``cuda:0 (NVIDIA H100)``.
        memory_bytes: memory of the device; of the machine for a CPU.
    """

    name: str
    label: str
    memory_bytes: int

    @property
    def kind(self) -> str:
        """``cuda``, ``xpu``, ``mps`` or ``cpu``."""
        return self.name.partition(":")[0]


def cpu() -> Device:
    """The processor, with the machine's memory."""
    return Device("cpu", "cpu", psutil.virtual_memory().total)


def find_devices() -> list[Device]:
    """The accelerators of this machine, or else its CPU.

    A machine where torch cannot be asked counts as one without accelerators.
    """
    if sys.platform == "linux" and not any(Path(file).exists() for file in _DEVICE_FILES):
        return [cpu()]
    command = [sys.executable, "-c", _PROBE]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        return [cpu()]
    found = json.loads(asked.stdout.splitlines()[-1])
    devices = [Device(name, f"{name} ({model})" if model else name, n) for name, model, n in found]
    return devices or [cpu()]


def device_of(slot: str, devices: list[Device]) -> Device:
    """The device that a slot's name ends with (``lab3-cuda1``, ``x-cpu``), or else the first.

    Raises:
        BadInputError: this machine does not have it.
    """
    ending = re.search(r"-(cuda\d+|xpu\d+|mps|cpu)$", slot)
    if ending is None:
        return devices[0]
    if ending[1] == "cpu":
        return cpu()
    for device in devices:
        if device.name.replace(":", "") == ending[1]:
            return device
    there = ", ".join(device.name for device in devices)
    raise BadInputError(f"slot {slot!r} names {ending[1]}, but this machine has {there}")


def only(device: Device) -> dict[str, str]:
    """Environment variables with which a new process sees this device and no other accelerator.

    A list that hides devices from this process already is respected: number 1 is its second entry.
    """
    hidden = dict.fromkeys((name for names in _VISIBLE.values() for name in names), "")
    if device.kind in _VISIBLE:
        number = int(device.name.partition(":")[2] or 0)
        for name in _VISIBLE[device.kind]:
            listed = [entry for entry in os.environ.get(name, "").split(",") if entry]
            hidden[name] = listed[number] if number < len(listed) else str(number)
    return hidden
