"""Submitting runs: one, or all combinations of a sweep; what exists already is pointed at.

submit(spec); submit_sweep(specs, swept)

A run's folder is made before it is queued, so a submission that is cut off leaves one that no job
knows. It is not submitted: the next that is the same puts it into the queue.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from spinn_engine.artifacts.creation import (
    CheckedSpec,
    check_spec_apart,
    create_run,
    one_at_a_time,
)
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.foreground import is_in_foreground
from spinn_engine.jobs.database import prepare_database
from spinn_engine.jobs.job import Priority
from spinn_engine.jobs.queue import check_device, enqueue, with_job
from spinn_engine.jobs.sweeps import keep_sweep
from spinn_engine.spec import RunSpec
from spinn_engine.store.owner import Owner, read_owner
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.store.runs import list_runs

MOST_RUNS = 500


@dataclass(frozen=True)
class Submission:
    """A submitted spec: the run's id, and whether that run existed already."""

    run_id: str
    existing: bool


class SubmittedSweep(NamedTuple):
    """A sweep, and what became of every spec of it, in their order."""

    sweep: str
    runs: list[Submission]


def submit(
    spec: RunSpec,
    again: bool = False,
    priority: Priority = Priority.NORMAL,
    owner: Owner | None = None,
) -> Submission:
    """Check a spec against its data, make the run and put it into the queue.

    A run whose submission was cut off before it was in the queue is put there now.

    Args:
        spec: what to do.
        again: make another run even where one of the same spec and data exists.
        priority: which queued runs go first.
        owner: who submits it, remembered with a run that is made; None where nobody logs in.

    Raises:
        BadInputError: the spec, the data or the schedule cannot be had as asked.
        SpinnError: the store or the job database cannot be used.
    """
    check_device(spec)
    checked = check_spec_apart(spec)
    prepare_database()  # refused before anything is made
    with one_at_a_time():
        made = _made(checked, again, owner)
        if not made.existing:
            enqueue(made.run_id, priority=priority)
        return made


def _made(checked: CheckedSpec, again: bool, owner: Owner | None) -> Submission:
    """The run that a spec has; one that nobody has queued or does; or a new one."""
    same = _same_runs(checked)
    known = with_job([folder.run_id for folder in same])
    idle = [folder for folder in same if folder.run_id not in known and not _is_seen_to(folder)]
    others = [folder for folder in same if folder not in idle]
    if others and not again:
        return Submission(others[0].run_id, existing=True)
    for folder in idle:
        if read_owner(folder) == owner and not (again and folder.has(folder.log_path)):
            return Submission(folder.run_id, existing=False)
    return Submission(create_run(checked.spec, owner, checked).run_id, existing=False)


def _is_seen_to(folder: RunFolder) -> bool:
    """Whether a run without a job needs none: it is done, or is being done in the foreground."""
    return folder.is_complete() or is_in_foreground(folder.run_id)


def _same_runs(checked: CheckedSpec) -> list[RunFolder]:
    """The runs of the same spec and the same data, whatever became of them; the newest first."""
    found = []
    for folder in list_runs():
        with contextlib.suppress(SpinnError):  # of another version, or broken: not the same
            if folder.spec() == checked.spec and folder.data_hash() in checked.data_hashes:
                found.append(folder)
    return found


def check_sweep(runs: int) -> None:
    """Refuse a sweep before its specs are made.

    Raises:
        BadInputError: it has too many runs.
    """
    if runs > MOST_RUNS:
        raise BadInputError(f"the sweep has {runs:,} runs, more than {MOST_RUNS}: sweep less")


def submit_sweep(
    specs: Sequence[tuple[Mapping[str, Any], RunSpec]],
    again: bool = False,
    priority: Priority = Priority.NORMAL,
    owner: Owner | None = None,
) -> SubmittedSweep:
    """Submit a run for every combination of swept values, under one sweep id: all, or none.

    Args:
        specs: for each combination the values by spec field, and the whole spec.
        again: as in ``submit``.
        priority: as in ``submit``.
        owner: as in ``submit``.

    Raises:
        BadInputError: as ``submit``, or there are too many combinations.
        SpinnError: as ``submit``.
    """
    check_sweep(len(specs))
    for _, spec in specs:
        check_device(spec)
    checked = [check_spec_apart(spec) for _, spec in specs]
    prepare_database()
    with one_at_a_time():
        made = [_made(one, again, owner) for one in checked]
        pairs = zip(made, specs, strict=True)
        sweep = keep_sweep([(one.run_id, values) for one, (values, _) in pairs])
        waiting = dict.fromkeys(one.run_id for one in made if not one.existing)
        enqueue(*waiting, priority=priority, sweep=sweep)
    return SubmittedSweep(sweep, made)
