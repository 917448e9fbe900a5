"""Runs under kills; with several workers, one is lost for good at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.chaos.compare import KINDS, damage
from tests.benchmarks.chaos.lab import Lab
from tests.benchmarks.chaos.store import Store
from tests.benchmarks.chaos.storm import Storm
from tests.benchmarks.chaos.workers import say, wait_for_child, working

RUNS = 6
# More follow while kills are left, but no more than these.
MOST_RUNS = 24
TAKEOVER_SECONDS = 120.0

Summary = dict[str, Any]
Fetch = Callable[[str], Path]


def under_kills(lab: Lab, kills: int, store: Store, slots: Sequence[str], fetch: Fetch) -> Summary:
    """Do at least six runs under ``kills`` kills of workers and as many of their children.

    ``fetch`` gives the folder of a run that has ended.
    """
    expected, seconds = lab.undisturbed(range(RUNS))
    start = time.monotonic()
    run_ids: list[str] = []
    _submit(store, run_ids, RUNS)
    workers = [lab.worker(store, slot) for slot in slots]
    storm = Storm(store, list(workers), lab.rng, Counter(worker=kills, child=kills))
    takeover = {}
    with working(workers):
        storm.rage(run_ids, seconds / RUNS)
        while storm.left.total() and len(run_ids) < MOST_RUNS:
            _submit(store, run_ids, len(slots))
            storm.rage(run_ids, seconds / RUNS)
        if len(workers) > 1:
            _submit(store, run_ids, len(slots))
            takeover["takeover_seconds"] = _lose_one(storm)
        lost = storm.await_end(run_ids)
    spent = time.monotonic() - start
    expected += lab.undisturbed(range(RUNS, len(run_ids)))[0]
    return {
        "runs": len(run_ids),
        "kills_of_workers": storm.kills["worker"],
        "kills_of_children": storm.kills["child"],
        **takeover,
        "set_aside": storm.set_aside,
        "exits": sum(worker.exits for worker in workers),
        "lost": lost,
        **compare(run_ids, expected, fetch),
        "seconds": round(spent),
    }


def _submit(store: Store, run_ids: list[str], count: int) -> None:
    """Queue so many more runs; each has the seed that is its place in the list."""
    for seed in range(len(run_ids), len(run_ids) + count):
        run_ids.append(store.submit(seed))


def compare(run_ids: Sequence[str], expected: Sequence[Path], fetch: Fetch) -> dict[str, int]:
    """All that is wrong with the runs, by kind."""
    found: Counter[str] = Counter()
    for run_id, quiet in zip(run_ids, expected, strict=True):
        found += damage(fetch(run_id), quiet)
    return {kind: found[kind] for kind in KINDS}


def _lose_one(storm: Storm) -> float | None:
    """Kill a worker at work for good; the seconds until its run is no longer its own.

    None if that did not happen within two minutes.
    """
    worker = storm.rng.choice(storm.workers)
    wait_for_child(worker)
    time.sleep(storm.rng.uniform(1.0, 3.0))
    worker.kill()
    lost_at = time.monotonic()
    storm.workers = [other for other in storm.workers if other is not worker]
    say(f"worker {worker.slot} is gone for good")
    while time.monotonic() < lost_at + TAKEOVER_SECONDS:
        orphans = [job for job in storm.look().values() if job["state"] == "interrupted"]
        if not any(job["worker"] == worker.slot for job in orphans):
            return round(time.monotonic() - lost_at, 1)
    return None
