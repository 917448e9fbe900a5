"""A worker: takes jobs from the queue, one at a time, on one device slot. Loads no torch itself.

python -m spinn_engine worker [--slot NAME] [--until-idle]
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from spinn_engine.errors import SpinnError
from spinn_engine.jobs import fleet, takeover
from spinn_engine.jobs.database import (
    APPLICATION,
    QUEUE,
    VERSION,
    WORKFLOW,
    connect,
    prepare_database,
)
from spinn_engine.jobs.devices import device_of, find_devices
from spinn_engine.jobs.slots import Slot, Wanted, slot_name

if TYPE_CHECKING:
    from spinn_engine.jobs.workflow import Supervisor

LOG = logging.getLogger(__name__)
QUEUE_POLL_SECONDS = 1.0
_LOOK_SECONDS = 0.5
_ORPHANS_SECONDS = 3.0
_STOP_SECONDS = 10.0


def serve(slot: str | None, until_idle: bool) -> int:
    """Serve the queue until SIGTERM or SIGINT, or until it is empty; returns the exit code.

    Without a slot's name, a machine with several accelerators gets a worker process for each. A job
    that is stopped by a signal goes back to its place in the queue. Must be called in the main
    thread.

    Raises:
        BadInputError: the slot has a live worker, or cannot be a slot's name.
        SpinnError: the store or the job database cannot be used.
    """
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
        logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
        logging.getLogger("dbos").setLevel(logging.WARNING)
        LOG.info("worker %s serves the queue on %s; Ctrl-C stops it", held.name, device.label)
        _serve(held, stop, until_idle)
        return 0
    finally:
        LOG.info("worker %s stops", held.name)
        held.release()


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
    """Serve, pause and serve again, until there is a reason to end."""
    with connect() as client:  # before the launch, so that the queue is listened to at once
        client.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=QUEUE_POLL_SECONDS)
    takeover.adopt_older()

    from dbos import DBOS

    from spinn_engine.jobs.workflow import Supervisor

    supervisor = Supervisor(held)
    logging.getLogger("dbos").addFilter(_is_news)

    @DBOS.workflow(name=WORKFLOW)
    def run(run_id: str) -> None:
        supervisor.run(run_id)

    ended = False
    while not (ended or stop.is_set() or held.lost or held.wanted is Wanted.DRAIN):
        if held.wanted is Wanted.PAUSE:
            stop.wait(_LOOK_SECONDS)
        else:
            ended = _take_jobs(held, supervisor, stop, until_idle)


def _take_jobs(held: Slot, supervisor: Supervisor, stop: threading.Event, until_idle: bool) -> bool:
    """Listen to the queue until told otherwise; returns whether nothing is left to do."""
    from dbos import DBOS, DBOSPortableJSONSerializer

    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": prepare_database(),
            "executor_id": held.name,
            "application_version": VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
        }
    )
    DBOS.listen_queues([QUEUE])
    supervisor.open()
    DBOS.launch()
    try:
        return _watch(held, supervisor, stop, until_idle)
    finally:
        supervisor.stop(_STOP_SECONDS)
        DBOS.destroy()
        if not held.lost:
            _hand_back(held.name)


def _watch(held: Slot, supervisor: Supervisor, stop: threading.Event, until_idle: bool) -> bool:
    """See to pauses and to the jobs of dead workers, while DBOS brings jobs to the supervisor."""
    orphans, orphaned, looked = takeover.Orphans(held.name), False, float("-inf")
    while not stop.wait(_LOOK_SECONDS) and not held.lost:
        if held.wanted is not Wanted.SERVE:
            supervisor.close()
            if supervisor.is_idle():
                return False
            continue
        try:
            if time.monotonic() - looked >= _ORPHANS_SECONDS:
                orphaned, looked = orphans.look(), time.monotonic()
            if until_idle and not orphaned and supervisor.is_idle() and _is_empty(held.name):
                return True
        except SpinnError as error:  # the database is away: the run goes on, and so does this
            LOG.warning("%s", error)
    return False


def _hand_back(slot: str) -> None:
    try:
        takeover.hand_back(slot)
    except SpinnError as error:
        LOG.warning("what this worker had in hand is taken up when a worker is back: %s", error)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a log record is more than the end of a failed job, which the job itself tells."""
    return not (record.exc_info and isinstance(record.exc_info[1], SpinnError))


def _is_empty(slot: str) -> bool:
    """Whether nothing is queued, and nothing is in hand here."""
    with connect() as client:
        waiting = client.list_workflows(
            name=WORKFLOW, status=["ENQUEUED", "DELAYED"], app_version=VERSION, limit=1
        )
        return not waiting and all(s.executor_id != slot for s in takeover.running(client))
