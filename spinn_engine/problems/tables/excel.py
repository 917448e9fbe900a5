"""The first sheet of an Excel workbook (.xlsx) as columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from spinn_engine.problems.tables.sheet import MISSING, Sheet
from spinn_engine.words import listed

FIRST_DAYS = (  # midnight of a clock that is 0, and how far it can be told: Excel's 1900 has a 29
    (datetime(1899, 12, 31), datetime(1900, 2, 28)),  # February, which is read as the 28th
    (datetime(1904, 1, 1), datetime(1904, 3, 1)),  # as on a Mac of old
)


def read_excel(path: Path, most_rows: int | None) -> Sheet:
    """The columns of the first sheet, all rows or the first ones; its first row holds the names.

    Raises:
        ValueError: it is no workbook, or the sheet is empty.
        OSError: it cannot be opened.
    """
    try:
        with CalamineWorkbook.from_path(path) as book:
            sheet, *others = book.sheet_names
            rows = book.get_sheet_by_index(0).to_python(
                nrows=None if most_rows is None else most_rows + 1
            )
            whole = len(rows) == book.get_sheet_by_index(0).height
    except CalamineError as error:
        raise ValueError(f"it is no Excel workbook ({error})") from None
    if not rows:
        raise ValueError(f"its first sheet, {sheet!r}, is empty")
    header, *body = rows
    notes = []
    if others:
        notes.append(
            f"Only the first sheet of {path.name}, {sheet!r}, was read; the others are "
            f"{listed(others)}."
        )
    cells = zip(*body, strict=True) if body else ([] for _ in header)
    columns = [pa.chunked_array([_column(list(column))]) for column in cells]
    return Sheet([_written(name) for name in header], columns, notes, whole)


def _column(cells: Sequence[Any]) -> pa.Array:
    """Numbers, times or, where the cells are of several kinds, text."""
    cells = [_moment(cell) if type(cell) is date else cell for cell in cells]
    cells = [None if isinstance(cell, str) and cell.strip() in MISSING else cell for cell in cells]
    cells = _counting_on(cells)
    kinds = {type(cell) for cell in cells if cell is not None}
    for allowed, kind in (
        ({bool}, pa.bool_()),
        ({bool, int, float}, pa.float64()),
        ({datetime}, pa.timestamp("us")),
        ({time}, pa.time64("us")),
        ({timedelta}, pa.duration("us")),
    ):
        if kinds <= allowed:
            return pa.array(cells, kind)
    return pa.array([None if cell is None else _written(cell) for cell in cells], pa.string())


def _moment(day: date) -> datetime:
    """Midnight, which Excel does not tell from a day."""
    return datetime(day.year, day.month, day.day)


def _counting_on(cells: list[Any]) -> list[Any]:
    """Clocks in which an hour after 24 is a date of Excel's first days: they count on."""
    kinds = {type(cell) for cell in cells if cell is not None}
    days = [cell for cell in cells if type(cell) is datetime]
    start = next((start for start, end in FIRST_DAYS if _within(days, start, end)), None)
    if not kinds <= {datetime, time, timedelta} or len(kinds) < 2 or (days and start is None):
        return cells
    return [_since(start, cell) for cell in cells]


def _within(days: Sequence[datetime], start: datetime, end: datetime) -> bool:
    return bool(days) and start < min(days) and max(days) < end


def _since(start: datetime | None, cell: Any) -> Any:
    if type(cell) is time:
        return datetime.combine(datetime.min, cell) - datetime.min
    return cell - start if start is not None and type(cell) is datetime else cell


def _written(cell: Any) -> str:
    """A cell as a person reads it: Excel has no whole numbers."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
