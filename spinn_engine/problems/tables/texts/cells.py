"""Rows of separated text as columns of Arrow, with the kinds of cells that they hold."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

import pyarrow as pa

from spinn_engine.problems.tables.forms.names import COMMENT_MARKS
from spinn_engine.problems.tables.forms.said import headers_of
from spinn_engine.problems.tables.header import bare, numbered
from spinn_engine.problems.tables.marks import has_decimals, have_thousands, may_be_misread
from spinn_engine.problems.tables.texts import raw
from spinn_engine.problems.tables.texts.form import SPACES, TextForm, rows_of, sample_of
from spinn_engine.problems.tables.texts.kept import Kept, are_kept
from spinn_engine.problems.tables.texts.source import Opened, Types
from spinn_engine.problems.tables.texts.stream import TEXT, keep_texts, read_stream
from spinn_engine.spec import DataSpec
from spinn_engine.words import counted

UNEVEN_ROW = re.compile(r"Row #\d+: Expected \d+ columns, got \d+")
IDS = re.compile(r"0\d+|\d+[eE]\d+")  # 01 is not 1 and 1E1 is not 10, where they name something


class Cells(NamedTuple):
    """The cells of a file.

    Attributes:
        columns: that are held, by their numbers.
        decimal: the sign before decimals, where numbers tell it.
        kept: columns that are not held.
    """

    columns: dict[str, pa.ChunkedArray]
    decimal: str | None
    kept: tuple[Kept, ...] = ()

    def parts(self, name: str) -> Iterator[pa.Array]:
        """The cells of a column, some at a time."""
        for one in self.kept:
            if name in one.headers:
                return one.column(one.headers[name])
        return iter(self.columns[name].chunks)


def read_cells(source: Opened, text: str, is_all: bool, keep: bool = False) -> Cells:
    """All cells.

    Args:
        source: the file.
        text: its start.
        is_all: whether that is all of it.
        keep: whether cells of a long file need not be held in memory.

    Raises:
        ValueError: a row has more or fewer cells than there are names, or there is no room for
            cells that are not held.
    """
    if source.extent.start >= source.extent.end:
        return Cells({name: pa.chunked_array([pa.nulls(0)]) for name in source.names}, None)
    ids = _columns_of_ids(text, is_all, source.form)
    start = replace(source, is_start=True)
    kept: Kept | None = None
    texts: Types = {}
    with _with_lines(source):
        table = start.at_once(ids, skip_uneven=not is_all)
        if not source.is_start:
            away = _kept(source, table) if keep else frozenset()
            table, kept, texts = read_stream(source, table, ids, away)
    numbers: tuple[Kept, ...] = () if kept is None else (kept,)
    found = Cells(dict(zip(table.column_names, table.columns, strict=True)), None, numbers)
    read = [name for name in source.names if name not in texts]
    doubtful = [name for name in read if may_be_misread(found.parts(name))]
    for one in dict.fromkeys((start, source)):
        doubtful = _with_thousands(one, doubtful)
    is_decimal = any(has_decimals(found.parts(n)) for n in read if n not in doubtful)
    decimal = source.form.decimal if is_decimal else source.form.asked.decimal
    words = [name for name, cells in found.columns.items() if _has_gaps_among_words(cells)]
    again = [name for name in (*doubtful, *words) if name in found.columns]
    texts = {**texts, **{n: pa.string() for n in doubtful if n not in found.columns}}
    columns = found.columns | _read_again(source, again)
    numbers = tuple(left for one in numbers if (left := one.without(doubtful)).headers)
    if texts:
        with _with_lines(source):
            numbers += (keep_texts(source, texts),)
    return Cells(columns, decimal, numbers)


def _kept(source: Opened, start: pa.Table) -> frozenset[str]:
    """Columns that need not be held, where there are many cells: all but the group."""
    form = source.form
    headers = headers_of(form.structure)
    length = source.extent.end - source.extent.start
    cells = start.num_rows * start.num_columns * length / min(raw.START_BYTES, length)
    if not are_kept(cells, start.num_columns) or numbered(headers) != headers:
        return frozenset()
    return frozenset(source.names) - {str(column) for column in _of_groups(form)}


def _columns_of_ids(text: str, is_all: bool, form: TextForm) -> Types:
    """Columns whose cells are taken as they are written: of groups, or with 01 or 1E1 in them."""
    rows = sample_of(text, form.delimiter, is_all, form.asked)
    body = [row.cells for row in rows if row.line >= form.structure.first]
    found = {
        column
        for cells in body
        for column, cell in enumerate(cells)
        if IDS.fullmatch(cell.strip()) and column < len(form.structure.names)
    }
    return {str(column): TEXT for column in sorted(found | _of_groups(form))}


def _of_groups(form: TextForm) -> set[int]:
    """The column that tells groups apart, named with or without its unit."""
    wanted = form.asked.words_of_groups if isinstance(form.asked, DataSpec) else None
    names = enumerate(zip(form.structure.names, headers_of(form.structure), strict=True))
    return {column for column, (name, header) in names if wanted in (name, header, bare(header))}


def _with_thousands(source: Opened, names: Sequence[str]) -> list[str]:
    """Columns whose texts may all be numbers with a mark between thousands."""
    left = list(names)
    if left:
        texts = dict.fromkeys(names, pa.string())
        with _with_lines(source), source.stream(texts, names, source.form.nothing) as stream:
            for batch in stream:
                left = [name for name in left if have_thousands(batch.column(name))]
                if not left:
                    break
    return left


def _read_again(source: Opened, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """Some columns as the texts that stand there."""
    if not names:
        return {}
    texts = dict.fromkeys(names, pa.string())
    with _with_lines(source), source.stream(texts, names, ("",)) as stream:
        table = stream.read_all()
    return dict(zip(table.column_names, table.columns, strict=True))


def _has_gaps_among_words(cells: pa.ChunkedArray) -> bool:
    return bool(cells.null_count) and pa.types.is_dictionary(cells.type)


@contextmanager
def _with_lines(source: Opened) -> Iterator[None]:
    """Name the line of the file in a complaint about the number of cells."""
    try:
        yield
    except pa.ArrowInvalid as error:
        uneven = UNEVEN_ROW.search(str(error))
        if uneven is None:
            raise
        raise ValueError(_uneven(source)) from None


def _uneven(source: Opened) -> str:
    """Which line has more or fewer cells than there are names."""
    form, width = source.form, len(source.form.structure.names)
    source.file.seek(0)
    text = io.TextIOWrapper(source.file, encoding="utf-8-sig", newline="")
    delimiter = "\t" if form.delimiter == SPACES else form.delimiter
    try:
        for row in rows_of(text, delimiter, form.asked):
            if row.line >= form.structure.first and len(row.cells) != width:
                mark = next((m for m in COMMENT_MARKS if str(row.cells[0]).startswith(m)), None)
                cure = f"--comment {mark!r}" if mark else f"--drop-lines {row.line}"
                have = (
                    f"the header has {counted(width, 'name')}"
                    if form.structure.header
                    else f"most rows have {width}"
                )
                return (
                    f"line {row.line} has {counted(len(row.cells), 'cell')} but {have}: "
                    f"mend it, or leave it out ({cure})"
                )
    finally:
        text.detach()
    return f"a row has more or fewer cells than the header has names, which are {width}"
