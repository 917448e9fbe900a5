"""Runs whose worker died and does not come back are given to the queue again by a live worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from spinn_engine.jobs.database import QUEUE, VERSION, WORKFLOW, connect
from spinn_engine.jobs.locks import held, slot_lock

if TYPE_CHECKING:
    from dbos import DBOSClient, WorkflowStatus

LOG = logging.getLogger(__name__)
# A worker that is restarted, or whose database was away, has this long to come back.
GRACE_SECONDS = 10.0
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
    """Watches for workers that are gone, and requeues their runs once they were gone for long."""

    def __init__(self, slot: str) -> None:
        self._slot = slot
        self._gone_since: dict[str, float] = {}
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
            return bool(self._gone_since)
        self._looked = time.monotonic()
        with connect() as client:
            others = {s.executor_id for s in running(client) if s.executor_id} - {self._slot}
        gone = self._gone(others)
        for slot in gone:
            if time.monotonic() - self._gone_since[slot] >= GRACE_SECONDS:
                self._take_over(slot)
        return bool(gone)

    def _gone(self, slots: Iterable[str]) -> set[str]:
        slots = set(slots)
        gone = slots - held(slots) if slots else set()
        now = time.monotonic()
        self._gone_since = {slot: self._gone_since.get(slot, now) for slot in gone}
        return gone

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
