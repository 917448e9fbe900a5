"""Which tables are large, and what their columns are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spinn_engine.problems.tables.columns import Column, typed_columns
from spinn_engine.problems.tables.containers.parquet import parquet_bytes, read_parquet
from spinn_engine.problems.tables.files import (
    LONGEST_HEADER,
    MEMORY_PER_BYTE,
    UNREADABLE,
    check_free,
    unreadable,
)
from spinn_engine.problems.tables.gaps import without_codes
from spinn_engine.problems.tables.header import numbered, titles
from spinn_engine.problems.tables.large.column import ColumnInFile, typed
from spinn_engine.problems.tables.large.file import NumbersFile
from spinn_engine.problems.tables.sheet import Layout, ReadSo
from spinn_engine.spec import DataSpec

COLUMN_ROWS = 2**20  # that are read together
STAYS_BYTES = 2**27  # what is less as numbers is read once


def open_large(path: Path, data: DataSpec) -> tuple[dict[str, Column], Layout] | None:
    """The columns of a Parquet file of many numbers, by name, each read for itself.

    The time and the group are held, as texts and dates are.

    Args:
        path: a file or a folder.
        data: how it is to be read, and which columns are time and group.

    Returns:
        The columns, which hold no numbers, and where their rows come from; None where the file is
        no such one, or its names are not all there and different.

    Raises:
        BadInputError: a column cannot be read, or texts need more memory than is free.
    """
    if path.suffix.lower() != ".parquet" or not path.is_file() or data.sheet:
        return None
    try:
        schema, file = pq.read_schema(path), NumbersFile.at(path)
    except UNREADABLE:
        return None  # whoever reads it says why
    if not _are_plain(schema):
        return None
    named = titles(schema.names)
    used = {data.time, data.group}
    numbers = [
        title.header
        for title, one in zip(named, schema, strict=True)
        if _is_number(one.type) and not used & {title.name, title.header}
    ]
    rows = file.starts[-1]
    if 8 * rows * len(numbers) < STAYS_BYTES:
        return None
    layout = Layout(path, ((path.name, rows),), (), True, None, data, (ReadSo(),), (None,))
    columns = _held(path, [one for one in schema.names if one not in numbers], data, layout)
    for header in numbers:
        column = typed(header, pa.chunked_array(list(file.column(header, COLUMN_ROWS))), layout)
        columns[header] = ColumnInFile.of(column, file, layout)
    return {one.name: replace(columns[one.header], title=one) for one in named}, layout


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
    found = typed_columns(cells, layout, data.time, data.group)
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
