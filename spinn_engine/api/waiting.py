"""Waiting for a run, and how far it is: one line that moves at a terminal, else one a stage."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.foreground import is_in_foreground
from spinn_engine.jobs.job import Job, JobState
from spinn_engine.jobs.queue import ensure_worker, find_job
from spinn_engine.store.runs import open_run
from spinn_engine.words import duration

EVERY_SECONDS = 1.0

Tell = Callable[[str, str], None]


def wait(run_id: str, progress: bool = True, timeout: float | None = None) -> None:
    """Wait until a run of the store is done: see ``Run.wait`` (same errors)."""
    start = time.monotonic()
    with telling(progress, f"run {run_id} goes on; wait() waits for it again") as tell:
        while not _is_done(run_id, tell):
            if timeout is not None and time.monotonic() - start >= timeout:
                raise SpinnError(
                    f"run {run_id} is not done after {duration(timeout)}: it goes on, and wait() "
                    "waits for it again"
                )
            time.sleep(EVERY_SECONDS)


def _is_done(run_id: str, tell: Tell) -> bool:
    """Whether there is nothing to wait for any more; what becomes of it is told.

    Raises:
        SpinnError: it will never be done unless somebody acts.
    """
    job = find_job(run_id)
    if job is None:
        if not is_in_foreground(run_id):
            if open_run(run_id).is_complete():
                return True
            raise BadInputError(f"run {run_id} is not in the queue: api.resume puts it there")
        tell(f"run {run_id} is being done by another process", "")
        return False
    if job.state is JobState.FAILED:
        raise SpinnError(f"run {run_id} failed: {job.error}")
    if job.state is JobState.CANCELLED:
        raise SpinnError(f"run {run_id} was cancelled: api.resume goes on after its last stage")
    if job.state in (JobState.QUEUED, JobState.INTERRUPTED):
        ensure_worker()
    tell(*_how_far(job))
    return job.state is JobState.DONE


def _how_far(job: Job) -> tuple[str, str]:
    """A job's step, and what changes within it."""
    if job.state is not JobState.RUNNING:
        return f"run {job.run_id} is {job.state}", ""
    left = "" if job.eta_seconds is None else f", about {duration(job.eta_seconds)} left"
    step = f"run {job.run_id}: stage {job.stage} of {job.stages}"
    return step, f", epoch {job.epoch:,} of {job.epochs:,}{left}"


@contextmanager
def telling(wanted: bool, on_stop: str = "") -> Iterator[Tell]:
    """What says how far something is, on standard error; Ctrl-C goes on to the caller.

    It takes a step, and what changes within it: a terminal shows both in one line that moves, other
    places each step once.

    Args:
        wanted: whether anything is said.
        on_stop: said when Ctrl-C ends the block.
    """
    live = sys.stderr.isatty()
    said, length = "", 0

    def tell(step: str, more: str) -> None:
        nonlocal said, length
        if not wanted or (not live and step == said):
            return
        line = f"{step}{more}"
        sys.stderr.write(f"\r{line.ljust(length)}" if live else f"{step}\n")
        sys.stderr.flush()
        said, length = step, len(line)

    try:
        yield tell
    except KeyboardInterrupt:
        if on_stop:
            tell(on_stop, "")
        raise
    finally:
        if live and length:
            sys.stderr.write("\n")
