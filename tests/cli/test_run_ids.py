"""``latest`` and a unique beginning stand for a run's id in every command that takes one."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from spinn_engine.artifacts.creation import create_run
from spinn_engine.cli.commands import COMMANDS
from spinn_engine.cli.main import main
from spinn_engine.cli.parameters import RUN_ID
from spinn_engine.errors import BadInputError
from spinn_engine.store.finding import find_run
from spinn_engine.store.runs import results_root
from tests.cli.test_command_line import complaint, printed
from tests.test_pipeline import small_spec

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def ids(small_table: Path) -> list[str]:
    """Of three runs, the oldest first."""
    created = create_run(small_spec(small_table)).path
    found = ["20250101-120000-aaaaaa", "20250101-120000-bbbbbb", "20250203-000000-cccccc"]
    for one in found[1:]:
        (results_root() / one).mkdir()
        (results_root() / one / "spec.json").write_bytes((created / "spec.json").read_bytes())
    created.rename(results_root() / found[0])
    return found


def test_every_command_that_takes_a_run_takes_it_so() -> None:
    taking = {
        name
        for name, command in COMMANDS.commands.items()
        if RUN_ID in [param.type for param in command.get_params(click.Context(command))]
    }
    assert taking == {
        "adapt", "cancel", "compare", "delete", "export", "priority", "report", "resume", "verify",
        "whatif",
    }  # fmt: skip
    for name in COMMANDS.commands:
        for param in COMMANDS.commands[name].params:
            assert (param.type is RUN_ID) == (param.name in ("run_id", "run_ids"))


def test_latest_is_the_newest(ids: list[str]) -> None:
    assert find_run("latest") == ids[2]


def test_a_unique_beginning_is_the_whole(ids: list[str]) -> None:
    assert find_run("202502") == ids[2]
    assert find_run("20250101-120000-b") == ids[1]
    assert find_run(ids[0]) == ids[0]


def test_an_id_that_begins_another_is_itself(ids: list[str]) -> None:
    (results_root() / "20250101").mkdir()
    (results_root() / "20250101" / "spec.json").touch()
    assert find_run("20250101") == "20250101"


def test_several_matches_are_named(ids: list[str]) -> None:
    with pytest.raises(BadInputError, match="2 runs begin with '20250101'") as caught:
        find_run("20250101")
    assert all(one in str(caught.value) for one in ids[:2])
    assert ids[2] not in str(caught.value)


@pytest.mark.parametrize("text", ["nope", "", "../x", "demo"])
def test_what_begins_no_id_is_left_to_the_command(ids: list[str], text: str) -> None:
    assert find_run(text) == text


def test_commands_act_on_the_run_that_is_meant(capsys: Capture, ids: list[str]) -> None:
    assert main(["resume", "latest"]) == 0
    assert f"run {ids[2]} is queued: " in capsys.readouterr().out
    assert [job["run_id"] for job in printed(capsys, "jobs", "--json")["jobs"]] == [ids[2]]
    assert main(["cancel", "202502"]) == 0
    assert main(["delete", "latest", "--yes"]) == 0
    assert sorted(path.parent.name for path in results_root().glob("*/spec.json")) == ids[:2]
    assert f"run {ids[1]} is not finished" in complaint(capsys, "compare", "latest")
    assert "2 runs begin with '2025'" in complaint(capsys, "whatif", "2025", "--json")


def test_there_may_be_no_latest(capsys: Capture) -> None:
    assert f"there is no run yet in {results_root()}" in complaint(
        capsys, "export", "latest", "--format", "onnx"
    )


def test_runs_lists_all_runs_of_the_store_and_looks_at_no_queue(
    capsys: Capture, ids: list[str]
) -> None:
    listed = printed(capsys, "runs", "--json")
    assert [run["run_id"] for run in listed["runs"]] == ids[::-1]
    assert {(run["finished"], run["stages_done"]) for run in listed["runs"]} == {(False, 0)}
    assert main(["runs"]) == 0
    shown = capsys.readouterr().out
    assert all(run_id in shown for run_id in ids)
    assert sorted(path.name for path in results_root().iterdir()) == ids
