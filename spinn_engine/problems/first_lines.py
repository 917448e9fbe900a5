"""How a text file begins, for a person who has to say how it is read."""

from __future__ import annotations

import codecs
import io
from itertools import islice
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.guarded.paths import check_plain_file
from spinn_engine.problems.tables.files import kind_of
from spinn_engine.problems.tables.forms.kinds import look
from spinn_engine.problems.tables.forms.names import Row
from spinn_engine.problems.tables.table import table_path
from spinn_engine.problems.tables.texts import raw
from spinn_engine.problems.tables.texts.form import find_form, sample_of
from spinn_engine.spec import DataSpec

LONGEST_LINE = 200
LINES_SHOWN = 12
START_LETTERS = 2**16  # enough to tell how a file is written


def first_lines(data: DataSpec) -> dict[str, Any]:
    """The first lines of a table in a text file, also where it cannot be read as asked.

    Args:
        data: the source, and how it is to be read.

    Returns:
        Plain data: ``lines``, each a list of its number and its text, none of a file that is no
        text; where the names are what cannot be found, ``rows_from``, the line from which on the
        rows are as wide as each other, else None; and ``names_in``, the lines that may hold the
        names.

    Raises:
        BadInputError: the file cannot be opened, or holds no text.
    """
    path = table_path(data.source)
    if path.is_dir():
        path = next(iter(sorted(path.glob("train.*"))), path)
    check_plain_file(path)
    if kind_of(path).reader is not None:
        return {"lines": [], "rows_from": None, "names_in": []}
    try:
        with raw.opened(path) as file:
            start = file.read(raw.START_BYTES)
            encoding = data.encoding or raw.find_encoding(file, start, beyond=False)
        text = codecs.getincrementaldecoder(encoding)().decode(start)
    except (OSError, ValueError) as error:
        raise BadInputError(f"{path}: its lines cannot be shown: {error}") from None
    if len(text) > START_LETTERS:
        text = text[: max(text.rfind("\n", 0, START_LETTERS), 0) + 1]
    first = _first_row(text, data)
    return {
        "lines": [
            [number, line.rstrip("\n")[:LONGEST_LINE]]
            for number, line in enumerate(islice(io.StringIO(text, newline=None), LINES_SHOWN), 1)
        ],
        "rows_from": first and first.line,
        "names_in": [] if first is None else _names_in(text, data, first),
    }


def _first_row(text: str, data: DataSpec) -> Row | None:
    """The first row that is as wide as most and holds values, where no names are found."""
    if _has_form(text, data, data.header) or not _has_form(text, data, 0):
        return None
    nameless = data.model_copy(update={"header": 0})
    form = find_form(text, True, nameless)
    width, values = len(form.structure.names), form.structure.values
    rows = sample_of(text, form.delimiter, True, nameless)
    fits = (row for row in rows if len(row.cells) == width)
    return next((row for row in fits if "value" in {look(row.cells[at]) for at in values}), None)


def _names_in(text: str, data: DataSpec, first: Row) -> list[int]:
    """The lines above the first row that may hold the names, and its own if it holds a word."""
    has_word = "word" in {look(cell) for cell in first.cells}
    lines = range(1, min(first.line + has_word, LINES_SHOWN))
    return [line for line in lines if _has_form(text, data, line)]


def _has_form(text: str, data: DataSpec, header: int | None) -> bool:
    """Whether names and rows fit with the names in this line."""
    try:
        find_form(text, True, data.model_copy(update={"header": header}))
    except ValueError:
        return False
    return True
