"""Multiply-accumulates of an update, counted by formula; biases and activations are not counted.

A forward pass has one multiply-accumulate a weight and row. Going back there are as many for the
gradients of the weights, and again as many for those of the layer's inputs, which the first layer
that learns does not need (Hobbhahn and Sevilla 2021, *What's the backward-forward FLOP ratio for
neural networks?*). A Cholesky factor of an n x n matrix takes n^3 / 6, its two triangular solves
n^2 a right-hand side (Golub and Van Loan 2013, *Matrix Computations*, sections 3.1 and 4.2).
"""

from __future__ import annotations

from collections.abc import Sequence

from spinn_engine.graph.cuts import Cut, Last
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import AnyOperation, Dense


def training_macs(cut: Cut, rows: int) -> int:
    """Forward and backward through what learns, for so many rows whose ``kept`` is at hand.

    Args:
        cut: what learns.
        rows: that are gone through, counted in every epoch.
    """
    macs = 0
    for op in cut.above:
        if isinstance(op, Dense):
            learns = op.trained and op.name in cut.learning
            passes_on = op.inputs[0] not in cut.kept
            macs += _matrix(cut.graph, op) * (1 + learns + passes_on)
    return rows * macs


def forward_macs(cut: Cut, rows: int) -> int:
    """Forward up to what is kept, for so many rows."""
    return rows * sum(_matrix(cut.graph, op) for op in cut.below)


def gathering_macs(graph: Graph, last: Sequence[Last], rows: int) -> int:
    """What the last layers take, times itself and times their targets, added up."""
    return rows * sum(w**2 + w * columns for w, columns in _solved(graph, last))


def solving_macs(graph: Graph, last: Sequence[Last]) -> int:
    """The last layers from what was gathered."""
    return sum(w**3 // 6 + w**2 * columns for w, columns in _solved(graph, last))


def _solved(graph: Graph, last: Sequence[Last]) -> list[tuple[int, int]]:
    """Of each layer how many numbers it takes, the one of the bias too, and its columns."""
    return [
        (graph.columns(graph.dims[one.op.inputs[0]]) + one.op.bias, len(one.columns))
        for one in last
    ]


def _matrix(graph: Graph, op: AnyOperation) -> int:
    if not isinstance(op, Dense):
        return 0
    rows, columns = graph.shape(graph.parameters_of(op)[0])
    return rows * columns
