"""Cuts against the numbers themselves: what is kept does not move when what learns does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.graph.arrays import Array, outputs_of, values_of
from spinn_engine.graph.cuts import NoLastLayer, early_frozen, last_layers, layers
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import KINDS, Layout, mlp
from spinn_engine.graph.ops import Concat, Dense, Product, Sum

LAYOUTS = {
    "mlp": Layout((4, 3, 5), ("prelu",)),
    "residual": Layout((6, 3, 4), norm=True),
    "fourier": Layout((4, 3), features=2),
    "siren": Layout((4, 3, 2), frequency=5.0),
    "modified_mlp": Layout((4, 4, 4)),
    "heads": Layout((4, 3)),
    "deeponet": Layout((4, 3), trunk=1),
}


def arrays_of(graph: Graph, rng: np.random.Generator) -> dict[str, Array]:
    found = {p.name: rng.normal(size=graph.shape(p)) for p in graph.parameters}
    one_row = {p.name for p in graph.parameters if p.rows is None}
    return {name: a[0] if name in one_row else a for name, a in found.items()}


@settings(max_examples=60)
@given(kind=st.sampled_from(sorted(LAYOUTS)), count=st.integers(0, 8), seed=st.integers(0, 99))
def test_what_is_kept_does_not_move_and_what_learns_moves_the_outputs(
    kind: str, count: int, seed: int
) -> None:
    graph, rng = KINDS[kind](LAYOUTS[kind], 3, 2), np.random.default_rng(seed)
    cut = early_frozen(graph, count)
    assert {op.name for op in (*cut.below, *cut.above)} == {op.name for op in graph.ops}
    arrays, x = arrays_of(graph, rng), rng.normal(size=(9, 3))
    before = values_of(graph, arrays, x)
    for op in cut.above:
        for parameter in graph.parameters_of(op):
            if op.name in cut.learning and parameter.trained:
                other = arrays | {parameter.name: arrays[parameter.name] + 0.1}
                after = values_of(graph, other, x)
                assert all(np.array_equal(before[name], after[name]) for name in cut.kept)
                if not parameter.name.endswith("norm.weight"):
                    assert not np.array_equal(outputs_of(graph, other, x), before[op.name][:, :2])
    learned = sum(
        arrays[p.name].size
        for op in cut.above
        if op.name in cut.learning
        for p in graph.parameters_of(op)
        if p.trained
    )
    assert cut.params == learned


@settings(max_examples=60)
@given(widths=st.lists(st.integers(1, 6), min_size=0, max_size=5), count=st.integers(0, 8))
def test_of_a_chain_exactly_so_many_layers_stay(widths: list[int], count: int) -> None:
    graph = mlp(widths, 3, 2)
    cut = early_frozen(graph, count)
    assert cut.frozen_layers == min(count, len(widths))
    all_widths = [3, *widths, 2]
    assert cut.columns == all_widths[cut.frozen_layers]
    own = all_widths[cut.frozen_layers :]
    assert cut.params == sum((a + 1) * b for a, b in zip(own, own[1:], strict=False))
    assert len(cut.kept) == 1


@pytest.mark.parametrize("kind", LAYOUTS)
def test_nothing_frozen_is_everything_that_is_learned(kind: str) -> None:
    graph = KINDS[kind](LAYOUTS[kind], 3, 2)
    cut = early_frozen(graph, 0)
    assert (cut.frozen_layers, cut.params) == (0, graph.params(graph.hidden))
    last = early_frozen(graph, len(layers(graph)))
    assert last.frozen_layers == len(layers(graph)) - len(last_layers(graph))


def test_a_head_that_takes_another_head_is_refused() -> None:
    graph = Graph(
        ops=(
            Dense(name="a", inputs=("inputs",), dim="first"),
            Dense(name="b", inputs=("a",), dim="second"),
            Concat(name="both", inputs=("a", "b")),
        ),
        widths={"inputs": 3, "first": 1, "second": 1},
        prunable=(),
    )
    with pytest.raises(NoLastLayer, match="the layer b takes what another last layer gives"):
        last_layers(graph)


@pytest.mark.parametrize(("op", "told"), [(Sum, "the sum last"), (Product, "the product last")])
def test_what_is_no_layer_at_the_end_is_named(op: type[Sum] | type[Product], told: str) -> None:
    graph = Graph(
        ops=(
            Dense(name="a", inputs=("inputs",), dim="y"),
            Dense(name="b", inputs=("inputs",), dim="y"),
            op(name="last", inputs=("a", "b")),
        ),
        widths={"inputs": 3, "y": 2},
        prunable=(),
    )
    with pytest.raises(NoLastLayer, match=f"{told} gives the outputs, not a dense layer"):
        last_layers(graph)
