"""Which accelerator this machine has, told without loading torch into this process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Without one of these, Linux has no accelerator that torch could use, and nothing need be asked.
_DEVICE_FILES = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "/dev/kfd", "/dev/dri")
_PROBE = """
import torch
from spinn_engine.training.device import available_devices
name = available_devices()[0]
label = torch.cuda.get_device_name(0) if name.startswith("cuda") else ""
print(name, label, sep="\\t")
"""


def first_device() -> tuple[str, str]:
    """The device that ``auto`` picks, and a label: ``("cuda:0", "cuda:0 (NVIDIA H100)")``.

    A machine where torch cannot be asked counts as one without accelerators.
    """
    if sys.platform == "linux" and not any(Path(file).exists() for file in _DEVICE_FILES):
        return "cpu", "cpu"
    command = [sys.executable, "-c", _PROBE]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        return "cpu", "cpu"
    name, label = asked.stdout.splitlines()[-1].split("\t")
    return name, f"{name} ({label})" if label else name
