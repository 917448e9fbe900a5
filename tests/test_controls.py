"""The arms of a run beside each other: same seeds, same epochs, comparable sizes, honest notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from torch import Tensor

from spinn_engine import api, pipeline
from spinn_engine.artifacts.checkpoints import load_stack
from spinn_engine.artifacts.creation import create_run
from spinn_engine.errors import BadInputError, TrainingDivergedError
from spinn_engine.pipeline import Runner
from spinn_engine.problems import load_problem
from spinn_engine.problems.split import cross_validation
from spinn_engine.pruning.importance import CRITERIA
from spinn_engine.store.runs import RunFolder, list_runs
from spinn_engine.training.loop import Trained, fit
from spinn_engine.training.network import Stack
from tests.test_pipeline import small_spec

CPU = torch.device("cpu")
ARMS = ["dense", "structured", "random", "dense_longer", "magnitude", "scratch", "linear"]
SHORT = {"epochs": 6, "fine_tune_epochs": 2, "batch_size": 32, "device": "cpu"}


def result_of(folder: RunFolder) -> dict[str, Any]:
    result = folder.result()
    assert result is not None
    return result


def arms_of(folder: RunFolder) -> dict[str, Any]:
    return {arm["arm"]: arm for arm in result_of(folder)["arms"]}


@pytest.fixture
def finished(small_table: Path) -> RunFolder:
    return api.run(small_spec(small_table, train=SHORT))


@pytest.fixture
def one_stage(small_table: Path) -> Callable[..., RunFolder]:
    """A quick run of one seed, one stage and no controls, with changes."""
    quick = {"train": SHORT | {"epochs": 2}, "seeds": [5], "compare": {"controls": []}}
    return lambda **changes: api.run(small_spec(small_table, **(quick | changes)))


def test_every_arm_has_the_same_seeds_and_as_many_epochs(finished: RunFolder) -> None:
    epochs: dict[str, int] = {}
    for line in finished.metrics():
        assert len(line["val_loss"]) == len(line["val_r2"]) == 2
        if line["epoch"]:
            epochs[line["arm"]] = epochs.get(line["arm"], 0) + 1
    assert epochs.pop("dense") == 6
    assert {arm: count + 6 * (arm != "scratch") for arm, count in epochs.items()} == dict.fromkeys(
        ["structured", "random", "dense_longer", "magnitude", "scratch"], 6 + 2 * 2
    )
    for stage in range(3):
        for block, arms in finished.spec().blocks(stage).items():
            stored = load_stack(finished.stack_path(stage, block), CPU)
            for arm in arms:
                assert [stored.seeds[m] for m in stored.members(arm)] == [3, 1]


def test_sizes_are_comparable(finished: RunFolder) -> None:
    arms = arms_of(finished)
    assert list(arms) == ARMS
    structured, dense = arms["structured"], arms["dense"]
    assert dense["hidden"] == [24, 16]
    for arm in ("random", "scratch"):
        for key in ("hidden", "params", "macs", "nonzero"):
            assert arms[arm][key] == structured[key]
    for arm in ("dense_longer", "magnitude"):
        for key in ("hidden", "params", "macs"):
            assert arms[arm][key] == dense[key]
    assert arms["magnitude"]["nonzero"] == structured["params"]
    assert structured["params"] < 0.45 * dense["params"]
    assert arms["linear"]["hidden"] == []
    assert arms["linear"]["params"] == 2 * (3 + 1)
    for arm in arms.values():
        assert list(arm["latency_us"]) == list(arm["speed_up"]) == ["1", "64", "1024", "8192"]
        for batch, (low, high) in arm["speed_up_interval"].items():
            assert low <= arm["speed_up"][batch] <= high
        assert arm["mac_ratio"] == pytest.approx(dense["macs"] / arm["macs"])
        assert arm["peak_memory_bytes"] > 4 * arm["params"]
    assert set(arms["magnitude"]["sparse"]) == {"coo", "csr"}
    files = {path.name: path.stat().st_size for path in finished.checkpoints.iterdir()}
    assert arms["magnitude"]["file_bytes"] == files["magnitude_final.pt"]
    assert structured["file_bytes"] == files["spinn_structured_final.pt"]


def test_the_magnitude_file_is_masked_and_loads(finished: RunFolder) -> None:
    path = finished.checkpoints / "magnitude_final.pt"
    weights = torch.load(path, weights_only=True)["state_dict"]
    nonzero = sum(int(w.count_nonzero()) for w in weights.values())
    assert nonzero == arms_of(finished)["structured"]["params"]
    problem = load_problem(finished.spec().data)
    x = torch.from_numpy(problem.inputs[problem.test])
    assert api.load_network(path)(x).shape == (len(problem.test), 2)


@pytest.mark.parametrize("schedule", ["uniform", "global"])
def test_structured_does_not_depend_on_which_controls_run(small_table: Path, schedule: str) -> None:
    prune = {"stages": 2, "param_reduction": 0.6, "schedule": schedule}
    runs = [
        api.run(
            small_spec(small_table, train=SHORT, prune=prune, compare={"controls": list(controls)})
        )
        for controls in ((), ("random", "linear"), ("dense_longer", "scratch", "magnitude"))
    ]
    weights = [torch.load(run.checkpoints / "spinn_structured_final.pt") for run in runs]
    r2 = [arms_of(run)["structured"]["r2"]["per_seed"] for run in runs]
    for other, numbers in zip(weights[1:], r2[1:], strict=True):
        assert other["hidden"] == weights[0]["hidden"]
        for key, weight in weights[0]["state_dict"].items():
            torch.testing.assert_close(other["state_dict"][key], weight, rtol=1e-4, atol=1e-5)
        assert numbers == pytest.approx(r2[0], abs=1e-4)
    assert result_of(runs[0])["verdict"]["words"] == []


def test_folds_run_from_end_to_end(small_table: Path) -> None:
    compare = {"folds": 3}
    folder = api.run(small_spec(small_table, train=SHORT, seeds=[3, 1, 2], compare=compare))
    result = result_of(folder)
    assert result["folds"] == 3
    for arm in result["arms"]:
        assert len(arm["per_fold_r2"]) == 3
        repetitions = 1 if arm["arm"] == "linear" else 3
        assert (arm["r2"]["seeds"], arm["r2"]["n"]) == (repetitions, 3)
        assert len(arm["r2"]["per_seed"]) == repetitions
        assert arm["r2"]["mean"] == pytest.approx(sum(arm["per_fold_r2"]) / 3)
    random = result["verdict"]["against_random"]["difference"]
    assert (random["seeds"], random["folds"], random["n"]) == (3, 3, 3)
    assert result["verdict"]["against_random"]["outcome"] != "unknown"
    stored = load_stack(folder.stack_path(2, "pruned"), CPU)
    assert stored.arms == ["structured"] * 9 + ["random"] * 9
    assert stored.seeds[:9] == [3, 3, 3, 1, 1, 1, 2, 2, 2]
    assert stored.folds[:9] == [0, 1, 2] * 3
    problem = load_problem(folder.spec().data)
    _, _, test = cross_validation(problem, 3)[0]
    network = api.load_network(folder.checkpoints / "spinn_structured_final.pt")
    predicted = network(torch.from_numpy(problem.inputs[test])).detach().numpy()
    target = problem.targets[test]
    residual = ((predicted - target) ** 2).sum(axis=0)
    total = ((target - target.mean(axis=0)) ** 2).sum(axis=0)
    assert result["spinn_r2"] == pytest.approx((1 - residual / total).mean(), abs=1e-6)


@pytest.mark.parametrize(("folds", "words"), [(2, "at least 3 but got 2"), (21, "only 20 groups")])
def test_folds_that_cannot_be_are_refused_before_there_is_a_run(
    small_table: Path, folds: int, words: str
) -> None:
    with pytest.raises(BadInputError, match=words):
        create_run(small_spec(small_table, compare={"folds": folds}))
    assert list_runs() == []


def test_nan_after_fine_tuning_stops_at_that_stage_and_keeps_the_ones_before(
    small_table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = create_run(small_spec(small_table, train=SHORT))
    runner, calls = Runner(folder), []

    def poisoned(stack: Stack, *rest: Any) -> Trained:
        calls.append(stack)
        if len(calls) == 4:  # dense; pruned and dense of stage 1; then pruned of stage 2
            stack.weights[0].data[1, 0, 0] = torch.nan
        return fit(stack, *rest)

    monkeypatch.setattr(pipeline, "fit", poisoned)
    runner.run_stage(0)
    runner.run_stage(1)
    with pytest.raises(TrainingDivergedError, match=r"stage 2, pruned: .*learning rate 0\.0005"):
        runner.run_stage(2)
    assert [folder.stage_is_done(stage) for stage in range(3)] == [True, True, False]
    assert [row["stage"] for row in api.stage_rows(folder)] == [0, 1]
    assert folder.result() is None
    kept = torch.load(folder.checkpoints / "spinn_structured_stage1.pt", weights_only=True)
    assert all(bool(w.isfinite().all()) for w in kept["state_dict"].values())
    assert not (folder.checkpoints / "spinn_structured_stage2.pt").exists()


def test_a_run_without_surprises_has_no_notes(finished: RunFolder) -> None:
    assert result_of(finished)["notes"] == []


def test_tied_scores_go_in_index_order_and_it_is_said(
    one_stage: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tied(stack: Stack, _: Any) -> list[Tensor]:
        return [torch.ones(stack.size, width) for width in stack.hidden]

    monkeypatch.setitem(CRITERIA, "l1", tied)
    folder = one_stage(prune={"stages": 1, "param_reduction": 0.6})
    result = result_of(folder)
    first, second = result["stages"][-1]["hidden"]
    assert result["notes"] == [
        f"stage 1, hidden layer 1: all neurons score the same by l1, so the first {first} stay",
        f"stage 1, hidden layer 2: all neurons score the same by l1, so the first {second} stay",
    ]
    assert all(note in folder.log_path.read_text() for note in result["notes"])
    final = torch.load(folder.checkpoints / "spinn_structured_final.pt", weights_only=True)
    assert [kept.tolist() for kept in final["original_neurons"]] == [
        list(range(first)),
        list(range(second)),
    ]


def test_fewer_calibration_rows_than_neurons_are_carried_by_the_ridge_and_it_is_said(
    small_table: Path, one_stage: Callable[..., RunFolder]
) -> None:
    frame = pd.read_csv(small_table)
    frame[frame["g"] < 10].groupby("g").head(3).to_csv(small_table, index=False)
    prune = {"stages": 1, "widths": [[40, 8]]}
    folder = one_stage(model={"hidden": [64, 8]}, prune=prune)
    notes = result_of(folder)["notes"]
    assert len(notes) == 1
    assert notes[0].startswith("stage 1, hidden layer 1: ")
    assert "calibration rows for 40 neurons, so the ridge decides" in notes[0]
    assert notes[0] in folder.log_path.read_text()
    silent = one_stage(model={"hidden": [64, 8]}, prune=prune | {"reconstruction": "bias"})
    assert result_of(silent)["notes"] == []
