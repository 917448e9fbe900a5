"""All rows of a text file, block by block, with types that its start shows."""

from __future__ import annotations

import re
from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.tables.forms.said import headers_of
from spinn_engine.problems.tables.marks import LARGEST_EXACT
from spinn_engine.problems.tables.texts.kept import Keeper, Kept
from spinn_engine.problems.tables.texts.source import Opened, Types

NOT_OF_ITS_TYPE = re.compile(r"In CSV column #(\d+): ")
TEXT = pa.dictionary(pa.int32(), pa.string())
KINDS = (  # that cells may have which are no numbers as the start has them
    pa.bool_(),
    pa.time32("s"),
    pa.timestamp("ns"),
    pa.timestamp("ns", "UTC"),
    pa.float64(),
)


def read_stream(
    source: Opened, start: pa.Table, ids: Types, kept: Collection[str]
) -> tuple[pa.Table, Kept | None]:
    """All rows; a column that turns out to be otherwise than its start is read so from the start.

    Args:
        source: the file.
        start: its first rows, with the types that they show.
        ids: types of columns that are taken as they are written.
        kept: columns that need not be held in memory, where they are numbers.

    Returns:
        The columns that are held, and those that are not.

    Raises:
        pa.ArrowInvalid: a row is uneven.
    """
    types = {name: _wider(start[name]) for name in start.column_names} | dict(ids)
    while True:
        try:
            return _read(source, types, kept)
        except pa.ArrowInvalid as error:
            found = NOT_OF_ITS_TYPE.search(str(error))
            if found is None or types[found[1]] == TEXT:
                raise
            types[found[1]] = _kind_of(source, found[1], types[found[1]])
        finally:
            pa.default_memory_pool().release_unused()


def _read(source: Opened, types: Types, kept: Collection[str]) -> tuple[pa.Table, Kept | None]:
    away = {n: kind for n, kind in types.items() if n in kept and _is_number(kind)}
    held = [name for name in types if name not in away]
    with source.stream(types) as stream:
        if not away:
            return pa.Table.from_batches(list(stream)), None
        keeper = Keeper(
            away, dict(zip(source.names, headers_of(source.form.structure), strict=True))
        )
        parts = []
        for batch in stream:
            keeper.add(batch)
            parts.append(batch.select(held))
    return pa.Table.from_batches(parts), keeper.kept()


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _kind_of(source: Opened, name: str, wrong: pa.DataType) -> pa.DataType:
    """What all cells of a column are, as Arrow would find; text where they are nothing else."""
    return next((kind for kind in KINDS if kind != wrong and _fits(source, name, kind)), TEXT)


def _fits(source: Opened, name: str, kind: pa.DataType) -> bool:
    try:
        with source.stream({name: kind}, [name]) as stream:
            for _ in stream:
                pass
    except pa.ArrowInvalid:
        return False
    return True


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
