"""Separated text as columns: how it is written is found in its start.

A long file is read as a stream of small blocks, so that little more than the numbers themselves is
held at any time.
"""

from __future__ import annotations

import codecs
import io
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from spinn_engine.problems.tables.forms.said import headers_of
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.problems.tables.texts import raw
from spinn_engine.problems.tables.texts.cells import read_cells
from spinn_engine.problems.tables.texts.extent import find_extent, rewritten
from spinn_engine.problems.tables.texts.form import TextForm, find_form, rows_of
from spinn_engine.problems.tables.texts.quotes import check_quotes, hold_line_ends
from spinn_engine.problems.tables.texts.repeats import repeated_lines
from spinn_engine.problems.tables.texts.source import Opened
from spinn_engine.problems.tables.texts.told import notes_on, read_so
from spinn_engine.spec import ReadingSpec

NOT_HELD = pa.chunked_array([], pa.float64())


def read_text(path: Path, whole: bool, asked: ReadingSpec, keep: bool = False) -> Sheet:
    """The columns of a text file; of a long one only the first rows, unless ``whole``.

    Args:
        path: the file.
        whole: whether to read all of it.
        asked: how a person wants it read.
        keep: whether cells of a long file may stay in a file: see ``Sheet.kept``.

    Raises:
        ValueError: it is empty or not text, a row has more or fewer cells than there are names, a
            quotation mark is not closed, or there is no room for cells that stay in a file.
        OSError: it cannot be opened.
    """
    with ExitStack() as stack:
        found = stack.enter_context(raw.opened(path))
        start = found.read(raw.START_BYTES)
        is_all = not found.read(1)
        encoding = asked.encoding or raw.find_encoding(found, start, whole and not is_all)
        if whole or is_all:
            found = stack.enter_context(raw.in_utf_8(found, encoding))
        else:
            found = _first_lines(start, encoding)
        found.seek(0)
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(
            found.read(raw.START_BYTES), is_all
        )
        form = find_form(text, is_all, asked)
        form = replace(form, repeats=repeated_lines(found, form))
        file = stack.enter_context(rewritten(found, form))
        extent = find_extent(file, form, whole or is_all)
        source = Opened(file, form, extent, is_start=not whole or is_all)
        try:
            cells = read_cells(source, text, is_all, keep)
        except ValueError:
            check_quotes(found, form)  # which swallow rows, so that others are said to be uneven
            raise
        if (whole or is_all) and any(hold_line_ends(cells.parts(name)) for name in source.names):
            check_quotes(found, form)
    return Sheet(
        headers_of(form.structure),
        [cells.columns.get(name, NOT_HELD) for name in source.names],
        notes_on(path.name, form, extent, encoding),
        whole or is_all,
        cells.decimal,
        read_so(text, form, extent, encoding),
        partial(line_of, path, form, encoding),
        cells.kept,
    )


def line_of(path: Path, form: TextForm, encoding: str, row: int) -> int:
    """The line of the file in which a row begins; rows are counted from 0."""
    with raw.opened(path) as found, raw.in_utf_8(found, encoding) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        rows = (one for one in rows_of(text, form.delimiter, form.asked))
        below = (
            one.line
            for one in rows
            if one.line >= form.structure.first and one.line not in form.repeats
        )
        line = next(islice(below, row, None))
        text.detach()
    return line


def _first_lines(start: bytes, encoding: str) -> BinaryIO:
    """The whole lines at the start of a file, in UTF-8."""
    text = codecs.getincrementaldecoder(encoding)().decode(start)
    return io.BytesIO((text[: text.rfind("\n") + 1] or text).encode())
