"""The client side of the queue: submit, look, cancel, resume, delete. Imports no torch.

    enqueue(run_id); ensure_worker(); jobs()

A run's folder in the store is the truth about what is finished: resuming walks all stages again
and skips those whose files are there.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

from filelock import lock_descriptor

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.foreground import is_in_foreground
from spinn_engine.jobs.database import (
    QUEUE,
    VERSION,
    WORKFLOW,
    connect,
    database_url,
    sqlite_path,
    transaction,
)
from spinn_engine.jobs.job import Job, JobState, Priority, describe, places
from spinn_engine.jobs.locks import check_handover
from spinn_engine.jobs.slots import Wanted, Worker, ask_worker, workers
from spinn_engine.spec import RunSpec
from spinn_engine.store.mending import is_sound
from spinn_engine.store.runs import check_run_id, open_run, remove_run, results_root

if TYPE_CHECKING:
    from dbos import EnqueueOptions, WorkflowStatus
    from sqlalchemy import Connection

__all__ = [
    "Job",
    "JobState",
    "Priority",
    "Wanted",
    "Worker",
    "ask_worker",
    "cancel",
    "check_device",
    "delete",
    "enqueue",
    "ensure_worker",
    "find_job",
    "jobs",
    "resume",
    "set_priority",
    "with_job",
    "workers",
]

# Kept so that a worker that ends while its starter lives on is reaped.
_started: list[subprocess.Popen[bytes]] = []


def check_device(spec: RunSpec) -> None:
    """Refuse a spec that names one of several devices: in the queue the worker's slot decides.

    Raises:
        BadInputError: it does.
    """
    device = spec.train.device
    if ":" in device:
        raise BadInputError(
            f"train.device: {device!r} names one of several devices, but in the queue the worker's "
            f"slot decides that: write {device.partition(':')[0]!r}"
        )


def enqueue(*run_ids: str, priority: Priority = Priority.NORMAL, sweep: str | None = None) -> None:
    """Put runs at the end of the queue, behind all others of their priority: all, or none.

    Raises:
        BadInputError: there is no such run, it is in the queue already or being done in the
            foreground, or its spec names one of several devices.
        SpinnError: the job database cannot be used.
    """
    for run_id in run_ids:
        check_device(open_run(run_id).spec())
        if is_in_foreground(run_id):
            raise BadInputError(f"run {run_id} is being done in the foreground already")
    with connect() as client, transaction() as connection:
        from dbos import error as dbos_error

        for run_id in run_ids:
            options: EnqueueOptions = {
                "workflow_name": WORKFLOW,
                "queue_name": QUEUE,
                "workflow_id": run_id,
                "workflow_id_reuse_policy": "reject",
                "app_version": VERSION,
                "priority": priority.number(),
                "attributes": {"sweep": sweep},
            }
            try:
                client.enqueue_in_transaction(connection, options, run_id)
            except dbos_error.DBOSWorkflowIDInUseError:
                raise BadInputError(f"run {run_id} is in the queue already") from None
            _put_last(connection, run_id, priority)


def _put_last(connection: Connection, run_id: str, priority: Priority) -> bool:
    """Move a queued job behind all others of a priority; False if it is not queued (any more).

    The engine has no way to do that, and its clock ticks once a second on SQLite.
    """
    from sqlalchemy import text

    table = "dbos.workflow_status" if connection.dialect.name == "postgresql" else "workflow_status"
    done = connection.execute(
        text(
            f"UPDATE {table} SET priority = :priority, "
            f"created_at = 1 + (SELECT MAX(created_at) FROM {table}) "
            "WHERE workflow_uuid = :run AND status = 'ENQUEUED'"
        ),
        {"priority": priority.number(), "run": run_id},
    )
    return done.rowcount == 1


def jobs() -> list[Job]:
    """All jobs, the newest first.

    Raises:
        SpinnError: the job database cannot be used.
    """
    statuses = _statuses()
    alive = {worker.slot: worker for worker in workers() if worker.alive} if statuses else {}
    place = places(statuses)
    return [describe(status, alive, place.get(status.workflow_id)) for status in statuses]


def with_job(run_ids: Collection[str]) -> set[str]:
    """Those of the runs that the queue knows, whatever became of them.

    Raises:
        SpinnError: the job database cannot be used.
    """
    return {status.workflow_id for status in _statuses(list(run_ids))} if run_ids else set()


def find_job(run_id: str) -> Job | None:
    """The job of a run, without its place; None for one that the queue does not know.

    Raises:
        SpinnError: the job database cannot be used.
    """
    alive = {worker.slot: worker for worker in workers() if worker.alive}
    return next((describe(status, alive, None) for status in _statuses([run_id])), None)


def _statuses(run_ids: list[str] | None = None) -> list[WorkflowStatus]:
    path = sqlite_path(database_url())
    if path is not None and not path.exists():  # looking makes no database
        return []
    with connect() as client:
        return client.list_workflows(
            name=WORKFLOW, workflow_ids=run_ids, sort_desc=True, load_input=False
        )


def set_priority(run_id: str, priority: Priority) -> None:
    """Move a queued job behind all others of that priority.

    Raises:
        BadInputError: there is no such job, or it is not queued.
        SpinnError: the job database cannot be used.
    """
    job = find_job(check_run_id(run_id))
    if job is not None and job.state is JobState.QUEUED:
        with transaction() as connection:
            if _put_last(connection, run_id, priority):
                return
        job = find_job(run_id)  # a worker has just taken it
    now = "not in the queue" if job is None else f"{job.state} already"
    raise BadInputError(f"run {run_id} is {now}; only queued runs have a place to change")


def cancel(run_id: str) -> None:
    """Take a job out of the queue, or stop it within a second; finished stages are kept.

    Raises:
        BadInputError: there is no such job, or nothing to stop.
        SpinnError: the job database cannot be used.
    """
    job = find_job(check_run_id(run_id))
    if job is None:
        raise BadInputError(f"run {run_id!r} is not in the queue, so there is nothing to cancel")
    if job.state.is_finished() or job.state is JobState.CANCELLING:
        raise BadInputError(f"run {run_id} is {job.state} already, so there is nothing to cancel")
    with connect() as client:
        client.cancel_workflow(run_id)


def resume(run_id: str) -> None:
    """Queue a cancelled, failed or interrupted run again, to go on after its last finished stage.

    A run that was never queued (a foreground run that was stopped) is queued, and so is one that is
    done and of which a file was damaged since: that is done again.

    Raises:
        BadInputError: there is no such run, or it is queued, running, or done and sound.
        SpinnError: the job database cannot be used.
    """
    folder = open_run(run_id)
    job = find_job(run_id)
    if job is None:
        if folder.is_complete() and is_sound(folder):
            raise BadInputError(f"run {run_id} is done already, so there is nothing to resume")
        enqueue(run_id)
        return
    done = job.state is JobState.DONE and is_sound(folder)
    if done or job.state in (JobState.QUEUED, JobState.RUNNING):
        raise BadInputError(f"run {run_id} is {job.state} already, so there is nothing to resume")
    with connect() as client:
        from dbos import error as dbos_error

        try:
            if job.state is JobState.INTERRUPTED:
                client.resume_workflow(run_id, queue_name=QUEUE)
            else:
                client.rewind_workflow(
                    run_id, start_step=1, queue_name=QUEUE, application_version=VERSION
                )
        except dbos_error.DBOSException as error:
            raise SpinnError(f"run {run_id} could not be resumed: {error}") from error


def delete(run_id: str) -> None:
    """Remove a run: its job and its folder.

    Raises:
        BadInputError: there is no such run, or it is queued or running.
        SpinnError: the job database cannot be used, or a file cannot be removed.
    """
    job = find_job(check_run_id(run_id))
    if job is None:
        open_run(run_id)
    elif not job.state.is_finished() and job.state is not JobState.INTERRUPTED:
        raise BadInputError(f"run {run_id} is {job.state}: cancel it before it is deleted")
    else:
        with connect() as client:
            client.delete_workflow(run_id)
    remove_run(run_id)


def ensure_worker() -> None:
    """Start a worker process of its own, unless one lives or is being started.

    The new worker inherits ``start.lock`` as its standard input and closes it once it holds its
    slot, so of several callers at once only one starts a worker, and none waits.

    Raises:
        SpinnError: the store cannot be written, or this system has no workers.
    """
    check_handover("a worker")
    _started[:] = [process for process in _started if process.poll() is None]
    folder = results_root() / "workers"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "start.lock").open("w") as lock:
            taken = lock_descriptor(lock.fileno(), blocking=False)
            if not taken or any(worker.alive for worker in workers()):
                return
            with (folder / "worker.log").open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "spinn_engine", "worker"],
                    stdin=lock,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
    except OSError as error:
        raise SpinnError(f"cannot start a worker in {folder}: {error.strerror}") from error
    _started.append(process)
