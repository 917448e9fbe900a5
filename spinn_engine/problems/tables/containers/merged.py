"""Merged cells of a sheet: one value that stands for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from spinn_engine.words import counted, listed

Cells = list[list[Any]]


class Range(NamedTuple):
    """Merged cells, by the first and last row and column of the rows that were read."""

    top: int
    left: int
    bottom: int
    right: int


def ranges_within(
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], start: tuple[int, int], rows: Cells
) -> list[Range]:
    """The merged ranges that begin in rows that were read.

    Args:
        merged: first and last cell of each, counted from the sheet's first cell.
        start: where in the sheet the rows begin.
        rows: all of one length.
    """
    width = len(rows[0]) if rows else 0
    moved = (
        Range(top - start[0], left - start[1], bottom - start[0], right - start[1])
        for (top, left), (bottom, right) in merged
    )
    return [
        Range(one.top, one.left, min(one.bottom, len(rows) - 1), min(one.right, width - 1))
        for one in moved
        if 0 <= one.top < len(rows) and 0 <= one.left < width
    ]


def fill_merged(rows: Cells, ranges: Sequence[Range], first_column: int) -> list[str]:
    """Give every merged cell the value that stands in the first of them, and say so.

    A value holds for all rows of its range; for all its columns only above the first number of the
    sheet, where names stand: below, a remark may run across the columns.

    Args:
        rows: cells, all rows of one length; they are changed.
        ranges: merged cells, within the rows.
        first_column: number of the first column in the sheet, for the note.
    """
    names_end = next((n for n, row in enumerate(rows) if any(map(_is_number, row))), len(rows))
    filled: dict[int, int] = {}
    for top, left, bottom, right in ranges:
        value = rows[top][left]
        if value == "":
            continue
        last = right if top < names_end else left
        for row in range(top, bottom + 1):
            rows[row][left : last + 1] = [value] * (last + 1 - left)
        if bottom > max(top, names_end - 1):
            filled[left] = filled.get(left, 0) + 1
    if not filled:
        return []
    told = [
        f"column {_letters(first_column + column)} ({counted(times, 'merged cell')})"
        for column, times in sorted(filled.items())
    ]
    return [f"A merged cell holds for all of its rows: {listed(told)}."]


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _letters(column: int) -> str:
    """A column as a sheet calls it: A, B, ..., Z, AA, ..."""
    name = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        name = chr(ord("A") + rest) + name
        column -= 1
    return name
