"""Rows between the names and the first values: units, and what else is said of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spinn_engine.problems.tables.forms.kinds import (
    is_rule,
    is_unit,
    look,
    may_be_unit,
    tells_sampling,
)
from spinn_engine.problems.tables.forms.names import COMMENT_MARKS, Row, without_mark
from spinn_engine.problems.tables.forms.programs import is_campbell
from spinn_engine.spec import ReadingSpec


def below_names(
    rows: Sequence[Row], at: int, width: int, values: frozenset[int], asked: ReadingSpec
) -> tuple[Row | None, int]:
    """The row of units, if there is one, and the number of the first row of the table.

    Args:
        rows: the first rows of a file.
        at: which of them holds the names.
        width: how many cells a row of the table has.
        values: numbers of the columns that hold numbers or times.
        asked: how a person wants them read.

    Raises:
        ValueError: no row of units is where a person says.
    """
    if is_campbell(rows) and at == 1 and asked.units_row is None and len(rows) > 3:
        return rows[2], 4
    units, below = _units(rows, at + 1, width, values, asked)
    while below < len(rows) and _says_more(rows[below].cells, values):
        below += 1
        if units is None:
            units, below = _units(rows, below, width, values, asked)
    return units, below


def _units(
    rows: Sequence[Row], below: int, width: int, values: frozenset[int], asked: ReadingSpec
) -> tuple[Row | None, int]:
    """The row of units, if there is one, and the number of the row that follows."""
    if asked.units_row == 0:
        return None, below
    if asked.units_row is not None:
        for number in range(below, len(rows)):
            if rows[number].line == asked.units_row:
                looks = [look(rows[number].cells[column]) for column in values]
                if len(rows[number].cells) != width or looks.count("value") > looks.count("word"):
                    break
                return rows[number], number + 1
        raise ValueError(f"line {asked.units_row} (--units-row) holds no row of {width} units")
    row = rows[below] if below < len(rows) else None
    if row is not None and len(row.cells) == width and is_units_row(row.cells, values):
        return row, below + 1
    return None, below


def is_units_row(cells: Sequence[Any], values: frozenset[int]) -> bool:
    """Whether all cells may be units or are empty, and one above values is a unit for certain."""
    cells = [without_mark(str(cells[0])), *cells[1:]]
    return all(may_be_unit(cell) or look(cell) == "empty" for cell in cells) and any(
        look(cells[column]) == "word" and is_unit(cells[column])
        for column in values
        if column < len(cells)
    )


def row_tells_sampling(cells: Sequence[Any], values: frozenset[int]) -> bool:
    """Whether a row says how the values below it were taken or are stored."""
    above = any(look(cells[column]) == "word" for column in values if column < len(cells))
    return above and all(tells_sampling(cell) for cell in cells if look(cell) != "empty")


def _says_more(cells: Sequence[Any], values: frozenset[int]) -> bool:
    """Whether a row holds no value where those below it do, but words, a rule or a comment."""
    if len(values) == 0:
        return False
    if is_rule(cells) or row_tells_sampling(cells, values):
        return True
    if 0 in values and str(cells[0]).startswith(COMMENT_MARKS):
        return True
    looks = [look(cells[column]) for column in values if column < len(cells)]
    return len(values) > 1 and "value" not in looks and "word" in looks
