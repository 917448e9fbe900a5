"""The commands around the queue, as a person and as a program call them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from spinn_engine import api
from spinn_engine.cli.main import main
from tests.cli.test_command_line import complaint, printed

SMALL = ("--targets", "y", "--hidden", "16", "--epochs", "2", "--stages", "1")


@pytest.fixture
def table(small_table: Path) -> tuple[str, ...]:
    return ("--data", f"table:{small_table}", *SMALL)


def submitted(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = printed(capsys, "submit", *words, "--json")
    return found


def test_a_spec_that_was_submitted_before_is_pointed_at(
    capsys: pytest.CaptureFixture[str], table: tuple[str, ...]
) -> None:
    first = submitted(capsys, *table)
    assert first["existing"] is False
    assert Path(first["folder"]).name == first["run_id"]
    assert main(["submit", *table]) == 0
    said = capsys.readouterr()
    assert said.out == f"{first['run_id']}\n"
    assert f"submitted before, as {first['run_id']}; --again makes another run" in said.err
    assert submitted(capsys, *table, "--again")["run_id"] != first["run_id"]


def test_a_runs_own_spec_file_is_a_spec_to_change(
    capsys: pytest.CaptureFixture[str], table: tuple[str, ...]
) -> None:
    first = submitted(capsys, *table)
    path = str(Path(first["folder"]) / "spec.json")
    assert submitted(capsys, "--spec", path)["run_id"] == first["run_id"]
    changed = submitted(capsys, "--spec", path, "--pruning-ratio", "0.5")
    assert not changed["existing"]
    assert api.open_run(changed["run_id"]).spec().prune.pruning_ratio == 0.5


def test_a_sweep_is_queued_whole_and_compared_as_far_as_it_is(
    capsys: pytest.CaptureFixture[str], table: tuple[str, ...]
) -> None:
    swept = ("--sweep", "prune.param_reduction=0.5,0.7", "--sweep", "model.hidden=16;8,8")
    made = submitted(capsys, *table, *swept, "--priority", "low")
    assert [run["values"]["model.hidden"] for run in made["runs"]] == [[16], [8, 8]] * 2
    assert made["run_id"] == made["runs"][0]["run_id"]
    shown = printed(capsys, "jobs", "--json")
    assert [(j["state"], j["priority"], j["sweep"]) for j in shown["jobs"]] == [
        ("queued", "low", made["sweep"])
    ] * 4
    assert sorted(j["place"] for j in shown["jobs"]) == [1, 2, 3, 4]
    compared = printed(capsys, "compare", "--sweep", made["sweep"], "--json")
    assert [run["result"] for run in compared["runs"]] == [None] * 4
    assert main(["compare", "--sweep", made["sweep"]]) == 0
    assert capsys.readouterr().out.count("not finished") == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--sweep", "prune.stage=1"], "a field like prune.stages but got 'prune.stage=1'"),
        (["--sweep", "prune.stages"], "expected FIELD=V1,V2"),
        (["--sweep", "prune.stages="], "has no values"),
        (["--sweep", "prune.stages=1,x"], "cannot be read from '1,x'"),
        (["--sweep", "prune.stages=1,0"], "greater than or equal to 1"),
        (["--sweep", "seeds=1"], "a field like"),
        (["--sweep", "prune.stages=1", "--sweep", "prune.stages=2"], "is given twice"),
        (["--priority", "urgent"], "urgent"),
        (["--device", "cuda:1"], "write 'cuda'"),
    ],
)
def test_submissions_that_cannot_be_are_one_line(
    capsys: pytest.CaptureFixture[str], table: tuple[str, ...], words: list[str], message: str
) -> None:
    assert message in complaint(capsys, "submit", *table, *words)
    assert api.list_runs() == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pause", "lab-cpu"], "no live worker 'lab-cpu' (there is none)"),
        (["drain", "../x"], "is not a slot"),
        (["priority", "nobody", "high"], "not in the queue"),
        (["priority", "../x", "high"], "is not a run id"),
        (["compare"], "name the runs to compare, or a sweep"),
        (["compare", "--sweep", "x"], "there is no sweep 'x'"),
        (["delete", "nobody"], "there is no run 'nobody'"),
        (["resume", "nobody"], "there is no run 'nobody'"),
    ],
)
def test_what_is_not_there_is_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert message in complaint(capsys, *words)


def test_delete_asks_at_a_terminal(
    capsys: pytest.CaptureFixture[str], table: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = submitted(capsys, *table)
    assert main(["cancel", first["run_id"]]) == 0
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    for answer, left in (("", 1), ("n", 1), ("y", 0)):
        monkeypatch.setattr("builtins.input", lambda *_, said=answer: said)
        assert main(["delete", first["run_id"]]) == (2 if left else 0)
        assert len(api.list_runs()) == left
    assert "nothing was deleted" in capsys.readouterr().err


def test_priorities_are_changed_and_shown(
    capsys: pytest.CaptureFixture[str], table: tuple[str, ...]
) -> None:
    first, second = submitted(capsys, *table), submitted(capsys, *table, "--again")
    assert main(["priority", second["run_id"], "high"]) == 0
    capsys.readouterr()
    places = {j["run_id"]: j["place"] for j in printed(capsys, "jobs", "--json")["jobs"]}
    assert places == {second["run_id"]: 1, first["run_id"]: 2}
    assert main(["jobs"]) == 0
    assert "queued, number 1 (high)" in capsys.readouterr().out
    assert json.loads((Path(first["folder"]) / "spec.json").read_text())["spec"]


def test_nothing_to_list_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "no run was queued yet: 'python -m spinn_engine submit' queues one",
        "no worker is here: 'python -m spinn_engine worker' starts one",
    ]
    assert printed(capsys, "jobs", "--json") == {"jobs": [], "workers": []}


def test_a_sweep_whose_runs_are_gone_says_so(
    capsys: pytest.CaptureFixture[str], table: tuple[str, ...]
) -> None:
    made = submitted(capsys, *table, "--sweep", "prune.stages=1")
    assert main(["cancel", "latest"]) == main(["delete", "latest", "--yes"]) == 0
    assert main(["compare", "--sweep", made["sweep"]]) == 0
    assert capsys.readouterr().out == f"sweep {made['sweep']} has no runs left\n"
