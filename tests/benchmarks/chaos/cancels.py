"""A run is cancelled and resumed over and over."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.benchmarks.chaos.lab import Lab
from tests.benchmarks.chaos.store import Store
from tests.benchmarks.chaos.storm import Storm
from tests.benchmarks.chaos.trial import Summary, compare
from tests.benchmarks.chaos.workers import WAIT_SECONDS, say, wait_for_child, working

CANCELS = 10
# What ``cancel`` does, in a process that has started already: starting is not to be timed.
CANCEL = """
import sys
from spinn_engine import api
api.jobs()
print("ready", flush=True)
sys.stdin.readline()
api.cancel(sys.argv[1])
"""


def cancel(lab: Lab, _: int) -> Summary:
    """Cancel at random moments, resume at once; how long the child lived on at most."""
    expected, _seconds = lab.undisturbed([0])
    store = lab.store()
    run_ids = [store.submit(0)]
    worker = lab.worker(store, "one-cpu")
    seconds = []
    with working([worker]):
        for _index in range(CANCELS):
            spent = _cancel(store, run_ids[0], wait_for_child(worker), lab.rng.uniform(0.0, 3.0))
            if spent is None:
                break
            say(f"cancelled within {spent:.2f} s")
            seconds.append(spent)
            store.command("resume", run_ids[0])
        lost = Storm(store, [worker], lab.rng, Counter()).await_end(run_ids)
    return {
        "cancels": len(seconds),
        "slowest_cancel_seconds": round(max(seconds, default=0.0), 2),
        "exits": worker.exits,
        "lost": lost,
        **compare(run_ids, expected, lab.disturbed.joinpath),
    }


def _cancel(store: Store, run_id: str, child: psutil.Process, pause: float) -> float | None:
    """Cancel a run after a pause; the seconds from there to the child's end.

    None if the run was done before.
    """
    canceller = subprocess.Popen(
        [sys.executable, "-c", CANCEL, run_id],
        env=store.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert canceller.stdout is not None
    canceller.stdout.readline()
    time.sleep(pause)
    with ThreadPoolExecutor(1) as thread:
        start = time.monotonic()
        ended = thread.submit(_end_of, child)
        canceller.communicate(b"now\n")
    return ended.result() - start if canceller.returncode == 0 else None


def _end_of(child: psutil.Process) -> float:
    """When a process ended, by the clock that never goes back."""
    child.wait(WAIT_SECONDS)
    return time.monotonic()
