"""All rows of a text file, block by block, with types that its start shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.tables.forms.said import headers_of
from spinn_engine.problems.tables.marks import LARGEST_EXACT
from spinn_engine.problems.tables.texts.kept import Keeper, Kept, is_text
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
) -> tuple[pa.Table, Kept | None, Types]:
    """All rows; a column that turns out to be otherwise than its start is read so from the start.

    Args:
        source: the file.
        start: its first rows, with the types that they show.
        ids: types of columns that are taken as they are written.
        kept: columns that need not be held in memory.

    Returns:
        The columns that are held; those that are not; and the types of texts among these, which
        are not read yet.

    Raises:
        pa.ArrowInvalid: a row is uneven.
    """
    types = {name: _wider(start[name]) for name in start.column_names} | dict(ids)
    while True:
        texts = {name: kind for name, kind in types.items() if name in kept and is_text(kind)}
        try:
            found = {name: kind for name, kind in types.items() if name not in texts}
            return *_read(source, found, kept), texts
        except pa.ArrowInvalid as error:
            wrong = NOT_OF_ITS_TYPE.search(str(error))
            if wrong is None or types[wrong[1]] == TEXT:
                raise
            types[wrong[1]] = _kind_of(source, wrong[1], types[wrong[1]])
        finally:
            pa.default_memory_pool().release_unused()


def keep_texts(source: Opened, types: Types) -> Kept:
    """Columns as the texts that stand there."""
    with source.stream(types, list(types), ("",)) as stream:
        return _keep(source, types, stream)


def _read(source: Opened, types: Types, kept: Collection[str]) -> tuple[pa.Table, Kept | None]:
    away = {name: kind for name, kind in types.items() if name in kept}
    held = [name for name in types if name not in away]
    parts = list[pa.RecordBatch]()
    if not types:
        return pa.table({}), None
    with source.stream(types, list(types)) as stream:
        if not away:
            return pa.Table.from_batches(list(stream)), None
        numbers = _keep(source, away, _noting(stream, held, parts))
    return pa.Table.from_batches(parts), numbers


def _noting(
    batches: Iterable[pa.RecordBatch], held: Sequence[str], parts: list[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """The same batches; what is held of each is added to the parts."""
    for batch in batches:
        parts.append(batch.select(held))
        yield batch


def _keep(source: Opened, types: Types, batches: Iterable[pa.RecordBatch]) -> Kept:
    keeper = Keeper(types, dict(zip(source.names, headers_of(source.form.structure), strict=True)))
    for batch in batches:
        keeper.add(batch)
    return keeper.kept()


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
