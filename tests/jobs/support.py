"""What the tests of jobs wait for and look at; processes are looked up in ``/proc``."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from spinn_engine.jobs.queue import Job, JobState, jobs
from spinn_engine.store.runs import RunFolder

MakeRun = Callable[..., RunFolder]
StartWorker = Callable[..., subprocess.Popen[bytes]]

DEADLINE_SECONDS = 120.0
SLOT = "test-cpu"


def wait_until(condition: Callable[[], bool], what: str) -> float:
    """Poll until it holds; returns the seconds that took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < DEADLINE_SECONDS, f"never seen: {what}"
        time.sleep(0.01)
    return time.monotonic() - start


def job(run_id: str) -> Job:
    return next(job for job in jobs() if job.run_id == run_id)


def wait_for_state(run_id: str, state: JobState) -> float:
    return wait_until(lambda: job(run_id).state is state, f"{run_id} {state}")


def wait_for_stage(folder: RunFolder, stage: int) -> None:
    """Wait until a stage trains that has not trained before."""

    def is_there() -> bool:
        now = job(folder.run_id)
        return now.state is JobState.RUNNING and (now.stage, now.epoch) >= (stage, 1)

    wait_until(is_there, f"{folder.run_id} in stage {stage}")


def worker_log(store: Path) -> Path:
    """Where the standard error of a test's workers goes."""
    store.mkdir(exist_ok=True)
    return store.parent / "worker-stderr.txt"


def wait_for_child(worker: int) -> int:
    """The process that trains for a worker, once it is there."""
    found: list[int] = []

    def look() -> bool:
        found[:] = _children(worker)
        return bool(found)

    wait_until(look, f"a child of {worker}")
    [child] = found
    return child


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, its_parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it has just ended
            continue
        if int(its_parent) == parent and state != "Z":
            found.append(int(stat.parent.name))
    return found


def fill(disk: Path, left: int = 0) -> Path:
    """Fill a small file system but for some pages of 4 kB; returns the file that does it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    os.truncate(ballast, ballast.stat().st_size - 4096 * left)
    return ballast


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), f"the end of process {pid}")
