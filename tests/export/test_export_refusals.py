"""What cannot be exported is refused in a sentence, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinn_engine import api
from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.export import exports
from spinn_engine.store.runs import RunFolder
from tests.export.support import change_stored_spec


@pytest.mark.parametrize(
    ("formats", "stage", "words"),
    [
        (["tflite"], None, "unknown format 'tflite': use one of module, pt2, .*, or all"),
        ([], None, "no format is named: use some of module"),
        (["onnx"], 3, "has stages 0 to 2 but got --stage 3"),
        (["onnx"], -1, "has stages 0 to 2 but got --stage -1"),
        (["onnx", "csr"], 1, "magnitude, which there is only at the end: leave --stage out"),
    ],
)
def test_what_there_is_not_is_refused(
    finished: RunFolder, formats: list[str], stage: int | None, words: str
) -> None:
    with pytest.raises(BadInputError, match=words):
        api.export(finished.run_id, formats, stage)
    assert not (finished.path / "exports").exists()


def test_a_run_that_is_not_there_or_not_finished_is_refused(finished: RunFolder) -> None:
    with pytest.raises(BadInputError, match="there is no run 'nobody'"):
        api.export("nobody", ["module"])
    finished.result_path.unlink()
    with pytest.raises(BadInputError, match="run plain is not finished"):
        api.export("plain", ["all"])
    with pytest.raises(BadInputError, match="run plain is not finished"):
        api.export_paper_layout("plain")


def test_a_run_without_magnitude_has_no_sparse_files(finished: RunFolder) -> None:
    change_stored_spec(finished, "compare", controls=[])
    with pytest.raises(BadInputError, match="has no arm magnitude, whose zeros"):
        api.export("plain", ["coo"])


@pytest.mark.parametrize("damage", ["missing", "broken"])
def test_a_missing_or_broken_stage_is_named(finished: RunFolder, damage: str) -> None:
    path = finished.checkpoints / "spinn_structured_stage1.pt"
    content = path.read_bytes()
    path.unlink()
    if damage == "broken":
        path.write_bytes(content[:1000])
    error, words = {
        "missing": (BadInputError, r"lacks checkpoints/spinn_structured_stage1\.pt, which it had"),
        "broken": (CorruptArtifactError, r"spinn_structured_stage1\.pt is not as it was written"),
    }[damage]
    with pytest.raises(error, match=words):
        api.export("plain", ["module"], stage=1)
    if damage == "missing":
        with pytest.raises(BadInputError, match=words):
            api.export_paper_layout("plain")


def test_data_that_is_gone_or_changed_is_refused(finished: RunFolder, tmp_path: Path) -> None:
    source = Path(finished.spec().data.source.removeprefix("table:"))
    change_stored_spec(finished, "data", source=f"table:{tmp_path}/gone.csv")
    with pytest.raises(
        BadInputError, match=r"on the test rows, but its data cannot be read: .*gone"
    ):
        api.export("plain", ["module"])
    lines = source.read_text().splitlines()
    (tmp_path / "gone.csv").write_text("\n".join([*lines[:-1], "1,2,3,4,5,19"]))
    with pytest.raises(BadInputError, match="is no longer the data that the run was made for"):
        api.export("plain", ["module"])


def test_a_folder_that_cannot_be_is_refused_before_the_work(
    finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "make_exports", None)
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(BadInputError, match=r"file is a file, name a folder \(--out\)"):
            api.export("plain", ["module"], out=out)
    with pytest.raises(BadInputError, match=r"File name too long, name another folder"):
        api.export("plain", ["module"], out=tmp_path / ("a" * 300))
    monkeypatch.setattr("spinn_engine.export.exports.os.access", lambda *_: False)
    with pytest.raises(BadInputError, match="no permission to write in .*name another folder"):
        api.export("plain", ["module"], out=tmp_path / "new")
