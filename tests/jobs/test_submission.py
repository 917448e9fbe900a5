"""What is submitted twice is one run; a sweep is all combinations under one id."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError, UnreachableError
from spinn_engine.foreground import run
from spinn_engine.jobs.database import prepare_database
from spinn_engine.jobs.queue import JobState, Priority, cancel, delete, jobs, resume
from spinn_engine.jobs.submission import Submission, submit, submit_sweep
from spinn_engine.jobs.sweeps import read_sweep
from spinn_engine.problems import load_problem
from spinn_engine.spec import RunSpec
from spinn_engine.store.current import current_store
from spinn_engine.store.runs import RunFolder, list_runs
from tests.jobs.support import job


@pytest.fixture
def spec(small_table: Path) -> RunSpec:
    return RunSpec.from_dict(
        {
            "data": {"source": f"table:{small_table}", "targets": ["y"]},
            "model": {"hidden": [16]},
            "prune": {"stages": 1},
        }
    )


def test_the_same_spec_twice_is_one_run_unless_asked_again(spec: RunSpec) -> None:
    first = submit(spec)
    assert not first.existing
    twice = submit(RunSpec.from_json(spec.model_dump_json(exclude_unset=True)))
    assert (twice.run_id, twice.existing) == (first.run_id, True)
    cancel(first.run_id)
    assert submit(spec).existing  # to be resumed, not made anew
    again = submit(spec, again=True, priority=Priority.HIGH)
    assert not again.existing
    assert again.run_id != first.run_id
    assert job(again.run_id).priority is Priority.HIGH
    assert submit(spec).existing
    delete(first.run_id)


def test_other_data_under_the_same_name_is_another_run(spec: RunSpec, small_table: Path) -> None:
    first = submit(spec)
    rows = small_table.read_text()
    small_table.write_text(rows.replace("0", "1"))
    second = submit(spec)
    assert not second.existing
    small_table.write_text(rows)
    assert submit(spec) == type(first)(first.run_id, existing=True)


def test_a_run_of_an_earlier_version_is_found_again_by_its_data() -> None:
    """Such a version hashed what the laws say of each row too."""
    spec = RunSpec.from_dict({"model": {"hidden": [16]}})
    first = submit(spec)
    problem = load_problem(spec.data)
    (earlier,) = problem.known_hashes() - {problem.sha256()}
    folder = RunFolder(current_store(), first.run_id)
    (folder.path / "manifest.json").unlink()
    stored = json.loads(folder.spec_path.read_text())
    assert stored["data_sha256"] == problem.sha256()
    folder.spec_path.write_text(json.dumps(stored | {"data_sha256": earlier}))
    assert submit(spec) == Submission(first.run_id, existing=True)
    folder.spec_path.write_text(json.dumps(stored | {"data_sha256": "0" * 64}))
    assert not submit(spec).existing


def test_two_tabs_that_start_the_same_make_one_run(spec: RunSpec, tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(spec.to_json())
    code = (
        "import sys; from pathlib import Path; from spinn_engine.spec import RunSpec; "
        "from spinn_engine.jobs.submission import submit; "
        f"print(submit(RunSpec.from_file(Path({str(path)!r}))).run_id)"
    )
    command = [sys.executable, "-c", code]
    tabs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {tab.communicate()[0] for tab in tabs}
    assert len(said) == 1
    assert len(jobs()) == 1


def test_a_database_that_is_not_there_leaves_no_run_behind(
    spec: RunSpec, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPINN_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/jobs")
    with pytest.raises(UnreachableError, match="cannot be used"):
        submit(spec)
    assert list(store.glob("*/spec.json")) == []


def test_one_of_several_devices_is_for_the_slot_to_choose(spec: RunSpec, store: Path) -> None:
    train = spec.train.model_copy(update={"device": "cuda:1"})
    with pytest.raises(BadInputError, match="the worker's slot decides that: write 'cuda'"):
        submit(spec.model_copy(update={"train": train}))
    assert not store.exists()


def test_a_sweep_has_every_combination_and_those_that_exist(spec: RunSpec) -> None:
    alone = submit(spec).run_id
    specs = [
        ({"prune.stages": stages}, spec.model_copy(update={"prune": prune}))
        for stages in (1, 2)
        for prune in [spec.prune.model_copy(update={"stages": stages})]
    ]
    sweep, made = submit_sweep(specs)
    assert [one.existing for one in made] == [True, False]
    assert read_sweep(sweep) == [
        {"run_id": alone, "values": {"prune.stages": 1}},
        {"run_id": made[1].run_id, "values": {"prune.stages": 2}},
    ]
    assert (job(alone).sweep, job(made[1].run_id).sweep) == (None, sweep)
    assert {j.state for j in jobs()} == {JobState.QUEUED}


def test_a_sweep_with_a_fault_is_refused_whole(spec: RunSpec, store: Path) -> None:
    broken = RunSpec.from_dict({"data": {"source": "table:nowhere.csv", "targets": ["y"]}})
    with pytest.raises(BadInputError, match=r"nowhere\.csv"):
        submit_sweep([({"a.b": 1}, spec), ({"a.b": 2}, broken)])
    assert not store.exists()


def test_a_run_in_the_foreground_is_not_queued_and_one_that_was_stopped_is(spec: RunSpec) -> None:
    def submitted_meanwhile(folder: RunFolder) -> None:
        assert submit(spec) == Submission(folder.run_id, existing=True)
        with pytest.raises(BadInputError, match="being done in the foreground already"):
            resume(folder.run_id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(spec, on_start=submitted_meanwhile)
    [stopped] = list_runs()
    assert submit(spec) == Submission(stopped.run_id, existing=False)
    assert [job.run_id for job in jobs()] == [stopped.run_id]


def test_sweeps_that_are_too_many_or_not_there_are_refused(spec: RunSpec) -> None:
    with pytest.raises(BadInputError, match="the sweep has 501 runs, more than 500"):
        submit_sweep([({}, spec)] * 501)
    with pytest.raises(BadInputError, match="there is no sweep 'x'"):
        read_sweep("x")
    with pytest.raises(BadInputError, match="is not a run id"):
        read_sweep("../x")


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_store_that_is_a_file_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SPINN_RESULTS", str(tmp_path / name))
    with pytest.raises(BadInputError, match="is a file or below one: give a folder"):
        prepare_database()
