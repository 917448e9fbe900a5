"""``adapt`` as other programs and people call it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from spinn_engine import api
from spinn_engine.cli.main import main
from tests.adaptation.conftest import FINISHED
from tests.cli.test_command_line import complaint, printed

pytestmark = pytest.mark.usefixtures("finished")


def test_json_is_the_result_and_nothing_else(
    capsys: pytest.CaptureFixture[str], new_rows: Path
) -> None:
    words = ["adapt", FINISHED, "--data", f"table:{new_rows}", "--batch-rows", "100"]
    found = printed(capsys, *words, "--frozen", "0.4", "--arms", "last_layer,frozen", "--json")
    assert found in api.adaptations(FINISHED)
    assert found["settings"]["batch_rows"] == 100
    assert found["settings"]["frozen_layers"] == 1
    assert found["settings"]["arms"] == ["none", "frozen", "last_layer"]


def test_people_see_a_table_a_network_and_the_words(
    capsys: pytest.CaptureFixture[str], new_rows: Path
) -> None:
    assert main(["adapt", FINISHED, "--data", f"table:{new_rows}", "--batch-rows", "100"]) == 0
    shown = capsys.readouterr().out
    for words in (
        "dense (dense_longer), 12-8",
        "pruned (structured)",
        "last_layer",
        "100.0 %",
    ):
        assert words in shown
    assert "closed form helped the pruned network" in " ".join(shown.split())
    assert f"of run {FINISHED}" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "small table has no new rows"),
        (["--data", "burgers"], "new rows come from a table"),
        (["--data", "table:"], "a file or folder must be named"),
        (["--data", "table:nowhere.csv"], "there is no such file"),
        (["--data", "NEW", "--batch-rows", "0"], "--batch-rows must be at least 1"),
        (["--data", "NEW", "--batch-rows", "231"], "use at most 115"),
        (["--data", "NEW", "--batch-rows", "many"], "expected a whole number but got 'many'"),
        (["--data", "NEW", "--frozen", "2"], "--frozen: expected a share less than 1, but got 2"),
        (["--data", "NEW", "--arms", "some"], "unknown arm"),
    ],
)
def test_bad_input_gets_one_line(
    capsys: pytest.CaptureFixture[str], new_rows: Path, words: list[str], told: str
) -> None:
    words = [f"table:{new_rows}" if word == "NEW" else word for word in words]
    told = told.replace("small table", f"table:{new_rows.with_name('old.csv')}")
    assert told in complaint(capsys, "adapt", FINISHED, *words)


def test_a_run_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no run 'nobody'" in complaint(capsys, "adapt", "nobody")


def test_a_table_without_a_target_names_it(
    capsys: pytest.CaptureFixture[str], new_rows: Path, tmp_path: Path
) -> None:
    pd.read_csv(new_rows).drop(columns=["b", "z"]).to_csv(tmp_path / "less.csv", index=False)
    assert "it lacks b and z" in complaint(
        capsys, "adapt", FINISHED, "--data", f"table:{tmp_path / 'less.csv'}"
    )
