"""Rows of separated text as columns of Arrow, with the kinds of cells that they hold."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from spinn_engine.problems.tables.forms.names import COMMENT_MARKS
from spinn_engine.problems.tables.forms.said import headers_of
from spinn_engine.problems.tables.header import bare
from spinn_engine.problems.tables.marks import (
    LARGEST_EXACT,
    has_decimals,
    have_thousands,
    may_be_misread,
)
from spinn_engine.problems.tables.texts import raw
from spinn_engine.problems.tables.texts.extent import Extent
from spinn_engine.problems.tables.texts.form import SPACES, TextForm, rows_of, sample_of
from spinn_engine.spec import DataSpec
from spinn_engine.words import counted

UNEVEN_ROW = re.compile(r"Row #\d+: Expected \d+ columns, got \d+")
IDS = re.compile(r"0\d+|\d+[eE]\d+")  # 01 is not 1 and 1E1 is not 10, where they name something

Types = Mapping[str, pa.DataType]


@dataclass(frozen=True)
class Opened:
    """A text file whose form is known.

    Attributes:
        file: in UTF-8, with rows as Arrow reads them.
        form: how it is written.
        extent: which bytes are rows.
        is_start: whether only the first of them are to be read.
    """

    file: BinaryIO
    form: TextForm
    extent: Extent
    is_start: bool

    def part(self) -> pa.NativeFile:
        """The bytes of the rows, of a long file perhaps only the first."""
        start, end = self.extent.start, self.extent.end
        if not self.is_start:
            return pa.PythonFile(raw.Part(self.file, start, end), mode="r")
        self.file.seek(start)
        text = self.file.read(min(raw.START_BYTES, end - start))
        if start + len(text) < end:
            text = text[: text.rfind(b"\n") + 1] or text
        return pa.BufferReader(text)


def read_cells(source: Opened, text: str, is_all: bool) -> tuple[pa.Table, str | None]:
    """All cells, and the sign before decimals where numbers tell it.

    Args:
        source: the file.
        text: its start.
        is_all: whether that is all of it.

    Raises:
        ValueError: a row has more or fewer cells than there are names.
    """
    if source.extent.start >= source.extent.end:
        return pa.table(
            {str(n): pa.nulls(0) for n in range(len(source.form.structure.names))}
        ), None
    ids = _columns_of_ids(text, is_all, source.form)
    start = replace(source, is_start=True)
    table = _read_at_once(start, ids, skip_uneven=not is_all)
    if not source.is_start:
        table = _read_stream(source, table, ids)
    doubtful = [name for name in table.column_names if may_be_misread(table[name])]
    for one in dict.fromkeys((start, source)):
        if doubtful:
            texts = _read_again(one, doubtful, source.form.nothing)
            doubtful = [name for name in doubtful if have_thousands(texts[name])]
    numbers = [table[name] for name in table.column_names if name not in doubtful]
    decimal = source.form.decimal if any(map(has_decimals, numbers)) else source.form.asked.decimal
    if doubtful:
        table = _with(table, texts.select(doubtful))
    words = [name for name in table.column_names if _has_gaps_among_words(table[name])]
    if words:
        table = _with(table, _read_again(source, words, ("",)))
    return table, decimal


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
    group = form.asked.group if isinstance(form.asked, DataSpec) else None
    names = enumerate(zip(form.structure.names, headers_of(form.structure), strict=True))
    found |= {column for column, (name, header) in names if group in (name, header, bare(header))}
    return {str(column): pa.dictionary(pa.int32(), pa.string()) for column in sorted(found)}


def _read_at_once(source: Opened, types: Types, skip_uneven: bool) -> pa.Table:
    with source.part() as part, _with_lines(source):
        return arrow_csv.read_csv(
            part,
            read_options=_read_options(source.form),
            parse_options=_parse_options(source.form, skip_uneven),
            convert_options=_convert_options(source.form, types),
        )


def _read_stream(source: Opened, start: pa.Table, ids: Types) -> pa.Table:
    """All rows, block by block; at once where the start did not show what a column holds."""
    types = {name: _wider(start[name]) for name in start.column_names} | dict(ids)
    form = source.form
    try:
        with (
            source.part() as part,
            arrow_csv.open_csv(
                part,
                _read_options(form),
                _parse_options(form),
                _convert_options(form, types),
            ) as stream,
        ):
            return pa.Table.from_batches(list(stream))
    except pa.ArrowInvalid:
        return _read_at_once(source, ids, skip_uneven=False)
    finally:
        pa.default_memory_pool().release_unused()


def _read_again(source: Opened, names: Sequence[str], nothing: Sequence[str]) -> pa.Table:
    """Some columns as the texts that stand there."""
    convert = _convert_options(source.form, dict.fromkeys(names, pa.string()))
    convert.include_columns = list(names)
    convert.null_values = list(nothing)
    with source.part() as part, _with_lines(source):
        return arrow_csv.read_csv(
            part,
            read_options=_read_options(source.form),
            parse_options=_parse_options(source.form, skip_uneven=source.is_start),
            convert_options=convert,
        )


def _with(table: pa.Table, texts: pa.Table) -> pa.Table:
    """A table with the texts of some of its columns instead of what was read of them."""
    for number, name in enumerate(table.column_names):
        if name in texts.column_names:
            table = table.set_column(number, name, texts[name])
    return table


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


def _wider(cells: pa.ChunkedArray) -> pa.DataType:
    """The type that further cells of a column most likely fit."""
    kind = cells.type
    if pa.types.is_null(kind):
        return pa.float64()
    if pa.types.is_integer(kind):  # long serial numbers must stay different
        is_exact = pc.all(pc.less(pc.abs(cells), LARGEST_EXACT)).as_py()
        return pa.float64() if is_exact else kind
    if pa.types.is_date(kind):
        return pa.timestamp("ns")
    if pa.types.is_timestamp(kind):
        return pa.timestamp("ns", kind.tz)
    return kind


def _read_options(form: TextForm) -> arrow_csv.ReadOptions:
    return arrow_csv.ReadOptions(
        use_threads=False,  # so that a complaint tells the row; the stream is as fast
        block_size=raw.BLOCK_BYTES,
        column_names=[str(number) for number in range(len(form.structure.names))],
    )


def _parse_options(form: TextForm, skip_uneven: bool = False) -> arrow_csv.ParseOptions:
    return arrow_csv.ParseOptions(
        delimiter="\t" if form.delimiter == SPACES else form.delimiter,
        newlines_in_values=True,
        invalid_row_handler=(lambda _: "skip") if skip_uneven else None,
    )


def _convert_options(form: TextForm, types: Types) -> arrow_csv.ConvertOptions:
    return arrow_csv.ConvertOptions(
        column_types=dict(types),
        decimal_point=form.decimal,
        null_values=form.nothing,
        strings_can_be_null=True,
        auto_dict_encode=True,
        auto_dict_max_cardinality=1000,
    )
