"""Columns of a long text file, which are written to files of their own while it is read.

These lie where temporary files lie (``TMPDIR``), in no folder: they are gone with the process that
has them open, however that ends.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from spinn_engine.problems import matrix
from spinn_engine.problems.matrix import rows_a_block
from spinn_engine.problems.tables.texts import raw

MOST_COLUMNS = 500  # of more each is too short to be read for itself
GROUP_BYTES = 2**25  # that are written together
CELLS_A_TEXT = 8  # that take as much memory, while it is looked at


def are_kept(cells: float, columns: float) -> bool:
    """Whether cells are too many to be held, and in columns that are worth a read each."""
    return 8 * cells >= matrix.STAYS_BYTES and columns <= MOST_COLUMNS


class OwnFile(io.BufferedRandom):
    """A file in no folder, which is closed when nobody has it any more."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile(buffering=0) as unnamed:
            super().__init__(io.FileIO(os.dup(unnamed.fileno()), "r+b"))

    def __del__(self) -> None:
        with suppress(OSError, ValueError):  # what could not be written, or never was opened
            self.close()


@dataclass(frozen=True)
class Kept:
    """Columns in a Parquet file of our own: numbers and times as such, else texts.

    Attributes:
        file: that file.
        rows: how many it has.
        headers: of its columns, by their numbers in the text file.
        types: of its columns, by header.
    """

    file: BinaryIO
    rows: int
    headers: dict[str, str]
    types: dict[str, pa.DataType]

    @property
    def are_texts(self) -> bool:
        """Whether its columns are texts, as they stand in the text file."""
        return all(map(is_text, self.types.values()))

    def opened(self) -> raw.Part:
        """The file, to be read beside others who read it."""
        return raw.Part(self.file, 0, self.file.seek(0, 2))

    def column(self, header: str) -> Iterator[pa.Array]:
        """The cells of a column, some at a time."""
        kind, rows = self.types[header], rows_a_block(CELLS_A_TEXT)
        with pq.ParquetFile(self.opened(), pre_buffer=False) as parquet:
            for batch in parquet.iter_batches(rows, columns=[header]):
                yield batch.column(header).cast(kind)  # of clocks, Parquet knows finer ones
                pa.default_memory_pool().release_unused()

    def without(self, names: Collection[str]) -> Kept:
        """Without some columns, which are kept otherwise."""
        left = {name: header for name, header in self.headers.items() if name not in names}
        types = {header: self.types[header] for header in left.values()}
        return Kept(self.file, self.rows, left, types)


def is_text(kind: pa.DataType) -> bool:
    """Whether cells are texts, perhaps in a dictionary."""
    return bool(pa.types.is_dictionary(kind) or pa.types.is_string(kind))


class Keeper:
    """Who writes the file; rows are gathered until they are worth a row group."""

    def __init__(self, types: Mapping[str, pa.DataType], headers: Mapping[str, str]) -> None:
        self._headers = {name: headers[name] for name in types}
        self._schema = pa.schema([(headers[name], kind) for name, kind in types.items()])
        self._waiting = list[pa.RecordBatch]()
        self._waiting_bytes = self._rows = 0
        in_dictionaries = [one.name for one in self._schema if pa.types.is_dictionary(one.type)]
        with room_told():
            self._file = OwnFile()
            self._writer = pq.ParquetWriter(
                self._file,
                self._schema,
                compression="none",
                use_dictionary=in_dictionaries or False,
                write_statistics=False,
            )

    def add(self, batch: pa.RecordBatch) -> None:
        """Keep some more rows.

        Raises:
            ValueError: there is no room for them.
        """
        columns = batch.select(list(self._headers)).columns
        self._waiting.append(pa.record_batch(columns, self._schema))
        self._waiting_bytes += self._waiting[-1].nbytes
        if self._waiting_bytes >= GROUP_BYTES:
            self._write()

    def kept(self) -> Kept:
        """What was written, once nothing is to be added.

        Raises:
            ValueError: there is no room for the rest.
        """
        if self._waiting:
            self._write()
        with room_told():
            self._writer.close()
            self._file.flush()
        types = {one.name: one.type for one in self._schema}
        return Kept(self._file, self._rows, self._headers, types)

    def _write(self) -> None:
        rows = pa.Table.from_batches(self._waiting, self._schema)
        with room_told():
            self._writer.write_table(rows, row_group_size=max(len(rows), 1))
        self._rows += len(rows)
        self._waiting.clear()
        self._waiting_bytes = 0


@contextmanager
def room_told() -> Iterator[None]:
    """Say in a sentence where there is no room.

    Raises:
        ValueError: as said.
    """
    try:
        yield
    except OSError as error:
        folder = tempfile.gettempdir() if tempfile.tempdir else "a folder for temporary files"
        reason = (error.strerror or str(error)).lower()
        raise ValueError(
            f"its cells are kept in {folder} while it is read, and that cannot be written "
            f"({reason}): make room there, or name another folder (TMPDIR)"
        ) from None
