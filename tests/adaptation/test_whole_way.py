"""Networks of every kind go the whole way: run, adapted to new rows, and reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from spinn_engine import api
from spinn_engine.adaptation import adapt as adapting
from spinn_engine.errors import BadInputError
from spinn_engine.spec import RunSpec
from spinn_engine.store.runs import RunFolder
from tests.adaptation.conftest import small_spec

FEW: dict[str, Any] = {
    "train": {"epochs": 3, "fine_tune_epochs": 1, "batch_size": 64, "device": "cpu"},
    "compare": {"controls": ["random"]},
    "seeds": [3],
}
# By kind: its model, layers that stay of how many, and what its methods say and do not say.
KINDS: dict[str, tuple[dict[str, Any], tuple[int, int], list[str], list[str]]] = {
    "residual": (
        {"hidden": [12, 6, 6], "norm": True},
        (3, 6),
        ["a residual network", "12 neurons in the stream, 6 in block 1 and 6 in block 2",
         "3 LayerNorms", "The neurons of the stream are made by several layers",
         "all groups of neurons alike"],
        ["hidden layer"],
    ),
    "modified_mlp": (
        {"hidden": [10, 10]},
        (3, 5),
        ["a modified multilayer perceptron", "10 neurons in the stream", "in 5 dense layers"],
        ["hidden layer", "LayerNorm"],
    ),
    "fourier": (
        {"hidden": [10, 8], "features": 6},
        (2, 3),
        ["behind random Fourier features", "hidden layers of 10 and 8 neurons",
         "cos(2π 0.2 b·x)", "of 6 vectors b"],
        ["stream", "several layers"],
    ),
    "siren": (
        {"hidden": [10, 8], "frequency": 5},
        (2, 3),
        ["a SIREN", "the activation the sine of 5 x", "before sines"],
        ["stream"],
    ),
    "heads": (
        {"hidden": [10, 8]},
        (3, 5),
        ["one head per target", "10 neurons in hidden layer 1, 8 in head 1 and 8 in head 2"],
        ["several layers"],
    ),
    "deeponet": (
        {"hidden": [10, 8], "trunk": 1},
        (2, 5),
        ["a DeepONet", "8 in the latent layer", "The last input goes into the trunk, the other 2"],
        ["hidden layer"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def runs(made: Path) -> dict[str, RunFolder]:
    """A small run of every kind."""
    found: dict[str, RunFolder] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(made / "results"))
        for kind, (model, *_) in KINDS.items():
            spec = small_spec(made / "old.csv").model_dump(mode="json") | FEW
            spec["model"] = {**model, "network": kind, "activation": "tanh"}
            found[kind] = api.run(RunSpec.from_dict(spec))
    return found


def new(made: Path) -> str:
    return f"table:{made / 'new.csv'}"


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("kind", KINDS)
def test_it_adapts_and_says_what_learns(kind: str, runs: dict[str, RunFolder], made: Path) -> None:
    result = api.adapt(runs[kind].run_id, new(made), api.AdaptSettings(batch_rows=80))
    stays = result["settings"]["frozen_layers"], result["settings"]["layers"]
    assert stays == KINDS[kind][1]
    assert result["settings"]["left_out"] == {}
    for network in result["networks"]:
        arms = {arm["arm"]: arm for arm in network["arms"]}
        assert list(arms) == ["none", "full", "frozen", "last_layer"]
        assert arms["full"]["updated_params"] == network["params"]
        counts = [arms[name]["updated_params"] for name in ("last_layer", "frozen", "full")]
        assert counts == sorted(counts)
        assert arms["frozen"]["macs"] < arms["full"]["macs"]
        assert arms["last_layer"]["r2"]["mean"] > arms["none"]["r2"]["mean"]


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("kind", KINDS)
def test_its_report_tells_what_it_is(kind: str, runs: dict[str, RunFolder], tmp_path: Path) -> None:
    api.write_report(runs[kind].run_id, tmp_path / "report")
    text = " ".join((tmp_path / "report" / "methods.txt").read_text("utf-8").split())
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    _, _, told, not_told = KINDS[kind]
    assert [words for words in told if words not in text] == []
    assert [words for words in not_told if words in text] == []
    file = runs[kind].path / "checkpoints" / "dense_pinn_improved_final.pt"
    weights = torch.load(file, weights_only=True)["state_dict"]
    learned = sum(one.numel() for name, one in weights.items() if ".map." not in name)
    assert f"and 2 outputs: {learned:,} parameters" in text
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    for label in runs[kind].spec().model.graph_for(("a", "b", "c"), 2).labels:
        assert label.removeprefix("hidden ") in page


@pytest.mark.usefixtures("finished")
def test_an_arm_that_cannot_be_is_left_out_and_said(
    runs: dict[str, RunFolder], made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = "the function sigmoid (3) gives the outputs, not a dense layer"
    monkeypatch.setattr(adapting, "no_closed_form", lambda _: why)
    result = api.adapt(runs["siren"].run_id, new(made), api.AdaptSettings(batch_rows=100))
    assert result["settings"]["arms"] == ["none", "full", "frozen"]
    assert result["settings"]["left_out"] == {"last_layer": why}
    assert [arm["arm"] for arm in result["networks"][0]["arms"]] == ["none", "full", "frozen"]
    assert result["words"][-1] == (
        f"Solving the last layer in closed form is not possible for these networks: {why}."
    )
    alone = api.AdaptSettings(batch_rows=100, arms=("last_layer",))
    with pytest.raises(BadInputError, match="--arms: solving .* not a dense layer; give others"):
        api.adapt(runs["siren"].run_id, new(made), alone)
