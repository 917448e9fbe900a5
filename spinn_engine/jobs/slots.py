"""Device slots: one live worker each, kept so by a file lock, with a heartbeat file beside it.

Under ``<store>/workers``: ``SLOT.lock`` is locked for as long as its worker lives, so liveness does
not depend on a clock; ``SLOT.json`` says who the worker is and which run its child has in hand.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import threading
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from spinn_engine.artifacts.store import results_root
from spinn_engine.errors import BadInputError, SpinnError

HEARTBEAT_SECONDS = 2.0
# A look at whether a slot is held takes its lock for an instant; a worker tries for longer.
_TAKE_SECONDS = 1.0
_SLOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True)
class Worker:
    """A worker as its heartbeat tells it.

    Attributes:
        slot: stable name of the device slot, e.g. ``lab3-cuda0``.
        pid: process id on ``host``.
        host: name of the machine.
        alive: whether the worker's process still holds the slot.
        device: e.g. ``cuda:0 (NVIDIA H100)`` or ``cpu``.
        torch: version of torch, None where it is not installed.
        run_id: the run that its child process has in hand, None when idle.
        seconds_since_heartbeat: age of all this.
    """

    slot: str
    pid: int
    host: str
    alive: bool
    device: str | None
    torch: str | None
    run_id: str | None
    seconds_since_heartbeat: float


def workers_folder() -> Path:
    """Where locks, heartbeats and logs of the workers are."""
    return results_root() / "workers"


def slot_name(device: str) -> str:
    """The slot of a device on this machine: ``lab3-cpu``, ``lab3-cuda0``."""
    host = re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname()).strip("-") or "host"
    return f"{host}-{device.replace(':', '')}"


def workers() -> list[Worker]:
    """All workers that have not ended in good order, the dead ones too, by slot."""
    found = (_read(path) for path in sorted(workers_folder().glob("*.json")))
    return [worker for worker in found if worker is not None]


def _read(path: Path) -> Worker | None:
    try:
        beat = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # its worker has just ended
        return None
    return Worker(
        slot=path.stem,
        pid=beat["pid"],
        host=beat["host"],
        alive=is_held(path.with_suffix(".lock")),
        device=beat["device"],
        torch=beat["torch"],
        run_id=beat["run_id"],
        seconds_since_heartbeat=max(0.0, time.time() - beat["time"]),
    )


def is_held(lock: Path) -> bool:
    """Whether a process holds this file lock."""
    try:
        with lock.open() as file:
            return not try_lock(file)
    except FileNotFoundError:
        return False


def try_lock(file: IO[Any]) -> bool:
    """Lock an open file, for as long as it is open here or in a process that inherited it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Slot:
    """A device slot held by this process, from construction to ``release``.

    Raises:
        BadInputError: the name cannot be a slot's, or a live worker holds the slot.
        SpinnError: the store cannot be written.
    """

    def __init__(self, name: str, device: str) -> None:
        if not _SLOT.fullmatch(name):
            raise BadInputError(
                f"{name[:80]!r} is not a slot: slots have up to 100 letters, digits, '-' and '_'"
            )
        self.name = name
        self._path = workers_folder() / f"{name}.json"
        self._lock_file = self._take()
        self._writing = threading.Lock()
        self._released = threading.Event()
        self._beat: dict[str, Any] = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "device": device,
            "torch": _torch_version(),
            "run_id": None,
        }
        self._write()
        threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True).start()

    def _take(self) -> IO[str]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.with_suffix(".lock").open("w")
        except OSError as error:
            raise SpinnError(f"cannot write {self._path.parent}: {error.strerror}") from error
        deadline = time.monotonic() + _TAKE_SECONDS
        while not try_lock(file):
            if time.monotonic() > deadline:
                file.close()
                raise BadInputError(
                    f"slot {self.name} already has a live worker: stop that one, "
                    "or give this one another --slot"
                )
            time.sleep(0.02)
        return file

    def show_run(self, run_id: str | None) -> None:
        """Tell at once which run the child process has in hand."""
        self._beat["run_id"] = run_id
        self._write()

    def release(self) -> None:
        """Give the slot back and take the heartbeat away."""
        self._released.set()
        with self._writing:
            self._path.unlink(missing_ok=True)
            self._lock_file.close()

    def _keep_beating(self) -> None:
        while not self._released.wait(HEARTBEAT_SECONDS):
            self._write()

    def _write(self) -> None:
        """Replace the heartbeat whole; a full disk only makes it look old."""
        temporary = self._path.with_suffix(".tmp")
        with self._writing:
            if self._released.is_set():
                return
            try:
                temporary.write_text(json.dumps({**self._beat, "time": time.time()}))
                temporary.replace(self._path)
            except OSError:
                temporary.unlink(missing_ok=True)


def _torch_version() -> str | None:
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return None
