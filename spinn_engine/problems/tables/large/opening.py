"""Which tables are large, and what their columns are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spinn_engine.errors import BadInputError
from spinn_engine.problems import matrix
from spinn_engine.problems.tables.columns import typed_columns, typed_in_turn
from spinn_engine.problems.tables.containers.parquet import parquet_bytes, read_parquet
from spinn_engine.problems.tables.files import (
    LONGEST_HEADER,
    MEMORY_PER_BYTE,
    UNREADABLE,
    check_free,
    read_table,
    unreadable,
)
from spinn_engine.problems.tables.gaps import without_codes
from spinn_engine.problems.tables.header import Title, numbered, titles
from spinn_engine.problems.tables.large.column import ColumnInFile
from spinn_engine.problems.tables.large.file import NumbersFile
from spinn_engine.problems.tables.large.settled import Settled
from spinn_engine.problems.tables.sheet import Layout, ReadSo
from spinn_engine.problems.tables.texts.kept import Kept
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.problems.tables.typed.words import Parts
from spinn_engine.spec import DataSpec, ReadingSpec

COLUMN_ROWS = 2**20  # that are read together


def open_table(path: Path, data: DataSpec) -> tuple[dict[str, Column], Layout]:
    """The columns of a table by name; of a large one, they stay in files.

    The group is held; of a Parquet file, texts and times are, too.

    Args:
        path: a file or a folder.
        data: how it is to be read, and which columns are time and group.

    Returns:
        The columns, and where their rows come from; nothing else holds the cells.

    Raises:
        BadInputError: it cannot be read, what is to be held needs more memory than is free, or
            there is no room for what is not.
    """
    if large := _large_parquet(path, data):
        return large
    cells, layout = read_table(path, reading=data, keep=True)
    if not layout.kept:
        return typed_columns(cells, layout, data.time, data.words_of_groups), layout
    try:
        return _kept_columns(cells, layout, data), layout
    except ValueError as error:
        raise error if isinstance(error, BadInputError) else unreadable(path, error) from None


def _kept_columns(
    cells: dict[str, pa.ChunkedArray], layout: Layout, data: DataSpec
) -> dict[str, Column]:
    """The columns of a long text file by name, made one after the other."""
    named = titles(list(cells))
    texts: dict[str, Parts] = {}
    columns: dict[str, Column] = {}
    settled = Settled(layout.rows)
    for kept in layout.kept:
        for header in kept.types:
            del cells[header]
            if kept.are_texts:
                texts[header] = partial(_texts, kept, header, data)
        if not kept.are_texts:
            columns |= _in_file(
                NumbersFile.at(layout.path, kept), kept.types, named, layout, settled
            )
    found = typed_in_turn(cells | texts, named, layout, data.time, data.words_of_groups)
    for column in found:
        header = column.title.header
        columns[header] = settled.put(column) if header in texts else column
    return {one.name: columns[one.header] for one in named}


def _texts(kept: Kept, header: str, asked: ReadingSpec) -> Iterator[pa.Array]:
    for cells in kept.column(header):
        yield from without_codes(pa.chunked_array([cells]), asked).chunks


def _large_parquet(path: Path, data: DataSpec) -> tuple[dict[str, Column], Layout] | None:
    """The same of a Parquet file of many numbers with names that are all there and different."""
    if path.suffix.lower() != ".parquet" or not path.is_file() or data.sheet:
        return None
    try:
        schema, file = pq.read_schema(path), NumbersFile.at(path)
    except UNREADABLE:
        return None  # whoever reads it says why
    if not _are_plain(schema):
        return None
    named = titles(schema.names)
    used = {data.time, data.words_of_groups}
    numbers = [
        title.header
        for title, one in zip(named, schema, strict=True)
        if _is_number(one.type) and not used & {title.name, title.header}
    ]
    rows = file.starts[-1]
    if 8 * rows * len(numbers) < matrix.STAYS_BYTES:
        return None
    layout = Layout(path, ((path.name, rows),), (), True, None, data, (ReadSo(),), (None,))
    columns = _held(path, [one for one in schema.names if one not in numbers], named, data, layout)
    columns |= _in_file(file, numbers, named, layout, None)
    return {one.name: columns[one.header] for one in named}, layout


def _in_file(
    file: NumbersFile,
    headers: Collection[str],
    named: Sequence[Title],
    layout: Layout,
    settled: Settled | None,
) -> dict[str, Column]:
    """Columns of numbers and times by header; they are read one after the other, and not held.

    Args:
        file: where they are.
        headers: of them.
        named: all columns.
        layout: how they are understood.
        settled: where times are put, where they are not to be held.
    """
    time = layout.asked.time if isinstance(layout.asked, DataSpec) else None
    columns = {}
    for header in headers:
        parts = file.kept.column(header) if file.kept else file.column(header, COLUMN_ROWS)
        cells = pa.chunked_array(list(parts))
        known = {header: without_codes(cells, layout.asked)}
        del cells
        (column,) = typed_in_turn(known, named, layout, time)
        if column.kind != "date":
            column = ColumnInFile.of(column, file, layout)
        elif settled is not None:  # of digits too, such as 20210301120000
            column = settled.put(column)
        columns[header] = column
    return columns


def _held(
    path: Path, headers: list[str], named: Sequence[Title], data: DataSpec, layout: Layout
) -> dict[str, Column]:
    """Columns that are read at once, by header."""
    if not headers:
        return {}
    try:
        check_free(path, MEMORY_PER_BYTE * parquet_bytes(path, headers))
        sheet = read_parquet(path, data, None, headers)
    except UNREADABLE as error:
        raise unreadable(path, error) from None
    cells = {
        header: without_codes(column, data)
        for header, column in zip(sheet.headers, sheet.columns, strict=True)
    }
    found = typed_in_turn(cells, named, layout, data.time, data.words_of_groups)
    return {column.title.header: column for column in found}


def _are_plain(schema: pa.Schema) -> bool:
    """Whether every column has a name of its own and becomes one column."""
    headers: Sequence[str] = schema.names
    if not headers or any(pa.types.is_struct(one.type) for one in schema):
        return False
    return numbered(headers) == list(headers) and max(map(len, headers)) <= LONGEST_HEADER


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating)
    return any(test(kind) for test in tests)
