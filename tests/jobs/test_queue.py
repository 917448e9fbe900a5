import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.jobs.devices import cpu
from spinn_engine.jobs.queue import JobState, cancel, delete, enqueue, jobs, resume
from spinn_engine.jobs.slots import Slot
from tests.jobs.support import MakeRun, job


def set_status(store: Path, run_id: str, status: str, executor: str | None = None) -> None:
    connection = sqlite3.connect(store / "jobs.sqlite")
    with connection:
        connection.execute(
            "UPDATE workflow_status SET status = ?, executor_id = ? WHERE workflow_uuid = ?",
            (status, executor, run_id),
        )
    connection.close()


def test_importing_the_queue_loads_neither_torch_nor_dbos() -> None:
    code = (
        "import sys; import spinn_engine.jobs.queue as q; q.jobs(); q.workers(); "
        "print([name for name in ('torch', 'dbos', 'streamlit') if name in sys.modules])"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_looking_at_an_empty_store_writes_nothing(store: Path) -> None:
    assert jobs() == []
    assert not store.exists()


def test_jobs_are_listed_newest_first_with_their_sizes(make_run: MakeRun) -> None:
    first, second = make_run(epochs=7).run_id, make_run().run_id
    enqueue(first)
    enqueue(second)
    assert [j.run_id for j in jobs()] == [second, first]
    found = job(first)
    assert (found.state, found.stage, found.stages) == (JobState.QUEUED, 0, 2)
    assert (found.epoch, found.epochs, found.eta_seconds) == (0, 7, None)
    assert (found.worker, found.error) == (None, None)


def test_a_queued_job_is_cancelled_resumed_and_deleted(make_run: MakeRun) -> None:
    folder = make_run()
    run_id = folder.run_id
    enqueue(run_id)
    with pytest.raises(BadInputError, match="in the queue already"):
        enqueue(run_id)
    with pytest.raises(BadInputError, match="queued already"):
        resume(run_id)
    with pytest.raises(BadInputError, match="cancel it before"):
        delete(run_id)
    cancel(run_id)
    assert job(run_id).state is JobState.CANCELLED
    with pytest.raises(BadInputError, match="cancelled already"):
        cancel(run_id)
    resume(run_id)
    assert job(run_id).state is JobState.QUEUED
    cancel(run_id)
    delete(run_id)
    assert jobs() == []
    assert not folder.path.exists()
    assert list(folder.path.parent.glob(".*")) == []


def test_a_run_that_was_never_queued_is_queued_by_resume(make_run: MakeRun) -> None:
    folder = make_run()
    with pytest.raises(BadInputError, match="not in the queue"):
        cancel(folder.run_id)
    resume(folder.run_id)
    assert job(folder.run_id).state is JobState.QUEUED


def test_runs_without_a_job_are_deleted_or_left_done(make_run: MakeRun) -> None:
    folder = make_run()
    folder.result_path.write_text("{}")
    folder.manifest_path.unlink()
    with pytest.raises(BadInputError, match="done already"):
        resume(folder.run_id)
    delete(folder.run_id)
    assert not folder.path.exists()


def test_a_job_whose_files_are_gone_can_still_be_seen_and_deleted(make_run: MakeRun) -> None:
    folder = make_run()
    enqueue(folder.run_id)
    folder.spec_path.unlink()
    assert (job(folder.run_id).state, job(folder.run_id).stages) == (JobState.QUEUED, 0)
    cancel(folder.run_id)
    with pytest.raises(BadInputError, match="there is no run"):
        resume(folder.run_id)
    delete(folder.run_id)
    assert jobs() == []


@pytest.mark.parametrize("run_id", ["../x", "", "a/b", "nobody"])
@pytest.mark.parametrize("action", [enqueue, cancel, resume, delete])
def test_ids_that_name_no_run_are_refused(action: Callable[[str], None], run_id: str) -> None:
    with pytest.raises(BadInputError):
        action(run_id)


def test_a_running_job_without_a_live_worker_is_interrupted(make_run: MakeRun, store: Path) -> None:
    run_id = make_run().run_id
    enqueue(run_id)
    set_status(store, run_id, "PENDING", "here-cpu")
    assert job(run_id).state is JobState.INTERRUPTED
    slot = Slot("here-cpu", cpu())
    assert job(run_id).state is JobState.RUNNING
    with pytest.raises(BadInputError, match="running already"):
        resume(run_id)
    with pytest.raises(BadInputError, match="cancel it before"):
        delete(run_id)
    slot.release()
    resume(run_id)
    assert job(run_id).state is JobState.QUEUED


def test_a_cancelled_job_is_cancelling_while_its_process_lives(
    make_run: MakeRun, store: Path
) -> None:
    run_id = make_run().run_id
    enqueue(run_id)
    slot = Slot("here-cpu", cpu())
    slot.show_run(run_id)
    set_status(store, run_id, "CANCELLED", "here-cpu")
    assert job(run_id).state is JobState.CANCELLING
    with pytest.raises(BadInputError, match="cancelling already"):
        cancel(run_id)
    slot.show_run(None)
    assert job(run_id).state is JobState.CANCELLED
    slot.release()


def test_a_job_that_lost_too_many_workers_has_failed_and_can_be_resumed(
    make_run: MakeRun, store: Path
) -> None:
    run_id = make_run().run_id
    enqueue(run_id)
    set_status(store, run_id, "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
    assert job(run_id).state is JobState.FAILED
    assert "lost too many times" in str(job(run_id).error)
    resume(run_id)
    assert job(run_id).state is JobState.QUEUED


def test_states_tell_whether_something_still_happens() -> None:
    finished = {state for state in JobState if state.is_finished()}
    assert finished == {JobState.CANCELLED, JobState.DONE, JobState.FAILED}


def test_a_database_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINN_DATABASE_URL", "mysql://me:secret@nowhere/jobs")
    with pytest.raises(BadInputError, match="must start with sqlite") as caught:
        jobs()
    assert "secret" not in str(caught.value)


def test_an_unreachable_database_is_one_sentence_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SPINN_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/jobs")
    with pytest.raises(SpinnError, match="cannot be used") as caught:
        jobs()
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("me:hid@den@127.0.0.1:1/jobs", "@ has to be written %40"),
        ("me:hid/den@127.0.0.1:1/jobs", "/ %2F"),
        ("me:hid#den@127.0.0.1:1/jobs", "# %23"),
        ("me:hid?den@127.0.0.1:1/jobs", r"\? %3F"),
        ("me@127.0.0.1:1/jobs?password=hidden", "the password has its place before the server"),
        ("127.0.0.1:hidden/jobs", "the port, .* has to be a number from 1 to 65535"),
        ("me:hidden@127.0.0.1:99999/jobs", "the port, .* has to be a number from 1 to 65535"),
    ],
)
def test_an_address_that_would_be_misread_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, rest: str, said: str
) -> None:
    monkeypatch.setenv("SPINN_DATABASE_URL", f"postgresql://{rest}")
    with pytest.raises(BadInputError, match=said) as caught:
        jobs()
    assert not re.search("hid|den", str(caught.value))


def test_a_file_that_is_no_database_is_one_sentence(make_run: MakeRun, store: Path) -> None:
    folder = make_run()
    (store / "jobs.sqlite").write_text("this is no database, only text " * 100)
    with pytest.raises(SpinnError, match="cannot be used: file is not a database"):
        enqueue(folder.run_id)
