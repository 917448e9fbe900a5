"""Plans of functions, and of what takes and joins columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.ops import INPUTS, ONE, Concat, Function, Prelu, Product, Select, Sum
from spinn_engine.imported.programs.drawing.drawing import Drawing, Plan
from spinn_engine.imported.programs.drawing.layers import factor_of
from spinn_engine.imported.programs.meaning.nodes import Floats, Node, concat, select
from spinn_engine.vocabulary import FUNCTIONS

MOST_JOINED = 64


def plan_input(drawing: Drawing, node: Node) -> Plan:
    """The inputs, or all their columns under a dimension of their own."""
    if not drawing.copies:
        return Plan((), lambda: INPUTS)

    def make() -> str:
        dim, columns = drawing.shared.new("columns", node.width), tuple(range(node.width))
        op = Select(name=drawing.name("columns", ""), inputs=(INPUTS,), columns=columns, dim=dim)
        return drawing.add(op, (dim,))

    return Plan((), make)


def plan_select(drawing: Drawing, node: Node) -> Plan:
    """Some columns of the inputs, or of what mixes its columns."""
    (whole,) = node.nodes
    of_inputs = whole.op == "input"

    def make() -> str:
        name = drawing.name("", "columns")
        dim = drawing.shared.new(f"of_{name}", node.width)
        taken = INPUTS if of_inputs else drawing.value(whole)
        op = Select(name=name, inputs=(taken,), columns=node.given["columns"], dim=dim)
        return drawing.add(op, (dim,))

    return Plan(() if of_inputs else (whole,), make)


def plan_concat(drawing: Drawing, node: Node) -> Plan:
    """Values beside each other."""
    if len(node.nodes) > MOST_JOINED:
        raise BadInputError(
            f"{node.where} joins {len(node.nodes)} values, more than the {MOST_JOINED} that are "
            "read"
        )

    def make() -> str:
        taken = tuple(drawing.value(one) for one in node.nodes)
        dims = tuple(dim for name in taken for dim in drawing.dims[name])
        return drawing.add(Concat(name=drawing.name("", "concat"), inputs=taken), dims)

    return Plan(node.nodes, make)


def plan_function(drawing: Drawing, base: Node, function: str, slope: float | None) -> Plan:
    """A function of the vocabulary; what multiplies all columns before it is its factor."""
    factor = 1.0
    if base.op == "affine" and base.nodes[0].width == base.width:
        found = factor_of(base)
        if found is not None:
            factor, base = found, base.nodes[0]
    slope = None if slope == FUNCTIONS[function].slope else slope

    def make() -> str:
        name, taken = drawing.name("", function), drawing.value(base)
        op = Function(name=name, inputs=(taken,), function=function, factor=factor, slope=slope)
        return drawing.add(op, drawing.dims[taken])

    return Plan((base,), make)


def plan_prelu(drawing: Drawing, base: Node, slope: Floats) -> Plan:
    """Learned slopes, one a column or one for all."""

    def make() -> str:
        name, taken = drawing.name("", "prelu"), drawing.value(base)
        shared = slope.size == 1
        drawing.arrays[f"{name}.weight"] = slope.reshape(1) if shared else slope
        op = Prelu(name=name, inputs=(taken,), shared=shared)
        return drawing.add(op, drawing.dims[taken])

    return Plan((base,), make)


def plan_alike(drawing: Drawing, node: Node) -> Plan:
    """A sum or a product; where dimensions lie otherwise, one for each part of the columns."""

    def make() -> str | Node:
        values = [(drawing.value(one), one.width) for one in node.nodes]
        wide = [name for name, width in values if width == node.width]
        if parts := drawing.shared.common([drawing.dims[name] for name in wide]):
            return _by_parts(node, parts)
        dims = drawing.dims[wide[0]]
        for name, width in values:
            other = dims if width == node.width else ONE
            drawing.shared.unite(other, drawing.dims[name])
        taken = tuple(name for name, _ in values)
        if node.op == "product":
            return drawing.add(Product(name=drawing.name("", "product"), inputs=taken), dims)
        signs = node.given["signs"]
        signs = () if set(signs) == {1.0} else signs
        return drawing.add(Sum(name=drawing.name("", "sum"), inputs=taken, signs=signs), dims)

    return Plan(node.nodes, make)


def _by_parts(node: Node, widths: Sequence[int]) -> Node:
    """A sum or product as several of fewer columns, beside each other."""
    parts, start = [], 0
    for width in widths:
        columns = list(range(start, start + width))
        taken = [
            one if one.width == 1 < node.width else select(one, columns, node.where)
            for one in node.nodes
        ]
        parts.append(Node(node.op, tuple(taken), width, node.where, node.given))
        start += width
    return concat(parts, node.where)


def plan_of_parts(drawing: Drawing, node: Node) -> Plan:
    """An operation that is no known function, as the graph has it.

    Raises:
        BadInputError: the graph has no such operation.
    """
    if node.op in ("sum", "product"):
        return plan_alike(drawing, node)
    if node.op == "square":
        return plan_function(drawing, node.nodes[0], "square", None)
    raise BadInputError(
        f"it has the operation {node.where}, which is no part of a function that is known here"
    )


def as_slope(node: Node) -> Floats | None:
    """The slopes of a PReLU that a program has as such."""
    slope = node.taken[1] if node.op == "prelu" else None
    return slope if isinstance(slope, np.ndarray) else None
