"""Kills of workers and of their children at random moments, until all are spent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.benchmarks.chaos.store import STAGES, Store
from tests.benchmarks.chaos.workers import Worker, say

# Most kills of one kind in one stage of a run: a third in a row would end the run as failed.
KILLS_A_STAGE = 2
# Seconds of training that a kill costs: starting again, and what the stage had done so far.
LOST_SECONDS = 4.0
# Share of the undisturbed seconds over which the kills are spread.
SPREAD = 0.5
POLL_SECONDS = 2.0
DEADLINE_SECONDS = 600.0
FINISHED = ("done", "failed", "cancelled")

Jobs = dict[str, dict[str, Any]]


@dataclass
class Storm:
    """What is done to the workers of one store.

    Attributes:
        store: where the runs are.
        workers: those who do them.
        rng: decides whom and when.
        left: how many kills of a kind are still to come.
        kills: how many there have been.
        set_aside: how often a run had failed for too many kills in a row, and was resumed.
    """

    store: Store
    workers: Sequence[Worker]
    rng: Random
    left: Counter[str]
    kills: Counter[str] = field(default_factory=Counter)
    set_aside: int = 0
    _in_stage: Counter[tuple[str, int, str]] = field(default_factory=Counter)

    def rage(self, run_ids: Collection[str], seconds_a_run: float) -> None:
        """Kill until all kills are spent or all runs have ended.

        Args:
            run_ids: the runs.
            seconds_a_run: what one takes undisturbed.
        """
        while self.left.total():
            looked_at = time.monotonic()
            jobs = self.look()
            to_do = seconds_a_run * _runs_left([jobs[run_id] for run_id in run_ids])
            if to_do == 0.0:
                return
            mean = LOST_SECONDS + SPREAD * to_do / self.left.total()
            pause = self.rng.uniform(0.0, 2.0 * mean / len(self.workers))
            self._rest(pause - (time.monotonic() - looked_at))
            self._strike(jobs)

    def await_end(self, run_ids: Collection[str]) -> int:
        """Wait until all runs have ended; returns how many are not done, too late ones counted."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            states = [self.look()[run_id]["state"] for run_id in run_ids]
            late = time.monotonic() > deadline
            if late or all(state in FINISHED for state in states):
                return sum(state != "done" for state in states)
            self._rest(POLL_SECONDS)

    def look(self) -> Jobs:
        """The jobs now; those that failed for the kills alone are resumed."""
        jobs = self.store.jobs()
        for run_id, job in jobs.items():
            if job["state"] == "failed" and "resume" in job["error"]:
                say(f"run {run_id} was set aside: {job['error']}")
                self.set_aside += 1
                self.store.command("resume", run_id)
                job["state"] = "queued"
        return jobs

    def _rest(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for worker in self.workers:
                worker.keep_alive()
            time.sleep(min(0.1, max(0.0, deadline - time.monotonic())))

    def _strike(self, jobs: Jobs) -> None:
        """One kill, if any is allowed now."""
        targets = [
            (kind, worker, where)
            for worker in self.workers
            for kind, left in self.left.items()
            if self._in_stage[(*(where := _at(worker, jobs)), kind)] < KILLS_A_STAGE
            and (kind == "worker" or worker.child() is not None)
            for _ in range(left)
        ]
        if not targets:
            return
        kind, worker, (run_id, stage) = self.rng.choice(targets)
        if kind == "worker":
            worker.revive()
        else:
            worker.kill_child()
        self._in_stage[run_id, stage, kind] += 1
        self.left[kind] -= 1
        self.kills[kind] += 1
        say(f"kill {self.kills.total()}: the {kind} of {worker.slot} at stage {stage} of {run_id}")


def _runs_left(jobs: Collection[dict[str, Any]]) -> float:
    """How much is still to be done, in runs, counted in whole stages."""
    steps = [0 if job["state"] in FINISHED else STAGES + 1 - job["stage"] for job in jobs]
    return sum(steps) / (STAGES + 1)


def _at(worker: Worker, jobs: Jobs) -> tuple[str, int]:
    """The run and the stage that a worker is at, as far as the queue knows."""
    for run_id, job in jobs.items():
        if job["worker"] == worker.slot and job["state"] in ("running", "interrupted"):
            return run_id, job["stage"]
    return "no run", 0
