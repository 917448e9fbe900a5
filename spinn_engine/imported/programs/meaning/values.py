"""A tensor of a program that depends on the rows: an expression, and which axis is what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Constant
from spinn_engine.imported.programs.meaning.nodes import Floats, Node, select
from spinn_engine.words import counted

ROWS, COLUMNS, ONE = "rows", "columns", "one"
ANY = -1  # a size that follows from the others
NUMBER_OF_ROWS = -2  # a size that is the number of rows


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor.

    Attributes:
        node: what its rows are; one column where no axis is ``columns``.
        axes: what each axis is.
        viewed: whether it shares its numbers with another tensor.
    """

    node: Node
    axes: tuple[str, ...]
    viewed: bool = False


Tensor = Value | Constant


def value(node: Node, axes: Sequence[str], viewed: bool = False) -> Value:
    """A tensor; one column has the last axis behind the rows."""
    axes = tuple(axes)
    if COLUMNS not in axes and ROWS in axes and axes[-1] == ONE:
        axes = (*axes[:-1], COLUMNS)
    return Value(node, axes, viewed)


def axis_of(of: Value, number: int, where: str) -> int:
    """An axis from 0.

    Raises:
        BadInputError: there is none.
    """
    if not -len(of.axes) <= number < len(of.axes):
        raise BadInputError(f"{where} names axis {number} of a tensor of {len(of.axes)} axes")
    return number % len(of.axes)


def aligned(values: Sequence[Value], ranks: Sequence[int], where: str) -> tuple[str, ...]:
    """The axes of what tensors give that are joined number by number.

    Raises:
        BadInputError: rows of one would meet columns of another.
    """
    rank = max(*(len(one.axes) for one in values), *ranks, 1)
    found = [ONE] * rank
    for one in values:
        for at, axis in enumerate(one.axes, rank - len(one.axes)):
            if axis != ONE and found[at] not in (ONE, axis):
                raise BadInputError(
                    f"{where} joins the rows of one tensor with the columns of another, so that "
                    "each row is computed from others: give a network that takes rows one by one"
                )
            found[at] = axis if axis != ONE else found[at]
    if found.count(ROWS) != 1 or found.count(COLUMNS) > 1:
        raise BadInputError(f"{where} joins rows with other rows: they must be computed one by one")
    return tuple(found)


def vector(one: Constant, axes: Sequence[str], where: str) -> Floats:
    """A constant that meets a tensor number by number, as a number or one a column.

    Raises:
        BadInputError: it has more than a number a column.
    """
    array = np.asarray(one.array, np.float64)
    if array.size == 1:
        return array.reshape(())
    sizes = dict(zip(range(len(axes) - array.ndim, len(axes)), array.shape, strict=True))
    wide = [axes[at] for at, size in sizes.items() if size != 1]
    if wide != [COLUMNS]:
        raise BadInputError(
            f"{where} joins rows with an array of the shape {list(array.shape)}: it must have one "
            "number a column"
        )
    return array.reshape(-1)


def reshaped(of: Value, sizes: Sequence[int], where: str, fixed_rows: int | None) -> Value:
    """A tensor of another shape that holds the same rows.

    Raises:
        BadInputError: rows would be made of others.
    """
    left = [axis for axis in of.axes if axis == ROWS or (axis == COLUMNS and of.node.width > 1)]
    axes = []
    for size in sizes:
        if (
            left
            and left[0] == ROWS
            and size in (ANY, NUMBER_OF_ROWS, fixed_rows)
            or left
            and left[0] == COLUMNS
            and size in (ANY, of.node.width)
        ):
            axes.append(left.pop(0))
        elif size == 1 or (size == ANY and not left):
            axes.append(ONE)
        else:
            left = [ROWS]
            break
    if left:
        raise BadInputError(
            f"{where} gives rows of {counted(of.node.width, 'column')} another shape, "
            f"{[one if one >= 0 else '?' for one in sizes]}: a network here keeps its rows"
        )
    return value(of.node, axes, viewed=True)


def sliced(of: Value, number: int, places: Any, where: str) -> Value:
    """Some columns of a tensor: a slice, a list, or one number, which takes the axis away.

    Raises:
        BadInputError: it takes rows apart, or there are no such columns.
    """
    at = axis_of(of, number, where)
    size = of.node.width if of.axes[at] == COLUMNS else 1
    if of.axes[at] == ROWS:
        if isinstance(places, slice) and _takes_all(places):
            return of
        raise BadInputError(f"{where} takes some rows only: a network here takes all, one by one")
    alone = isinstance(places, int)
    wanted = [*range(size)][places] if isinstance(places, slice) else [*np.ravel(places).tolist()]
    if not wanted or not all(-size <= one < size for one in wanted):
        raise BadInputError(f"{where} takes columns {wanted[:8]} of {size}")
    axes = [*of.axes[:at], *of.axes[at + 1 :]] if alone else of.axes
    if of.axes[at] == ONE:
        if len(wanted) > 1:
            raise BadInputError(f"{where} repeats a column")
        return value(of.node, axes, viewed=True)
    return value(select(of.node, [one % size for one in wanted], where), axes, viewed=True)


def _takes_all(places: slice) -> bool:
    begins = (places.start or 0, places.step or 1) == (0, 1)
    return begins and (places.stop is None or places.stop >= 2**31 - 1)
