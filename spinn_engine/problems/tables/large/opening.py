"""Which tables are large, and what their columns are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spinn_engine.problems import matrix
from spinn_engine.problems.tables.columns import Column, typed_columns
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
from spinn_engine.problems.tables.large.column import ColumnInFile, typed
from spinn_engine.problems.tables.large.file import NumbersFile
from spinn_engine.problems.tables.sheet import Layout, ReadSo
from spinn_engine.spec import DataSpec

COLUMN_ROWS = 2**20  # that are read together


def open_table(path: Path, data: DataSpec) -> tuple[dict[str, Column], Layout]:
    """The columns of a table by name; of a large one, those of numbers stay in a file.

    The time and the group are held, as texts and dates are.

    Args:
        path: a file or a folder.
        data: how it is to be read, and which columns are time and group.

    Returns:
        The columns, and where their rows come from; nothing else holds the cells.

    Raises:
        BadInputError: it cannot be read, or what is to be held needs more memory than is free.
    """
    if large := _large_parquet(path, data):
        return large
    cells, layout = read_table(path, reading=data, keep=True)
    if layout.kept is None:
        return typed_columns(cells, layout, data.time, data.words_of_groups), layout
    in_file, named = list(layout.kept.headers.values()), titles(list(cells))
    for header in in_file:
        del cells[header]
    held = typed_columns(cells, layout, data.time, data.words_of_groups)
    columns = {column.title.header: column for column in held.values()}
    columns |= _in_file(NumbersFile.at(path, layout.kept), in_file, layout)
    return _by_name(named, columns), layout


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
    columns = _held(path, [one for one in schema.names if one not in numbers], data, layout)
    return _by_name(named, columns | _in_file(file, numbers, layout)), layout


def _in_file(file: NumbersFile, headers: Sequence[str], layout: Layout) -> dict[str, Column]:
    """Columns of numbers by header; they are read one after the other, and not held."""
    columns = {}
    for header in headers:
        column = typed(header, pa.chunked_array(list(file.column(header, COLUMN_ROWS))), layout)
        if column.kind != "date":  # of digits, such as 20210301120000
            column = ColumnInFile.of(column, file, layout)
        columns[header] = column
    return columns


def _by_name(named: Sequence[Title], columns: Mapping[str, Column]) -> dict[str, Column]:
    """Columns in the order of the file, with names and units as all its headers tell them."""
    return {one.name: replace(columns[one.header], title=one) for one in named}


def _held(path: Path, headers: list[str], data: DataSpec, layout: Layout) -> dict[str, Column]:
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
    found = typed_columns(cells, layout, data.time, data.words_of_groups)
    return {column.title.header: column for column in found.values()}


def _are_plain(schema: pa.Schema) -> bool:
    """Whether every column has a name of its own and becomes one column."""
    headers: Sequence[str] = schema.names
    if not headers or any(pa.types.is_struct(one.type) for one in schema):
        return False
    return numbered(headers) == list(headers) and max(map(len, headers)) <= LONGEST_HEADER


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating)
    return any(test(kind) for test in tests)
