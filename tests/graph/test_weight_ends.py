"""The names of what a neuron's weights join it with stand in the order of the weights."""

from __future__ import annotations

import numpy as np
import pytest

from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.group_words import bars_sentence, strips_sentence
from spinn_engine.graph.kinds import KINDS, Layout, mlp
from spinn_engine.graph.weight_ends import weight_ends
from tests.graph.test_cuts import LAYOUTS, arrays_of

INPUTS, TARGETS = ("a", "b", "c"), ("y", "z")


def test_of_a_plain_network_they_are_inputs_the_next_layer_and_targets() -> None:
    graph = mlp((2, 3), 3, 2)
    assert weight_ends(graph, "hidden_1", INPUTS, TARGETS) == (
        INPUTS,
        ("layer 2, neuron 0", "layer 2, neuron 1", "layer 2, neuron 2"),
    )
    assert weight_ends(graph, "hidden_2", INPUTS, TARGETS)[1] == TARGETS


def test_of_a_stream_they_are_of_all_layers_that_make_and_take_it() -> None:
    graph = KINDS["residual"](Layout((2, 1, 1)), 3, 2)
    before, after = weight_ends(graph, "stream", INPUTS, TARGETS)
    assert before == (*INPUTS, "block 1, neuron 0", "block 2, neuron 0")
    assert after == ("block 1, neuron 0", "block 2, neuron 0", *TARGETS)


def test_where_layers_share_an_end_each_is_named() -> None:
    graph = KINDS["modified_mlp"](Layout((1, 1)), 3, 2)
    before, _ = weight_ends(graph, "stream", INPUTS, TARGETS)
    assert before[:3] == ("u: a", "u: b", "u: c")
    assert before[-1] == "gate2: stream, neuron 0"
    assert len(set(before)) == len(before)


def test_inputs_of_a_part_and_the_target_of_a_head_have_their_own_names() -> None:
    deeponet = KINDS["deeponet"](Layout((2, 2)), 3, 2)
    assert weight_ends(deeponet, "trunk_1", INPUTS, TARGETS)[0] == ("c",)
    heads = KINDS["heads"](Layout((2, 2)), 3, 2)
    assert weight_ends(heads, "head_2", INPUTS, TARGETS)[1] == ("z",)


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_neuron_that_reaches_one_target_alone_has_weights_to_it_alone(kind: str) -> None:
    """Set every weight to a target to zero by its name: then that target is the same for all."""
    rng = np.random.default_rng(0)
    graph = KINDS[kind](LAYOUTS[kind], 3, 2)
    arrays = arrays_of(graph, rng)
    for dim, width in zip(graph.prunable, graph.hidden, strict=True):
        weights = [
            arrays[f"{op.name}.weight"][part]
            for op in graph.consumers(dim)
            for part in graph.taken(op, dim)
        ]
        after = weight_ends(graph, dim, INPUTS, TARGETS)[1]
        ends = np.array([end.rpartition(": ")[2] for end in after])
        assert sum(weight.shape[1] for weight in weights) == len(ends)
        start = 0
        for weight in weights:
            assert weight.shape[0] == width
            weight[:, ends[start : start + weight.shape[1]] == "z"] = 0
            start += weight.shape[1]
    found = outputs_of(graph, arrays, rng.normal(size=(5, 3)))
    assert found[:, 1] == pytest.approx(found[0, 1])
    assert np.ptp(found[:, 0]) > 1e-6


def test_a_picture_says_what_its_bars_and_strips_are() -> None:
    plain, residual = mlp((3, 2), 3, 2), KINDS["residual"](Layout((4, 3, 2)), 3, 2)
    assert "a hidden layer, as wide" in bars_sentence(plain)
    assert strips_sentence(plain) == ""
    assert "from the top the stream, block 1 and block 2" in bars_sentence(residual)
    assert "The neurons of the stream are made by several layers" in strips_sentence(residual)
    gated = KINDS["modified_mlp"](Layout((4, 4)), 3, 2)
    assert bars_sentence(gated).startswith(
        "The bar is the stream, whose neurons are pruned together"
    )
    heads = KINDS["heads"](Layout((4, 3)), 3, 2)
    assert strips_sentence(heads) == "A strip is a group of neurons that are pruned together."
