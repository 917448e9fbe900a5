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
from spinn_engine.problems.tables.texts.stream import TEXT, read_stream
from spinn_engine.spec import DataSpec
from spinn_engine.words import counted

UNEVEN_ROW = re.compile(r"Row #\d+: Expected \d+ columns, got \d+")
IDS = re.compile(r"0\d+|\d+[eE]\d+")  # 01 is not 1 and 1E1 is not 10, where they name something


class Cells(NamedTuple):
    """The cells of a file.

    Attributes:
        columns: that are held, by their numbers.
        decimal: the sign before decimals, where numbers tell it.
        kept: columns of numbers that are not held.
    """

    columns: dict[str, pa.ChunkedArray]
    decimal: str | None
    kept: Kept | None = None

    def parts(self, name: str) -> Iterator[pa.Array]:
        """The cells of a column, some at a time."""
        if self.kept is not None and name in self.kept.headers:
            return self.kept.column(name)
        return iter(self.columns[name].chunks)


def read_cells(source: Opened, text: str, is_all: bool, keep: bool = False) -> Cells:
    """All cells.

    Args:
        source: the file.
        text: its start.
        is_all: whether that is all of it.
        keep: whether numbers of a long file need not be held in memory.

    Raises:
        ValueError: a row has more or fewer cells than there are names, or there is no room for
            numbers that are not held.
    """
    if source.extent.start >= source.extent.end:
        return Cells({name: pa.chunked_array([pa.nulls(0)]) for name in source.names}, None)
    ids = _columns_of_ids(text, is_all, source.form)
    start = replace(source, is_start=True)
    kept = None
    with _with_lines(source):
        table = start.at_once(ids, skip_uneven=not is_all)
        if not source.is_start:
            away = _kept(source, table) if keep else frozenset()
            table, kept = read_stream(source, table, ids, away)
    found = Cells(dict(zip(table.column_names, table.columns, strict=True)), None, kept)
    doubtful = [name for name in source.names if may_be_misread(found.parts(name))]
    for one in dict.fromkeys((start, source)):
        doubtful = _with_thousands(one, doubtful)
    is_decimal = any(has_decimals(found.parts(n)) for n in source.names if n not in doubtful)
    decimal = source.form.decimal if is_decimal else source.form.asked.decimal
    columns = found.columns | _read_again(source, doubtful, source.form.nothing)
    words = [name for name in columns if _has_gaps_among_words(columns[name])]
    columns |= _read_again(source, words, ("",))
    return Cells(columns, decimal, kept and kept.without(doubtful))


def _kept(source: Opened, start: pa.Table) -> frozenset[str]:
    """Columns that need not be held, where there are many cells: not the time, which is sorted."""
    form = source.form
    headers = headers_of(form.structure)
    length = source.extent.end - source.extent.start
    cells = start.num_rows * start.num_columns * length / min(raw.START_BYTES, length)
    if not are_kept(cells, start.num_columns) or numbered(headers) != headers:
        return frozenset()
    time = form.asked.time if isinstance(form.asked, DataSpec) else None
    return frozenset(source.names) - {str(column) for column in _called(time, form)}


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
    group = form.asked.words_of_groups if isinstance(form.asked, DataSpec) else None
    found |= _called(group, form)
    return {str(column): TEXT for column in sorted(found)}


def _called(wanted: str | None, form: TextForm) -> set[int]:
    """The columns of a name, with or without its unit."""
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


def _read_again(
    source: Opened, names: Sequence[str], nothing: Sequence[str]
) -> dict[str, pa.ChunkedArray]:
    """Some columns as the texts that stand there."""
    if not names:
        return {}
    texts = dict.fromkeys(names, pa.string())
    with _with_lines(source), source.stream(texts, names, nothing) as stream:
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
