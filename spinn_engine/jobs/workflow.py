"""A run as a durable workflow: every stage is one step, finishing is one more.

Steps are at-least-once. A stage is a pure function of the spec and the stage before, written whole,
so that doing it again gives the same bytes; one whose files are there is not done again.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from dbos import DBOS

from spinn_engine.artifacts.store import RunFolder, open_run
from spinn_engine.errors import SpinnError
from spinn_engine.jobs.process import Child, ChildDiedError
from spinn_engine.jobs.slots import Slot

LOG = logging.getLogger(__name__)
POLL_SECONDS = 0.1
CHILDREN_A_STEP = 3

Claim = tuple[str, str | None, int | None]


class AbandonedError(BaseException):
    """The job was cancelled or belongs to another worker now, or this worker is to stop.

    Not an ``Exception``: DBOS records those as the outcome of a step, and this is none.
    """


class Supervisor:
    """Carries out workflows, one at a time, each with one child process."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._child: Child | None = None

    def run(self, run_id: str) -> None:
        """The workflow.

        Raises:
            SpinnError: the run failed; the message is for the user.
            AbandonedError: the run is to be left as it is.
        """
        self._idle.clear()
        LOG.info("run %s starts", run_id)
        try:
            self._steps(open_run(run_id))
            LOG.info("run %s is done", run_id)
        except SpinnError as error:
            LOG.info("run %s failed: %s", run_id, error)
            raise
        except AbandonedError:
            LOG.info("run %s is let go", run_id)
            raise
        finally:
            self._end_child()
            self._idle.set()

    def stop(self, seconds: float) -> None:
        """Make the running workflow, if any, end its child and leave, within about a poll."""
        self._stopping.set()
        self._idle.wait(seconds)

    def _steps(self, folder: RunFolder) -> None:
        for stage in range(folder.spec().prune.stages + 1):
            DBOS.run_step({"name": f"stage {stage}"}, self._run_stage, folder, stage)
        DBOS.run_step({"name": "finish"}, self._finish, folder)

    def _run_stage(self, folder: RunFolder, stage: int) -> None:
        if not folder.stage_is_done(stage):
            self._do(folder, {"stage": stage}, f"stage {stage}")

    def _finish(self, folder: RunFolder) -> None:
        if not folder.is_complete():
            self._do(folder, {"finish": True}, "the final evaluation")

    def _do(self, folder: RunFolder, request: dict[str, Any], what: str) -> None:
        """Have the child do it, or another child if that one dies."""
        claim = _claim(folder.run_id)
        for _ in range(CHILDREN_A_STEP):
            try:
                answer = self._answer(folder, request, claim)
            except ChildDiedError as death:
                self._end_child()
                how = f"its process {death} in {what}"
                folder.log(how)
                continue
            if "error" in answer:
                raise SpinnError(answer["error"])
            return
        raise SpinnError(f"{how}, {CHILDREN_A_STEP} times in a row: see log.txt, then resume")

    def _answer(self, folder: RunFolder, request: dict[str, Any], claim: Claim) -> dict[str, Any]:
        self._check(folder, claim)
        if self._child is None:
            self._child = Child(folder)
            self._slot.show_run(folder.run_id)
        self._child.tell(request)
        while (answer := self._child.reply(POLL_SECONDS)) is None:
            self._check(folder, claim)
        return answer

    def _check(self, folder: RunFolder, claim: Claim) -> None:
        """Leave when told to, or when the job is no longer this execution's.

        A cancel that is followed by a resume at once is seen by the claim, not by the status.
        """
        mine = claim[:2] == ("PENDING", self._slot.name)
        if self._stopping.is_set() or not mine or _claim(folder.run_id) != claim:
            raise AbandonedError

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None
            self._slot.show_run(None)


def _claim(run_id: str) -> Claim:
    """Who has the job since when, as the database says now."""
    status = DBOS.get_workflow_status(run_id)
    if status is None:
        raise AbandonedError
    return status.status, status.executor_id, status.dequeued_at
