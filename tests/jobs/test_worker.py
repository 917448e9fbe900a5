"""Real workers, real children, real training: what is killed, cancelled or broken goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.jobs.queue import (
    JobState,
    cancel,
    delete,
    enqueue,
    ensure_worker,
    jobs,
    resume,
    workers,
)
from spinn_engine.store.runs import RunFolder
from tests.jobs.support import (
    SLOT,
    MakeRun,
    StartWorker,
    is_alive,
    job,
    kill,
    wait_for_child,
    wait_for_stage,
    wait_for_state,
    wait_until,
    worker_log,
)

LONG = 100_000


def final_bytes(folder: RunFolder) -> bytes:
    return (folder.checkpoints / "spinn_structured_final.pt").read_bytes()


def epochs_seen(folder: RunFolder) -> list[tuple[int, int]]:
    return [(line["stage"], line["epoch"]) for line in folder.metrics()]


def starts(folder: RunFolder, stage: int) -> int:
    """How often a child has begun to train a stage."""
    return folder.log_path.read_text().count(f"stage {stage} of structured starts")


def news(log: Path) -> list[str]:
    """What a worker said: of each line the three words after date and time."""
    return [" ".join(line.split()[2:5]) for line in log.read_text().splitlines()]


def test_a_job_fails_with_a_sentence_and_is_done_once_that_is_mended(
    make_run: MakeRun, start_worker: StartWorker, small_table: Path, store: Path
) -> None:
    folder = make_run()
    enqueue(folder.run_id)
    rows = small_table.read_text()
    small_table.write_text(rows.replace("0", "1"))
    assert start_worker(until_idle=True).wait() == 0
    assert job(folder.run_id).state is JobState.FAILED
    assert "is no longer the data" in str(job(folder.run_id).error)

    small_table.write_text(rows)
    resume(folder.run_id)
    assert start_worker(until_idle=True).wait() == 0
    found = job(folder.run_id)
    assert found.state is JobState.DONE
    assert (found.stage, found.stages, found.epoch, found.epochs) == (2, 2, 3, 3)
    assert (found.worker, found.eta_seconds, found.error) == (SLOT, None, None)
    assert folder.is_complete()
    with pytest.raises(BadInputError, match="done already"):
        resume(folder.run_id)
    assert workers() == []
    assert news(worker_log(store)) == [
        f"worker {SLOT} serves",
        f"run {folder.run_id} starts",
        f"run {folder.run_id} failed:",
        f"worker {SLOT} stops",
        f"worker {SLOT} serves",
        f"run {folder.run_id} starts",
        f"run {folder.run_id} is",
        f"worker {SLOT} stops",
    ]


def test_cancel_stops_within_a_second_and_resume_goes_on(
    make_run: MakeRun, start_worker: StartWorker, store: Path
) -> None:
    folder = make_run(epochs=3, fine_tune_epochs=LONG)
    enqueue(folder.run_id)
    worker = start_worker()
    wait_for_stage(folder, 1)
    assert job(folder.run_id).eta_seconds
    child = wait_for_child(worker.pid)
    cancel(folder.run_id)
    to_cancelled = wait_for_state(folder.run_id, JobState.CANCELLED)
    assert not is_alive(child)
    assert folder.stage_is_done(0)

    resume(folder.run_id)
    with pytest.raises(BadInputError, match="cancel it before"):
        delete(folder.run_id)
    child = wait_for_child(worker.pid)
    cancel(folder.run_id)
    resume(folder.run_id)  # at once: the job is never seen as cancelled
    to_the_end_of_the_child = wait_until(lambda: not is_alive(child), "the end of the child")
    assert min(to_cancelled, to_the_end_of_the_child) < 1.0

    before = starts(folder, 1)
    child = wait_for_child(worker.pid)
    wait_until(lambda: starts(folder, 1) > before, "stage 1 again")
    wait_until(lambda: epochs_seen(folder)[-1] >= (1, 1), "an epoch of it")
    assert len(set(epochs_seen(folder))) == len(epochs_seen(folder))
    assert epochs_seen(folder)[:4] == [(0, 0), (0, 1), (0, 2), (0, 3)]
    worker.terminate()
    assert worker.wait() == 0
    assert not is_alive(child)
    handed_back = job(folder.run_id)
    assert (handed_back.state, handed_back.place) == (JobState.QUEUED, 1)
    assert workers() == []
    assert len(news(worker_log(store))) == 8  # 1 worker and 3 times the run: their start, their end


@pytest.mark.slow
def test_kills_change_no_byte_of_the_result(make_run: MakeRun, start_worker: StartWorker) -> None:
    controls = ("random", "dense_longer", "magnitude", "scratch")
    folder, undisturbed = make_run(40, 40, controls), make_run(40, 40, controls)
    enqueue(folder.run_id)
    for stage in range(3):
        worker = start_worker()
        wait_for_stage(folder, stage)
        child = wait_for_child(worker.pid)
        worker.kill()
        worker.wait()
        wait_until(lambda: not is_alive(child), "the end of the child")  # noqa: B023
        assert not folder.stage_is_done(stage)
        assert job(folder.run_id).state is JobState.INTERRUPTED
    enqueue(undisturbed.run_id)
    assert start_worker(until_idle=True).wait() == 0
    assert {found.state for found in jobs()} == {JobState.DONE}
    assert final_bytes(folder) == final_bytes(undisturbed)
    assert sorted(epochs_seen(folder)) == sorted(epochs_seen(undisturbed))


def test_a_child_that_is_killed_again_and_again_fails_the_job(
    make_run: MakeRun, start_worker: StartWorker
) -> None:
    folder = make_run(epochs=3, fine_tune_epochs=LONG)
    enqueue(folder.run_id)
    worker = start_worker()
    wait_for_stage(folder, 1)
    for _ in range(3):
        kill(wait_for_child(worker.pid))
    wait_for_state(folder.run_id, JobState.FAILED)
    error = str(job(folder.run_id).error)
    assert "stage 1 failed: its process was ended by signal SIGKILL, 3 times in a row" in error
    assert folder.log_path.read_text().count("stage 1: its process was ended by signal") == 3
    assert folder.stage_is_done(0)
    resume(folder.run_id)
    kill(wait_for_child(worker.pid))
    before = starts(folder, 1)
    wait_until(lambda: starts(folder, 1) > before, "stage 1 with another child")


def test_callers_at_once_start_one_worker_and_another_is_refused(store: Path) -> None:
    code = "from spinn_engine.jobs.queue import ensure_worker; ensure_worker()"
    callers = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    ensure_worker()
    assert [caller.wait() for caller in callers] == [0, 0, 0]
    wait_until(lambda: any(worker.alive for worker in workers()), "a worker")
    [worker] = workers()
    try:
        ensure_worker()
        assert [w.pid for w in workers()] == [worker.pid]
        second = subprocess.run(
            [sys.executable, "-m", "spinn_engine", "worker"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 2
        assert f"slot {worker.slot} already has a live worker" in second.stderr
        assert len(second.stderr.splitlines()) == 1
    finally:
        os.kill(worker.pid, signal.SIGTERM)
    wait_until(lambda: workers() == [], "the end of the worker")
    log = store / "workers" / "worker.log"
    assert news(log) == [f"worker {worker.slot} serves", f"worker {worker.slot} stops"]
