"""A worker: takes jobs from the queue, one at a time, on one device slot.

python -m spinn_engine worker [--slot NAME] [--until-idle]

It may idle for days, so it loads neither torch nor pandas: all work with data is the child's.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from enum import Enum, auto
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from spinn_engine.errors import SpinnError, UnreachableError
from spinn_engine.jobs.database import (
    APPLICATION,
    QUEUE,
    VERSION,
    WORKFLOW,
    connect,
    connection_number,
    prepare_database,
)
from spinn_engine.jobs.devices import device_of, find_devices
from spinn_engine.jobs.locks import check_handover
from spinn_engine.jobs.slots import Slot, Wanted, slot_name
from spinn_engine.jobs.worker import fleet, takeover
from spinn_engine.words import visible

if TYPE_CHECKING:
    from spinn_engine.jobs.worker.workflow import Supervisor

LOG = logging.getLogger(__name__)
_POLL_SECONDS = 0.5
_LOOK_SECONDS = 0.2
_IDLE_LOOK_SECONDS = 1.0
_STOP_SECONDS = 10.0


def serve(slot: str | None, until_idle: bool) -> int:
    """Serve the queue until SIGTERM or SIGINT, or until it is empty; returns the exit code.

    Without a slot's name, a machine with several accelerators gets a worker process for each. A job
    that is stopped by a signal goes back to its place in the queue. Must be called in the main
    thread.

    Raises:
        BadInputError: the slot has a live worker, or cannot be a slot's name.
        SpinnError: the store or the job database cannot be used, or this system has no workers.
    """
    check_handover("a worker")
    stop = _event_of_signals()
    devices = find_devices()
    if slot is None and len(devices) > 1:
        prepare_database()  # refused once, not by every worker
        _leave_standard_input()
        return fleet.serve([slot_name(device.name) for device in devices], until_idle, stop)
    device = devices[0] if slot is None else device_of(slot, devices)
    held = Slot(slot or slot_name(device.name), device)
    try:
        _leave_standard_input()
        handler = logging.StreamHandler()
        handler.setFormatter(_Plain("%(asctime)s %(message)s"))
        logging.basicConfig(handlers=[handler], level=logging.INFO)
        logging.getLogger("dbos").setLevel(logging.WARNING)
        LOG.info("worker %s serves the queue on %s; Ctrl-C stops it", held.name, device.label)
        _serve(held, stop, until_idle)
        return 0
    finally:
        LOG.info("worker %s stops", held.name)
        held.release()


class _Plain(logging.Formatter):
    """Lines in which what files are called and hold is text, and no command to a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


def _leave_standard_input() -> None:
    """Let go of the lock that ``ensure_worker`` hands over as standard input."""
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)


def _event_of_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set from now on."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop


def _serve(held: Slot, stop: threading.Event, until_idle: bool) -> None:
    """Take jobs while there are any, pause and serve again, until there is a reason to end."""
    takeover.adopt_older()

    from dbos import DBOS

    from spinn_engine.jobs.worker.workflow import Supervisor

    supervisor = Supervisor(held)
    logging.getLogger("dbos").addFilter(_is_news)

    @DBOS.workflow(name=WORKFLOW)
    def run(run_id: str) -> None:
        supervisor.run(run_id)

    watch = _Watch(held.name, supervisor)
    while not (stop.is_set() or held.lost or held.wanted is Wanted.DRAIN):
        left = watch.what_is_left()
        if left is Left.JOBS and held.wanted is Wanted.SERVE:
            _take_jobs(held, supervisor, stop, watch)
        elif left is Left.NOTHING and until_idle:
            break
        else:
            stop.wait(_IDLE_LOOK_SECONDS)
    if held.lost:
        LOG.warning("another worker has slot %s now, so this one ends", held.name)


class Left(Enum):
    """What there is to do: jobs, perhaps some later, or nothing."""

    JOBS = auto()
    MAYBE = auto()
    NOTHING = auto()


class _Watch:
    """What a worker looks at between and beside its jobs."""

    def __init__(self, slot: str, supervisor: Supervisor) -> None:
        self._slot, self._supervisor = slot, supervisor
        self._orphans, self._strays = takeover.Orphans(slot), takeover.Strays(slot)

    def is_due(self) -> bool:
        """Whether there is anything to look at beside a job."""
        return self._orphans.is_due()

    def what_is_left(self) -> Left:
        """Look into the queue, in a millisecond; no engine need run for that."""
        try:
            orphaned = self._orphans.look()
            self._strays.look(self._supervisor.run_id)
            with connect() as client:
                waiting = client.list_workflows(
                    name=WORKFLOW, status=["ENQUEUED", "DELAYED"], app_version=VERSION, limit=1
                )
                has_one = any(s.executor_id == self._slot for s in takeover.running(client))
        except UnreachableError as error:  # what runs goes on, and so does this
            LOG.warning("%s", error)
            return Left.MAYBE
        if waiting or has_one:
            return Left.JOBS
        return Left.MAYBE if orphaned else Left.NOTHING


def _take_jobs(held: Slot, supervisor: Supervisor, stop: threading.Event, watch: _Watch) -> None:
    """Run the engine, which brings the supervisor jobs, until none is left or told otherwise."""
    from dbos import DBOS

    supervisor.open()
    try:
        number = connection_number()
        with connect() as client:  # the database may be a new one
            client.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=_POLL_SECONDS)
            _launch(held.name)
        _await_end(held, supervisor, stop, watch, number)
    except UnreachableError as error:  # away, or full: it is tried again
        LOG.warning("%s", error)
        stop.wait(_IDLE_LOOK_SECONDS)
    finally:
        supervisor.stop(_STOP_SECONDS)
        DBOS.destroy()
        if not held.lost:
            _hand_back(held.name)


def _await_end(
    held: Slot, supervisor: Supervisor, stop: threading.Event, watch: _Watch, number: int
) -> None:
    """Wait while the engine brings jobs from the database of that connection number."""
    closing = False
    while not stop.wait(_LOOK_SECONDS) and not held.lost:
        closing = closing or held.wanted is not Wanted.SERVE
        if closing:  # also if it is to serve again: then the engine is started anew
            supervisor.close()
            if supervisor.is_idle():
                return
        elif not supervisor.is_idle() and not watch.is_due():
            continue  # what training needs is not spent on looking
        elif watch.what_is_left() is Left.NOTHING or _is_another_database(number):
            return


def _launch(slot: str) -> None:
    """Start the engine, which takes up what this slot had in hand when it ended."""
    from dbos import DBOS, DBOSPortableJSONSerializer

    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": prepare_database(),
            "executor_id": slot,
            "application_version": VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": _LOOK_SECONDS,  # the end waits for it
        }
    )
    DBOS.listen_queues([QUEUE])
    DBOS.launch()


def _is_another_database(number: int) -> bool:
    """Whether the database that the engine was started for was removed, and made anew."""
    try:
        removed = connection_number() != number
    except UnreachableError:  # away
        return False
    if removed:
        LOG.warning("the job database was removed and made anew: submit again what was in it")
    return removed


def _hand_back(slot: str) -> None:
    try:
        takeover.hand_back(slot)
    except SpinnError as error:
        LOG.warning("what this worker had in hand is taken up when a worker is back: %s", error)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a log record is more than the end of a failed job, which the job itself tells.

    A database that did not take that end is told in a line: the job goes back to the queue.
    """
    from sqlalchemy.exc import SQLAlchemyError

    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, SQLAlchemyError):
        record.exc_info = None
        record.msg, record.args = "what became of a run was not written: %s", (error.args[0],)
    return not isinstance(error, SpinnError)
