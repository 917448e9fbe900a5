"""What a job is, put together from the database, the store and the workers' heartbeats."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from spinn_engine.artifacts.stages import planned_stages
from spinn_engine.artifacts.store import RunFolder, check_run_id, results_root
from spinn_engine.errors import SpinnError
from spinn_engine.jobs.progress import Progress, progress, recent_lines
from spinn_engine.jobs.slots import is_held, workers_folder

if TYPE_CHECKING:
    from dbos import WorkflowStatus


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
        eta_seconds: estimated seconds to the end; None unless it runs and an epoch has ended.
        worker: slot of the worker that has or had it.
        error: why it failed, one sentence.
    """

    run_id: str
    state: JobState
    stage: int
    stages: int
    epoch: int
    epochs: int
    eta_seconds: float | None
    worker: str | None
    error: str | None


def describe(status: WorkflowStatus, in_hand: set[str | None]) -> Job:
    """A job from its row in the database, its run's files, and the runs that live workers have."""
    run_id = status.workflow_id
    state = _state(status, in_hand)
    stages, at = _progress(RunFolder(results_root() / check_run_id(run_id)))
    return Job(
        run_id=run_id,
        state=state,
        stage=at.stage,
        stages=stages,
        epoch=at.epoch,
        epochs=at.epochs,
        eta_seconds=at.eta_seconds if state is JobState.RUNNING else None,
        worker=status.executor_id or None,
        error=_error(status) if state is JobState.FAILED else None,
    )


def _state(status: WorkflowStatus, in_hand: set[str | None]) -> JobState:
    if status.status == "PENDING":
        held = is_held(workers_folder() / f"{status.executor_id}.lock")
        return JobState.RUNNING if held else JobState.INTERRUPTED
    if status.status == "CANCELLED":
        still_there = status.workflow_id in in_hand
        return JobState.CANCELLING if still_there else JobState.CANCELLED
    states = {"ENQUEUED": JobState.QUEUED, "DELAYED": JobState.QUEUED, "SUCCESS": JobState.DONE}
    return states.get(status.status, JobState.FAILED)


def _progress(folder: RunFolder) -> tuple[int, Progress]:
    """The last stage's number and the progress; zeros for a run whose files are gone or broken."""
    try:
        spec = folder.spec()
        lines = recent_lines(folder.metrics_path)
        return spec.prune.stages, progress(spec, planned_stages(folder), lines)
    except SpinnError:
        return 0, Progress(0, 0, 0, None)


def _error(status: WorkflowStatus) -> str:
    if status.error is not None:
        return str(status.error)
    return "its worker was lost too many times while it ran: see log.txt, then resume it"
