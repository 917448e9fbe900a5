"""Texts among the numbers of a sheet's column, which are written as their country writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spinn_engine.problems.tables.marks import readings
from spinn_engine.spec import ReadingSpec
from spinn_engine.words import shortest


def with_texts_read(name: str, cells: Sequence[Any], asked: ReadingSpec) -> Sequence[Any]:
    """Cells with the texts that are numbers as numbers, where the others are numbers with decimals.

    How these would be written says nothing of the texts: a sheet holds them as numbers.

    Args:
        name: of the column.
        cells: of a column; those that hold nothing are None.
        asked: how a person wants numbers read.

    Raises:
        ValueError: the texts may be other numbers as well.
    """
    texts = list(dict.fromkeys(cell.strip() for cell in cells if isinstance(cell, str)))
    others = [cell for cell in cells if cell is not None and not isinstance(cell, str)]
    if not texts or not any(isinstance(one, float) and one % 1 for one in others):
        return cells
    if not all(isinstance(one, int | float) for one in others):
        return cells
    ways = readings(texts, asked).ways
    if not ways or ways[0][0].unit:
        return cells
    if len(ways) > 1:
        (one, first), (other, second), *_ = ways
        at = int((first != second).argmax())
        raise ValueError(
            f"column {name!r} holds the text {texts[at]!r} among its numbers, which may be "
            f"{shortest(first[at], 10)} or {shortest(second[at], 10)}: say --decimal {one.decimal} "
            f"for the first or --decimal {other.decimal} for the second"
        )
    number = dict(zip(texts, ways[0][1].tolist(), strict=True))
    return [number[cell.strip()] if isinstance(cell, str) else cell for cell in cells]
