"""A whole small run, read back from its files as a stranger would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.errors import BadInputError, CorruptArtifactError, TrainingDivergedError
from spinn_engine.pipeline import Runner
from spinn_engine.problems import load_problem, matrix
from spinn_engine.problems.matrix import Stored
from spinn_engine.problems.tables.texts import raw
from spinn_engine.spec import RunSpec
from spinn_engine.store.runs import RunFolder


def small_spec(table: Path, **changes: Any) -> RunSpec:
    return RunSpec.from_dict(
        {
            "data": {"source": f"table:{table}", "targets": ["y", "z"], "group": "g"},
            "model": {"hidden": [24, 16]},
            "train": {"epochs": 20, "fine_tune_epochs": 5, "batch_size": 32, "device": "cpu"},
            "prune": {"stages": 2, "param_reduction": 0.6},
            "seeds": [3, 1],
        }
        | changes
    )


@pytest.fixture
def finished(small_table: Path) -> RunFolder:
    return api.run(small_spec(small_table))


@pytest.mark.parametrize("folds", [1, 3])
def test_a_run_of_rows_that_stay_in_a_file_is_the_same(
    small_table: Path, monkeypatch: pytest.MonkeyPatch, folds: int
) -> None:
    spec = small_spec(small_table, compare={"folds": folds}, seeds=[3], model={"hidden": [8]})
    held = api.run(spec)
    monkeypatch.setattr(raw, "START_BYTES", 4096)
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    stored = api.run(spec)
    assert isinstance(load_problem(spec.data).inputs, Stored)
    one, other = held.result(), stored.result()
    assert one is not None
    assert other is not None
    for key in ("checks", "pruning_history", "whatif", "data", "physics"):
        assert one[key] == other[key], key
    for path in held.checkpoint_paths():
        assert (stored.checkpoints / path.name).read_bytes() == path.read_bytes()


def test_the_files_reproduce_the_numbers_of_the_result(finished: RunFolder) -> None:
    result = finished.result()
    assert result is not None
    problem = load_problem(finished.spec().data)
    x, y = torch.from_numpy(problem.inputs[problem.test]), problem.targets[problem.test]
    member = finished.spec().seeds.index(result["delivered_seed"])
    for row, r2 in zip(result["stages"], result["pruning_history"]["test_r2"], strict=True):
        path = finished.path / row["checkpoint"]
        network = api.load_network(path)
        predicted = network(x).detach().numpy()
        assert r2_score(y, predicted) == pytest.approx(r2, abs=1e-6)
        assert row["file_bytes"] == path.stat().st_size
        assert row["params"] == sum(p.numel() for p in network.parameters())
        for column, name in enumerate(("y", "z")):
            target, mine = row["per_output"][name], (y[:, column], predicted[:, column])
            assert target["rmse"]["per_seed"][member] == pytest.approx(
                root_mean_squared_error(*mine), rel=1e-5
            )
            assert target["mae"]["per_seed"][member] == pytest.approx(
                mean_absolute_error(*mine), rel=1e-5
            )
    final = (finished.checkpoints / "spinn_structured_final.pt").read_bytes()
    assert final == (finished.checkpoints / "spinn_structured_stage2.pt").read_bytes()
    assert result["spinn_r2"] == result["final"]["overall"]["r2"]
    assert result["dense_r2"] == result["pruning_history"]["test_r2"][0]


def test_the_delivered_seed_is_the_best_on_validation_rows(finished: RunFolder) -> None:
    result = finished.result()
    assert result is not None
    best = int(np.argmax(result["stages"][-1]["val_r2"]["per_seed"]))
    assert result["delivered_seed"] == finished.spec().seeds[best]
    for row in result["stages"]:
        checkpoint = torch.load(finished.path / row["checkpoint"], weights_only=True)
        assert checkpoint["seed"] == result["delivered_seed"]
        assert checkpoint["hidden"] == row["hidden"]


def test_neurons_are_followed_by_their_dense_index(finished: RunFolder) -> None:
    for seed in finished.spec().seeds:
        alive = [set(range(24)), set(range(16))]
        for stage in range(3):
            layers = api.importance(finished.run_id, stage, seed)
            for layer, before in zip(layers, alive, strict=True):
                assert set(layer.original_index.tolist()) == before
                cut = layer.score[~layer.kept]
                assert cut.size == 0 or cut.max() <= layer.score[layer.kept].min()
                gone = set(np.flatnonzero(layer.stage_removed == stage + 1).tolist())
                assert gone == set(layer.original_index[~layer.kept].tolist())
            alive = [set(x.original_index[x.kept].tolist()) for x in layers]
    stage2 = torch.load(finished.checkpoints / "spinn_structured_final.pt", weights_only=True)
    layers = api.importance(finished.run_id, 2)
    for layer, index in zip(layers, stage2["original_neurons"], strict=True):
        assert layer.original_index.tolist() == index.tolist()


def test_a_stage_done_again_gives_the_same_bytes(finished: RunFolder) -> None:
    final = finished.checkpoints / "spinn_structured_final.pt"
    before, lines = final.read_bytes(), finished.metrics()
    finished.stack_path(2, "pruned").unlink()
    finished.result_path.unlink()
    runner = Runner(finished)
    for stage in range(3):
        runner.run_stage(stage)
    runner.finish()
    assert final.read_bytes() == before
    trained = [(x["stage"], x["arm"], x["epoch"]) for x in finished.metrics()]
    assert sorted(trained) == sorted((x["stage"], x["arm"], x["epoch"]) for x in lines)


def test_the_same_spec_gives_the_same_bytes(finished: RunFolder) -> None:
    again = api.run(finished.spec())
    for path in finished.checkpoints.iterdir():
        assert (again.checkpoints / path.name).read_bytes() == path.read_bytes()
    for path in finished.importance.iterdir():
        assert (again.importance / path.name).read_bytes() == path.read_bytes()


def test_one_seed_has_no_interval(small_table: Path) -> None:
    folder = api.run(small_spec(small_table, seeds=[5]))
    result = folder.result()
    assert result is not None
    r2 = result["arms"][1]["r2"]
    assert (r2["n"], r2["low"], r2["high"]) == (1, None, None)


def test_test_rows_have_no_part_in_training(small_table: Path, finished: RunFolder) -> None:
    """Other targets on the test rows alone leave every network as it was."""
    problem = load_problem(finished.spec().data)
    frame = pd.read_csv(small_table)
    frame.loc[problem.test, ["y", "z"]] = np.random.default_rng(0).normal(
        size=(len(problem.test), 2)
    )
    frame.to_csv(small_table, index=False)
    other = api.run(finished.spec())
    for name in ("dense_pinn_improved_final.pt", "spinn_structured_final.pt"):
        mine, theirs = (
            torch.load(f.checkpoints / name, weights_only=True) for f in (finished, other)
        )
        for key, weight in mine["state_dict"].items():
            assert torch.equal(weight, theirs["state_dict"][key])


def test_changed_data_is_refused(small_table: Path) -> None:
    folder = create_run(small_spec(small_table))
    frame = pd.read_csv(small_table)
    frame["a"] += 1
    frame.to_csv(small_table, index=False)
    with pytest.raises(BadInputError, match="no longer the data"):
        Runner(folder)


def test_a_diverging_stage_keeps_the_ones_before(small_table: Path) -> None:
    train = {"epochs": 3, "fine_tune_epochs": 3, "fine_tune_learning_rate": 1e30, "batch_size": 32}
    spec = small_spec(small_table, train=train, model={"hidden": [24, 16], "activation": "relu"})
    folder = create_run(spec)
    runner = Runner(folder)
    runner.run_stage(0)
    with pytest.raises(TrainingDivergedError, match=r"stage 1, pruned: .* 1e30"):
        runner.run_stage(1)
    assert folder.stage_is_done(0)
    assert not folder.stage_is_done(1)
    assert api.stage_rows(folder)[0]["val_r2"]["n"] == 2
    assert (folder.checkpoints / "dense_pinn_improved_final.pt").exists()


@pytest.mark.parametrize("damage", ["truncate", "flip", "other"])
def test_a_damaged_stage_is_named(small_table: Path, damage: str) -> None:
    folder = create_run(small_spec(small_table))
    Runner(folder).run_stage(0)
    folder.manifest_path.unlink()  # as of an earlier version, which listed nothing
    path = folder.stack_path(0, "dense")
    content = path.read_bytes()
    if damage == "truncate":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flip":
        path.write_bytes(b"\x00" * 40 + content[40:])
    else:
        path.write_bytes((folder.checkpoints / "dense_pinn_improved_final.pt").read_bytes())
    with pytest.raises(CorruptArtifactError, match=r"stage0_dense\.pt"):
        Runner(folder).run_stage(1)


def test_a_device_that_is_not_there_is_named(small_table: Path) -> None:
    missing = "cuda:63"
    spec = small_spec(small_table, train={"device": missing})
    with pytest.raises(BadInputError, match=r"'cuda:63' is not on this machine, which has .*cpu"):
        Runner(create_run(spec))


def test_result_is_plain_json_with_the_contract_keys(finished: RunFolder) -> None:
    result = json.loads(finished.result_path.read_text())
    keys = "dense_params spinn_params parameter_reduction dense_r2 spinn_r2 architectures"
    assert set(keys.split()) <= set(result)
    assert result["architectures"][0] == [24, 16]
    assert set(result["pruning_history"]) == {"params", "test_loss", "test_r2", "architectures"}
    assert set(result["final"]["per_output"]) == {"y", "z"}
    assert result["data"]["sha256"] == finished.data_hash()
    assert result["environment"]["torch"] == torch.__version__
