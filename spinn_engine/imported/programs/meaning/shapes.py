"""Calls that give a tensor another shape, or take some of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Call, Constant, Program, as_constant
from spinn_engine.imported.programs.meaning.arguments import as_numbers, as_tensor
from spinn_engine.imported.programs.meaning.values import (
    ANY,
    COLUMNS,
    NUMBER_OF_ROWS,
    ONE,
    ROWS,
    Tensor,
    Value,
    axis_of,
    reshaped,
    sliced,
    value,
)


def slice_call(call: Call, args: list[Any], program: Program) -> Tensor:
    """Some columns, or some of an array."""
    number, places = call.given["axis"], call.given["places"]
    of = as_tensor(args[0])
    if isinstance(of, Value):
        return sliced(of, number, places, call.where)
    index: list[Any] = [slice(None)] * of.array.ndim
    try:
        index[number] = places
        return Constant(np.asarray(of.array[tuple(index)]), of.name, of.trained)
    except IndexError:
        raise BadInputError(f"{call.where} takes what an array does not have") from None


def reshape_call(call: Call, args: list[Any], program: Program) -> Tensor:
    """Another shape."""
    of, sizes = as_tensor(args[0]), as_numbers(args[1], call.where)
    if call.given.get("zero_copies"):
        have = _sizes(of)
        sizes = [
            have[at] if size == 0 and at < len(have) else size for at, size in enumerate(sizes)
        ]
    if isinstance(of, Value):
        if sizes == [ANY, 1] and call.outputs[0] in program.outputs:
            return of  # scikit-learn's exporter writes it behind any number of targets
        return reshaped(of, sizes, call.where, program.inputs[0].shape[0])
    if of.array.ndim:
        sizes = [len(of.array) if size == NUMBER_OF_ROWS else size for size in sizes]
    try:
        return Constant(of.array.reshape(sizes), of.name, of.trained)
    except ValueError:
        raise BadInputError(f"{call.where} gives an array a shape of another size") from None


def _sizes(of: Tensor) -> list[int]:
    if isinstance(of, Constant):
        return list(of.array.shape)
    return [{ROWS: NUMBER_OF_ROWS, COLUMNS: of.node.width, ONE: 1}[axis] for axis in of.axes]


def shape_call(call: Call, args: list[Any], program: Program) -> Tensor:
    """The sizes of a tensor, or one of them."""
    sizes = _sizes(as_tensor(args[0]))
    if "axis" in call.given:
        return as_constant(sizes[call.given["axis"]])
    return as_constant(sizes)


def transpose_call(call: Call, args: list[Any], program: Program) -> Tensor:
    """Axes in another order."""
    of = as_tensor(args[0])
    rank = of.array.ndim if isinstance(of, Constant) else len(of.axes)
    order = call.given.get("order") or list(range(rank))[::-1]
    if "swap" in call.given:
        order = list(range(rank))
        one, other = call.given["swap"]
        order[one], order[other] = order[other], order[one]
    if sorted(at % max(rank, 1) for at in order) != list(range(rank)):
        raise BadInputError(f"{call.where} orders axes that are not there")
    if isinstance(of, Constant):
        return Constant(np.transpose(of.array, order), of.name, of.trained)
    return Value(of.node, tuple(of.axes[at] for at in order), viewed=True)


def squeeze_call(call: Call, args: list[Any], program: Program) -> Tensor:
    """Without axes of size one."""
    of, axes = as_tensor(args[0]), call.given.get("axes")
    if isinstance(of, Constant):
        sizes = [
            size
            for at, size in enumerate(of.array.shape)
            if size != 1 or not (axes is None or at in axes or at - of.array.ndim in axes)
        ]
        return Constant(of.array.reshape(sizes), of.name, of.trained)
    gone = (
        {at for at in range(len(of.axes)) if of.axes[at] != ROWS}
        if axes is None
        else {axis_of(of, at, call.where) for at in axes}
    )
    left = [
        axis
        for at, axis in enumerate(of.axes)
        if at not in gone or axis == ROWS or (axis == COLUMNS and of.node.width > 1)
    ]
    return Value(of.node, tuple(left), viewed=True)


def unsqueeze_call(call: Call, args: list[Any], program: Program) -> Tensor:
    """With more axes of size one."""
    of, axes = as_tensor(args[0]), call.given["axes"]
    if isinstance(of, Constant):
        return Constant(np.expand_dims(of.array, tuple(axes)), of.name, of.trained)
    rank = len(of.axes) + len(axes)
    new, left = {at % rank for at in axes}, list(of.axes)
    return value(of.node, [ONE if at in new else left.pop(0) for at in range(rank)], viewed=True)


def channels_call(call: Call, args: list[Any], program: Program) -> Tensor:
    """An array of a number a channel, the second axis, as it meets a tensor number by number."""
    of, beside = (as_tensor(one) for one in args)
    rank = beside.array.ndim if isinstance(beside, Constant) else len(beside.axes)
    if isinstance(of, Value):
        raise BadInputError(f"{call.where} has numbers that depend on the rows")
    return Constant(of.array.reshape(-1, *[1] * (rank - 2)), of.name, of.trained)


def chunk_call(call: Call, args: list[Any], program: Program) -> list[Tensor]:
    """Equal parts, the last of what is left."""
    of, number, parts = as_tensor(args[0]), call.given["axis"], call.given["parts"]
    if isinstance(of, Constant):
        raise BadInputError(f"{call.where} takes an array apart")
    size = of.node.width if of.axes[axis_of(of, number, call.where)] == COLUMNS else 1
    each = -(-size // max(parts, 1))
    places = [slice(start, start + each) for start in range(0, size, each)]
    return [sliced(of, number, place, call.where) for place in places]
