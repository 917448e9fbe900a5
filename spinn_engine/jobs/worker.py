"""A worker: takes jobs from the queue, one at a time, on one device slot. Loads no torch itself.

python -m spinn_engine worker [--slot NAME] [--until-idle]
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from pathlib import Path
from types import FrameType

from spinn_engine.errors import SpinnError
from spinn_engine.jobs.database import (
    APPLICATION,
    QUEUE,
    VERSION,
    WORKFLOW,
    connect,
    prepare_database,
)
from spinn_engine.jobs.devices import first_device
from spinn_engine.jobs.slots import Slot, slot_name

LOG = logging.getLogger(__name__)
QUEUE_POLL_SECONDS = 0.5
_STOP_SECONDS = 10.0


def serve(slot: str | None, until_idle: bool) -> int:
    """Serve the queue until SIGTERM or SIGINT, or until it is empty; returns the exit code.

    A job that is stopped by a signal goes on when a worker of the same slot starts again. Must be
    called in the main thread.

    Raises:
        BadInputError: the slot has a live worker, or cannot be a slot's name.
        SpinnError: the store or the job database cannot be used.
    """
    stop = _event_of_signals()
    device, label = first_device()
    held = Slot(slot or slot_name(device), label)
    try:
        _leave_standard_input()
        logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
        logging.getLogger("dbos").setLevel(logging.WARNING)
        LOG.info("worker %s serves the queue on %s; Ctrl-C stops it", held.name, label)
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
    url = prepare_database()
    with connect() as client:  # before the launch, so that the queue is listened to at once
        client.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=QUEUE_POLL_SECONDS)

    from dbos import DBOS, DBOSPortableJSONSerializer

    from spinn_engine.jobs.workflow import Supervisor

    supervisor = Supervisor(held)
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": url,
            "executor_id": held.name,
            "application_version": VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
        }
    )
    logging.getLogger("dbos").addFilter(_is_news)

    @DBOS.workflow(name=WORKFLOW)
    def run(run_id: str) -> None:
        supervisor.run(run_id)

    DBOS.listen_queues([QUEUE])
    DBOS.launch()
    try:
        while not stop.wait(QUEUE_POLL_SECONDS):
            if until_idle and _is_idle(held.name):
                break
    finally:
        supervisor.stop(_STOP_SECONDS)
        DBOS.destroy()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a log record is more than the end of a failed job, which the job itself tells."""
    return not (record.exc_info and isinstance(record.exc_info[1], SpinnError))


def _is_idle(slot: str) -> bool:
    """Whether nothing is queued, and nothing runs here."""
    with connect() as client:
        waiting = client.list_workflows(
            name=WORKFLOW, status=["ENQUEUED", "DELAYED"], app_version=VERSION, limit=1
        )
        running = client.list_workflows(name=WORKFLOW, status="PENDING", executor_id=slot, limit=1)
    return not waiting and not running
