"""What is pruned is decided once: counted, and held against the weights that are left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from dashboard.charts.neurons import NEURONS, importance_tables
from spinn_engine import api, pipeline
from spinn_engine.artifacts.creation import create_run
from spinn_engine.artifacts.selection import read_importance
from spinn_engine.artifacts.whatif import read_facts
from spinn_engine.errors import CorruptArtifactError
from spinn_engine.graph.graph import Graph
from spinn_engine.pipeline import Runner
from spinn_engine.pruning.importance import CRITERIA
from spinn_engine.store.demo import open_run
from spinn_engine.store.local import LocalStore
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.training.course import Taken
from spinn_engine.training.loop import Trained
from spinn_engine.training.network import Stack
from tests.test_pipeline import small_spec

SHORT = {"epochs": 4, "fine_tune_epochs": 1, "batch_size": 64, "device": "cpu"}


def states(folder: RunFolder) -> list[dict[str, np.ndarray[Any, Any]]]:
    """The weights of the delivered seed, by stage, as the checkpoints have them."""
    names = ("dense_pinn_improved_final", "spinn_structured_stage1", "spinn_structured_stage2")
    files = [torch.load(folder.checkpoints / f"{n}.pt", weights_only=True) for n in names]
    return [{k: w.numpy() for k, w in file["state_dict"].items()} for file in files]


@pytest.mark.parametrize("schedule", ["uniform", "global"])
def test_every_network_is_scored_once(
    small_table: Path, monkeypatch: pytest.MonkeyPatch, schedule: str
) -> None:
    """Two seeds in three stages are six networks to score; the random arm needs no criterion."""
    usual, calls = CRITERIA["l1"], []

    def counted(stack: Stack, data: Any) -> list[Tensor]:
        calls.append(stack.hidden)
        return usual(stack, data)

    monkeypatch.setitem(CRITERIA, "l1", counted)
    prune = {"stages": 2, "param_reduction": 0.6, "schedule": schedule}
    compare = {"controls": ["random"]}
    api.run(small_spec(small_table, train=SHORT, prune=prune, compare=compare))
    assert len(calls) == 6


@pytest.mark.parametrize("schedule", ["uniform", "global"])
def test_what_is_shown_as_kept_is_what_the_smaller_network_is_made_of(
    small_table: Path, monkeypatch: pytest.MonkeyPatch, schedule: str
) -> None:
    """Without reconstruction and fine-tuning, its weights are those of the neurons that stayed."""
    prune = {"stages": 2, "param_reduction": 0.6, "schedule": schedule, "reconstruction": "none"}
    compare = {"controls": ["random"], "folds": 3}
    folder = create_run(small_spec(small_table, train=SHORT, prune=prune, compare=compare))
    runner = Runner(folder)
    runner.run_stage(0)
    untrained = Trained(Taken(0, 0), 0, [0] * len(folder.spec().seeds))
    monkeypatch.setattr(pipeline, "fit", lambda *_: untrained)
    runner.run_stage(1)
    runner.run_stage(2)
    found = states(folder)
    seed = torch.load(folder.checkpoints / "spinn_structured_stage2.pt", weights_only=True)["seed"]
    for stage in range(2):
        before, after, inputs = found[stage], found[stage + 1], np.arange(3)
        shown = api.importance(folder.run_id, stage, seed)
        cells = importance_tables(shown, ("layer 1", "layer 2"))[NEURONS]
        for layer, name in enumerate(("network.0", "network.2")):
            biases = before[f"{name}.bias"]
            assert len(np.unique(biases)) == len(biases)
            left = np.array([int(np.flatnonzero(biases == b)[0]) for b in after[f"{name}.bias"]])
            weight = before[f"{name}.weight"][left][:, inputs]
            np.testing.assert_array_equal(after[f"{name}.weight"], weight)
            assert np.flatnonzero(shown[layer].kept).tolist() == left.tolist()
            kept = cells[(cells.layer == layer) & (cells.fate == "kept")].neuron
            assert sorted(kept) == sorted(shown[layer].original_index[left])
            inputs = left


def test_the_cut_is_made_by_what_is_recorded(small_table: Path) -> None:
    folder = create_run(small_spec(small_table, train=SHORT))
    runner = Runner(folder)
    runner.run_stage(0)
    path = folder.importance_path(0)
    with np.load(path) as file:
        arrays = dict(file)
    arrays["layer0_kept"] = np.roll(arrays["layer0_kept"], 1, axis=1)
    np.savez(path, **arrays)
    runner.run_stage(1)
    stage1 = torch.load(folder.checkpoints / "spinn_structured_stage1.pt", weights_only=True)
    row = arrays["seeds"].tolist().index(stage1["seed"])
    expected = np.flatnonzero(arrays["layer0_kept"][row]).tolist()
    assert stage1["original_neurons"][0].tolist() == expected


def test_a_record_without_all_folds_is_named(small_table: Path) -> None:
    folder = create_run(small_spec(small_table, train=SHORT, compare={"folds": 3, "controls": []}))
    runner = Runner(folder)
    runner.run_stage(0)
    folder.manifest_path.unlink()  # as of an earlier version, which listed nothing
    path = folder.importance_path(0)
    with np.load(path) as file:
        arrays = {name: array[file["folds"] == 0] for name, array in file.items()}
    del arrays["folds"]
    np.savez_compressed(path, **arrays)
    assert api.importance(folder.run_id, 0, 1)[0].kept.any()
    with pytest.raises(CorruptArtifactError, match=r"stage0\.npz is not of the seeds and folds"):
        runner.run_stage(1)


@pytest.mark.parametrize("version", ["now", "before"])
def test_predictions_start_from_the_scores_of_stage_0(small_table: Path, version: str) -> None:
    """Before, a file of these facts named the arrays of a layer otherwise."""
    folder = create_run(small_spec(small_table, train=SHORT))
    Runner(folder).run_stage(0)
    if version == "before":
        folder.manifest_path.unlink()
        with np.load(folder.facts_path) as arrays:
            named = as_before({name: arrays[name] for name in arrays.files})
        assert {"weight0", "bias1", "score_l10", "fit_mean1"} <= named.keys()
        np.savez(folder.facts_path, **named)
    facts = read_facts(folder)
    layers = api.importance(folder.run_id, 0, facts.seed)
    for scores, layer in zip(facts.scores["l1"], layers, strict=True):
        np.testing.assert_array_equal(scores, layer.score)
    assert list(facts.scores) == list(CRITERIA)
    with np.load(folder.importance_path(0)) as arrays:
        row = arrays["seeds"].tolist().index(facts.seed)
        assert (arrays["layer0_score"][row] == layers[0].score).all()


def as_before(arrays: dict[str, Any]) -> dict[str, Any]:
    """The arrays of the facts under the names that an earlier version gave them."""
    graph = Graph.model_validate_json(str(arrays["graph"]))
    found = {name: arrays[name] for name in ("seed", "criteria", "targets", "x", "y")}
    found["activation"] = np.array(graph.activation)
    layers = [op.name for op in graph.dense]
    for at, name in enumerate(layers):
        found |= {f"{part}{at}": arrays[f"{name}.{part}"] for part in ("weight", "bias")}
    for at, (dim, after) in enumerate(zip(graph.prunable, layers[1:], strict=True)):
        for criterion, own in zip(arrays["criteria"].tolist(), arrays[f"score.{dim}"], strict=True):
            found[f"score_{criterion}{at}"] = own
        for part in ("fit_mean", "fit_covariance", "held_out_mean", "held_out_covariance"):
            found[f"{part}{at}"] = arrays[f"{part}.{after}"]
    return found


@pytest.mark.parametrize("damage", ["cut", "other", "not ours"])
def test_a_damaged_record_is_named(tmp_path: Path, damage: str) -> None:
    folder = RunFolder(LocalStore(tmp_path), "some")
    folder.importance.mkdir(parents=True)
    path, whole = folder.importance_path(0), open_run("demo").importance_path(0).read_bytes()
    path.write_bytes({"cut": whole[:2000], "other": b"text", "not ours": b""}[damage])
    if damage == "not ours":
        np.savez(path, seeds=np.arange(2), layer0_other=np.zeros(3))
    with pytest.raises(CorruptArtifactError, match=r"stage0\.npz cannot be read"):
        read_importance(folder, 0, 0)
