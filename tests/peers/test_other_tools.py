"""Keras, scikit-learn, Flax and Equinox: each file computes what its tool predicts."""

from __future__ import annotations

import numpy as np
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.ends import with_activation
from spinn_engine.imported import StoredNetwork, read_network
from tests.peers.table import FILES
from tests.peers.test_peers import expected

# By file, the widths that may be pruned.
HIDDEN = {
    "keras.keras": (16, 16),
    "keras.h5": (16, 16),
    "keras_normalised.keras": (24, 12),
    "keras_normalised.h5": (24, 12),
    "keras_residual.keras": (16, 24),  # what is added to the first layer is pruned with it
    "keras_residual.h5": (16, 24),
    "keras_batchnorm.keras": (16, 16),
    "keras_heads.keras": (16, 16, 8, 8),
    "sklearn.skops": (24, 12),
    "sklearn_pipeline.skops": (24, 12),
    "sklearn_both.skops": (24, 12),
}
KINDS = {
    "keras.keras": "dense function dense function dense",
    "keras_normalised.keras": "scale dense function dense function dense",
    "keras_residual.keras": "dense layer_norm dense function dense sum dense",
    "keras_batchnorm.keras": "dense function dense function dense function",
    "sklearn_both.skops": "scale dense function dense function dense",
}
NUMBERS = ("keras.weights.h5", "flax.msgpack", "equinox.eqx", "equinox_head.eqx")
REFUSED = {
    "flax_modified.msgpack": "several inputs or branches",
    "flax_orbax.zip": "a checkpoint of Orbax, whose database of arrays is not read",
}
FORMS = {  # what is open is told
    "equinox_layernorm.eqx": "chain of layers with LayerNorm",
    "equinox_blocks.eqx": "residual network, 2 blocks of 2 layers",
    "flax_blocks.msgpack": "residual network, 2 blocks of 2 layers",
    "flax_residual.msgpack": "residual network, 1 block of 2 layers",
}
WORDS = {"logistic": "sigmoid", "leaky_relu(0.3)": "leaky_relu"}


def assert_predicts(network: StoredNetwork, file: str) -> None:
    """To 1e-5 of the spread of what the tool predicts."""
    told = expected(file)
    wanted = np.array(told["outputs"])
    made = outputs_of(network.graph, network.arrays, np.array(told["inputs"], np.float32))
    assert made.dtype == np.float32
    assert (np.abs(made - wanted) <= 1e-5 * wanted.std(axis=0)).all()


@pytest.mark.parametrize("file", HIDDEN)
def test_a_whole_network_computes_what_the_tool_predicts(file: str) -> None:
    network, told = read_network(FILES / file), expected(file)
    assert network.computes
    assert network.activation == WORDS.get(told["activation"], told["activation"])
    assert network.hidden == HIDDEN[file]
    assert network.inputs == 4
    assert network.outputs == len(told["targets"])
    assert network.nonzero == network.params
    assert_predicts(network, file)


@pytest.mark.parametrize("file", KINDS)
def test_norms_at_rest_and_scalings_of_targets_go_into_layers(file: str) -> None:
    network = read_network(FILES / file)
    assert " ".join(op.kind for op in network.graph.ops) == KINDS[file]


@pytest.mark.parametrize("file", NUMBERS)
def test_numbers_are_those_of_a_plain_network_whose_activation_is_not_told(file: str) -> None:
    network, told = read_network(FILES / file), expected(file)
    assert not network.computes
    assert network.activation is None
    assert [network.inputs, *network.hidden, network.outputs] == told["widths"]
    assert network.params == told["parameters"]
    graph = with_activation(network.graph, told["activation"])
    made = outputs_of(graph, network.arrays, np.array(told["inputs"], np.float32))
    np.testing.assert_allclose(made, told["outputs"], atol=1e-5)


@pytest.mark.parametrize("file", FORMS)
def test_what_numbers_leave_open_is_told(file: str) -> None:
    network = read_network(FILES / file)
    assert network.kind == FORMS[file]
    assert not network.computes
    assert network.variants


@pytest.mark.parametrize("file", REFUSED)
def test_what_is_not_read_is_refused_with_its_reason(file: str) -> None:
    with pytest.raises(BadInputError, match=REFUSED[file]):
        read_network(FILES / file)


def test_every_file_of_these_tools_is_asked_about() -> None:
    endings = (".keras", ".h5", ".skops", ".msgpack", ".eqx", ".zip")
    there = {path.name for path in FILES.iterdir() if path.name.endswith(endings)}
    assert there == {*HIDDEN, *NUMBERS, *REFUSED, *FORMS}
