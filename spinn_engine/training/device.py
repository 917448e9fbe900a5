"""Which device trains, by name or by what the machine has."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from typing import Any

import numpy as np
import torch

from spinn_engine import __version__
from spinn_engine.errors import BadInputError
from spinn_engine.guarded.limits import machine_memory
from spinn_engine.words import counted, size

COPIES, FLOAT_BYTES = 4, 4  # weights, gradients and the two moments of Adam
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h


def available_devices() -> list[str]:
    """Devices of this machine, accelerators first, e.g. ``["cuda:0", "cpu"]``."""
    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.xpu.is_available():
        found += [f"xpu:{index}" for index in range(torch.xpu.device_count())]
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def accelerators() -> list[tuple[str, str, int]]:
    """Name, model and memory in bytes of every accelerator: ``("cuda:0", "NVIDIA H100", ...)``."""
    found = []
    for name in available_devices()[:-1]:
        if name == "mps":
            found.append((name, "", torch.mps.recommended_max_memory()))
        else:
            backend = torch.cuda if name.startswith("cuda") else torch.xpu
            facts = backend.get_device_properties(name)
            found.append((name, facts.name, facts.total_memory))
    return found


def pick_device(name: str) -> torch.device:
    """The named device; ``auto`` is the first accelerator, or the CPU.

    Raises:
        BadInputError: this machine has no such device.
    """
    devices = available_devices()
    if name == "auto":
        return torch.device(devices[0])
    wanted = f"{name}:0" if name in ("cuda", "xpu") else name
    if wanted not in devices:
        raise BadInputError(
            f"train.device: {name!r} is not on this machine, which has {', '.join(devices)}"
        )
    return torch.device(wanted)


def keep_freed_memory(largest: int = 1 << 30) -> None:
    """Make glibc hand freed memory out again instead of giving it back to the kernel.

    A training step frees and takes the same large blocks thousands of times; having the kernel
    clear each of them anew costs a sixth of the step. Does nothing where there is no glibc.

    Args:
        largest: bytes of the largest block of a step; larger ones, of many rows, are given back.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, largest)
            mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)


def give_freed_memory_back() -> None:
    """Give the kernel what is free between two things that need other blocks of memory."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def environment(device: torch.device) -> dict[str, Any]:
    """Versions and machine, as a result names them: all that the bytes of its networks hang on."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "spinn_engine": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "platform": platform.platform(terse=True),
        "device": str(device),
        "device_name": name,
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "cpus": os.cpu_count(),
    }


def check_memory(device: torch.device, networks: int, params: int) -> None:
    """Refuse to train what does not fit into a CPU's memory, before anything is made.

    Args:
        device: where it would be trained; what other devices lack they say themselves.
        networks: that are trained at once.
        params: of each.

    Raises:
        BadInputError: their weights, gradients and Adam's two moments take more than is free.
    """
    needed, free = networks * params * COPIES * FLOAT_BYTES, machine_memory()
    if device.type == "cpu" and needed > free:
        raise BadInputError(
            f"training {counted(networks, 'network')} of {counted(params, 'parameter')} takes at "
            f"least {size(needed)} of memory and {size(free)} are free: use fewer seeds or folds, "
            "or a smaller network"
        )
