"""What a program computes of a row, as expressions: each has so many columns.

An expression is an input, a product with a matrix, or a function of expressions of as many columns,
one column fitting all. Nothing is simplified here but what is certain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
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
    return Selecting(where).of(x, tuple(columns))


class Selecting:
    """Some columns of expressions, each once for the same columns."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.known: dict[tuple[int, tuple[int, ...]], Node] = {}

    def of(self, x: Node, columns: tuple[int, ...]) -> Node:
        """These columns of an expression."""
        if columns == tuple(range(x.width)):
            return x
        key = id(x), columns
        if key not in self.known:
            self.known[key] = self._made(x, columns)
        return self.known[key]

    def _made(self, x: Node, columns: tuple[int, ...]) -> Node:
        width = len(columns)
        if x.op == "select":
            return self.of(x.nodes[0], tuple(x.given["columns"][one] for one in columns))
        if x.op == "concat":
            return self._of_concat(x, columns)
        if x.op == "matmul":
            taken, weight = x.taken
            assert isinstance(weight, np.ndarray)
            return Node("matmul", (taken, weight[:, list(columns)]), width, x.where, x.given)
        if x.op in ("input", "mean", "norm") or _mixes(x):
            return Node("select", (x,), width, self.where, {"columns": columns})
        parts = tuple(self._part(one, x.width, columns) for one in x.taken)
        return Node(x.op, parts, width, x.where, x.given)

    def _part(self, one: Node | Floats, width: int, columns: tuple[int, ...]) -> Node | Floats:
        """What an operation on ``width`` columns takes, for some of these; one column fits all."""
        if isinstance(one, Node):
            return one if one.width == 1 < width else self.of(one, columns)
        return one if one.size == 1 else one[list(columns)]

    def _of_concat(self, x: Node, columns: tuple[int, ...]) -> Node:
        """Runs of columns, each of the part that it lies in."""
        starts = np.cumsum([0, *(one.width for one in x.nodes)])
        found: list[tuple[Node, list[int]]] = []
        for column in columns:
            at = int(np.searchsorted(starts, column, side="right")) - 1
            if not found or found[-1][0] is not x.nodes[at]:
                found.append((x.nodes[at], []))
            found[-1][1].append(column - int(starts[at]))
        return concat([self.of(part, tuple(inside)) for part, inside in found], self.where)


def _mixes(x: Node) -> bool:
    """Whether a function takes a mean of its columns somewhere."""
    seen, waiting = set[int](), [x]
    while waiting:
        one = waiting.pop()
        if one.op in ("mean", "norm"):
            return True
        if id(one) not in seen and one.op not in ("input", "select", "matmul", "concat"):
            seen.add(id(one))
            waiting.extend(one.nodes)
    return False


def concat(parts: Sequence[Node], where: str) -> Node:
    """Expressions beside each other; columns of one that stand side by side are taken at once."""
    flat: list[Node] = []
    for one in (one for part in parts for one in (part.nodes if part.op == "concat" else (part,))):
        if flat and one.op == flat[-1].op == "select" and one.nodes[0] is flat[-1].nodes[0]:
            columns = (*flat.pop().given["columns"], *one.given["columns"])
            flat.append(select(one.nodes[0], columns, where))
        else:
            flat.append(one)
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
