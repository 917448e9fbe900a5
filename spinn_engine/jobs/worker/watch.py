"""What a worker sees of its child from outside: whether it gets somewhere, and its memory."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import psutil

from spinn_engine.errors import BadInputError
from spinn_engine.guarded.groups import memory_groups
from spinn_engine.store.runs import RunFolder
from spinn_engine.words import size

# A child hangs if no epoch ended, and no line came, for so long and so many times the longest wait.
HANG_MINUTES = 30.0
_HANG_FACTOR = 10.0
_LOOK_SECONDS = 1.0
_FULL_SHARE = 0.05
_COUNTS = {"": "memory.events", "memory": "memory.oom_control"}  # by the controller of a group


class Watch:
    """Looks at one child and at the files it writes."""

    def __init__(self, folder: RunFolder, pid: int) -> None:
        self._files = (folder.metrics_path, folder.log_path)
        self._pid = pid
        self._sign = self._last_sign()
        self._since = self._looked = time.monotonic()
        self._begins = True  # the wait for the first sign is that for torch, not for an epoch
        self._longest = 0.0
        self._resident = 0
        self._available = 1.0
        self._kills = _out_of_memory_kills()

    def look(self) -> None:
        """Look, at most once a second."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        sign = self._last_sign()
        if sign != self._sign:
            self._longest = 0.0 if self._begins else max(self._longest, now - self._since)
            self._sign, self._since, self._begins = sign, now, False
        memory = psutil.virtual_memory()
        self._available = memory.available / memory.total
        try:
            held = psutil.Process(self._pid).memory_info().rss
            self._resident = held or self._resident  # of one that has just ended it is zero
        except psutil.Error:  # it has just ended: what it held last is still known
            return

    def _last_sign(self) -> float:
        return max((path.stat().st_mtime for path in self._files if path.exists()), default=0.0)

    def minutes_hung(self) -> float | None:
        """Minutes without a sign of life, if these are too many."""
        quiet = time.monotonic() - self._since
        most = max(60 * hang_minutes(), _HANG_FACTOR * self._longest)
        return quiet / 60 if quiet > most else None

    def memory_words(self) -> str:
        """What a killed child had to do with memory, empty if nothing points to it."""
        if self._available > _FULL_SHARE and _out_of_memory_kills() == self._kills:
            return ""
        return f" as the machine's memory was full (it held {size(self._resident)})"


def hang_minutes() -> float:
    """``$SPINN_HANG_MINUTES``, or half an hour.

    Raises:
        BadInputError: the setting is no positive number.
    """
    given = os.environ.get("SPINN_HANG_MINUTES")
    try:
        minutes = HANG_MINUTES if given is None else float(given)
    except ValueError:
        minutes = 0.0
    if not minutes > 0:
        raise BadInputError(f"SPINN_HANG_MINUTES must be a positive number but is {given!r}")
    return minutes


def _out_of_memory_kills() -> int:
    """How often the kernel has ended a process of this control group for its memory."""
    found = memory_groups()
    return sum(_kills(groups[0] / _COUNTS[controller]) for controller, groups in found)


def _kills(counts: Path) -> int:
    lines: list[str] = []
    with suppress(OSError):  # the kernel does not count here
        lines = counts.read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
