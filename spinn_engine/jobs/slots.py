"""Device slots: one live worker each, with a heartbeat in the job database.

A slot's row in ``spinn_workers`` says who its worker is, which run its child has in hand, and what
people want of the worker: to serve, to pause, or to drain.
"""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from typing import Any

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.jobs.database import database_url, prepare_database, sqlite_path, transaction
from spinn_engine.jobs.devices import Device
from spinn_engine.jobs.locks import held, slot_lock

LOG = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 2.0
# A look at whether a file lock is held takes it for an instant; a worker tries for longer.
_TAKE_SECONDS = 1.0
_FORGOTTEN_SECONDS = 86_400.0
_SLOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class Wanted(StrEnum):
    """What a worker is to do: take jobs; take none for now; end after the one it has."""

    SERVE = "serve"
    PAUSE = "pause"
    DRAIN = "drain"


@dataclass(frozen=True)
class Worker:
    """A worker as its heartbeat tells it.

    Attributes:
        slot: stable name of the device slot, e.g. ``lab3-cuda0``.
        pid: process id on ``host``.
        host: name of the machine.
        alive: whether the worker's process still holds the slot.
        wanted: whether it serves, pauses, or drains.
        device: e.g. ``cuda:0 (NVIDIA H100)`` or ``cpu``.
        memory_bytes: memory of the device; of the machine for a CPU.
        torch: version of torch, None where it is not installed.
        run_id: the run that its child process has in hand, None when idle.
        seconds_since_heartbeat: age of all this.
    """

    slot: str
    pid: int
    host: str
    alive: bool
    wanted: Wanted
    device: str
    memory_bytes: int
    torch: str | None
    run_id: str | None
    seconds_since_heartbeat: float


def slot_name(device: str) -> str:
    """The slot of a device on this machine: ``lab3-cpu``, ``lab3-cuda0``."""
    host = re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname()).strip("-") or "host"
    return f"{host}-{device.replace(':', '')}"


def check_slot(name: str) -> str:
    """Return ``name`` if it can be a slot's.

    Raises:
        BadInputError: it holds something other than letters, digits, ``_`` and ``-``.
    """
    if not _SLOT.fullmatch(name):
        raise BadInputError(
            f"{name[:80]!r} is not a slot: slots have up to 100 letters, digits, '-' and '_'"
        )
    return name


def workers() -> list[Worker]:
    """All workers of the last day that have not ended in good order, the dead ones too, by slot.

    Raises:
        SpinnError: the job database cannot be used.
    """
    path = sqlite_path(database_url())
    if path is not None and not path.exists():  # looking makes no database
        return []
    from sqlalchemy import text

    with transaction() as connection:
        found = connection.execute(text("SELECT slot, beat, wanted FROM spinn_workers"))
        rows = sorted((slot, json.loads(beat), wanted) for slot, beat, wanted in found)
    alive = held(slot for slot, _, _ in rows)
    listed = [_worker(slot, beat, wanted, slot in alive) for slot, beat, wanted in rows]
    return [w for w in listed if w.alive or w.seconds_since_heartbeat < _FORGOTTEN_SECONDS]


def beats() -> dict[str, float]:
    """The time of each slot's last heartbeat, by its worker's clock.

    Raises:
        SpinnError: the job database cannot be used.
    """
    from sqlalchemy import text

    with transaction() as connection:
        found = connection.execute(text("SELECT slot, beat FROM spinn_workers"))
        return {slot: json.loads(beat)["time"] for slot, beat in found}


def _worker(slot: str, beat: dict[str, Any], wanted: str, alive: bool) -> Worker:
    age = max(0.0, time.time() - beat.pop("time"))
    return Worker(
        slot=slot, alive=alive, wanted=Wanted(wanted), seconds_since_heartbeat=age, **beat
    )


def ask_worker(slot: str, wanted: Wanted) -> None:
    """Have a worker serve, pause or drain; it is seen to within a heartbeat.

    Raises:
        BadInputError: no live worker has that slot.
        SpinnError: the job database cannot be used.
    """
    check_slot(slot)
    alive = [worker.slot for worker in workers() if worker.alive]
    if slot not in alive:
        there = f"live ones: {', '.join(alive)}" if alive else "there is none"
        raise BadInputError(f"there is no live worker {slot!r} ({there})")
    from sqlalchemy import text

    with transaction() as connection:
        connection.execute(
            text("UPDATE spinn_workers SET wanted = :wanted WHERE slot = :slot"),
            {"wanted": str(wanted), "slot": slot},
        )


class Slot:
    """A device slot held by this process, from construction to ``release``.

    Attributes:
        name: the slot's.
        device: what it serves.
        wanted: what people want of this worker, as of the last heartbeat.
        lost: whether another worker took the slot while the database could not be reached.

    Raises:
        BadInputError: the name cannot be a slot's, or a live worker holds the slot.
        SpinnError: the job database cannot be used.
    """

    def __init__(self, name: str, device: Device) -> None:
        self.name = check_slot(name)
        self.device = device
        self.wanted = Wanted.SERVE
        self.lost = False
        prepare_database()
        self._lock = slot_lock(name)
        self._take()
        self._writing = threading.Lock()
        self._released = threading.Event()
        self._beat: dict[str, Any] = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "device": device.label,
            "memory_bytes": device.memory_bytes,
            "torch": _torch_version(),
            "run_id": None,
        }
        self._write(start=True)
        threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True).start()

    def _take(self) -> None:
        deadline = time.monotonic() + _TAKE_SECONDS
        while not self._lock.take():
            if time.monotonic() > deadline:
                raise BadInputError(
                    f"slot {self.name} already has a live worker: stop that one, "
                    "or give this one another --slot"
                )
            time.sleep(0.02)

    def show_run(self, run_id: str | None) -> None:
        """Tell at once which run the child process has in hand."""
        self._beat["run_id"] = run_id
        self._beat_now()

    def release(self) -> None:
        """Give the slot back and take the heartbeat away."""
        from sqlalchemy import text

        self._released.set()
        with self._writing:
            try:
                if not self.lost:
                    with transaction() as connection:
                        connection.execute(
                            text("DELETE FROM spinn_workers WHERE slot = :slot"),
                            {"slot": self.name},
                        )
            finally:
                self._lock.release()

    def _keep_beating(self) -> None:
        away = False
        while not self._released.wait(HEARTBEAT_SECONDS):
            if not self._lock.keep():
                self.lost = True
                return
            there = self._beat_now()
            if away == there:
                LOG.warning(
                    "the job database is %s", "back" if there else "away; it is tried again"
                )
            away = not there

    def _beat_now(self) -> bool:
        """Write the heartbeat; a database that is away, or full, only makes it look old."""
        with self._writing:
            if self._released.is_set() or self.lost:
                return True
            try:
                self.wanted = self._write()
            except SpinnError:
                return False
        return True

    def _write(self, start: bool = False) -> Wanted:
        from sqlalchemy import text

        with transaction() as connection:
            written = connection.execute(
                text(
                    "INSERT INTO spinn_workers (slot, beat, wanted) VALUES (:slot, :beat, 'serve') "
                    "ON CONFLICT (slot) DO UPDATE SET beat = excluded.beat"
                    f"{', wanted = excluded.wanted' if start else ''} RETURNING wanted"
                ),
                {"slot": self.name, "beat": json.dumps({**self._beat, "time": time.time()})},
            )
            return Wanted(written.scalar_one())


def _torch_version() -> str | None:
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return None
