"""From an expression to a graph and its numbers."""

from __future__ import annotations

from collections.abc import Callable

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import MOST_OPERATIONS, Graph
from spinn_engine.graph.ops import INPUTS
from spinn_engine.imported.programs.drawing.drawing import Arrays, Drawing, Plan
from spinn_engine.imported.programs.drawing.finish import finished
from spinn_engine.imported.programs.drawing.identify import Found, identified
from spinn_engine.imported.programs.drawing.joins import (
    as_slope,
    plan_concat,
    plan_function,
    plan_input,
    plan_of_parts,
    plan_prelu,
    plan_select,
)
from spinn_engine.imported.programs.drawing.layers import (
    plan_affine,
    plan_matmul,
    plan_mean,
    plan_norm,
)
from spinn_engine.imported.programs.meaning.nodes import Node, shared
from spinn_engine.vocabulary import FUNCTIONS

PLANS: dict[str, Callable[[Drawing, Node], Plan]] = {
    "input": plan_input,
    "matmul": plan_matmul,
    "affine": plan_affine,
    "select": plan_select,
    "concat": plan_concat,
    "mean": plan_mean,
}


def graph_of(root: Node, inputs: int) -> tuple[Graph, Arrays]:
    """The graph of an expression, and its numbers in double precision.

    Args:
        root: what the network gives.
        inputs: how many columns it takes.

    Raises:
        BadInputError: it holds what no graph can.
    """
    root = shared(root)
    drawing = _drawn(root, inputs, copies=False)
    mixed = any(len(dims) > 1 and INPUTS in dims for dims in drawing.dims.values())
    if mixed or drawing.shared.joins_inputs:
        drawing = _drawn(root, inputs, copies=True)
    return finished(drawing, drawing.value(root))


def _drawn(root: Node, inputs: int, copies: bool) -> Drawing:
    """All operations that an expression takes, each after those that it takes."""
    drawing = Drawing(copies)
    drawing.shared.widths[INPUTS] = inputs
    drawing.count(root)
    stack, plans = [root], dict[int, Plan]()
    while stack:
        one = stack[-1]
        if id(one) in drawing.made:
            stack.pop()
            continue
        if id(one) not in plans:
            plans[id(one)] = plan_of(drawing, one)
        missing = [need for need in plans[id(one)].needs if id(need) not in drawing.made]
        if missing:
            stack.extend(reversed(missing))
            continue
        made = plans[id(one)].make()
        if isinstance(made, Node):
            drawing.count(made)
            plans[id(one)] = _instead(drawing, made)
        else:
            drawing.made[id(one)] = made
        if len(drawing.ops) > MOST_OPERATIONS:
            raise BadInputError(f"it has more than {MOST_OPERATIONS:,} operations")
    return drawing


def _instead(drawing: Drawing, node: Node) -> Plan:
    return Plan((node,), lambda: drawing.value(node))


def plan_of(drawing: Drawing, node: Node) -> Plan:
    """How an expression becomes an operation.

    Raises:
        BadInputError: it cannot.
    """
    if node.op in PLANS:
        return PLANS[node.op](drawing, node)
    if node.op == "norm":
        return plan_norm(drawing, node, Found("norm", node.nodes[0], eps=node.given["eps"]))
    if (slope := as_slope(node)) is not None:
        return plan_prelu(drawing, node.nodes[0], slope)
    if node.op in FUNCTIONS and node.op != "square":
        slopes = node.given.get("options", {})
        return plan_function(drawing, node.nodes[0], node.op, slopes.get("slope"))
    found = identified(node)
    if found is None:
        return plan_of_parts(drawing, node)
    if found.kind == "norm":
        return plan_norm(drawing, node, found)
    if found.slopes is not None:
        return plan_prelu(drawing, found.base, found.slopes)
    return plan_function(drawing, found.base, found.function, found.slope)
