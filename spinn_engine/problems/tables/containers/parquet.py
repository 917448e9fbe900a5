"""Parquet as columns."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spinn_engine.problems.tables.containers.arrow import sheet_of
from spinn_engine.problems.tables.containers.choosing import check_one_table
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.spec import ReadingSpec


def read_parquet(
    path: Path, asked: ReadingSpec, most_rows: int | None, headers: list[str] | None = None
) -> Sheet:
    """The columns of a Parquet file, or some of them; all rows or the first ones.

    Raises:
        ValueError: it is no Parquet file, or is damaged; or a sheet is asked for.
        OSError: it cannot be opened.
    """
    check_one_table(asked.sheet)
    schema = pq.read_schema(path)
    texts = [one.name for one in schema if _is_text(one.type)]
    with pq.ParquetFile(path, read_dictionary=texts) as parquet:  # a text that is repeated is once
        if most_rows is None:
            table = parquet.read(headers)
            table = table if headers is None else table.select(headers)
        else:
            batches = [b for b, _ in zip(parquet.iter_batches(most_rows), [0], strict=False)]
            table = pa.Table.from_batches(batches, parquet.schema_arrow)
        rows = parquet.metadata.num_rows
    return sheet_of(table, most_rows is None or table.num_rows == rows)


def parquet_bytes(path: Path, headers: list[str] | None = None) -> int:
    """Bytes of its pages, or some columns', unpacked, and of a number for each of the cells."""
    with pq.ParquetFile(path) as parquet:
        facts = parquet.metadata
    groups = (facts.row_group(number) for number in range(facts.num_row_groups))
    chunks = (group.column(at) for group in groups for at in range(group.num_columns))
    wanted = ("",) if headers is None else tuple(f"{header}." for header in headers)
    return sum(
        8 * chunk.num_values + chunk.total_uncompressed_size
        for chunk in chunks
        if f"{chunk.path_in_schema}.".startswith(wanted)
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
