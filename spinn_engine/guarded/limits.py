"""How much memory and time reading a stranger's file may take: as much as the machine allows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from spinn_engine.errors import BadInputError
from spinn_engine.guarded.groups import memory_groups

USUAL_SECONDS = 300.0
MEGABYTE = 1_000_000
SHARE = 2  # half of what is free, and half of the rest for the next
# By the controller of a group: limit, use, and what of it is given back when needed.
GROUP_FILES = {
    "": ("memory.max", "memory.current", "inactive_file"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}

_given: list[int] = []  # the memory that this process was given, where it is such a process


def free_memory() -> int:
    """Bytes that reading may take here: those that were given, or all that are free."""
    return _given[0] if _given else machine_memory()


def give_memory(size: int) -> None:
    """Say that reading in this process may take so many bytes."""
    _given[:] = [size]


def memory_limit(promised: int) -> int:
    """Bytes that one more file may take: ``$SPINN_READ_MB``, or half of what is free.

    Args:
        promised: bytes that files which are read now may still take.

    Raises:
        BadInputError: the setting is no positive number.
    """
    asked = _positive("SPINN_READ_MB", os.environ.get("SPINN_READ_MB"))
    free = max(machine_memory() - promised, 0) // SHARE
    return free if asked is None else round(asked * MEGABYTE)


def seconds_limit() -> float:
    """Seconds that reading a file may take: ``$SPINN_READ_SECONDS``, or five minutes.

    Raises:
        BadInputError: the setting is no positive number.
    """
    asked = _positive("SPINN_READ_SECONDS", os.environ.get("SPINN_READ_SECONDS"))
    return USUAL_SECONDS if asked is None else asked


def machine_memory() -> int:
    """Bytes that are free on the machine, and in every control group that this process is in."""
    return min([psutil.virtual_memory().available, *_free_in_groups()])


def _free_in_groups() -> Iterator[int]:
    for controller, groups in memory_groups():
        for group in groups:
            yield from _free_in(group, *GROUP_FILES[controller])


def _free_in(group: Path, limit: str, used: str, returned: str) -> Iterator[int]:
    """What is free in one group; nothing where it has no limit."""
    with suppress(OSError, ValueError):  # ``max`` is no number
        most, now = (int((group / name).read_text()) for name in (limit, used))
        facts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        yield max(most - now + int(facts.get(returned, 0)), 0)


def _positive(name: str, given: str | None) -> float | None:
    if given is None:
        return None
    try:
        number = float(given)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise BadInputError(f"{name} must be a positive number but is {given!r}")
    return number
