"""The same network for other inputs and outputs: in another order, or in other units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    INPUTS,
    AnyOperation,
    Concat,
    Dense,
    Function,
    Scale,
    Select,
)

Floats = NDArray[np.float64]
Named = dict[str, NDArray[Any]]
FIRST, LAST = "to_inputs", "to_outputs"  # operations that are put before and behind


def with_activation(graph: Graph, activation: str, factor: float = 1.0) -> Graph:
    """The graph with another function in the place of every tanh, which a reader puts there.

    Args:
        graph: of a network.
        activation: a function of the vocabulary.
        factor: of what the function takes.
    """
    ops = tuple(
        op.model_copy(update={"function": activation, "factor": factor})
        if isinstance(op, Function) and op.function == "tanh"
        else op
        for op in graph.ops
    )
    return Graph(ops=ops, widths=graph.widths, prunable=graph.prunable)


def reordered(
    graph: Graph, arrays: Named, inputs: Sequence[int], outputs: Sequence[int]
) -> tuple[Graph, Named]:
    """The network that takes and gives columns in another order.

    Args:
        graph: of the network.
        arrays: its parameters.
        inputs: for each of its inputs, where that stands among the new ones' places: new column
            ``j`` is the old one ``inputs[j]``.
        outputs: the same of its outputs.
    """
    arrays, place = dict(arrays), np.argsort(inputs)  # old column -> new column
    ops = [
        op.model_copy(update={"columns": tuple(int(place[at]) for at in op.columns)})
        if isinstance(op, Select) and op.inputs == (INPUTS,)
        else op
        for op in graph.ops
    ]
    for parameter in graph.parameters:
        if parameter.rows == (INPUTS,):
            arrays[parameter.name] = arrays[parameter.name][list(inputs)]
        if parameter.columns == (INPUTS,):
            arrays[parameter.name] = arrays[parameter.name][..., list(inputs)]
    last = ops[-1]
    if isinstance(last, Dense):
        for parameter in graph.parameters_of(last):
            arrays[parameter.name] = arrays[parameter.name][..., list(outputs)]
    elif list(outputs) != sorted(outputs):
        widths = {**graph.widths, LAST: graph.outputs}
        ops.append(Select(name=LAST, inputs=(last.name,), columns=tuple(outputs), dim=LAST))
        return Graph(ops=tuple(ops), widths=widths, prunable=graph.prunable), arrays
    return Graph(ops=tuple(ops), widths=graph.widths, prunable=graph.prunable), arrays


def rescaled(
    graph: Graph, arrays: Named, a: Floats, c: Floats, d: Floats, e: Floats
) -> tuple[Graph, Named]:
    """The network whose output is ``d f(a x + c) + e``, in double precision.

    What scales inputs goes into the operations that take them, what scales outputs into the last
    one, where these are dense layers that learn or scale themselves; else an operation of its own
    does it.

    Args:
        graph: of ``f``.
        arrays: its parameters.
        a: ``[in]``, and so ``c``.
        c: see there.
        d: ``[out]``, and so ``e``.
        e: see there.
    """
    arrays = {name: np.asarray(array, np.float64) for name, array in arrays.items()}
    ops: list[AnyOperation] = list(graph.ops)
    takers = [op for op in ops if INPUTS in op.inputs]
    if all(_is_linear(op) for op in takers):
        for op in takers:
            if isinstance(op, Scale):
                shift = c * arrays[f"{op.name}.scale"]
                arrays[f"{op.name}.scale"] = a * arrays[f"{op.name}.scale"]
                arrays[f"{op.name}.shift"] = arrays[f"{op.name}.shift"] + shift
                continue
            shift = c @ arrays[f"{op.name}.weight"]
            arrays[f"{op.name}.weight"] = a[:, None] * arrays[f"{op.name}.weight"]
            _add(ops, arrays, op.name, shift)
    elif a.tolist() != [1] * len(a) or c.any():
        ops = [_renamed(op, INPUTS, FIRST) for op in ops]
        ops.insert(0, Scale(name=FIRST, inputs=(INPUTS,)))
        arrays |= {f"{FIRST}.scale": a, f"{FIRST}.shift": c}
    last = ops[-1]
    if _is_linear(last):
        for parameter in graph.parameters_of(last):
            arrays[parameter.name] = arrays[parameter.name] * d
        _add(ops, arrays, last.name, e)
    elif d.tolist() != [1] * len(d) or e.any():
        ops.append(Scale(name=LAST, inputs=(last.name,)))
        arrays |= {f"{LAST}.scale": d, f"{LAST}.shift": e}
    return Graph(ops=tuple(ops), widths=graph.widths, prunable=graph.prunable), arrays


def _is_linear(op: AnyOperation) -> bool:
    """Whether what scales may go into an operation."""
    return isinstance(op, Scale) or (isinstance(op, Dense) and op.trained)


def _add(ops: list[AnyOperation], arrays: Named, layer: str, shift: Floats) -> None:
    """Add to what a layer gives; one without a bias gets one where there is something to add."""
    name = next((n for n in (f"{layer}.bias", f"{layer}.shift") if n in arrays), f"{layer}.bias")
    if name in arrays:
        arrays[name] = arrays[name] + shift
    elif shift.any():
        at = [op.name for op in ops].index(layer)
        ops[at] = ops[at].model_copy(update={"bias": True})
        arrays[name] = shift


def _renamed(op: AnyOperation, old: str, new: str) -> AnyOperation:
    taken = tuple(new if name == old else name for name in op.inputs)
    return op.model_copy(update={"inputs": taken})


def some_outputs(graph: Graph, arrays: Named, columns: Sequence[int]) -> tuple[Graph, Named]:
    """The network that gives only some of its outputs, without what they do not need."""
    last, wanted = graph.ops[-1], list(columns)
    arrays, ops, widths = dict(arrays), list(graph.ops), dict(graph.widths)
    if isinstance(last, Dense):
        for parameter in graph.parameters_of(last):
            arrays[parameter.name] = arrays[parameter.name][..., wanted]
        widths[last.dim] = len(wanted)
    elif isinstance(last, Concat):
        names = [
            name
            for name, start in zip(last.inputs, _starts(graph, last), strict=True)
            if start in wanted
        ]
        ops[-1:] = [Concat(name=last.name, inputs=tuple(names))] if len(names) > 1 else []
        if len(names) == 1:
            ops.append(ops.pop([op.name for op in ops].index(names[0])))  # the head is the last
    else:
        ops.append(Select(name=LAST, inputs=(last.name,), columns=tuple(wanted), dim=LAST))
        widths[LAST] = len(wanted)
    return only_used(ops, widths, graph.prunable, arrays)


def _starts(graph: Graph, concat: Concat) -> list[int]:
    """At which column each of the values that are put beside each other begins."""
    counts = [graph.columns(graph.dims[name]) for name in concat.inputs]
    return [sum(counts[:at]) for at in range(len(counts))]


def only_used(
    ops: Sequence[AnyOperation], widths: Mapping[str, int], prunable: Sequence[str], arrays: Named
) -> tuple[Graph, Named]:
    """The network of what the last operation needs."""
    needed, kept = {ops[-1].name}, list[AnyOperation]()
    for op in reversed(ops):
        if op.name in needed:
            needed |= {*op.inputs}
            kept.insert(0, op)
    used = {INPUTS, *(dim for op in kept if (dim := getattr(op, "dim", None)))}
    graph = Graph(
        ops=tuple(kept),
        widths={dim: width for dim, width in widths.items() if dim in used},
        prunable=tuple(dim for dim in prunable if dim in used),
    )
    return graph, {p.name: arrays[p.name] for p in graph.parameters}
