"""What a run folder may expect of its store, wherever that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.store.runs import RunFolder, current_store, list_runs, open_run, remove_run

FILES = {"spec.json": "{}", "log.txt": "begun\n", "exports/a.json": "[1]", "exports/b.pt2": "b"}


@pytest.fixture(params=["", "file://", "memory://"])
def made(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RunFolder:
    """A run that has been published."""
    monkeypatch.setenv("SPINN_RESULTS", f"{request.param}{tmp_path}/far away")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = RunFolder(current_store(), "r1")
    for name, text in FILES.items():
        (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
        (folder.path / name).write_text(text)
    (folder.path / "exports" / ".half").write_text("x")
    folder.publish()
    return folder


def test_sizes_and_names_are_those_of_the_files(made: RunFolder) -> None:
    folder = open_run("r1")
    assert folder.path == made.path
    assert [folder.size(folder.path / name) for name in FILES] == [2, 6, 3, 1]
    assert folder.size(folder.path / "none") is None
    assert folder.paths_in(folder.path / "exports", ".json") == [folder.path / "exports/a.json"]
    assert folder.paths_in(folder.path / "exports", "") == [
        folder.path / "exports/a.json",
        folder.path / "exports/b.pt2",
    ]
    assert folder.paths_in(folder.path / "none", "") == []


def test_what_is_fetched_is_what_was_published(made: RunFolder) -> None:
    folder = open_run("r1")
    assert {name: folder.fetch(folder.path / name).read_text() for name in FILES} == FILES
    assert not folder.fetch(folder.path / "none").exists()


def test_who_has_locked_it_writes_and_publishes(made: RunFolder) -> None:
    with made.lock():
        made.fetch_all()
        made.log_path.write_text("ended\n")
        made.publish(live=True)
    current_store().refresh("r1", now=True)
    assert open_run("r1").fetch(made.log_path).read_text() == "ended\n"


def test_a_removed_run_is_in_no_list(made: RunFolder) -> None:
    assert [run.run_id for run in list_runs()] == ["r1"]
    remove_run("r1")
    remove_run("r1")
    assert list_runs() == []
    assert not made.path.exists()
    with pytest.raises(BadInputError, match="no run 'r1'"):
        open_run("r1")
