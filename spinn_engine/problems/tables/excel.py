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
from spinn_engine.problems.tables.excel_texts import with_texts_read
from spinn_engine.problems.tables.forms.kinds import look
from spinn_engine.problems.tables.forms.sheets import rows_of_sheet
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.spec import ReadingSpec
from spinn_engine.words import listed

FIRST_DAYS = (  # midnight of a clock that is 0, and how far it can be told: Excel's 1900 has a 29
    (datetime(1899, 12, 31), datetime(1900, 2, 28)),  # February, which is read as the 28th
    (datetime(1904, 1, 1), datetime(1904, 3, 1)),  # as on a Mac of old
)
PANIC = "PanicException"  # what a fault inside the library comes as; no kind of Exception


def read_excel(path: Path, asked: ReadingSpec, most_rows: int | None) -> Sheet:
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
            if asked.sheet:
                return _asked(book, asked, most_rows)
            return _first_table(path.name, book, asked, most_rows)
    except PasswordError:
        raise ValueError("it is locked by a password: save it without one") from None
    except CalamineError as error:
        raise ValueError(f"it is no workbook ({error})") from None
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise ValueError("it is damaged: save it again, best as .xlsx") from None


def _asked(book: CalamineWorkbook, asked: ReadingSpec, most_rows: int | None) -> Sheet:
    for name in asked.sheet:
        if name not in book.sheet_names:
            raise ValueError(f"it has no sheet {name!r}: its sheets are {listed(book.sheet_names)}")
    sheets = [_sheet(book.get_sheet_by_name(name), asked, most_rows) for name in asked.sheet]
    return stacked(sheets, asked.sheet)


def _first_table(
    file: str, book: CalamineWorkbook, asked: ReadingSpec, most_rows: int | None
) -> Sheet:
    """The first sheet with a table; hidden ones are seen only where no other is there."""
    seen = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    opened = (book.get_sheet_by_name(name) for name in seen or book.sheet_names)
    found = next(filter(_may_hold_table, opened), None) or book.get_sheet_by_index(0)
    sheet = _sheet(found, asked, most_rows)
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


def _sheet(found: CalamineSheet, asked: ReadingSpec, most_rows: int | None) -> Sheet:
    rows = found.to_python(nrows=None if most_rows is None else most_rows + 1)
    if not rows:
        raise ValueError(f"its sheet {found.name!r} is empty")
    start = found.start or (0, 0)
    merged = fill_merged(
        rows, ranges_within(found.merged_cell_ranges or [], start, rows), first_column=start[1]
    )
    whole = len(rows) == found.height
    table = rows_of_sheet(rows, start[0] + 1, asked, whole)
    cells = zip(*table.rows, strict=True) if table.rows else ([] for _ in table.headers)
    columns = [
        pa.chunked_array([_column(name, list(column), asked)])
        for name, column in zip(table.headers, cells, strict=True)
    ]
    notes = [*merged, *table.notes(found.name)]
    read = table.read_so(found.name, asked)
    return Sheet(table.headers, columns, notes, whole, None, read, table.lines.__getitem__)


def _column(name: str, cells: Sequence[Any], asked: ReadingSpec) -> pa.Array:
    """Numbers, times or, where the cells are of several kinds, text."""
    cells = [_moment(cell) if type(cell) is date else cell for cell in cells]
    values = [None if look(cell, asked.missing) == "empty" else cell for cell in cells]
    if any(isinstance(cell, str) for cell in values):  # among words, None may be one of them
        cells = [None if cell in (None, "") else cell for cell in cells]
    else:
        cells = values
    cells = with_texts_read(name, _counting_on(cells), asked)
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
