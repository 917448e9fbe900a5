"""Waiting for side work, and leaving no process of it behind."""

from __future__ import annotations

import time
from collections.abc import Callable

from spinn_engine import api
from spinn_engine.background import work as side_work


def until(work: api.Work, holds: Callable[[api.Work], bool]) -> api.Work:
    """The work once this holds of it."""
    deadline = time.monotonic() + 120
    while not holds(now := api.find_work(work.run_id, work.name)):
        assert time.monotonic() < deadline, now
        time.sleep(0.02)
    return now


def ended(work: api.Work) -> api.Work:
    """The work once it has ended."""
    return until(work, lambda now: now.state is not api.WorkState.RUNNING)


def reap() -> None:
    """Wait for the keepers that this process has started; all of their work has ended."""
    for process in side_work._started:
        process.wait(20)
    side_work._started.clear()
