"""``whatif`` and ``compare`` as other programs call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.artifacts.whatif import read_facts
from spinn_engine.cli.main import main
from spinn_engine.errors import CorruptArtifactError
from spinn_engine.pipeline import Runner
from spinn_engine.pruning.sizes import parameter_count
from spinn_engine.store.runs import RunFolder
from tests.cli.test_command_line import complaint, printed
from tests.test_pipeline import small_spec

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def dense(small_table: Path) -> RunFolder:
    """A run whose dense network is trained, and nothing else."""
    folder = create_run(small_spec(small_table))
    Runner(folder).run_stage(0)
    return folder


def test_whatif_prints_the_contract(capsys: Capture, dense: RunFolder) -> None:
    found = printed(capsys, "whatif", dense.run_id, "--json", "--hidden", "12,8")
    assert set(found) == {"hidden", "params", "param_reduction", "r2", "per_output", "seconds"}
    assert found["hidden"] == [12, 8]
    assert found["params"] == parameter_count((3, 12, 8, 2))
    assert found["param_reduction"] == pytest.approx(1 - found["params"] / 530)
    assert list(found["per_output"]) == ["y", "z"]
    assert found["r2"] == pytest.approx(sum(found["per_output"].values()) / 2)
    assert found["seconds"] > 0


def test_whatif_by_reduction_criterion_and_reconstruction(
    capsys: Capture, dense: RunFolder
) -> None:
    words = ["whatif", dense.run_id, "--json", "--param-reduction", "0.5"]
    usual = printed(capsys, *words)
    assert usual["param_reduction"] == pytest.approx(0.5, abs=0.05)
    none = printed(capsys, *words, "--reconstruction", "none")
    assert none["hidden"] == usual["hidden"]
    assert none["r2"] < usual["r2"]
    other = printed(capsys, *words, "--criterion", "taylor")
    assert other["r2"] != usual["r2"]
    as_the_run = printed(capsys, "whatif", dense.run_id, "--json")
    assert as_the_run["hidden"] == list(api.planned_stages(dense)[-1].hidden)


def test_whatif_for_people(capsys: Capture, dense: RunFolder) -> None:
    assert main(["whatif", dense.run_id]) == 0
    shown = capsys.readouterr().out
    assert "24 16" not in shown
    assert "-".join(map(str, api.planned_stages(dense)[-1].hidden)) in shown


def test_the_curve_of_a_run_has_sizes(dense: RunFolder) -> None:
    found = api.whatif_curve(dense.run_id)
    assert found[0][1].hidden == (24, 16)
    assert all(one.hidden == stage.hidden for one, stage in found)
    reductions = [stage.param_reduction for _, stage in found]
    assert reductions == sorted(reductions)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--hidden", "25,8"], "grows from [24, 16] to [25, 8]"),
        (["--hidden", "8"], "has 1 layers but the dense network has 2"),
        (["--hidden", ""], "has 0 layers"),
        (["--hidden", "8,0"], "greater than or equal to 1, but got 0"),
        (["--hidden", "8,x"], "whole numbers"),
        (["--hidden", "24,16"], "would remove no neuron"),
        (["--param-reduction", "1.5"], "less than 1, but got 1.5"),
        (["--param-reduction", "nan"], "param_reduction"),
        (["--param-reduction", "0.9999"], "the smallest network is [1, 1]"),
        (["--param-reduction", "0.5", "--hidden", "8,8"], "not allowed with --param-reduction"),
        (["--criterion", "beauty"], "unknown criterion 'beauty': use one of l1, obs, l1_out"),
        (
            ["--reconstruction", "magic"],
            "unknown reconstruction 'magic': use one of",
        ),
    ],
)
def test_a_bad_size_is_one_line(
    words: list[str], message: str, capsys: Capture, dense: RunFolder
) -> None:
    assert message in complaint(capsys, "whatif", dense.run_id, "--json", *words)


def test_runs_that_are_not_there_or_not_ready_are_one_line(
    capsys: Capture, small_table: Path, dense: RunFolder
) -> None:
    new = create_run(small_spec(small_table))
    assert "no run 'nope'" in complaint(capsys, "whatif", "nope")
    assert "not a run id" in complaint(capsys, "whatif", "../x")
    assert "no trained dense network yet" in complaint(capsys, "whatif", new.run_id)
    assert "no run 'nope'" in complaint(capsys, "compare", "nope", "--json")
    assert "is not finished" in complaint(capsys, "compare", dense.run_id)
    assert "name the runs to compare, or a sweep" in complaint(capsys, "compare")


@pytest.mark.parametrize("damage", ["empty", "cut", "other"])
def test_a_damaged_file_is_named(dense: RunFolder, damage: str) -> None:
    content = dense.facts_path.read_bytes()
    broken = {"empty": b"", "cut": content[: len(content) // 2], "other": b"not a zip file"}
    dense.facts_path.write_bytes(broken[damage])
    with pytest.raises(CorruptArtifactError, match="is not as it was written: 'spinn resume"):
        read_facts(dense)
    dense.manifest_path.unlink()
    with pytest.raises(CorruptArtifactError, match=r"dense_facts\.npz cannot be read"):
        read_facts(dense)


def test_compare_shows_every_arm_and_the_verdict(capsys: Capture, small_table: Path) -> None:
    train = {"epochs": 3, "fine_tune_epochs": 1, "batch_size": 64, "device": "cpu"}
    prune = {"stages": 1, "param_reduction": 0.6}
    done = api.run(small_spec(small_table, train=train, prune=prune))
    runs = printed(capsys, "compare", done.run_id, done.run_id, "--json")["runs"]
    assert [run["run_id"] for run in runs] == [done.run_id, done.run_id]
    result = done.result()
    assert result is not None
    assert runs[0]["arms"] == result["arms"]
    assert runs[0]["verdict"] == result["verdict"]
    assert main(["compare", done.run_id]) == 0
    shown = capsys.readouterr().out
    for arm in result["arms"]:
        assert arm["arm"] in shown
    flat = " ".join(shown.split())
    assert all(" ".join(words.split()) in flat for words in result["verdict"]["words"])
