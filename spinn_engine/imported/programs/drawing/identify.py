"""Functions that a program writes out in parts, such as ``x * sigmoid(x)``, found by their values.

An expression of one other expression is tried on numbers: whatever the parts are, it is the
function whose values it has. So a LayerNorm of means, differences and roots is found too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spinn_engine.graph.functions import FUNCTIONS
from spinn_engine.imported.programs.meaning.nodes import Floats, Node
from spinn_engine.imported.programs.meaning.numbers import ELEMENTWISE
from spinn_engine.vocabulary import FUNCTIONS as ROWS_OF

OPAQUE = ("input", "matmul", "select", "concat")
MOST_NODES = 48  # of an expression that is tried
MOST_BASES = 8
FAR = (-1e4, -30.0, 30.0, 1e4)  # where what is written out may overflow
POINTS = np.array([-1.0, 1.0, *FAR, 0.5, -3.0, 2.0, -8.0, 8.0, *np.linspace(-7.9, 7.9, 99)])
FEWEST, MOST_NUMBERS = 11, 2**16  # points at least; numbers that are tried at most, beyond these
TOLERANCE = 2e-6
SMALL, LARGE = 1e-3, 1e4  # sizes of rows that show the eps of a norm, and that hide it


@dataclass(frozen=True)
class Found:
    """What an expression is.

    Attributes:
        kind: ``function``, ``norm`` or ``prelu``.
        base: of which expression.
        function: its name, of a function.
        slope: of a function that has one.
        slopes: of a PReLU, one a column.
        eps: of a norm.
        scale: of a norm, what each column is multiplied by.
    """

    kind: str
    base: Node
    function: str = ""
    slope: float | None = None
    slopes: Floats | None = None
    eps: float = 0.0
    scale: Floats | None = None


def identified(node: Node) -> Found | None:
    """The function that an expression is, of the nearest expression that it depends on alone."""
    for base in _bases(node):
        mixed = node.width > 1 and _mixes_columns(node, base)
        found = _norm(node, base) if mixed else _function(node, base)
        if found is not None:
            return found
    return None


def _bases(node: Node) -> Iterator[Node]:
    """Expressions that all of ``node`` is computed from, the nearest first."""
    seen, waiting = {id(node)}, list(node.nodes)
    tried = 0
    while waiting and tried < MOST_BASES:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        if one.width == node.width:
            tried += 1
            if _inside(node, one) is not None:
                yield one
        if one.op not in OPAQUE:
            waiting.extend(one.nodes)


def _inside(node: Node, base: Node) -> list[Node] | None:
    """What is computed between, each after what it takes; None where that takes something else."""
    order: list[Node] = []
    done: set[int] = {id(base)}
    stack = [node]
    while stack:
        one = stack[-1]
        if id(one) in done:
            stack.pop()
            continue
        if one.op in OPAQUE or len(stack) + len(order) > MOST_NODES:
            return None
        left = [part for part in one.nodes if id(part) not in done]
        if left:
            stack.extend(left)
        else:
            done.add(id(one))
            order.append(stack.pop())
    return order


def _mixes_columns(node: Node, base: Node) -> bool:
    return any(one.op in ("mean", "norm") for one in _inside(node, base) or [])


def tried(node: Node, base: Node, x: Floats) -> Floats:
    """The values ``[rows, width]`` of an expression where another has the values ``x``."""
    values: dict[int, Floats] = {id(base): x}
    with np.errstate(all="ignore"):
        for one in _inside(node, base) or []:
            taken = [values[id(p)] if isinstance(p, Node) else p for p in one.taken]
            values[id(one)] = _value(one, taken)
        found = np.asarray(values[id(node)], np.float64)
    return np.broadcast_to(found, x.shape)


def _value(one: Node, taken: list[Floats]) -> Floats:
    if one.op == "affine":
        return np.asarray(taken[0] * taken[1] + taken[2])
    if one.op == "mean":
        return np.asarray(taken[0].mean(axis=-1, keepdims=True))
    if one.op == "norm":
        x = taken[0] - taken[0].mean(axis=-1, keepdims=True)
        return np.asarray(x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + one.given["eps"]))
    if one.op == "sum":
        return np.asarray(one.given["signs"][0] * taken[0] + one.given["signs"][1] * taken[1])
    if one.op == "product":
        return np.asarray(taken[0] * taken[1])
    return np.asarray(ELEMENTWISE[one.op](*taken, **one.given.get("options", {})))


def _close(found: Floats, wanted: Floats) -> bool:
    return bool(np.all(np.abs(found - wanted) <= TOLERANCE * (1 + np.abs(wanted))))


def _function(node: Node, base: Node) -> Found | None:
    points = POINTS[: max(FEWEST, MOST_NUMBERS // node.width)]
    x = np.repeat(points[:, None], node.width, axis=1)
    y = tried(node, base, x)
    known = np.asarray(np.isfinite(y).all(axis=1))
    if not known[~np.isin(points, FAR)].all():
        return None
    x, y = x[known], y[known]
    below = y[0]  # [width], of -1
    alike = _close(y, np.repeat(y[:, :1], node.width, axis=1))
    for name, how in FUNCTIONS.items():
        usual = ROWS_OF[name].slope
        with np.errstate(all="ignore"):
            if usual is None:
                if alike and _close(y, how(x)):
                    return Found("function", base, name)
                continue
            slope = float(below[0] / (-1.0 if name == "leaky_relu" else np.expm1(-1.0)))
            if alike and _close(y, how(x, slope)):
                return Found("function", base, name, _short(slope))
    if not alike and _close(y, np.where(x > 0, x, -below * x)):
        return Found("prelu", base, slopes=-below)
    return None


def _short(number: float) -> float:
    """A number without what single precision added to it."""
    return float(np.format_float_scientific(number, precision=5))


def _norm(node: Node, base: Node) -> Found | None:
    z = np.random.default_rng(0).normal(size=(6, node.width))
    z -= z.mean(axis=-1, keepdims=True)
    spread = (z * z).mean(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        scale = np.median(tried(node, base, LARGE * z) / z * np.sqrt(spread), axis=0)
        small = tried(node, base, SMALL * z) / scale
        eps = float(np.median((SMALL * z / small) ** 2 - SMALL**2 * spread))
    if not (np.isfinite(eps) and 0 < eps < 1):
        return None
    for size in (SMALL, 0.1, 1.0, 10.0):
        for shift in (0.0, 2.0):
            wanted = scale * size * z / np.sqrt(size**2 * spread + eps)
            if not np.allclose(tried(node, base, size * z + shift), wanted, rtol=1e-4, atol=1e-5):
                return None
    plain = np.allclose(scale, 1, rtol=0, atol=1e-5)
    return Found("norm", base, eps=_short(eps), scale=None if plain else scale)
