"""Feather and Arrow's IPC format, files and streams, as columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from spinn_engine.problems.tables.containers.arrow import sheet_of
from spinn_engine.problems.tables.containers.choosing import check_one_table
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.spec import ReadingSpec

FILE, OLD = b"ARROW1", b"FEA1"


def read_feather(path: Path, asked: ReadingSpec, most_rows: int | None) -> Sheet:
    """The columns of a Feather or Arrow file, all rows or the first ones.

    Raises:
        ValueError: it is no such file, an old one, or damaged; or a sheet is asked for.
        OSError: it cannot be opened.
    """
    check_one_table(asked.sheet)
    found, rows, is_all = [], 0, True
    with _batches(path) as (schema, batches):
        for batch in batches:
            if most_rows is not None and rows >= most_rows:
                is_all = is_all and batch.num_rows == 0
                break
            batch.validate(full=True)
            found.append(batch)
            rows += batch.num_rows
        table = pa.Table.from_batches(found, schema)
    if most_rows is not None and rows > most_rows:
        table, is_all = table.slice(0, most_rows), False
    return sheet_of(table, is_all)


def feather_bytes(path: Path) -> int:
    """Bytes of its columns when they are unpacked, counted one part after the other."""
    with _batches(path) as (_, batches):
        return sum(batch.nbytes for batch in batches)


@contextmanager
def _batches(path: Path) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    with path.open("rb") as file:
        start = file.read(len(FILE))
    if start.startswith(OLD):
        raise ValueError(
            "it is of Feather's first version: read it with an older pyarrow and write it again as "
            "Parquet (df.to_parquet)"
        )
    with pa.OSFile(str(path), "rb") as source:
        if start == FILE:
            reader = pa.ipc.open_file(source)
            yield reader.schema, (reader.get_batch(n) for n in range(reader.num_record_batches))
        else:
            reader = pa.ipc.open_stream(source)
            yield reader.schema, iter(reader)
