"""``export`` as a person and as a program call it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from spinn_engine.cli.main import main
from spinn_engine.store.runs import RunFolder
from tests.cli.test_command_line import complaint, printed

pytestmark = pytest.mark.usefixtures("finished")


def test_json_tells_every_file(
    capsys: pytest.CaptureFixture[str], finished: RunFolder, tmp_path: Path
) -> None:
    store, out = os.environ["SPINN_RESULTS"], str(tmp_path / "here")
    words = ("--format", "safetensors,module", "--format", "module", "--stage", "1", "--out", out)
    found = printed(capsys, "export", "plain", *words, "--json")
    assert (found["run_id"], found["folder"]) == ("plain", out)
    assert [(one["format"], one["file"], one["stage"]) for one in found["exports"]] == [
        ("safetensors", "spinn_structured_stage1.safetensors", 1),
        ("module", "spinn_structured_stage1.pth", 1),
    ]
    assert os.environ["SPINN_RESULTS"] == store  # --out is another thing here than with run
    assert not (finished.path / "exports").exists()


def test_a_person_sees_files_differences_and_speed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "plain", "--format", "onnx,csr"]) == 0
    shown = capsys.readouterr().out
    for words in (
        "spinn_structured_final.onnx", "magnitude_final.csr.pt", "float32", "e-", "onnxruntime",
        "csr: dense", "test rows", "threads: 1", "plain/exports",
    ):  # fmt: skip
        assert words in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plain"], "give --format FORMATS or --layout paper, one of the two"),
        (["plain", "--format", "onnx", "--layout", "paper"], "--layout paper, one of the two"),
        (["plain", "--layout", "book"], "unknown layout 'book': use one of paper"),
        (["plain", "--layout", "paper", "--stage", "1"], "--stage goes with --format"),
        (
            ["plain", "--format", "h5"],
            "unknown format 'h5': use one of module",
        ),
        (["plain", "--format", ","], "no format is named"),
        (["plain", "--format", "onnx", "--stage", "9"], "has stages 0 to 2 but got --stage 9"),
        (["nobody", "--format", "onnx"], "there is no run 'nobody'"),
        (["../plain", "--format", "onnx"], "is not a run id"),
        (["plain", "--format", "onnx", "--out", "/dev/null/x"], "/dev/null is a file"),
    ],
)
def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert message in complaint(capsys, "export", *words)
