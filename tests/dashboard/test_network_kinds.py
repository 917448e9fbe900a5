"""Networks of every kind on the pages: planned, run, looked at, cloned."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.parts.spec_words import network
from spinn_engine import api
from spinn_engine.spec import ModelSpec, RunSpec
from spinn_engine.vocabulary import NETWORKS
from tests.dashboard.support import (
    drawn_rows,
    figure_with,
    image_words,
    opened,
    table_with,
    unfolded,
    words,
)

MODELS: dict[str, dict[str, Any]] = {
    "mlp": {"hidden": [8, 6], "activations": ["tanh", "sin"]},
    "residual": {"hidden": [8, 6, 6, 4, 4], "block_layers": 3, "norm": True},
    "fourier": {"hidden": [8, 6], "features": 5, "frequency": 0.5},
    "siren": {"hidden": [8, 6], "frequency": 12.0},
    "modified_mlp": {"hidden": [8, 8], "activation": "silu"},
    "heads": {"hidden": [8, 6]},
    "deeponet": {"hidden": [8, 6], "trunk": 3},
}
STREAM, BLOCKS = ["stream"], ["block 1, layer 1", "block 1, layer 2"]
NAMES = {
    "residual": [*STREAM, *BLOCKS, "block 2, layer 1", "block 2, layer 2"],
    "fourier": ["layer 1", "layer 2"],
    "siren": ["layer 1", "layer 2"],
    "modified_mlp": STREAM,
    "heads": ["layer 1", "head 1", "head 2"],
}


def spec_of(kind: str) -> RunSpec:
    return RunSpec.from_dict(
        {
            "model": {"network": kind, **MODELS[kind]},
            "train": {"epochs": 1, "fine_tune_epochs": 1, "batch_size": 2048},
            "prune": {"stages": 2, "param_reduction": 0.5},
            "compare": {"controls": ["dense_longer"]},
            "seeds": [0],
        }
    )


def asked(kind: str) -> dict[str, str]:
    """What the address of Plan says of a network."""
    texts = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in MODELS[kind].items()
    }
    return {
        "kind": NETWORKS[kind].label,
        **{k: v.replace("True", "true") for k, v in texts.items()},
    }


def test_all_kinds_are_tried() -> None:
    assert set(MODELS) == set(NETWORKS)


@pytest.mark.parametrize("kind", MODELS)
def test_a_link_to_plan_asks_for_a_network_of_any_kind(kind: str, submitted: list[RunSpec]) -> None:
    app = opened("plan", **asked(kind))
    assert not app.error
    widgets = [*app.number_input, *app.toggle, *app.text_input]
    every = {name for row in NETWORKS.values() for name in row.options}
    assert {w.key for w in widgets} & every == set(NETWORKS[kind].options)
    assert bool([w for w in app.selectbox if w.key == "activation"]) == (kind != "siren")
    model = ModelSpec.model_validate({"network": kind, **MODELS[kind]})
    graph = model.graph_for([f"x{at}" for at in range(18)], 2)
    assert table_with(app, "Hidden widths")["Parameters"].iloc[0] == graph.params(graph.hidden)
    labels = [] if graph.layered else list(graph.labels)
    assert all(label in image_words(app)[0] for label in labels)
    app.button(key="start").click().run()
    assert submitted[0].model == model


@pytest.mark.parametrize("kind", NAMES)
def test_a_run_of_it_is_shown_by_what_is_pruned_together(kind: str, store: object) -> None:
    run_id = api.run(spec_of(kind)).run_id
    app = unfolded(opened("run", run=run_id, neuron="3"))
    assert not app.error
    drawn = drawn_rows(app)
    assert [text.partition(":")[0] for text in drawn["rows"]["label"]] == NAMES[kind]
    assert drawn["layers"]["name"].unique().tolist() == NAMES[kind]
    joined = kind in ("residual", "modified_mlp")
    assert ("The neurons of the stream are made by several layers" in words(app)) == joined
    noun = "Layer" if kind in ("fourier", "siren") else "Group"
    table_with(app, noun, "Median score kept")
    table_with(app, noun, "Left")
    label = NAMES[kind][0].replace("layer", "hidden layer")
    assert f"Neuron 3 of {'the ' * joined}{label}**" in words(app)
    found = api.neuron(run_id, 0, 3).neuron
    bars = figure_with(app, "weight")["data"][0]["customdata"]
    assert len(bars) == min(len(found.incoming), 18)

    app = opened("plan", **{"from": run_id})
    assert not app.error
    assert "A prediction in closed form" in words(app)  # the same network is known again
    assert app.selectbox(key="kind").value == NETWORKS[kind].label
    for page in ("report", "adapt", "compare"):
        assert not opened(page, run=run_id).error


def test_a_network_is_told_in_a_few_words() -> None:
    told = {
        kind: network(ModelSpec.model_validate({"network": kind, **m}))
        for kind, m in MODELS.items()
    }
    assert told["mlp"] == "8-6 (activations: tanh and sin)"
    assert told["residual"] == "residual 8-6-6-4-4 (block layers 3, norm)"
    assert told["fourier"] == "fourier 8-6 (features 5, frequency 0.5)"
    assert told["modified_mlp"] == "modified mlp 8-8"
    assert network(ModelSpec()) == "512-512-512-256"


def test_ends_are_asked_for_in_the_address(submitted: list[RunSpec]) -> None:
    columns = api.summary(RunSpec().data).input_names
    texts = {"periodic": f"{columns[0]}=10", "zero_at": f"{columns[1]}=0, {columns[1]}=2"}
    app = opened("plan", hidden="8, 6", input_scale="-1 to 1", output_function="softplus", **texts)
    assert not app.error
    ends = {name: text.split(", ") for name, text in texts.items()}
    model = ModelSpec.model_validate(
        {"hidden": [8, 6], "input_scale": "symmetric", "output_function": "softplus", **ends}
    )
    graph = model.graph_for(columns, 2)
    assert graph.params(graph.hidden) == (len(columns) + 1) * 8 + 8 + 8 * 6 + 6 + 6 * 2 + 2
    assert table_with(app, "Hidden widths")["Parameters"].iloc[0] == graph.params(graph.hidden)
    app.button(key="start").click().run()
    assert submitted[0].model == model
    told = network(model)
    assert "input scale symmetric" in told
    assert f"periodic: {columns[0]}=10" in told
    bounded = opened("plan", output_function="sigmoid", output_range="tool_wear=0:1")
    assert bounded.text_input(key="output_range").value == "tool_wear=0:1"
    missing = opened("plan", periodic="turning=1")
    assert "there is no input turning" in missing.error[0].value


def test_another_kind_of_network_has_a_frequency_of_its_own() -> None:
    app = opened("plan", kind="siren", hidden="8, 6")
    app.number_input(key="frequency").set_value(12.0).run()
    app.selectbox(key="kind").set_value("fourier").run()
    assert app.number_input(key="frequency").value is None
    app.selectbox(key="kind").set_value("modified mlp").run()
    app.text_input(key="hidden").set_value("8, 6").run()
    assert "give equal widths" in app.error[0].value
    assert not [button for button in app.button if button.key == "start"]
