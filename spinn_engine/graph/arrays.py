"""A graph on NumPy arrays: for pages and predictions that must not wait for torch.

values = values_of(graph, arrays, x)    # every value, by its name
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from spinn_engine.graph.functions import FUNCTIONS
from spinn_engine.graph.graph import Apply, Graph
from spinn_engine.graph.ops import (
    AnyOperation,
    Dense,
    Function,
    LayerNorm,
    Select,
    Sum,
)

Array = NDArray[Any]
Arrays = Mapping[str, Array]  # by parameter: ``[rows, columns]``, or ``[columns]`` of one row


def values_of(graph: Graph, arrays: Arrays, x: Array) -> dict[str, Array]:
    """All values ``[rows, columns]``, by name, of the rows ``x`` ``[rows, in]``."""
    return graph.walk(x, _apply(arrays))


def outputs_of(graph: Graph, arrays: Arrays, x: Array) -> Array:
    """What a network gives, ``[rows, out]``, for the rows ``x`` ``[rows, in]``."""
    return values_of(graph, arrays, x)[graph.ops[-1].name]


def call(op: Function, x: Array) -> Array:
    """One function of every number."""
    x = x if op.factor == 1.0 else x * np.asarray(op.factor, x.dtype)
    how = FUNCTIONS[op.function]
    return np.asarray(how(x) if op.slope is None else how(x, op.slope))


def _apply(arrays: Arrays) -> Apply[Array]:
    def dense(op: AnyOperation, taken: list[Array]) -> Array:
        found = taken[0] @ arrays[f"{op.name}.weight"]
        return found + arrays[f"{op.name}.bias"] if cast(Dense, op).bias else found

    def prelu(op: AnyOperation, taken: list[Array]) -> Array:
        return np.where(taken[0] > 0, taken[0], arrays[f"{op.name}.weight"] * taken[0])

    def layer_norm(op: AnyOperation, taken: list[Array]) -> Array:
        norm = cast(LayerNorm, op)
        x = taken[0] - taken[0].mean(axis=-1, keepdims=True)
        x = x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + np.asarray(norm.eps, x.dtype))
        if not norm.affine:
            return np.asarray(x)
        return np.asarray(x * arrays[f"{op.name}.weight"] + arrays[f"{op.name}.bias"])

    def scale(op: AnyOperation, taken: list[Array]) -> Array:
        return taken[0] * arrays[f"{op.name}.scale"] + arrays[f"{op.name}.shift"]

    return {
        "dense": dense,
        "function": lambda op, taken: call(cast(Function, op), taken[0]),
        "prelu": prelu,
        "layer_norm": layer_norm,
        "scale": scale,
        "select": lambda op, taken: taken[0][..., list(cast(Select, op).columns)],
        "sum": lambda op, taken: added(cast(Sum, op), taken),
        "product": lambda op, taken: multiplied(taken),
        "concat": lambda op, taken: np.concatenate(taken, axis=-1),
    }


def added(op: Sum, taken: list[Any]) -> Any:
    """The sum of arrays or tensors with the signs of an operation."""
    signs = op.signs or (1.0,) * len(taken)
    found = taken[0] if signs[0] == 1.0 else signs[0] * taken[0]
    for sign, one in zip(signs[1:], taken[1:], strict=True):
        if sign == 1.0:
            found = found + one
        elif sign == -1.0:
            found = found - one
        else:
            found = found + sign * one
    return found


def multiplied(taken: list[Any]) -> Any:
    """The product of arrays or tensors."""
    found = taken[0]
    for one in taken[1:]:
        found = found * one
    return found
