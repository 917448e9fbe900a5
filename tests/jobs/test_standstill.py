"""A worker that can do nothing does not look alive, and what it cannot end is not lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from pathlib import Path

import pytest

from spinn_engine.jobs import slots
from spinn_engine.jobs.devices import cpu
from spinn_engine.jobs.locks import FileLock
from spinn_engine.jobs.queue import JobState, enqueue, jobs, workers
from spinn_engine.jobs.slots import Slot
from spinn_engine.jobs.worker import takeover
from spinn_engine.jobs.worker.takeover import Orphans, Strays
from tests.jobs.support import (
    MakeRun,
    StartWorker,
    fill,
    is_alive,
    job,
    wait_for_child,
    wait_for_stage,
    wait_for_state,
    wait_until,
    worker_log,
)

LONG = 100_000


@pytest.fixture
def patient_for_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRACE_SECONDS", "STILL_SECONDS", "_LOOK_SECONDS"):
        monkeypatch.setattr(takeover, name, 0.0)


def give(run_id: str, slot: str, store: Path) -> None:
    """Make a queued run one that a slot's worker has in hand."""
    connection = sqlite3.connect(store / "jobs.sqlite")
    with connection:
        connection.execute(
            "UPDATE workflow_status SET status = 'PENDING', executor_id = ?, "
            "started_at_epoch_ms = 1 WHERE workflow_uuid = ?",
            (slot, run_id),
        )
    connection.close()


@pytest.mark.usefixtures("patient_for_no_time")
def test_a_job_that_its_worker_does_not_do_goes_back(make_run: MakeRun, store: Path) -> None:
    ids = [make_run().run_id for _ in range(3)]
    enqueue(*ids)
    for run_id, slot in zip(ids, ("mine-cpu", "mine-cpu", "other-cpu"), strict=True):
        give(run_id, slot, store)
    Strays("mine-cpu").look(doing=ids[0])
    assert [job(run_id).place for run_id in ids] == [None, 1, None]


def test_a_job_that_has_just_been_taken_is_left(make_run: MakeRun, store: Path) -> None:
    run_id = make_run().run_id
    enqueue(run_id)
    give(run_id, "mine-cpu", store)
    Strays("mine-cpu").look(doing=None)
    assert job(run_id).place is None


def test_a_worker_stands_still_when_neither_it_nor_its_run_moves(
    make_run: MakeRun, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "HEARTBEAT_SECONDS", 1000.0)
    folder = make_run()
    enqueue(folder.run_id)
    give(folder.run_id, "still-cpu", store)
    slot = Slot("still-cpu", cpu())
    monkeypatch.setattr(takeover, "_LOOK_SECONDS", 0.0)
    watch = Orphans("other-cpu")
    watch.look()
    monkeypatch.setattr(takeover, "STILL_SECONDS", 0.05)
    for heartbeat in (True, False):
        threading.Event().wait(0.1)
        if heartbeat:
            slot.show_run(folder.run_id)
        else:
            folder.log("an epoch")
        watch.look()
        assert job(folder.run_id).state is JobState.RUNNING
    threading.Event().wait(0.1)
    watch.look()
    assert job(folder.run_id).state is JobState.QUEUED
    slot.release()


def test_a_slot_whose_lock_was_removed_is_taken_again_or_lost(tmp_path: Path) -> None:
    path = tmp_path / "workers" / "a-cpu.lock"
    lock = FileLock(path)
    assert lock.take()
    assert lock.keep()
    path.unlink()
    assert lock.keep()
    rival = FileLock(path)
    assert not rival.take()
    path.unlink()
    assert rival.take()
    assert not lock.keep()


@pytest.mark.slow
def test_a_worker_whose_database_was_removed_serves_the_new_one(
    make_run: MakeRun, start_worker: StartWorker, store: Path
) -> None:
    lost, fine = make_run(epochs=LONG), make_run(4)
    enqueue(lost.run_id)
    worker = start_worker()
    wait_for_stage(lost, 0)
    child = wait_for_child(worker.pid)
    for path in (*store.glob("jobs.sqlite*"), *(store / "workers").glob("*.lock")):
        path.unlink()
    enqueue(fine.run_id)
    wait_for_state(fine.run_id, JobState.DONE)
    assert not is_alive(child)
    assert [(w.pid, w.alive) for w in workers()] == [(worker.pid, True)]
    assert [j.run_id for j in jobs()] == [fine.run_id]


@pytest.mark.slow
def test_a_worker_that_was_stopped_goes_on_alone_and_loses_its_run_to_another(
    make_run: MakeRun, start_worker: StartWorker
) -> None:
    folder = make_run(epochs=3, fine_tune_epochs=LONG)
    enqueue(folder.run_id)
    worker = start_worker(slot="one-cpu")
    wait_for_stage(folder, 1)
    child = wait_for_child(worker.pid)
    for number, seconds in ((signal.SIGSTOP, 3.0), (signal.SIGCONT, 0.0)):
        for pid in (worker.pid, child):
            os.kill(pid, number)
        threading.Event().wait(seconds)
    before = job(folder.run_id).epoch
    wait_until(lambda: job(folder.run_id).epoch > before, "an epoch after the sleep")
    assert is_alive(child)
    for pid in (worker.pid, child):
        os.kill(pid, signal.SIGSTOP)
    other = start_worker(slot="two-cpu", still_seconds=4.0)
    wait_until(lambda: job(folder.run_id).worker == "two-cpu", "the other worker")
    wait_for_child(other.pid)
    for pid in (child, worker.pid):
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: not is_alive(child), "the end of the first child")
    assert worker.poll() is None
    assert (job(folder.run_id).state, job(folder.run_id).worker) == (JobState.RUNNING, "two-cpu")


@pytest.mark.slow
def test_a_job_whose_failure_found_no_space_goes_on_once_there_is_some(
    small_disk: Path,
    make_run: MakeRun,
    start_worker: StartWorker,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", str(small_disk / "results"))
    folder = make_run(epochs=LONG)
    enqueue(folder.run_id)
    worker = start_worker()
    child = wait_for_child(worker.pid)
    wait_for_stage(folder, 0)
    ballast = fill(small_disk)
    said = worker_log(store)
    wait_until(lambda: "what became of a run was not written" in said.read_text(), "the failure")
    assert not is_alive(child)
    assert job(folder.run_id).state is JobState.RUNNING  # as far as the database knows
    ballast.unlink()
    assert wait_for_child(worker.pid) != child
    assert job(folder.run_id).state is JobState.RUNNING
