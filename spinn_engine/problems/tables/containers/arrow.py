"""Columns of Arrow as the rest of the program takes them: no types that only some programs know."""

from __future__ import annotations

from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.words import listed

MOST_FIELDS = 10_000  # of structs within structs


def sheet_of(table: pa.Table, whole: bool) -> Sheet:
    """A sheet of a table; structs become a column a field, bytes that are text become text.

    Raises:
        ValueError: structs have too many fields, or a column is of a type that cannot be read.
    """
    notes = []
    names, columns = list(table.column_names), list(table.columns)
    opened = [n for n, c in zip(names, columns, strict=True) if pa.types.is_struct(c.type)]
    if opened:
        names, columns = _opened(names, columns)
        notes.append(f"Each field of {listed(opened)} was read as a column of its own.")
    columns = [_plain(name, column) for name, column in zip(names, columns, strict=True)]
    return Sheet(names, columns, notes, whole)


def _opened(names: list[str], columns: list[pa.ChunkedArray]) -> tuple[list[str], list[pa.Array]]:
    found = []
    waiting = list(zip(names, columns, strict=True))[::-1]
    while waiting:
        name, column = waiting.pop()
        if not pa.types.is_struct(column.type):
            found.append((name, column))
            continue
        fields = [(f"{name}.{column.type.field(n).name}", part) for n, part in _fields(column)]
        waiting += fields[::-1]
        if len(found) + len(waiting) > MOST_FIELDS:
            raise ValueError(f"its structs have more than {MOST_FIELDS:,} fields: leave some out")
    return [name for name, _ in found], [column for _, column in found]


def _fields(column: pa.ChunkedArray) -> list[tuple[int, pa.ChunkedArray]]:
    """Number and cells of each field; a cell of a struct that is missing is missing."""
    kinds = [column.type.field(n).type for n in range(column.type.num_fields)]
    chunks = [chunk.flatten() for chunk in column.chunks]
    return [
        (n, pa.chunked_array([chunk[n] for chunk in chunks], type=kind))
        for n, kind in enumerate(kinds)
    ]


def _plain(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if isinstance(kind, pa.UuidType):
        written = [None if one is None else str(UUID(bytes=one)) for one in _stored(column)]
        return pa.chunked_array([written], type=pa.string())
    if isinstance(kind, pa.BaseExtensionType):
        storage = [chunk.storage for chunk in column.chunks]
        bare = pa.chunked_array(storage, type=kind.storage_type)
        is_flag = isinstance(kind, pa.Bool8Type)
        return bare.cast(pa.bool_()) if is_flag else _plain(name, bare)
    if pa.types.is_dictionary(kind):
        return _dictionary(name, column)
    if pa.types.is_run_end_encoded(kind):
        decoded = [pc.run_end_decode(chunk) for chunk in column.chunks]
        return _plain(name, pa.chunked_array(decoded, type=kind.value_type))
    if pa.types.is_string_view(kind):
        return column.cast(pa.large_string())
    if _is_bytes(kind):
        return _as_text(column)
    if pa.types.is_union(kind) or pa.types.is_interval(kind):
        raise ValueError(
            f"column {name!r} is of the Arrow type {str(kind)[:60]}: write it as numbers or text, "
            "or leave it out"
        )
    return column


def _stored(column: pa.ChunkedArray) -> list[bytes | None]:
    return [one for chunk in column.chunks for one in chunk.storage.to_pylist()]


def _dictionary(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Words stay a dictionary; numbers, times and what else is kept so stand in each cell."""
    values = column.type.value_type
    if pa.types.is_string(values) or pa.types.is_large_string(values):
        return column
    if pa.types.is_string_view(values):
        return column.cast(pa.dictionary(pa.int32(), pa.string()))
    chunks = [chunk.dictionary.take(chunk.indices) for chunk in column.chunks]
    return _plain(name, pa.chunked_array(chunks, type=values))


def _is_bytes(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
    )
    return any(test(kind) for test in tests)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bytes that are UTF-8, as some programs write text, as text; others by their digits."""
    if not pa.types.is_binary(column.type):
        column = column.cast(pa.large_binary())
    try:
        return column.cast(pa.large_string())
    except pa.ArrowInvalid:
        written = [None if one is None else one.hex() for one in column.to_pylist()]
        return pa.chunked_array([written], type=pa.string())
