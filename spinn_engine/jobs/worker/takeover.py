"""Runs whose worker died and does not come back are given to the queue again by a live worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from spinn_engine.errors import BadInputError
from spinn_engine.jobs.database import QUEUE, VERSION, WORKFLOW, connect
from spinn_engine.jobs.locks import held, slot_lock
from spinn_engine.jobs.slots import beats
from spinn_engine.store.files import Stat, stat_of
from spinn_engine.store.runs import RunFolder, current_store

if TYPE_CHECKING:
    from dbos import DBOSClient, WorkflowStatus

LOG = logging.getLogger(__name__)
# A worker that is restarted, or whose database was away, has this long to come back.
GRACE_SECONDS = 10.0
# One that is stopped or asleep holds its slot, and is waited for so long.
STILL_SECONDS = 60.0
_LOOK_SECONDS = 3.0


def running(client: DBOSClient) -> list[WorkflowStatus]:
    """All jobs that some worker has, or had when it died."""
    return client.list_workflows(name=WORKFLOW, status="PENDING", load_input=False)


def requeue(client: DBOSClient, status: WorkflowStatus) -> None:
    """Put a job that no live worker has back into its place in the queue.

    One of another version is brought to this one; its steps are done again, from the run's files.
    """
    if status.app_version == VERSION:
        client.resume_workflow(status.workflow_id, queue_name=QUEUE)
    else:
        client.cancel_workflow(status.workflow_id)
        client.rewind_workflow(
            status.workflow_id, start_step=1, queue_name=QUEUE, application_version=VERSION
        )


def hand_back(slot: str) -> None:
    """Requeue what a slot's worker has in hand; for that worker, when it stops.

    Raises:
        SpinnError: the job database cannot be used.
    """
    with connect() as client:
        for status in running(client):
            if status.executor_id == slot:
                requeue(client, status)


def adopt_older() -> None:
    """Bring the queued jobs of other versions to this one, so that an upgrade strands none.

    Raises:
        SpinnError: the job database cannot be used.
    """
    with connect() as client:
        queued = client.list_workflows(
            name=WORKFLOW, status=["ENQUEUED", "DELAYED"], load_input=False
        )
        for status in queued:
            if status.app_version != VERSION:
                LOG.info("run %s was queued by another version", status.workflow_id)
                requeue(client, status)


class Orphans:
    """Watches for workers that are gone or stand still, and requeues their runs once that is long.

    A worker that stands still holds its slot, but neither its heartbeat nor its run's files change.
    """

    def __init__(self, slot: str) -> None:
        self._slot = slot
        self._seen: dict[str, tuple[object, float]] = {}
        self._gone: set[str] = set()
        self._looked = float("-inf")

    def is_due(self) -> bool:
        """Whether the last look is some seconds old."""
        return time.monotonic() - self._looked >= _LOOK_SECONDS

    def look(self) -> bool:
        """Look every few seconds, and requeue what is due; returns whether any run is orphaned.

        Raises:
            SpinnError: the job database cannot be used.
        """
        if not self.is_due():
            return bool(self._gone)
        self._looked = time.monotonic()
        with connect() as client:
            found = running(client)
        runs = {s.executor_id: s.workflow_id for s in found if s.executor_id}
        runs.pop(self._slot, None)
        self._gone = runs.keys() - held(runs) if runs else set()
        for slot, seconds in self._quiet(runs).items():
            if slot in self._gone and seconds >= GRACE_SECONDS:
                self._take_over(slot)
            elif slot not in self._gone and seconds >= STILL_SECONDS:
                self._take_from(slot, runs[slot])
        return bool(self._gone)

    def _quiet(self, runs: Mapping[str, str]) -> dict[str, float]:
        """For how many seconds there has been no sign of each worker, by this process's clock."""
        now, heard = time.monotonic(), beats() if runs.keys() - self._gone else {}
        signs: dict[str, object] = {
            slot: "gone" if slot in self._gone else (heard.get(slot), _files(run_id))
            for slot, run_id in runs.items()
        }
        before = self._seen
        self._seen = {
            slot: before[slot] if slot in before and before[slot][0] == sign else (sign, now)
            for slot, sign in signs.items()
        }
        return {slot: now - since for slot, (_, since) in self._seen.items()}

    def _take_over(self, slot: str) -> None:
        """Requeue the runs of a dead worker, holding its slot so that it cannot come back."""
        lock = slot_lock(slot)
        if not lock.take():
            return
        try:
            LOG.info("worker %s is gone: its run goes back to the queue", slot)
            hand_back(slot)
        finally:
            lock.release()

    def _take_from(self, slot: str, run_id: str) -> None:
        """Requeue the run of a worker that stands still; when it wakes it sees that it lost it."""
        try:
            with RunFolder(current_store(), run_id).lock():
                LOG.info("worker %s stands still: its run goes back to the queue", slot)
                hand_back(slot)
        except BadInputError as error:  # the copy of a remote store, which both would write
            LOG.warning("worker %s stands still, and keeps its run: %s", slot, error)


def _files(run_id: str) -> tuple[Stat | None, ...]:
    """What shows that a run's child gets on while its worker does not."""
    folder = RunFolder(current_store(), run_id)
    return stat_of(folder.metrics_path), stat_of(folder.log_path)


class Strays:
    """Holds the jobs that a worker has by the database against what it does, and requeues others.

    One is left over when neither its end nor its failure could be written, as on a full disk.
    """

    def __init__(self, slot: str) -> None:
        self._slot = slot
        self._since: dict[tuple[str, int | None], float] = {}
        self._looked = float("-inf")

    def look(self, doing: str | None) -> None:
        """Look every few seconds, and requeue what has been nobody's for long.

        Args:
            doing: the run that the worker has in hand.

        Raises:
            SpinnError: the job database cannot be used.
        """
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        with connect() as client:
            mine = {
                (status.workflow_id, status.dequeued_at): status
                for status in running(client)
                if status.executor_id == self._slot and status.workflow_id != doing
            }
            self._since = {row: self._since.get(row, now) for row in mine}
            for row, status in mine.items():
                if now - self._since[row] >= GRACE_SECONDS:
                    requeue(client, status)
                    LOG.info("run %s is not being done: it goes back to the queue", row[0])
