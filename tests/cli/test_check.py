"""``check`` and ``--drop-flagged`` as a user types them, and the checks in the result of a run."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from spinn_engine import api
from spinn_engine.cli import main, runs
from spinn_engine.spec import DataSpec
from tests.cli.test_command_line import complaint, printed

QUICK = ("--epochs", "1", "--fine-tune-epochs", "0", "--seeds", "1", "--controls", "linear")
SMALL = ("--hidden", "8", "--stages", "1", "--param-reduction", "0.5")


@pytest.fixture
def faulty(tmp_path: Path, rng: np.random.Generator) -> Path:
    """Runs of 20 rows; ``heat`` gives ``y`` away, ``b copy`` is ``b``, ``[on]`` is constant."""
    rows = 600
    table = pd.DataFrame(rng.normal(size=(rows, 3)), columns=["a", "b", "c"])
    table["y"] = np.tanh(table["a"]) + table["b"] * table["c"] + 0.1 * rng.normal(size=rows)
    table["z"] = table["a"] - table["c"] + 0.5 * rng.normal(size=rows)
    table["heat"] = 3 - 2 * table["y"]
    table["b copy"] = table["b"]
    table["[on]"] = 1
    table["run"] = np.repeat(np.arange(30), 20)
    table.loc[:59, "a"] = np.nan
    path = tmp_path / "my runs.csv"
    table.to_csv(path, index=False)
    return path


def of(path: Path) -> tuple[str, ...]:
    return "--data", f"table:{path}", "--targets", "y,z", "--group", "run"


def test_check_prints_the_contract(capsys: pytest.CaptureFixture[str], faulty: Path) -> None:
    checks = printed(capsys, "check", *of(faulty), "--json")["checks"]
    keys = {"check", "severity", "columns", "value", "message", "advice", "drop"}
    assert all(set(one) == keys for one in checks)
    found = {(one["check"], one["severity"], *one["columns"]) for one in checks}
    assert {
        ("leak", "error", "heat", "y"),
        ("duplicate", "warning", "b", "b copy"),
        ("constant", "warning", "[on]"),
        ("missing", "warning", "a"),
    } <= found
    assert next(one["value"] for one in checks if one["check"] == "missing") == 0.1


def test_check_shows_people_the_columns_the_faults_and_a_command_that_works(
    capsys: pytest.CaptureFixture[str], faulty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "OUT", Console(highlight=False, width=100))
    assert main.main(["check", *of(faulty)]) == 0
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert all(len(line) <= 100 for line in lines[:-1])
    assert shown.index("error ") < shown.index("warning ") < shown.index("info ")
    for words in ("group", "[on] is 1 in all 540 rows", "b copy is equal to b", "heat alone"):
        assert words in shown
    command = lines[-1]
    assert command.startswith("python -m spinn_engine check")
    again = shlex.split(command)[3:]
    checks = printed(capsys, *again, "--json")["checks"]
    assert not {"leak", "duplicate", "constant"} & {one["check"] for one in checks}


def test_check_of_sound_data_advises_nothing(
    capsys: pytest.CaptureFixture[str], small_table: Path
) -> None:
    words = ("--data", f"table:{small_table}", "--targets", "y", "--group", "g")
    assert main.main(["check", *words]) == 0
    assert "No column is advised to be dropped." in capsys.readouterr().out


def test_check_refuses_what_is_no_data(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "no such file" in complaint(capsys, "check", "--data", f"table:{tmp_path}/none.csv")
    assert "--widths" not in complaint(capsys, "check", "--hidden", "8")


def test_flagged_columns_are_dropped_and_stored(
    capsys: pytest.CaptureFixture[str], faulty: Path
) -> None:
    dropped = (*of(faulty), "--drop", "c", "--drop-flagged")
    stages = printed(capsys, "plan", *dropped, *SMALL, "--json")["stages"]
    assert stages[0]["params"] == (2 + 1) * 8 + (8 + 1) * 2
    checks = printed(capsys, "check", *dropped, "--json")["checks"]
    assert not {"leak", "duplicate", "constant"} & {one["check"] for one in checks}
    run_id = printed(capsys, "submit", *dropped, *SMALL, "--json")["run_id"]
    stored = json.loads((api.open_run(run_id).path / "spec.json").read_text())
    assert stored["spec"]["data"]["drop"] == ["c", "heat", "[on]", "b copy"]
    assert stored["inputs"] == 2


def test_dropping_all_that_is_flagged_may_leave_nothing(
    capsys: pytest.CaptureFixture[str], faulty: Path
) -> None:
    words = (*of(faulty), "--drop", "a,b,c", "--drop-flagged")
    assert "all 2 inputs" in complaint(capsys, "check", *words, "--drop", "a,b,c,b copy")


def test_the_checks_are_part_of_every_result(
    capsys: pytest.CaptureFixture[str], faulty: Path
) -> None:
    result = printed(capsys, "run", *of(faulty), *SMALL, *QUICK, "--json")["result"]
    before = printed(capsys, "check", *of(faulty), "--json")["checks"]
    of_data = [one for one in result["checks"] if one["check"] != "linear_enough"]
    assert of_data == [one for one in before if one["check"] != "linear_enough"]
    (linear,) = (one for one in result["checks"] if one["check"] == "linear_enough")
    arms = {arm["arm"]: arm["per_output"] for arm in result["arms"]}
    worse = [
        name
        for name, network in arms["structured"].items()
        if network["r2"]["mean"] < arms["linear"][name]["r2"]["mean"] + 0.01
    ]
    assert (linear["severity"], linear["columns"]) == ("warning", worse)


def test_a_cross_validated_run_is_judged_by_its_folds(
    capsys: pytest.CaptureFixture[str], small_table: Path
) -> None:
    data = ("--data", f"table:{small_table}", "--targets", "y", "--group", "g")
    once = printed(capsys, "check", *data, "--json")["checks"]
    assert "few_groups" in {one["check"] for one in once}  # 3 of 20
    run = ("run", *data, *SMALL, *QUICK, "--folds", "3")
    checks = printed(capsys, *run, "--json")["result"]["checks"]
    assert "few_groups" not in {one["check"] for one in checks}


def test_check_tells_the_split_that_a_run_will_have(
    capsys: pytest.CaptureFixture[str], small_table: Path
) -> None:
    data = ("--data", f"table:{small_table}", "--targets", "y", "--group", "g")
    split = printed(capsys, "check", *data, "--json")["split"]
    problem = api.load_problem(DataSpec(source=data[1], targets=("y",), group="g"))
    rows = {"train": 280, "val": 60, "test": 60}  # 14, 3 and 3 groups of 20 rows
    assert split == {"by": "group", "rows": rows, "groups": {"train": 14, "val": 3, "test": 3}}
    assert list(rows.values()) == [len(x) for x in (problem.train, problem.val, problem.test)]
    assert main.main(["check", *data]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "split by whole groups: 280 rows of 14 groups train, 60 rows of 3 groups" in told


@pytest.mark.parametrize("command", [("run", *QUICK), ("submit",)], ids=["run", "submit"])
def test_errors_in_the_data_are_never_silent(
    capsys: pytest.CaptureFixture[str], faulty: Path, command: tuple[str, ...]
) -> None:
    checks = printed(capsys, "check", *of(faulty), "--json")["checks"]
    count = sum(one["severity"] == "error" for one in checks)
    assert main.main([*command, *of(faulty), *SMALL, "--json"]) == 0
    told = next(x for x in capsys.readouterr().err.splitlines() if x.startswith("The checks find"))
    assert f"find {count} error" in told
    assert "leak (heat and y)" in told
    assert "check' with the same data options" in told
