"""A network as lines of Python, for files that hold its numbers alone: one line an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    INPUTS,
    AnyOperation,
    Dense,
    Function,
    LayerNorm,
    Select,
    Sum,
)
from spinn_engine.training.modules import CALLS


def torch_code(graph: Graph) -> str:
    """``network``, a function of rows ``x`` ``[B, in]`` that takes its numbers from ``w``.

    Weights ``[out, in]`` multiply from the left, as sparse ones have to.
    """
    lines = ["def network(x):", f"    v = {{{INPUTS!r}: x}}"]
    for op in graph.ops:
        taken = [f"v[{name!r}]" for name in op.inputs]
        lines.append(f"    v[{op.name!r}] = {LINES[op.kind](op, taken)}")
    return "\n".join([*lines, f"    return v[{graph.ops[-1].name!r}]"])


def _own(op: AnyOperation, name: str) -> str:
    """A parameter of an operation."""
    return f"w[{f'{op.name}.{name}'!r}]"


def _dense(op: AnyOperation, taken: list[str]) -> str:
    bias = f" + {_own(op, 'bias')}" if cast(Dense, op).bias else ""
    return f"({_own(op, 'weight')} @ {taken[0]}.T).T{bias}"


def _function(op: AnyOperation, taken: list[str]) -> str:
    op = cast(Function, op)
    how = CALLS[op.function]
    name = how.call.__name__
    place = "torch" if getattr(torch, name, None) is how.call else "torch.nn.functional"
    x = taken[0] if op.factor == 1.0 else f"{op.factor!r} * {taken[0]}"
    given = [f"{key}={value!r}" for key, value in how.with_slope(op.slope).items()]
    return f"{place}.{name}({', '.join([x, *given])})"


def _layer_norm(op: AnyOperation, taken: list[str]) -> str:
    norm = cast(LayerNorm, op)
    own = f", {_own(op, 'weight')}, {_own(op, 'bias')}" if norm.affine else ""
    shape = f"{taken[0]}.shape[1:]"
    return f"torch.nn.functional.layer_norm({taken[0]}, {shape}{own}, eps={norm.eps!r})"


def _sum(op: AnyOperation, taken: list[str]) -> str:
    signs = cast(Sum, op).signs or (1.0,) * len(taken)
    terms = [
        one if sign == 1.0 else f"{sign!r} * {one}" for sign, one in zip(signs, taken, strict=True)
    ]
    return " + ".join(terms)


# By kind of operation, what it does with the values that it takes.
LINES: dict[str, Callable[[AnyOperation, list[str]], str]] = {
    "dense": _dense,
    "function": _function,
    "prelu": lambda op, taken: f"torch.nn.functional.prelu({taken[0]}, {_own(op, 'weight')})",
    "layer_norm": _layer_norm,
    "scale": lambda op, taken: f"{taken[0]} * {_own(op, 'scale')} + {_own(op, 'shift')}",
    "select": lambda op, taken: f"{taken[0]}[:, {list(cast(Select, op).columns)}]",
    "sum": _sum,
    "product": lambda _, taken: " * ".join(taken),
    "concat": lambda _, taken: f"torch.cat([{', '.join(taken)}], dim=1)",
}
