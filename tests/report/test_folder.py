"""Where a report may be written: whole or not at all, and never over what is not its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from spinn_engine import api
from spinn_engine.cli.main import main
from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.report.folder import write_folder
from spinn_engine.store.files import write_atomically
from tests.report.test_files import read

FILES = {"report.html": b"one", "tables/a.tex": b"two", "tables/b.tex": b"three"}


def test_a_new_folder_an_empty_one_and_an_earlier_report(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "report"
    paths = write_folder(out, "run", FILES)
    assert [path.relative_to(out).as_posix() for path in paths] == [*FILES, "report.json"]
    fewer = {"report.html": b"four", "tables/a.tex": b"two"}
    write_folder(out, "run", fewer)
    assert {name: data for name, data in read(out).items() if name != "report.json"} == fewer
    assert not list(out.rglob(".*"))
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", "run", FILES)


def test_nothing_of_others_is_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadInputError, match=r"holds mine\.txt, which is of no report: give a"):
        write_folder(tmp_path, "run", FILES)
    assert read(tmp_path) == {"mine.txt": b"mine"}


def test_something_beside_an_earlier_report_is_not_touched(tmp_path: Path) -> None:
    write_folder(tmp_path, "run", FILES)
    (tmp_path / "tables" / "notes.txt").write_text("mine")
    before = read(tmp_path)
    with pytest.raises(BadInputError, match=r"holds tables/notes\.txt, which is of no report"):
        write_folder(tmp_path, "run", {"report.html": b"new"})
    assert read(tmp_path) == before


def test_a_changed_file_is_not_lost(tmp_path: Path) -> None:
    write_folder(tmp_path, "run", FILES)
    (tmp_path / "tables" / "a.tex").write_text("edited by hand")
    before = read(tmp_path)
    with pytest.raises(BadInputError, match=r"tables/a\.tex was changed since the report was"):
        write_folder(tmp_path, "run", FILES)
    assert read(tmp_path) == before


def test_the_report_of_another_run_stays(tmp_path: Path) -> None:
    write_folder(tmp_path, "first", FILES)
    with pytest.raises(BadInputError, match="holds the report of run first: give a folder"):
        write_folder(tmp_path, "second", FILES)
    assert read(tmp_path)["report.html"] == b"one"


@pytest.mark.parametrize(
    "manifest", ["{", "[]", '{"kind": "other"}', '{"kind": "spinn_engine report", "files": [1]}']
)
def test_a_manifest_of_others_is_of_others(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "report.json").write_text(manifest)
    with pytest.raises(BadInputError, match=r"holds report\.json, which is of no report"):
        write_folder(tmp_path, "run", FILES)
    assert read(tmp_path) == {"report.json": manifest.encode()}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInputError, match="file is a file: give a folder"):
        write_folder(tmp_path / "file", "run", FILES)
    with pytest.raises(BadInputError, match="cannot write the report into .*: Not a directory"):
        write_folder(tmp_path / "file" / "below", "run", FILES)


def test_a_link_is_not_followed_to_what_is_not_a_report(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "tables").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInputError, match="holds tables, which is of no report"):
        write_folder(tmp_path / "out", "run", FILES)
    assert read(tmp_path / "elsewhere") == {}


@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    out = tmp_path / "out"
    if there:
        write_folder(out, "run", FILES)

    def full(path: Path, data: bytes) -> None:
        if path.name == "b.tex":
            full_disk = OSError(28, "No space left on device")
            raise BadInputError(f"cannot write {path}") from full_disk
        write_atomically(path, data)

    monkeypatch.setattr("spinn_engine.report.folder.write_atomically", full)
    with pytest.raises(BadInputError, match=r"into .*/out: No space left on device; give"):
        write_folder(out, "run", {**FILES, "report.html": b"new"})
    assert out.exists() == there
    if there:
        assert {n: d for n, d in read(out).items() if n != "report.json"} == FILES


def test_an_unfinished_run_and_none_are_refused(
    runs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for run_id, words in (
        (runs["unfinished"], "is not finished, so there is nothing to report yet"),
        ("never-was", "there is no run 'never-was'"),
        ("../x", "is not a run id"),
    ):
        assert main(["report", run_id, "--out", str(out)]) == 2
        error = capsys.readouterr().err
        assert words in error
        assert error.count("\n") == 1
        assert not out.exists()


def test_claims_that_are_none_are_refused_before_anything_is_written(
    runs: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "claims.json").write_text("{}")
    with pytest.raises(BadInputError, match=r"claims\.json"):
        api.write_report(runs["single"], tmp_path / "out", tmp_path / "claims.json")
    assert not (tmp_path / "out").exists()


def test_a_result_that_lacks_something_is_named(
    made_store: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    broken = store / "broken"
    broken.mkdir(parents=True)
    (broken / "spec.json").write_bytes((made_store["single"] / "spec.json").read_bytes())
    (broken / "spinn_structured_metrics.json").write_text(json.dumps({"run_id": "broken"}))
    monkeypatch.setenv("SPINN_RESULTS", str(store))
    with pytest.raises(
        CorruptArtifactError, match="broken/spinn_structured_metrics.json lacks spec"
    ):
        api.write_report("broken", tmp_path / "out")


def test_a_run_without_its_metrics_is_named(
    made_store: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made_store["single"], tmp_path / "store" / "copy")
    (tmp_path / "store" / "copy" / "metrics.jsonl").unlink()
    monkeypatch.setenv("SPINN_RESULTS", str(tmp_path / "store"))
    with pytest.raises(
        CorruptArtifactError, match=r"metrics\.jsonl is not as it was written: 'spinn resume copy'"
    ):
        api.write_report("copy", tmp_path / "out")


def test_the_command_tells_where_to_begin(
    runs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", runs["single"], "--out", str(tmp_path / "out")]) == 0
    assert str(tmp_path / "out" / "report.html") in capsys.readouterr().out
    assert main(["report", runs["single"], "--out", str(tmp_path / "out")]) == 0
