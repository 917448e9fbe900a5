"""A run as a durable workflow: every stage is one step, finishing is one more.

Steps are at-least-once. A stage is a pure function of the spec and the stage before, written whole,
so that doing it again gives the same bytes; one whose files are there is not done again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from dbos import DBOS

from spinn_engine.errors import FULL_MEMORY, SpinnError, UnreachableError
from spinn_engine.jobs.database import connect
from spinn_engine.jobs.slots import Slot
from spinn_engine.jobs.worker import attempts
from spinn_engine.jobs.worker.process import Child, ChildDiedError
from spinn_engine.jobs.worker.watch import hang_minutes
from spinn_engine.store.mending import is_sound
from spinn_engine.store.runs import RunFolder, open_run
from spinn_engine.words import duration, shortest

LOG = logging.getLogger(__name__)
POLL_SECONDS = 0.25
CHILDREN_A_STEP = 3
_LIVE_SECONDS = 3.0
_AGAIN_SECONDS = 1.0

Claim = tuple[str, str | None, int | None]
T = TypeVar("T")


class AbandonedError(BaseException):
    """The job was cancelled or belongs to another worker now, or this worker is to stop.

    Not an ``Exception``: DBOS records those as the outcome of a step, and this is none.
    """


class Supervisor:
    """Carries out workflows, one at a time, each with one child process.

    Attributes:
        run_id: the run in hand, None when idle.
    """

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self._closed = threading.Event()
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._child: Child | None = None
        self._unnoted: set[str] = set()
        self.run_id: str | None = None

    def run(self, run_id: str) -> None:
        """The workflow.

        Raises:
            SpinnError: the run failed; the message is for the user.
            AbandonedError: the run is to be left as it is.
        """
        if self._closed.is_set():
            raise AbandonedError
        self._idle.clear()
        self.run_id = run_id
        LOG.info("run %s starts", run_id)
        try:
            folder = self._patiently(lambda: open_run(run_id))
            with folder.lock():
                self._patiently(folder.fetch_all)
                try:
                    self._steps(folder)
                except SpinnError:
                    self._publish_live(folder)  # what the log says of it
                    raise
            LOG.info("run %s is done", run_id)
        except SpinnError as error:
            LOG.info("run %s failed: %s", run_id, error)
            raise
        except AbandonedError:
            LOG.info("run %s is let go", run_id)
            raise
        finally:
            self._end_child()
            self.run_id = None
            self._idle.set()

    def open(self) -> None:
        """Take jobs."""
        self._closed.clear()

    def close(self) -> None:
        """Take no further job."""
        self._closed.set()

    def is_idle(self) -> bool:
        """Whether no job is in hand."""
        return self._idle.is_set()

    def stop(self, seconds: float) -> None:
        """Make the running workflow, if any, end its child and leave, within about a poll."""
        self.close()
        self._stopping.set()
        self._idle.wait(seconds)
        self._stopping.clear()

    def _steps(self, folder: RunFolder) -> None:
        for stage in range(folder.spec().prune.stages + 1):
            DBOS.run_step({"name": f"stage {stage}"}, self._run_stage, folder, stage)
        DBOS.run_step({"name": "finish"}, self._finish, folder)

    def _run_stage(self, folder: RunFolder, stage: int) -> None:
        if not folder.stage_is_done(stage):
            self._do(folder, {"stage": stage}, f"stage {stage}")

    def _finish(self, folder: RunFolder) -> None:
        if not (folder.is_complete() and is_sound(folder)):
            self._do(folder, {"finish": True}, "the final evaluation")

    def _do(self, folder: RunFolder, request: dict[str, Any], step: str) -> None:
        """Have the child do a step, and publish what it wrote; set aside what kills workers."""
        claim = self._patiently(lambda: _claim(folder.run_id))
        if folder.run_id in self._unnoted:
            self._patiently(lambda: attempts.end(folder.run_id))
            self._unnoted.discard(folder.run_id)
        deaths = self._patiently(lambda: attempts.begin(folder.run_id, step))
        try:
            if deaths:
                folder.log(f"the worker before was lost in {step}, number {deaths} in a row")
            if deaths >= attempts.MOST_DEATHS:
                raise SpinnError(
                    f"{step} failed: {deaths} workers in a row were lost in it, so the run was set "
                    "aside: find out what ended them (log.txt, the machine's own log), then resume"
                )
            self._with_children(folder, request, step, claim)
            self._check(folder, claim)  # it may have been given to another while this one slept
            self._patiently(folder.publish)
        finally:
            self._note_end(folder)

    def _note_end(self, folder: RunFolder) -> None:
        try:
            attempts.end(folder.run_id)
        except SpinnError as error:  # a full disk costs no worker: noted before the step is redone
            self._unnoted.add(folder.run_id)
            LOG.warning("%s", error)

    def _with_children(
        self, folder: RunFolder, request: dict[str, Any], step: str, claim: Claim
    ) -> None:
        """Have the child do it, or another child if that one dies."""
        for _ in range(CHILDREN_A_STEP):
            try:
                answer = self._answer(folder, request, step, claim)
            except ChildDiedError as death:
                self._end_child()
                how = f"its process {death}"
                folder.log(f"{step}: {how}")
                continue
            if "error" in answer:
                raise SpinnError(answer["error"])
            return
        times = f"{step} failed: {how}, {CHILDREN_A_STEP} times in a row"
        if "memory" in how:
            raise SpinnError(f"{times}: {FULL_MEMORY}, then submit that")
        raise SpinnError(f"{times}: see log.txt, then resume")

    def _answer(
        self, folder: RunFolder, request: dict[str, Any], step: str, claim: Claim
    ) -> dict[str, Any]:
        self._check(folder, claim)
        if self._child is None:
            self._child = Child(folder, self._slot.device)
            self._slot.show_run(folder.run_id)
        self._child.tell(request)
        told = time.monotonic()
        while (answer := self._child.reply(POLL_SECONDS)) is None:
            self._check(folder, claim)
            self._end_if_hung(step)
            if time.monotonic() - told > _LIVE_SECONDS:
                self._publish_live(folder)
                told = time.monotonic()
        return answer

    def _publish_live(self, folder: RunFolder) -> None:
        """Show how far the stage is; it is not lost if that fails."""
        try:
            folder.publish(live=True)
        except SpinnError as error:
            LOG.warning("%s", error)

    def _end_if_hung(self, step: str) -> None:
        assert self._child is not None
        minutes = self._child.minutes_hung()
        if minutes is not None:
            where = (
                "log.txt says where it hung" if self._child.dump_stacks() else "it never said where"
            )
            raise SpinnError(
                f"{step} failed: no epoch ended in {duration(60 * minutes)}, so it was stopped: "
                f"{where}; if epochs take that long, start the worker with "
                f"SPINN_HANG_MINUTES above {shortest(hang_minutes())}, then resume"
            )

    def _check(self, folder: RunFolder, claim: Claim) -> None:
        """Leave when told to, or when the job is no longer this execution's.

        A cancel that is followed by a resume at once is seen by the claim, not by the status. While
        the database is away, the run goes on.
        """
        mine = claim[:2] == ("PENDING", self._slot.name)
        if self._stopping.is_set() or self._slot.lost or not mine:
            raise AbandonedError
        try:
            now = _claim(folder.run_id)
        except UnreachableError:
            return
        if now != claim:
            raise AbandonedError

    def _patiently(self, do: Callable[[], T]) -> T:
        """Do what needs the database or the store; while these are away, try it again."""
        while True:
            try:
                return do()
            except UnreachableError as error:
                LOG.warning("%s", error)
                if self._stopping.wait(_AGAIN_SECONDS):
                    raise AbandonedError from error

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None
            self._slot.show_run(None)


def _claim(run_id: str) -> Claim:
    """Who has the job since when, as the database says now."""
    with connect() as client:
        found = client.list_workflows(workflow_ids=[run_id], load_input=False, load_output=False)
    if not found:
        raise AbandonedError
    return found[0].status, found[0].executor_id, found[0].dequeued_at
