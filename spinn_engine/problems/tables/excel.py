"""Sheets of a workbook, of Excel or OpenDocument, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from spinn_engine.problems.tables.containers.choosing import stacked
from spinn_engine.problems.tables.containers.merged import fill_merged, ranges_within
from spinn_engine.problems.tables.sheet import MISSING, Sheet
from spinn_engine.words import listed

PANIC = "PanicException"  # what a fault inside the library comes as; no kind of Exception


def read_excel(path: Path, asked: tuple[str, ...], most_rows: int | None) -> Sheet:
    """The columns of a sheet, all rows or the first ones; its first row holds the names.

    Args:
        path: of a workbook of Excel or OpenDocument.
        asked: names of the sheets to be read one after another; without any the first that holds
            a table.
        most_rows: of each sheet; None: all.

    Raises:
        ValueError: it is no workbook, has no such sheet, the sheet is empty, or sheets to be read
            one after another have other columns.
        OSError: it cannot be opened.
    """
    try:
        with CalamineWorkbook.from_path(path) as book:
            if asked:
                return _asked(book, asked, most_rows)
            return _first_table(path.name, book, most_rows)
    except PasswordError:
        raise ValueError("it is locked by a password: save it without one") from None
    except CalamineError as error:
        raise ValueError(f"it is no workbook ({error})") from None
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise ValueError("it is damaged: save it again, best as .xlsx") from None


def _asked(book: CalamineWorkbook, asked: Sequence[str], most_rows: int | None) -> Sheet:
    for name in asked:
        if name not in book.sheet_names:
            raise ValueError(f"it has no sheet {name!r}: its sheets are {listed(book.sheet_names)}")
    sheets = [_sheet(book.get_sheet_by_name(name), most_rows) for name in asked]
    return stacked(sheets, asked)


def _first_table(file: str, book: CalamineWorkbook, most_rows: int | None) -> Sheet:
    """The first sheet with a table; hidden ones are seen only where no other is there."""
    seen = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    opened = (book.get_sheet_by_name(name) for name in seen or book.sheet_names)
    found = next(filter(_may_hold_table, opened), None) or book.get_sheet_by_index(0)
    sheet = _sheet(found, most_rows)
    if others := [other for other in book.sheet_names if other != found.name]:
        which = "first sheet" if found.name == book.sheet_names[0] else "first sheet with a table"
        sheet.notes.append(
            f"Only the {which} of {file}, {found.name!r}, was read; the others are "
            f"{listed(others)} (--sheet NAME reads another, or several that are alike)."
        )
    return sheet


def _may_hold_table(sheet: CalamineSheet) -> bool:
    """Whether two rows of a sheet have two cells or more."""
    full = (row for row in sheet.iter_rows() if sum(cell != "" for cell in row) > 1)
    return len(list(islice(full, 2))) == 2


def _sheet(found: CalamineSheet, most_rows: int | None) -> Sheet:
    rows = found.to_python(nrows=None if most_rows is None else most_rows + 1)
    if not rows:
        raise ValueError(f"its sheet {found.name!r} is empty")
    start = found.start or (0, 0)
    notes = fill_merged(
        rows, ranges_within(found.merged_cell_ranges or [], start, rows), first_column=start[1]
    )
    return Sheet(*columns_of(rows), notes, len(rows) == found.height)


def columns_of(rows: Sequence[Sequence[Any]]) -> tuple[list[str], list[pa.ChunkedArray]]:
    """Names and columns of the rows of a sheet, of which the first holds the names."""
    header, *body = rows
    cells = zip(*body, strict=True) if body else ([] for _ in header)
    return (
        [_written(name) for name in header],
        [pa.chunked_array([_column(list(column))]) for column in cells],
    )


def _column(cells: Sequence[Any]) -> pa.Array:
    """Numbers, times or, where the cells are of several kinds, text."""
    cells = [_moment(cell) if type(cell) is date else cell for cell in cells]
    cells = [None if isinstance(cell, str) and cell.strip() in MISSING else cell for cell in cells]
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


def _written(cell: Any) -> str:
    """A cell as a person reads it: Excel has no whole numbers."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
