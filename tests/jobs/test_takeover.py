"""Workers that die, pause, drain or are upgraded strand no run."""

import os
import signal
import threading
from pathlib import Path

import pytest

from spinn_engine.jobs.database import QUEUE, WORKFLOW, connect
from spinn_engine.jobs.queue import (
    JobState,
    Priority,
    Wanted,
    ask_worker,
    enqueue,
    jobs,
    set_priority,
    workers,
)
from spinn_engine.jobs.slots import HEARTBEAT_SECONDS
from spinn_engine.jobs.worker import fleet
from tests.jobs.support import (
    SLOT,
    MakeRun,
    StartWorker,
    is_alive,
    job,
    wait_for_child,
    wait_for_stage,
    wait_for_state,
    wait_until,
)

LONG = 100_000


@pytest.mark.slow
def test_another_slot_takes_over_what_a_dead_worker_left(
    make_run: MakeRun, start_worker: StartWorker
) -> None:
    folder, mine = make_run(3, LONG), make_run(4, LONG)
    enqueue(folder.run_id)
    dies = start_worker(slot="one-cpu")
    wait_for_stage(folder, 1)
    lives = start_worker(slot="two-cpu")
    enqueue(mine.run_id)
    wait_for_stage(mine, 0)
    child = wait_for_child(dies.pid)
    dies.kill()
    dies.wait()
    wait_until(lambda: not is_alive(child), "the end of the child")
    wait_for_state(folder.run_id, JobState.QUEUED)  # in its place: two-cpu is busy
    assert job(mine.run_id).state is JobState.RUNNING
    assert job(folder.run_id).place == 1
    os.kill(lives.pid, signal.SIGTERM)
    assert lives.wait() == 0
    start_worker(slot="three-cpu")
    wait_for_state(folder.run_id, JobState.RUNNING)
    assert job(folder.run_id).worker == "three-cpu"
    assert job(mine.run_id).place == 1


def test_a_paused_worker_ends_its_run_and_takes_no_other_until_it_serves(
    make_run: MakeRun, start_worker: StartWorker
) -> None:
    first, second = make_run(3, 600), make_run(4)
    enqueue(first.run_id)
    worker = start_worker()
    wait_for_stage(first, 0)
    ask_worker(SLOT, Wanted.PAUSE)
    enqueue(second.run_id)
    wait_until(lambda: workers()[0].wanted is Wanted.PAUSE, "the wish to pause")
    threading.Event().wait(2 * HEARTBEAT_SECONDS)
    ask_worker(SLOT, Wanted.SERVE)  # while its run goes on: nothing is stuck after that
    threading.Event().wait(2 * HEARTBEAT_SECONDS)
    ask_worker(SLOT, Wanted.PAUSE)
    wait_for_state(first.run_id, JobState.DONE)
    threading.Event().wait(3.0)  # three looks at the queue
    assert (job(second.run_id).state, job(second.run_id).place) == (JobState.QUEUED, 1)
    assert [w.wanted for w in workers()] == [Wanted.PAUSE]
    ask_worker(SLOT, Wanted.SERVE)
    wait_for_stage(second, 0)
    ask_worker(SLOT, Wanted.DRAIN)
    assert worker.wait() == 0
    assert job(second.run_id).state is JobState.DONE
    assert workers() == []


def test_jobs_of_another_version_are_brought_to_this_one(
    make_run: MakeRun, start_worker: StartWorker
) -> None:
    folder = make_run()
    with connect() as client:
        client.enqueue(
            {
                "workflow_name": WORKFLOW,
                "queue_name": QUEUE,
                "workflow_id": folder.run_id,
                "app_version": "0",
                "priority": 100,
            },
            folder.run_id,
        )
    assert job(folder.run_id).state is JobState.QUEUED
    assert start_worker(until_idle=True).wait() == 0
    assert job(folder.run_id).state is JobState.DONE


def test_priorities_decide_who_is_next(make_run: MakeRun, start_worker: StartWorker) -> None:
    ids = [make_run(epochs=1, fine_tune_epochs=1).run_id for _ in range(4)]
    for run_id, priority in zip(ids, ("normal", "low", "normal", "high"), strict=True):
        enqueue(run_id, priority=Priority(priority))
    first, low, second, high = ids
    assert [job(run_id).place for run_id in (high, first, second, low)] == [1, 2, 3, 4]
    set_priority(low, Priority.HIGH)
    assert [job(run_id).place for run_id in (high, low, first, second)] == [1, 2, 3, 4]
    assert start_worker(until_idle=True).wait() == 0
    found = jobs()
    assert {j.state for j in found} == {JobState.DONE}


@pytest.mark.slow
def test_a_machine_of_two_devices_has_a_worker_for_each(make_run: MakeRun, store: Path) -> None:
    runs = [make_run(3, LONG), make_run(4, LONG)]
    for folder in runs:
        enqueue(folder.run_id)
    stop, codes = threading.Event(), []
    served = threading.Thread(
        target=lambda: codes.append(fleet.serve(["a-cpu", "b-cpu"], False, stop))
    )
    served.start()
    try:
        for folder in runs:
            wait_for_stage(folder, 0)
        assert {worker.run_id for worker in workers()} == {folder.run_id for folder in runs}
        killed = next(worker for worker in workers() if worker.slot == "a-cpu")
        os.kill(killed.pid, signal.SIGKILL)
        wait_until(
            lambda: any(w.alive and w.slot == "a-cpu" and w.pid != killed.pid for w in workers()),
            "another worker on the slot",
        )
    finally:
        stop.set()
        served.join()
    assert codes == [0]
    assert workers() == []
