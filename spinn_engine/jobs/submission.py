"""Submitting runs: one, or all combinations of a sweep; what exists already is pointed at.

submit(spec); submit_sweep(specs, swept)
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spinn_engine.artifacts.creation import CheckedSpec, check_spec_apart, create_run
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.jobs.database import prepare_database
from spinn_engine.jobs.job import Priority
from spinn_engine.jobs.queue import check_device, enqueue
from spinn_engine.spec import RunSpec
from spinn_engine.store.current import current_store, results_root
from spinn_engine.store.files import locked, read_json, write_atomically
from spinn_engine.store.owner import Owner
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.store.runs import check_run_id, list_runs

SWEEPS = "sweeps"
MOST_RUNS = 500


@dataclass(frozen=True)
class Submission:
    """A submitted spec: the run's id, and whether that run existed already."""

    run_id: str
    existing: bool


def submit(
    spec: RunSpec,
    again: bool = False,
    priority: Priority = Priority.NORMAL,
    sweep: str | None = None,
    owner: Owner | None = None,
) -> Submission:
    """Check a spec against its data, make the run and put it into the queue.

    Args:
        spec: what to do.
        again: make another run even where one of the same spec and data exists.
        priority: which queued runs go first.
        sweep: the sweep that it belongs to.
        owner: who submits it, remembered with a run that is made; None where nobody logs in.

    Raises:
        BadInputError: the spec, the data or the schedule cannot be had as asked.
        SpinnError: the store or the job database cannot be used.
    """
    check_device(spec)
    checked = check_spec_apart(spec)
    prepare_database()  # refused before anything is made
    with locked(results_root() / ".submit.lock"):  # two tabs that submit one spec see each other
        same = None if again else find_same(checked)
        if same is not None:
            return Submission(same.run_id, existing=True)
        folder = create_run(spec, owner, checked)
        enqueue(folder.run_id, priority, sweep)
        return Submission(folder.run_id, existing=False)


def find_same(checked: CheckedSpec) -> RunFolder | None:
    """A run of the same spec and the same data, whatever became of it; the newest one."""
    for folder in list_runs():
        with contextlib.suppress(SpinnError):  # of another version, or broken: not the same
            if folder.spec() == checked.spec and folder.data_hash() == checked.data_sha256:
                return folder
    return None


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
) -> tuple[str, list[Submission]]:
    """Submit a run for every combination of swept values, under one sweep id.

    Args:
        specs: for each combination the values by spec field, and the whole spec.
        again: as in ``submit``.
        priority: as in ``submit``.
        owner: as in ``submit``.

    Returns:
        The sweep's id, and what became of every spec. If one cannot be submitted, those before it
        stay, and the sweep has them.

    Raises:
        BadInputError: as ``submit``, or there are too many combinations.
        SpinnError: as ``submit``.
    """
    check_sweep(len(specs))
    now = datetime.now(UTC)
    sweep = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    submissions: list[Submission] = []
    try:
        for _, spec in specs:
            submissions.append(submit(spec, again, priority, sweep, owner))
    finally:
        if submissions:
            pairs = zip(submissions, specs, strict=False)
            runs = [{"run_id": s.run_id, "values": dict(values)} for s, (values, _) in pairs]
            _write_sweep(sweep, {"sweep": sweep, "created": now.isoformat(), "runs": runs})
    return sweep, submissions


def _write_sweep(sweep: str, content: dict[str, Any]) -> None:
    path = results_root() / SWEEPS / f"{sweep}.json"
    write_atomically(path, json.dumps(content, indent=2).encode())
    current_store().publish(SWEEPS)


def read_sweep(sweep: str) -> list[dict[str, Any]]:
    """The runs of a sweep: each with ``run_id`` and the swept ``values`` by spec field.

    Raises:
        BadInputError: the id is not one, or there is no such sweep.
    """
    path = results_root() / SWEEPS / f"{check_run_id(sweep)}.json"
    current_store().refresh(SWEEPS)
    if not path.exists():
        known = sorted(p.stem for p in path.parent.glob("*.json"))
        there = f"the newest is {known[-1]}" if known else "there is none"
        raise BadInputError(f"there is no sweep {sweep!r} in {results_root()} ({there})")
    runs: list[dict[str, Any]] = read_json(path)["runs"]
    return runs
