"""What a program computes of a row, as expressions: each has so many columns.

An expression is an input, a product with a matrix, or a function of expressions of as many columns,
one column fitting all. Nothing is simplified here but what is certain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.imported.programs.calls import Constant

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Node:
    """An expression.

    Attributes:
        op: ``input``, ``matmul``, ``affine``, ``select``, ``concat``, ``mean``, ``norm``,
            ``prelu``, ``sum``, ``product``, ``call`` of a function of the vocabulary, or one of
            ``numbers.ELEMENTWISE``.
        taken: expressions and constants that it takes.
        width: its columns.
        where: how its file calls it.
        given: what else it is told.
    """

    op: str
    taken: tuple[Node | Floats, ...]
    width: int
    where: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The expressions that it takes."""
        return tuple(one for one in self.taken if isinstance(one, Node))


def affine(x: Node, scale: Any, shift: Any, where: str, **given: Any) -> Node:
    """``x scale + shift``, column by column; one column may become many."""
    a, c = np.asarray(scale, np.float64), np.asarray(shift, np.float64)
    if a.ndim == 0 and c.ndim == 0 and a == 1 and c == 0 and not given.get("added"):
        return x
    return Node("affine", (x, a, c), max(x.width, a.size, c.size), where, given)


def matmul(x: Node, weight: Constant, where: str) -> Node:
    """``x W`` with ``W`` ``[in, out]``."""
    array = np.asarray(weight.array, np.float64)
    given = {"trained": weight.trained, "name": weight.name}
    return Node("matmul", (x, array), array.shape[1], where, given)


def select(x: Node, columns: Sequence[int], where: str) -> Node:
    """Some columns; of what is computed column by column, those are computed alone."""
    columns = list(columns)
    if columns == list(range(x.width)):
        return x
    if x.op in PUSHED:
        return PUSHED[x.op](x, columns, where)
    if x.op in ("input", "select", "mean", "norm") or _mixes(x):
        return Node("select", (x,), len(columns), where, {"columns": tuple(columns)})
    taken = tuple(_part(one, x.width, columns, where) for one in x.taken)
    return Node(x.op, taken, len(columns), x.where, x.given)


def _mixes(x: Node, depth: int = 32) -> bool:
    """Whether a function takes a mean of its columns somewhere."""
    if x.op in ("mean", "norm"):
        return True
    if x.op in ("input", "select", "matmul", "concat"):
        return False
    return depth == 0 or any(_mixes(one, depth - 1) for one in x.nodes)


def _part(one: Node | Floats, width: int, columns: list[int], where: str) -> Node | Floats:
    if isinstance(one, Node):
        return one if one.width == 1 and width != 1 else select(one, columns, where)
    return one if one.ndim == 0 or len(one) == 1 and width != 1 else one[columns]


def _of_matmul(x: Node, columns: list[int], where: str) -> Node:
    taken, weight = x.taken
    assert isinstance(weight, np.ndarray)
    return Node("matmul", (taken, weight[:, columns]), len(columns), x.where, x.given)


def _of_concat(x: Node, columns: list[int], where: str) -> Node:
    """Runs of columns, each of the part that it lies in."""
    starts = np.cumsum([0, *(one.width for one in x.nodes)])
    found: list[tuple[Node, list[int]]] = []
    for column in columns:
        at = int(np.searchsorted(starts, column, side="right")) - 1
        if not found or found[-1][0] is not x.nodes[at]:
            found.append((x.nodes[at], []))
        found[-1][1].append(column - int(starts[at]))
    return concat([select(part, inside, where) for part, inside in found], where)


def _of_select(x: Node, columns: list[int], where: str) -> Node:
    return select(x.nodes[0], [x.given["columns"][one] for one in columns], where)


PUSHED: dict[str, Callable[[Node, list[int], str], Node]] = {
    "matmul": _of_matmul,
    "concat": _of_concat,
    "select": _of_select,
}


def concat(parts: Sequence[Node], where: str) -> Node:
    """Expressions beside each other."""
    flat = [one for part in parts for one in (part.nodes if part.op == "concat" else (part,))]
    if len(flat) == 1:
        return flat[0]
    return Node("concat", tuple(flat), sum(one.width for one in flat), where)


def shared(root: Node) -> Node:
    """The same expression, in which nothing is computed twice."""
    done: dict[int, Node] = {}
    known: dict[object, Node] = {}
    stack = [root]
    while stack:
        one = stack[-1]
        left = [part for part in one.nodes if id(part) not in done]
        if left:
            stack.extend(left)
            continue
        stack.pop()
        if id(one) not in done:
            taken = tuple(done[id(p)] if isinstance(p, Node) else p for p in one.taken)
            made = Node(one.op, taken, one.width, one.where, one.given)
            done[id(one)] = known.setdefault(_key(made), made)
    return done[id(root)]


def _key(one: Node) -> object:
    """What two expressions have in common that are the same."""
    parts = tuple(
        id(p) if isinstance(p, Node) else (p.shape, hashlib.sha256(p.tobytes()).digest())
        for p in one.taken
    )
    told = repr({name: value for name, value in one.given.items() if name != "name"})
    return one.op, parts, one.width, told
