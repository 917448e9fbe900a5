"""What layers may compute beside themselves: skips, functions, and which of several heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from spinn_engine.graph.ends import some_outputs, with_activation
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import INPUTS, AnyOperation, Dense, Function, Sum
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.vocabulary import ACTIVATIONS, FUNCTIONS
from spinn_engine.words import shortest

Named = dict[str, NDArray[Any]]
BEHIND = tuple(name for name, row in FUNCTIONS.items() if row.behind)
BETWEEN = tuple(name for name in ACTIVATIONS if name in FUNCTIONS)


@dataclass(frozen=True, eq=False)
class Structure:
    """One thing that a network may compute.

    Attributes:
        words: what it is, where it is more than the file shows, in the order in which it is told.
        graph: of it.
        arrays: its parameters.
        activation: between the layers; None where the file decides.
        unseen: how many things of it the file does not show: skips, a function at the end.
    """

    words: tuple[str, ...]
    graph: Graph
    arrays: Named
    activation: str | None = None
    unseen: int = 0


def structures(network: StoredNetwork, outputs: int) -> Iterator[Structure]:
    """All that is tried, plain ones first.

    Args:
        network: as its file has it; of its variants those that take and give as many columns.
        outputs: how many are wanted; of a network with more, each block of so many.
    """
    plain = Structure((), network.graph, dict(network.arrays))
    several = [plain]
    for words, graph, arrays in getattr(network, "variants", ()):
        if graph.inputs == network.inputs and graph.outputs == network.outputs:
            several.append(Structure((words,), graph, dict(arrays)))
    if not network.computes:
        for words, graph in skips(network.graph):
            several.append(replace(plain, words=(words,), graph=graph, unseen=1))
    for one in several:
        for chosen in _heads(one, outputs):
            yield from _with_activations(chosen, network)


def _heads(one: Structure, outputs: int) -> Iterator[Structure]:
    have = one.graph.outputs
    if have == outputs or have % outputs:
        yield one
        return
    for first in range(0, have, outputs):
        columns = range(first, first + outputs)
        graph, arrays = some_outputs(one.graph, one.arrays, columns)
        words = f"outputs {first + 1} to {columns[-1] + 1}"
        words = f"output {first + 1}" if outputs == 1 else words
        yield replace(one, words=(*one.words, words), graph=graph, arrays=arrays)


def _with_activations(one: Structure, network: StoredNetwork) -> Iterator[Structure]:
    if network.activation is not None or network.computes:
        yield one
        return
    for name in BETWEEN:
        for factor in FUNCTIONS[name].factors:
            words = f"{name} of {shortest(factor)} times" if factor != 1.0 else name
            graph = with_activation(one.graph, name, factor)
            yield replace(one, words=(*one.words, words), graph=graph, activation=name)


def skips(graph: Graph) -> Iterator[tuple[str, Graph]]:
    """Of plain layers of equal widths, the same with skips in the usual ways."""
    if not graph.is_chain or not all(isinstance(op, Dense | Function) for op in graph.ops):
        return
    layers = list(graph.dense)
    alike = [
        at
        for at in range(1, len(layers) - 1)
        if graph.widths[layers[at - 1].dim] == graph.widths[layers[at].dim]
    ]
    if alike:
        yield "skips around each layer", _skipped(graph, alike, 1, inside=False)
        yield "skips before each function", _skipped(graph, alike, 1, inside=True)
    pairs = [
        at
        for at in range(1, len(layers) - 2, 2)
        if graph.widths[layers[at - 1].dim] == graph.widths[layers[at + 1].dim]
    ]
    if pairs:
        yield "skips around each two layers", _skipped(graph, pairs, 2, inside=False)


def _skipped(graph: Graph, starts: Sequence[int], length: int, inside: bool) -> Graph:
    """Skips from before the layer of each start to behind the last of ``length`` layers.

    Args:
        graph: plain layers.
        starts: places of layers.
        length: how many layers a skip goes around.
        inside: whether it ends before the function of that layer.
    """
    layers, ops = list(graph.dense), list[AnyOperation]()
    joined: dict[str, str] = {}  # a dimension and the one that it becomes
    value, opened = INPUTS, dict[str, str]()  # a layer at which a skip ends, and where it began
    renamed: dict[str, str] = {}
    for op in graph.ops:
        if isinstance(op, Dense) and layers.index(op) in starts:
            last = layers[layers.index(op) + length - 1]
            opened[last.name] = value
            before = layers[layers.index(op) - 1].dim
            joined[last.dim] = joined.get(before, before)
        taken = tuple(renamed.get(name, name) for name in op.inputs)
        ops.append(op.model_copy(update={"inputs": taken}))
        value = op.name
        layer = op.name if isinstance(op, Dense) else op.inputs[0]
        if layer in opened and isinstance(op, Dense) == inside:
            name = f"skip_{op.name}"
            ops.append(Sum(name=name, inputs=(opened.pop(layer), op.name)))
            renamed[op.name] = value = name
    ops = [
        op.model_copy(update={"dim": joined.get(op.dim, op.dim)}) if isinstance(op, Dense) else op
        for op in ops
    ]
    widths = {dim: width for dim, width in graph.widths.items() if dim not in joined}
    prunable = tuple(dim for dim in graph.prunable if dim not in joined)
    return Graph(ops=tuple(ops), widths=widths, prunable=prunable)


def with_behind(one: Structure, function: str) -> Structure:
    """The same with a function after the last layer."""
    last = one.graph.ops[-1].name
    op = Function(name="behind", inputs=(last,), function=function)
    graph = Graph(ops=(*one.graph.ops, op), widths=one.graph.widths, prunable=one.graph.prunable)
    words = (*one.words, f"{function} behind")
    return replace(one, words=words, graph=graph, unseen=one.unseen + 1)
