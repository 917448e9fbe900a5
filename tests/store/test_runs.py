"""Run folders: ids that cannot escape, files that are whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinn_engine.artifacts import creation
from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.spec import RunSpec
from spinn_engine.store import runs
from spinn_engine.store.files import write_atomically


@given(st.text(max_size=70))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_id_cannot_leave_the_store(run_id: str) -> None:
    root = runs.results_root()
    try:
        path = root / runs.check_run_id(run_id)
    except BadInputError:
        return
    assert path.resolve().parent == root.resolve()


@pytest.mark.parametrize(
    "run_id", ["../x", "..", "", ".hidden", "a/b", "a\\b", "a\n", "x" * 65, "ä"]
)
def test_what_is_not_an_id_is_refused(run_id: str) -> None:
    with pytest.raises(BadInputError, match="is not a run id"):
        runs.open_run(run_id)


def test_a_run_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInputError, match="no run 'nope'"):
        runs.open_run("nope")


def test_created_runs_are_found_newest_first() -> None:
    first, second = creation.create_run(RunSpec()), creation.create_run(RunSpec())
    assert {f.run_id for f in runs.list_runs()} == {first.run_id, second.run_id}
    assert runs.open_run(first.run_id).spec().prune == RunSpec().prune
    assert len(first.data_hash()) == 64
    assert not first.is_complete()


def test_a_bad_spec_leaves_nothing_behind() -> None:
    spec = RunSpec.from_dict({"data": {"source": "table:nowhere.csv", "targets": ["y"]}})
    with pytest.raises(BadInputError):
        creation.create_run(spec)
    assert runs.list_runs() == []


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BadInputError, match="No space left on device"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.glob(".file*")) == []


def test_metrics_lines_being_written_are_left_out() -> None:
    folder = creation.create_run(RunSpec())
    assert folder.metrics() == []
    for stage in (0, 1, 1, 2):
        folder.append_metrics({"stage": stage, "arm": "dense", "val_loss": [1.0], "val_r2": [0.5]})
    with folder.metrics_path.open("a") as file:
        file.write('{"stage": 2, "ep')
    assert [line["stage"] for line in folder.metrics()] == [0, 1, 1, 2]


@pytest.mark.parametrize("text", ["{", "[1]", '{"spec": {}}'])
def test_a_corrupt_spec_is_named(text: str) -> None:
    folder = creation.create_run(RunSpec())
    folder.spec_path.write_text(text)
    with pytest.raises(CorruptArtifactError, match=r"spec\.json"):
        runs.open_run(folder.run_id).spec()
