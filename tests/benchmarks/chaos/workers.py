"""A worker under a supervisor's care: started again whenever it is gone."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from tests.benchmarks.chaos.store import PROGRAM, Store

STOP_SECONDS = 20.0
WAIT_SECONDS = 120.0


def say(what: str) -> None:
    """Tell on standard error what happens."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


class Worker:
    """One ``worker --slot``, its output in a file.

    Attributes:
        slot: its slot.
        exits: how often it ended by itself.
    """

    def __init__(self, store: Store, slot: str, log: Path) -> None:
        self.slot = slot
        self.exits = 0
        self._store = store
        self._log = log
        self._start()

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*PROGRAM, "worker", "--slot", self.slot],
                env=self._store.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def keep_alive(self) -> None:
        """Start it again if it has ended by itself."""
        if self._process.poll() is not None:
            say(f"worker {self.slot} ended by itself with {self._process.returncode}")
            self.exits += 1
            self._start()

    @property
    def pid(self) -> int:
        """Its process now."""
        return self._process.pid

    def child(self) -> psutil.Process | None:
        """The process that trains for it now, if there is one."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.pid).children():
                if child.status() != psutil.STATUS_ZOMBIE:
                    return child
        return None

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()

    def kill_child(self) -> None:
        """Kill the process that trains for it, unless it has just ended."""
        if child := self.child():
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    def revive(self) -> None:
        """Kill it, and start it again."""
        self.kill()
        self._start()

    def stop(self) -> None:
        """Ask it to stop; kill it if it does not."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"worker {self.slot} did not stop")
            self.kill()


@contextlib.contextmanager
def working(workers: Sequence[Worker]) -> Iterator[None]:
    """Stop the workers at the end of the block."""
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()


def wait_for_child(worker: Worker) -> psutil.Process:
    """The process that trains for a worker, once it is there.

    Raises:
        TimeoutError: it never was.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while (child := worker.child()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"worker {worker.slot} has started no run for {WAIT_SECONDS:.0f} s")
        time.sleep(0.02)
    return child
