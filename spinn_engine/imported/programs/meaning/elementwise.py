"""Calls that are done number by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Call, Constant, Program
from spinn_engine.imported.programs.meaning.arguments import as_tensor, merged
from spinn_engine.imported.programs.meaning.nodes import Node, affine
from spinn_engine.imported.programs.meaning.numbers import folded
from spinn_engine.imported.programs.meaning.values import Tensor, Value, aligned, value, vector

LARGEST_POWER = 4


def elementwise(call: Call, args: list[Any], program: Program) -> Tensor:
    """An operation number by number."""
    taken = [as_tensor(one) for one in args]
    options = dict(call.given.get("options", {}))
    nodes = [one for one in taken if isinstance(one, Value)]
    still = [one for one in taken if isinstance(one, Constant)]
    if not nodes:
        arrays = [one.array for one in still]
        return merged(still, folded(call.op, arrays, options, call.where))
    axes = aligned(nodes, [one.array.ndim for one in still], call.where)
    parts: list[Any] = [
        one.node if isinstance(one, Value) else vector(one, axes, call.where) for one in taken
    ]
    widths = {one.width if isinstance(one, Node) else one.size for one in parts} - {1}
    if len(widths) > 1:
        raise BadInputError(f"{call.where} joins {' and '.join(map(str, sorted(widths)))} columns")
    width = widths.pop() if widths else 1
    trained = any(one.trained is not False for one in still)
    return value(_joined(call, parts, width, options, trained), axes)


def _joined(call: Call, parts: list[Any], width: int, options: Any, trained: bool) -> Node:
    pair = [isinstance(one, Node) for one in parts]
    special = SPECIAL.get(call.op)
    if special is not None and (found := special(parts, pair, call.where, trained)) is not None:
        return found
    kept = tuple(parts)
    return Node(call.op, kept, width, call.where, {"options": options} if options else {})


def _add(p: list[Any], is_node: list[bool], where: str, trained: bool) -> Node | None:
    if all(is_node):
        return Node("sum", tuple(p), max(one.width for one in p), where, {"signs": (1.0, 1.0)})
    x, c = (p[0], p[1]) if is_node[0] else (p[1], p[0])
    return affine(x, 1.0, c, where, trained=trained, added=trained)


def _sub(p: list[Any], is_node: list[bool], where: str, trained: bool) -> Node | None:
    if all(is_node):
        return Node("sum", tuple(p), max(one.width for one in p), where, {"signs": (1.0, -1.0)})
    if is_node[0]:
        return affine(p[0], 1.0, -p[1], where, trained=trained, added=trained)
    return affine(p[1], -1.0, p[0], where, trained=trained, added=trained)


def _mul(p: list[Any], is_node: list[bool], where: str, trained: bool) -> Node | None:
    if all(is_node):
        return Node("product", tuple(p), max(one.width for one in p), where)
    x, a = (p[0], p[1]) if is_node[0] else (p[1], p[0])
    return affine(x, a, 0.0, where, trained=trained)


def _div(p: list[Any], is_node: list[bool], where: str, trained: bool) -> Node | None:
    if is_node != [True, False]:
        return None
    if not np.all(p[1]):
        raise BadInputError(f"{where} divides by zero")
    return affine(p[0], 1 / p[1], 0.0, where, trained=trained)


def _pow(p: list[Any], is_node: list[bool], where: str, _: bool) -> Node | None:
    if is_node != [True, False] or p[1].ndim or p[1] not in range(1, LARGEST_POWER + 1):
        return None
    squared = Node("square", (p[0],), p[0].width, where)
    if p[1] == 3:
        return Node("product", (p[0], squared), p[0].width, where)
    return {1: p[0], 2: squared}.get(int(p[1])) or Node("square", (squared,), p[0].width, where)


def _neg(p: list[Any], _: list[bool], where: str, _trained: bool) -> Node | None:
    return affine(p[0], -1.0, 0.0, where)


SPECIAL: dict[str, Callable[[list[Any], list[bool], str, bool], Node | None]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "neg": _neg,
}
