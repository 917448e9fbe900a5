"""Calls that make columns of others: products with matrices, means, norms, columns side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.ops import LARGEST_WIDTH
from spinn_engine.imported.programs.calls import Call, Constant, Program
from spinn_engine.imported.programs.meaning.arguments import as_tensor, merged
from spinn_engine.imported.programs.meaning.elementwise import elementwise
from spinn_engine.imported.programs.meaning.nodes import Node, affine
from spinn_engine.imported.programs.meaning.nodes import concat as beside
from spinn_engine.imported.programs.meaning.nodes import matmul as product
from spinn_engine.imported.programs.meaning.numbers import check_size
from spinn_engine.imported.programs.meaning.values import (
    COLUMNS,
    ONE,
    ROWS,
    Tensor,
    Value,
    axis_of,
    value,
)
from spinn_engine.words import counted


def matmul(call: Call, args: list[Any], program: Program) -> Tensor:
    """A product with a matrix that does not depend on the rows."""
    x, w = (as_tensor(one) for one in args)
    if isinstance(x, Constant) and isinstance(w, Constant):
        check_size((*x.array.shape[:-1], *w.array.shape[-1:]), call.where)
        try:
            return merged((x, w), np.asarray(x.array @ w.array))
        except ValueError:
            raise BadInputError(f"{call.where} multiplies arrays that do not fit") from None
    if isinstance(x, Value) and isinstance(w, Value):
        raise BadInputError(f"{call.where} multiplies two matrices that both depend on the rows")
    left = isinstance(x, Constant)
    of, by = (w, x) if left else (x, w)
    assert isinstance(of, Value)
    assert isinstance(by, Constant)
    array = (
        by.array.reshape(by.array.shape[-2:]) if by.array.size and by.array.ndim > 2 else by.array
    )
    if array.size != by.array.size or array.ndim not in (1, 2):
        raise BadInputError(f"{call.where} has an array of the shape {list(by.array.shape)}")
    if left and array.ndim == 2:
        array = array.T
    place = -2 if left and len(of.axes) > 1 else -1
    if of.axes[place] != COLUMNS or array.shape[0] != of.node.width:
        raise BadInputError(
            f"{call.where} multiplies {counted(of.node.width, 'column')} with an array of the "
            f"shape {list(by.array.shape)}"
        )
    axes = of.axes
    if array.ndim == 1:
        array = array[:, None]
        axes = tuple(one for one in axes if one != COLUMNS)
    return value(product(of.node, Constant(array, by.name, by.trained), call.where), axes)


def conv(call: Call, args: list[Any], program: Program) -> Tensor:
    """A convolution whose window is a whole row, which is a product with a matrix."""
    of, by = (as_tensor(one) for one in args)
    image = isinstance(of, Value) and len(of.axes) > 2 and of.axes[0] == ROWS
    if not image or not isinstance(of, Value) or not isinstance(by, Constant):
        raise BadInputError(f"{call.where} moves something else than an array over rows of images")
    row = [of.node.width if axis == COLUMNS else 1 for axis in of.axes[1:]]
    window = list(by.array.shape[1:])
    if window != row or not by.array.size:
        raise BadInputError(
            f"{call.where} moves a window of the shape {window} over rows of the shape {row}: a "
            "network here takes each row whole"
        )
    matrix = Constant(by.array.reshape(len(by.array), -1).T, by.name, by.trained)
    axes = (ROWS, COLUMNS, *[ONE] * (len(row) - 1))
    return value(product(of.node, matrix, call.where), axes)


def concat(call: Call, args: list[Any], program: Program) -> Tensor:
    """Columns beside each other, or arrays."""
    parts, number = [as_tensor(one) for one in args[0]], call.given["axis"]
    still = [one for one in parts if isinstance(one, Constant)]
    if len(still) == len(parts):
        check_size((sum(one.array.size for one in still),), call.where)
        try:
            joined = np.concatenate([np.atleast_1d(one.array) for one in still], number)
        except ValueError:
            raise BadInputError(f"{call.where} joins arrays that do not fit") from None
        return merged(still, joined)
    values = [one for one in parts if isinstance(one, Value)]
    axes = {one.axes for one in values}
    if still or len(axes) > 1 or values[0].axes[axis_of(values[0], number, call.where)] != COLUMNS:
        raise BadInputError(f"{call.where} puts something else than columns beside each other")
    node = beside([one.node for one in values], call.where)
    if node.width > LARGEST_WIDTH:
        raise BadInputError(f"{call.where} makes {node.width:,} columns")
    return value(node, values[0].axes)


def reduce(call: Call, args: list[Any], program: Program) -> Tensor:
    """The mean or sum of the columns."""
    of, axes, keep = as_tensor(args[0]), call.given["axes"], call.given["keep"]
    mean = call.op == "mean"
    if isinstance(of, Constant):
        how = np.mean if mean else np.sum
        over = tuple(axes) if axes else None
        return Constant(np.asarray(how(of.array, axis=over, keepdims=keep)), of.name, of.trained)
    places = {axis_of(of, at, call.where) for at in axes or range(len(of.axes))}
    if any(of.axes[at] == ROWS for at in places):
        raise BadInputError(f"{call.where} takes the {call.op} over rows: they must stay apart")
    node = of.node
    if any(of.axes[at] == COLUMNS for at in places) and node.width > 1:
        node = Node("mean", (node,), 1, call.where)
        if not mean:
            node = affine(node, float(of.node.width), 0.0, call.where)
    axes = [axis for at, axis in enumerate(of.axes) if keep or at not in places]
    return Value(node, tuple(axes))


def layer_norm(call: Call, args: list[Any], program: Program) -> Tensor:
    """A LayerNorm of each row, and its weight and bias."""
    of, width = args[0], call.given.get("width")
    if not isinstance(of, Value) or of.axes[-1] != COLUMNS or width not in (None, of.node.width):
        raise BadInputError(f"{call.where} normalises something else than each row")
    node = Node("norm", (of.node,), of.node.width, call.where, {"eps": call.given["eps"]})
    made: Tensor = value(node, of.axes)
    for op, by in zip(("mul", "add"), args[1:], strict=False):
        if by is not None:
            made = elementwise(Call(op, (), call.outputs, call.where), [made, by], program)
    return made
