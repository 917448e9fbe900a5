"""What people read of a dimension: one name each, and hidden layers only where there are some."""

from __future__ import annotations

import pytest

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import KINDS, Layout, mlp
from spinn_engine.graph.labels import with_article
from spinn_engine.graph.ops import Concat, Dense, Function

NAMED = {
    "mlp": (Layout((4, 3)), ("hidden layer 1", "hidden layer 2")),
    "fourier": (Layout((4, 3)), ("hidden layer 1", "hidden layer 2")),
    "siren": (Layout((4,), frequency=30.0), ("hidden layer 1",)),
    "residual": (Layout((6, 3, 4), norm=True), ("stream", "block 1", "block 2")),
    "modified_mlp": (Layout((4, 4)), ("stream",)),
    "heads": (Layout((4, 3)), ("hidden layer 1", "head 1", "head 2")),
    "deeponet": (Layout((4, 3)), ("branch 1", "latent", "trunk 1")),
}


@pytest.mark.parametrize("kind", NAMED)
def test_every_kind_is_named(kind: str) -> None:
    layout, labels = NAMED[kind]
    graph = KINDS[kind](layout, 3, 2)
    assert graph.labels == labels
    assert graph.layered == all(label.startswith("hidden layer") for label in labels)
    assert graph.smaller([1] * len(labels)).labels == labels


def test_blocks_of_three_layers_name_the_layer_too() -> None:
    graph = KINDS["residual"](Layout((6, 3, 4, 3, 4), block_layers=3), 3, 2)
    blocks = [f"block {block}, layer {layer}" for block in (1, 2) for layer in (1, 2)]
    assert graph.labels == ("stream", *blocks)


def test_a_chain_counts_its_layers_whatever_they_are_called_and_which_may_be_pruned() -> None:
    graph = Graph(
        ops=(
            Dense(name="map", inputs=("inputs",), dim="waves", trained=False, bias=False),
            Dense(name="fc", inputs=("map",), dim="stream"),
            Function(name="act", inputs=("fc",), function="tanh"),
            Dense(name="fd", inputs=("act",), dim="block2_1"),
            Dense(name="fe", inputs=("fd",), dim="y"),
        ),
        widths={"inputs": 3, "waves": 4, "stream": 5, "block2_1": 6, "y": 1},
        prunable=("block2_1",),
    )
    assert graph.labels == ("hidden layer 2",)


def test_other_names_stay() -> None:
    graph = Graph(
        ops=(
            Dense(name="a", inputs=("inputs",), dim="encoder.fc1"),
            Dense(name="b", inputs=("inputs",), dim="hidden"),
            Concat(name="both", inputs=("a", "b")),
            Dense(name="c", inputs=("both",), dim="y"),
        ),
        widths={"inputs": 3, "encoder.fc1": 4, "hidden": 5, "y": 1},
        prunable=("encoder.fc1", "hidden"),
    )
    assert graph.labels == ("encoder.fc1", "hidden")
    assert not graph.layered


def test_within_a_sentence() -> None:
    said = [with_article(label) for label in ("stream", "latent", "block 1")]
    assert said == ["the stream", "the latent layer", "block 1"]


def test_the_activation_is_that_behind_layers_not_that_of_features() -> None:
    assert KINDS["fourier"](Layout((4,), ("silu",)), 3, 2).activation == "silu"
    assert mlp((4, 3), 3, 2, "prelu").activation == "prelu"
    assert mlp((4, 3), 3, 2, "identity").activation == "identity"
    assert mlp((4, 3), 3, 2, ("sin", "tanh")).activation_names == ["sin", "tanh"]
