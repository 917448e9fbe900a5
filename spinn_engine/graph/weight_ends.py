"""What is at the other end of each weight of a neuron, in words; in the order of the weights.

weight_ends(graph, "stream", inputs=["a", "b"], targets=["y"])
# (("a", "b", "block 1, neuron 0", ...), ("block 1, neuron 0", ..., "y"))
"""

from __future__ import annotations

from collections.abc import Sequence

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import INPUTS, Concat, Dense, Function, Select

Ends = tuple[str, ...]


def weight_ends(
    graph: Graph, dim: str, inputs: Sequence[str], targets: Sequence[str]
) -> tuple[Ends, Ends]:
    """What the weights to and from a neuron join it with.

    Where several layers join it with the same, each is named with its layer.

    Args:
        graph: the network.
        dim: the neuron's dimension.
        inputs: names of the network's inputs.
        targets: names of its outputs.
    """
    before = [(op.name, _taken(graph, op.inputs[0], inputs)) for op in graph.producers(dim)]
    after = [
        (op.name, _given(graph, op, targets))
        for op in graph.consumers(dim)
        for _ in graph.taken(op, dim)
    ]
    return _told(before), _told(after)


def _told(ends: list[tuple[str, Ends]]) -> Ends:
    every = [end for _, names in ends for end in names]
    if len(set(every)) == len(every):
        return tuple(every)
    return tuple(f"{layer}: {end}" for layer, names in ends for end in names)


def _taken(graph: Graph, value: str, inputs: Sequence[str]) -> Ends:
    """The columns of a value; of what is made of inputs without a layer, by their names."""
    if value == INPUTS:
        return tuple(inputs)
    op = next(op for op in graph.ops if op.name == value)
    if graph.distances[value] == 0 and not isinstance(op, Dense):
        taken = [_taken(graph, name, inputs) for name in op.inputs]
        if isinstance(op, Concat):
            return tuple(name for names in taken for name in names)
        if isinstance(op, Select):
            return tuple(taken[0][at] for at in op.columns)
        if isinstance(op, Function):
            return tuple(f"{op.function} of {name}" for name in taken[0])
        return taken[0]
    found: list[str] = []
    for dim, part in graph.parts(graph.dims[value]):
        found += _numbered(graph, dim, part.start, part.stop)
    return tuple(found)


def _given(graph: Graph, op: Dense, targets: Sequence[str]) -> Ends:
    """The columns that a layer gives."""
    for dim, part in graph.parts(graph.outputs_dims):
        if dim == op.dim:
            return tuple(targets[part])
    return _numbered(graph, op.dim, 0, graph.columns((op.dim,)))


def _numbered(graph: Graph, dim: str, start: int, stop: int) -> Ends:
    if dim in graph.prunable:
        label = graph.short_labels[graph.prunable.index(dim)]
        return tuple(f"{label}, neuron {number}" for number in range(stop - start))
    return tuple(f"{dim} {number}" for number in range(start, stop))
