"""What a job is, put together from the database, the store and the workers' heartbeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from spinn_engine.artifacts.stages import planned_stages
from spinn_engine.errors import SpinnError
from spinn_engine.jobs.history import newest_pace
from spinn_engine.jobs.progress import Progress, progress, recent_lines
from spinn_engine.jobs.slots import Worker
from spinn_engine.store.files import Stat, stat_of
from spinn_engine.store.owner import Owner, read_owner
from spinn_engine.store.run_folder import Store
from spinn_engine.store.runs import RunFolder, check_run_id, current_store

if TYPE_CHECKING:
    from dbos import WorkflowStatus

_UNITS = {"high": 50, "normal": 100, "low": 150}


class Priority(StrEnum):
    """Which jobs go first."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    def number(self) -> int:
        """As the queue engine has it: the smallest first; 0, its default, is kept free."""
        return _UNITS[self]


class JobState(StrEnum):
    """What a job is doing; ``interrupted`` is a running one whose worker is gone."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    def is_finished(self) -> bool:
        """Whether nothing more happens unless somebody resumes the job."""
        return self in (JobState.CANCELLED, JobState.DONE, JobState.FAILED)


@dataclass(frozen=True)
class Job:
    """One run in the queue.

    Attributes:
        run_id: the run.
        state: what it is doing.
        stage: the stage of the last epoch that ended.
        stages: the number of the last stage.
        epoch: the last epoch that ended in ``stage``.
        epochs: the epochs of ``stage``.
        eta_seconds: estimated seconds to the end; None unless it runs and something is known.
        place: 1 for the queued job that is next, and so on; None for all others.
        priority: which queued jobs go first.
        sweep: the sweep that it belongs to.
        worker: slot of the worker that has or had it.
        error: why it failed, one sentence.
        owner: who submitted it; None where nobody had logged in.
    """

    run_id: str
    state: JobState
    stage: int
    stages: int
    epoch: int
    epochs: int
    eta_seconds: float | None
    place: int | None
    priority: Priority
    sweep: str | None
    worker: str | None
    error: str | None
    owner: Owner | None = None


def places(statuses: Sequence[WorkflowStatus]) -> dict[str, int]:
    """The place in the queue of every queued job, from 1; ``statuses`` are the newest first."""
    queued = [status for status in reversed(statuses) if status.status in ("ENQUEUED", "DELAYED")]
    queued.sort(key=lambda status: (status.priority or 0, status.created_at or 0))
    return {status.workflow_id: place for place, status in enumerate(queued, 1)}


def describe(status: WorkflowStatus, alive: Mapping[str, Worker], place: int | None) -> Job:
    """A job from its row in the database, its run's files, and the live workers by slot."""
    run_id = status.workflow_id
    state = _state(status, alive)
    worker = alive.get(status.executor_id or "")
    stages, at = _progress(run_id, state, worker)
    waits = state is JobState.QUEUED
    return Job(
        run_id=run_id,
        state=state,
        stage=at.stage,
        stages=stages,
        epoch=at.epoch,
        epochs=at.epochs,
        eta_seconds=at.eta_seconds if state is JobState.RUNNING else None,
        place=place if waits else None,
        priority=_priority(status.priority or 0),
        sweep=(status.attributes or {}).get("sweep"),
        worker=None if waits else status.executor_id or None,
        error=_error(status) if state is JobState.FAILED else None,
        owner=_owner(run_id),
    )


def _owner(run_id: str) -> Owner | None:
    """Who submitted it; nobody, where the files are gone or cannot be reached."""
    try:
        return read_owner(RunFolder(current_store(), check_run_id(run_id)))
    except SpinnError:
        return None


def _priority(number: int) -> Priority:
    return min(Priority, key=lambda priority: abs(priority.number() - number))


def _state(status: WorkflowStatus, alive: Mapping[str, Worker]) -> JobState:
    if status.status == "PENDING":
        return JobState.RUNNING if status.executor_id in alive else JobState.INTERRUPTED
    if status.status == "CANCELLED":
        still_there = any(worker.run_id == status.workflow_id for worker in alive.values())
        return JobState.CANCELLING if still_there else JobState.CANCELLED
    states = {"ENQUEUED": JobState.QUEUED, "DELAYED": JobState.QUEUED, "SUCCESS": JobState.DONE}
    return states.get(status.status, JobState.FAILED)


def _progress(run_id: str, state: JobState, worker: Worker | None) -> tuple[int, Progress]:
    """The last stage's number and the progress; zeros for a run whose files are gone or broken."""
    try:
        folder = RunFolder(current_store(), check_run_id(run_id))
        spec = stat_of(folder.fetch(folder.spec_path))
        if state is not JobState.QUEUED:
            folder.fetch(folder.metrics_path)
        stages, at = _read(folder.store, run_id, spec, stat_of(folder.metrics_path))
        begins = state is JobState.RUNNING and at.eta_seconds is None
        rows = folder.training_rows()
        if worker and begins and rows is not None:
            planned = folder.spec(), planned_stages(folder)
            if pace := newest_pace(worker.device):
                at = progress(*planned, [], pace.expected(*planned, rows))
    except SpinnError:
        return 0, Progress(0, 0, 0, None)
    return stages, at


@lru_cache(maxsize=1024)
def _read(
    store: Store, run_id: str, spec: Stat | None, metrics: Stat | None
) -> tuple[int, Progress]:
    """The last stage's number and the progress of a run whose files have these stamps."""
    folder = RunFolder(store, run_id)
    lines = recent_lines(folder.metrics_path)
    return folder.spec().prune.stages, progress(folder.spec(), planned_stages(folder), lines)


def _error(status: WorkflowStatus) -> str:
    if status.error is not None:
        return str(status.error)
    return "its worker was lost too many times while it ran: see log.txt, then resume it"
