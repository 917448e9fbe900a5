"""A whole adaptation, against a slow obvious one that reads the run's files as a stranger would."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import root_mean_squared_error

from spinn_engine import api
from spinn_engine.adaptation import prequential
from spinn_engine.adaptation.arms import LastLayer
from spinn_engine.adaptation.closed_form import RIDGE
from spinn_engine.errors import BadInputError, TrainingDivergedError
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.store.runs import RunFolder
from tests.adaptation.conftest import FINISHED, r2, small_spec

BATCH = 50
SETTINGS = api.AdaptSettings(batch_rows=BATCH)


@pytest.fixture(scope="module")
def result(made: Path) -> dict[str, Any]:
    """What ``adapt`` gives for the new rows, all arms; made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(made / "results"))
        return api.adapt(FINISHED, f"table:{made / 'new.csv'}", SETTINGS)


def arm_of(result: dict[str, Any], network: str, arm: str) -> dict[str, Any]:
    networks = {one["network"]: one for one in result["networks"]}
    return next(one for one in networks[network]["arms"] if one["arm"] == arm)


class Stranger:
    """One network in NumPy, from the files of the run."""

    def __init__(self, folder: RunFolder, problem: Problem, network: str, seed: int) -> None:
        block, arm = {"dense": ("dense", "dense_longer"), "pruned": ("pruned", "structured")}[
            network
        ]
        stored = torch.load(folder.path / "stacks" / f"stage1_{block}.pt", weights_only=True)
        who = list(zip(stored["arms"], stored["seeds"], strict=True)).index((arm, seed))
        self.layers = [
            tuple(stored["tensors"][f"{n}.{k}"][who].double().numpy() for k in ("weight", "bias"))
            for n in (0, 2, 4)
        ]
        x, y = problem.inputs[problem.train], problem.targets[problem.train]
        self.x_mean, self.x_std, self.y_mean, self.y_std = x.mean(0), x.std(0), y.mean(0), y.std(0)
        self.last = np.vstack(self.layers[-1])  # the biases are the last row

    def hidden(self, inputs: Floats) -> Floats:
        value = (inputs - self.x_mean) / self.x_std
        for weight, bias in self.layers[:-1]:
            value = np.tanh(value @ weight + bias)
        return np.column_stack([value, np.ones(len(value))])

    def predict(self, inputs: Floats) -> Floats:
        return np.asarray(self.hidden(inputs) @ self.last * self.y_std + self.y_mean)


def slow_scores(
    stranger: Stranger, problem: Problem, new: tuple[Floats, Floats], learns: bool
) -> tuple[float, list[float], float]:
    """R2 on coming rows, RMSE of y by batch, R2 on the test rows afterwards."""
    inputs, targets = new
    old, start = stranger.hidden(problem.inputs[problem.train]), stranger.last
    predicted, rmse = [], []
    for begin in range(0, len(inputs), BATCH):
        end = min(begin + BATCH, len(inputs))
        predicted.append(stranger.predict(inputs[begin:end]))
        rmse.append(root_mean_squared_error(targets[begin:end, 0], predicted[-1][:, 0]))
        if learns:  # again from all rows so far
            so_far = stranger.hidden(inputs[:end])
            wanted = (targets[:end] - stranger.y_mean) / stranger.y_std
            rows = np.vstack([old, so_far])
            missed = np.vstack([np.zeros((len(old), 2)), wanted - so_far @ start])
            alpha = RIDGE * np.square(old).sum(axis=0).mean()
            fitted = Ridge(alpha, fit_intercept=False, solver="svd").fit(rows, missed)
            stranger.last = start + fitted.coef_.T
    test = problem.test
    kept = r2(stranger.predict(problem.inputs[test]), problem.targets[test])
    return r2(np.vstack(predicted), targets), rmse, kept


@pytest.mark.parametrize("network", ["dense", "pruned"])
@pytest.mark.parametrize("arm", ["none", "last_layer"])
def test_scores_are_those_of_a_slow_obvious_loop(
    finished: RunFolder, new_rows: Path, result: dict[str, Any], network: str, arm: str
) -> None:
    problem, frame = load_problem(finished.spec().data), pd.read_csv(new_rows)
    new = frame[list(problem.input_names)].to_numpy(), frame[["y", "z"]].to_numpy()
    found = arm_of(result, network, arm)
    for at, seed in enumerate(finished.spec().seeds):
        stranger = Stranger(finished, problem, network, seed)
        coming, rmse, kept = slow_scores(stranger, problem, new, arm == "last_layer")
        assert found["r2"]["per_seed"][at] == pytest.approx(coming, abs=2e-5)
        assert found["by_batch"]["rmse"]["y"]["per_repetition"][at] == pytest.approx(rmse, rel=1e-3)
        assert found["test_r2_after"]["per_seed"][at] == pytest.approx(kept, abs=2e-5)


def test_none_is_the_run_as_it_stands(finished: RunFolder, result: dict[str, Any]) -> None:
    stored = finished.result()
    assert stored is not None
    arms = {arm["arm"]: arm for arm in stored["arms"]}
    for network, arm in (("dense", "dense_longer"), ("pruned", "structured")):
        none = arm_of(result, network, "none")
        assert none["test_r2_after"]["per_seed"] == arms[arm]["r2"]["per_seed"]
        assert none["forgetting"]["per_seed"] == [0.0, 0.0, 0.0]
        assert none["macs"] == none["updated_params"] == 0
        assert none["gain"] is None


def test_all_is_there_and_the_file_holds_it(finished: RunFolder, result: dict[str, Any]) -> None:
    path = finished.path / "adaptation" / f"{result['name']}.json"
    stored = json.loads(path.read_text(), parse_constant=pytest.fail)
    assert stored == result
    assert result in api.adaptations(FINISHED)
    assert [b["last_row"] for b in result["batches"]] == [50, 100, 150, 200, 230]
    assert [w["first_row"] for w in result["windows"]] == [1, 101, 151, 201]
    assert result["data"]["rows"] == 230
    assert result["settings"] == {
        "batch_rows": 50, "frozen": 0.5, "frozen_layers": 2, "layers": 3,
        "arms": ["none", "full", "frozen", "last_layer"], "left_out": {},
        "epochs": 3, "learning_rate": 5e-4, "batch_size": 32, "ridge": RIDGE,
    }  # fmt: skip
    for network in result["networks"]:
        assert [arm["arm"] for arm in network["arms"]] == result["settings"]["arms"]
        full = network["arms"][1]
        for arm in network["arms"]:
            by_batch = arm["by_batch"]
            assert len(by_batch["seconds"]) == len(by_batch["macs"]) == 5
            assert arm["macs"] == arm["setup"]["macs"] + sum(by_batch["macs"])
            for name in ("y", "z"):
                assert np.shape(by_batch["rmse"][name]["per_repetition"]) == (3, 5)
            assert len(arm["windows"]) == 4
            for share in ("macs", "updated_params", "seconds"):
                assert arm["share_of_full"][share] == pytest.approx(arm[share] / full[share])
        assert full["share_of_full"] == {"seconds": 1.0, "macs": 1.0, "updated_params": 1.0}


def test_gains_and_forgetting_are_paired(result: dict[str, Any]) -> None:
    for network in result["networks"]:
        arms = {arm["arm"]: arm for arm in network["arms"]}
        before = np.array(network["test_r2_before"]["per_seed"])
        stays = np.array(arms["none"]["r2"]["per_seed"])
        assert network["drift"]["per_seed"] == pytest.approx(before - stays)
        for name in ("full", "frozen", "last_layer"):
            gained = np.array(arms[name]["r2"]["per_seed"]) - stays
            assert arms[name]["gain"]["per_seed"] == pytest.approx(gained)
            lost = before - np.array(arms[name]["test_r2_after"]["per_seed"])
            assert arms[name]["forgetting"]["per_seed"] == pytest.approx(lost)


def test_learning_helps_where_the_targets_have_moved(result: dict[str, Any]) -> None:
    for network in ("dense", "pruned"):
        none = arm_of(result, network, "none")
        for arm in ("full", "frozen", "last_layer"):
            learned = arm_of(result, network, arm)
            assert learned["gain"]["low"] > 0
            assert learned["windows"][-1]["mean"] > none["windows"][-1]["mean"]
    assert any("loses on new rows" in sentence for sentence in result["words"])
    assert any("closed form helped the pruned network" in words for words in result["words"])


def without_clock(value: Any) -> Any:
    """A result without what a clock says and without names of files."""
    if isinstance(value, dict):
        gone = ("seconds", "words", "name", "source")
        return {k: without_clock(v) for k, v in value.items() if k not in gone}
    return [without_clock(v) for v in value] if isinstance(value, list) else value


@pytest.mark.usefixtures("finished")
def test_the_order_of_columns_does_not_matter_and_the_same_rows_give_the_same(
    new_rows: Path, result: dict[str, Any], tmp_path: Path
) -> None:
    frame = pd.read_csv(new_rows)
    shuffled = frame[["t", "z", "c", "g", "a", "y", "b"]]
    shuffled.to_csv(tmp_path / "other.csv", index=False)
    again = api.adapt(FINISHED, f"table:{tmp_path / 'other.csv'}", SETTINGS)
    assert without_clock(again) == without_clock(result)
    assert again["name"] != result["name"]
    assert [one["name"] for one in api.adaptations(FINISHED)].count(again["name"]) == 1


@pytest.mark.usefixtures("finished")
def test_arms_alone_do_as_they_do_together(new_rows: Path, result: dict[str, Any]) -> None:
    settings = api.AdaptSettings(batch_rows=BATCH, arms=("frozen",))
    alone = api.adapt(FINISHED, f"table:{new_rows}", settings)
    assert alone["settings"]["arms"] == ["none", "frozen"]
    assert alone["name"] != result["name"]  # neither overwrites the other
    for network in ("dense", "pruned"):
        mine, other = (arm_of(one, network, "frozen") for one in (alone, result))
        assert mine["r2"] == other["r2"]
        assert mine["share_of_full"] is None


@pytest.mark.usefixtures("finished")
def test_nothing_frozen_is_full_retraining(new_rows: Path, result: dict[str, Any]) -> None:
    assert not any("No layer stays frozen" in text for text in result["words"])
    settings = api.AdaptSettings(batch_rows=BATCH, frozen=0.0, arms=("frozen",))
    free = api.adapt(FINISHED, f"table:{new_rows}", settings)
    for network in ("dense", "pruned"):
        mine, full = arm_of(free, network, "frozen"), arm_of(result, network, "full")
        assert mine["r2"] == full["r2"]
        assert (mine["macs"], mine["updated_params"]) == (full["macs"], full["updated_params"])
    assert any("No layer stays frozen" in text for text in free["words"])


def test_with_folds_every_network_is_one_repetition(made: Path) -> None:
    spec = small_spec(made / "old.csv").model_dump(mode="json")
    spec |= {"seeds": [4, 5], "compare": {"controls": [], "folds": 3}}
    run = api.run(api.RunSpec.from_dict(spec))
    found = api.adapt(run.run_id, f"table:{made / 'new.csv'}", SETTINGS)
    stored = run.result()
    assert stored is not None
    dense = found["networks"][0]
    assert dense["trained_as"] == "dense"
    assert dense["test_r2_before"] == stored["arms"][0]["r2"]
    assert (dense["test_r2_before"]["n"], len(dense["test_r2_before"]["per_seed"])) == (3, 2)
    assert np.shape(dense["arms"][0]["by_batch"]["rmse"]["y"]["per_repetition"]) == (6, 5)
    assert arm_of(found, "pruned", "last_layer")["gain"]["low"] > 0


def test_with_two_seeds_nothing_is_concluded(made: Path) -> None:
    spec = small_spec(made / "old.csv").model_copy(update={"seeds": (4, 5)})
    found = api.adapt(api.run(spec).run_id, f"table:{made / 'new.csv'}", SETTINGS)
    assert len(found["words"]) == 2
    assert all(
        "not enough repetitions to say (2 pairs, at least 3 are needed)" in words
        for words in found["words"]
    )


def test_a_store_behind_a_url_gets_the_file(
    made: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", f"file://{tmp_path / 'far'}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run = api.run(small_spec(made / "old.csv"))
    found = api.adapt(run.run_id, f"table:{made / 'new.csv'}", SETTINGS)
    file = tmp_path / "far" / run.run_id / "adaptation" / f"{found['name']}.json"
    assert json.loads(file.read_text()) == found
    assert api.adaptations(run.run_id) == [found]


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("fault", ["weights", "predictions", "equations"])
def test_an_arm_that_diverges_says_which(
    new_rows: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def ruined(arm: LastLayer, batch: range) -> int:
        if fault == "equations":
            raise ArithmeticError
        with torch.no_grad():
            arm.stack.tensors["4.bias"].fill_(torch.nan if fault == "weights" else 3e38)
            arm.stack.tensors["4.weight"].fill_(3e38)
        return 1

    monkeypatch.setattr(LastLayer, "update", ruined)
    row = 51 if fault == "predictions" else 1
    with pytest.raises(TrainingDivergedError, match=f"arm last_layer of the .* new row {row} on"):
        api.adapt(FINISHED, f"table:{new_rows}", SETTINGS)


@pytest.mark.usefixtures("finished")
def test_what_does_not_fit_into_memory_is_refused(
    new_rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three networks each keep 280 + 230 rows: of 3 inputs twice, of the second hidden layer."""
    run = api.open_run(FINISHED)
    pruned = (run.result() or {})["stages"][-1]["hidden"]
    needed = 4 * 3 * (280 + 230) * (3 + 3 + 8 + pruned[1])
    for free, fits in ((needed, True), (needed - 1, False)):
        machine = SimpleNamespace(virtual_memory=lambda free=free: SimpleNamespace(available=free))
        monkeypatch.setattr(prequential, "psutil", machine)
        if fits:
            api.adapt(FINISHED, f"table:{new_rows}", SETTINGS)
            continue
        with pytest.raises(BadInputError, match="--arms: frozen keeps .*B of activations"):
            api.adapt(FINISHED, f"table:{new_rows}", SETTINGS)


def test_the_run_must_be_finished(made: Path, finished: RunFolder, tmp_path: Path) -> None:
    finished.result_path.rename(tmp_path / "away")
    try:
        with pytest.raises(BadInputError, match="is not finished, so there is nothing to adapt"):
            api.adapt(FINISHED, f"table:{made / 'new.csv'}", SETTINGS)
    finally:
        (tmp_path / "away").rename(finished.result_path)
