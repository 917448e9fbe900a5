"""The queue on a real PostgreSQL: locks, takeover of a dead worker's run, a database that stops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError, SpinnError, UnreachableError
from spinn_engine.jobs.devices import cpu
from spinn_engine.jobs.locks import held, slot_lock
from spinn_engine.jobs.queue import JobState, Priority, enqueue, jobs, workers
from spinn_engine.jobs.slots import Slot
from tests.jobs.support import (
    MakeRun,
    StartWorker,
    is_alive,
    job,
    wait_for_child,
    wait_for_stage,
    wait_for_state,
    wait_until,
)
from tests.servers import PostgresDatabase

LONG = 100_000


@pytest.fixture
def database(postgres: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> PostgresDatabase:
    """The queue's database, set as such."""
    monkeypatch.setenv("SPINN_DATABASE_URL", postgres.url)
    return postgres


def test_a_slot_is_held_by_one_worker_and_seen_by_all(database: PostgresDatabase) -> None:
    slot = Slot("here-cpu", cpu())
    assert held(["here-cpu", "there-cpu"]) == {"here-cpu"}
    assert [(w.slot, w.alive, w.memory_bytes) for w in workers()] == [
        ("here-cpu", True, cpu().memory_bytes)
    ]
    with pytest.raises(BadInputError, match="here-cpu already has a live worker"):
        Slot("here-cpu", cpu())
    slot.release()
    assert held(["here-cpu"]) == set()
    assert workers() == []


def test_a_killed_worker_lets_go_of_its_slot(database: PostgresDatabase) -> None:
    code = (
        "import time; from spinn_engine.jobs.locks import slot_lock; "
        "lock = slot_lock('here-cpu'); print(lock.take(), flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        assert not slot_lock("here-cpu").take()
        holder.kill()
    wait_until(lambda: not held(["here-cpu"]), "the end of the lock")
    lock = slot_lock("here-cpu")
    assert lock.take()
    lock.release()


def test_a_lock_is_taken_again_after_the_database_was_away(database: PostgresDatabase) -> None:
    lock, rival = slot_lock("here-cpu"), slot_lock("here-cpu")
    assert lock.take()
    database.stop()
    assert lock.keep()  # nobody can have it meanwhile
    with pytest.raises(UnreachableError, match="the job database gives no lock"):
        rival.take()
    database.start()
    assert lock.keep()
    assert not rival.take()
    database.stop("immediate")
    database.start()
    assert rival.take()
    assert not lock.keep()
    rival.release()


def test_jobs_are_listed_with_their_places_and_priorities(
    database: PostgresDatabase, make_run: MakeRun
) -> None:
    first, second, third = (make_run().run_id for _ in range(3))
    enqueue(first, priority=Priority.LOW)
    enqueue(second)
    enqueue(third)
    assert [j.run_id for j in jobs()] == [third, second, first]
    assert [job(run_id).place for run_id in (second, third, first)] == [1, 2, 3]


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("secret", "wrong"),
        lambda url: url.replace("spinn:", "nobody:"),
        lambda url: url.rpartition(":")[0] + ":1/db",
    ],
    ids=["password", "user", "port"],
)
def test_a_wrong_database_is_one_sentence_without_the_password(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]
) -> None:
    monkeypatch.setenv("SPINN_DATABASE_URL", change(database.url))
    with pytest.raises(SpinnError, match="the job database .* cannot be used") as caught:
        jobs()
    said = str(caught.value)
    assert "\n" not in said
    assert "secret" not in said
    assert ":wrong@" not in said


@pytest.mark.slow
def test_the_run_of_a_dead_worker_is_taken_over_by_another(
    database: PostgresDatabase, make_run: MakeRun, start_worker: StartWorker, store: Path
) -> None:
    folder = make_run(epochs=3, fine_tune_epochs=400)
    enqueue(folder.run_id)
    worker = start_worker(slot="one-cpu")
    wait_for_stage(folder, 1)
    child = wait_for_child(worker.pid)
    worker.kill()
    worker.wait()
    wait_for_state(folder.run_id, JobState.INTERRUPTED)
    wait_until(lambda: not is_alive(child), "the end of the child")
    other = start_worker(slot="two-cpu", until_idle=True)
    assert other.wait() == 0
    done = job(folder.run_id)
    assert (done.state, done.worker) == (JobState.DONE, "two-cpu")
    assert "worker before was lost in stage 1, number 1" in folder.log_path.read_text()
    seen = [(line["stage"], line["epoch"]) for line in folder.metrics()]
    assert len(seen) == len(set(seen))


@pytest.mark.slow
def test_a_run_goes_on_while_its_database_is_away(
    database: PostgresDatabase, make_run: MakeRun, start_worker: StartWorker
) -> None:
    folder = make_run(epochs=3, fine_tune_epochs=LONG)
    enqueue(folder.run_id)
    worker = start_worker(slot="one-cpu")
    wait_for_stage(folder, 1)
    child = wait_for_child(worker.pid)
    database.stop()
    stopped = time.monotonic()
    before = folder.metrics()[-1]["epoch"]
    while time.monotonic() - stopped < 10.0:
        assert is_alive(child)
        time.sleep(0.1)
    assert folder.metrics()[-1]["epoch"] > before
    database.start()
    wait_until(lambda: "one-cpu" in {w.slot for w in workers() if w.alive}, "the worker's lock")
    assert job(folder.run_id).state is JobState.RUNNING
    assert wait_for_child(worker.pid) == child
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait() == 0
    wait_for_state(folder.run_id, JobState.QUEUED)
