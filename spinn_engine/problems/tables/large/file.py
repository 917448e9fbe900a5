"""A Parquet file that is read again whenever its numbers are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.files import UNREADABLE, unreadable
from spinn_engine.problems.tables.texts.kept import Kept
from spinn_engine.problems.tables.texts.raw import Part

BUFFER_BYTES = 2**16  # of the pages of one column
BATCHES_A_RELEASE = 8


@dataclass(frozen=True)
class NumbersFile:
    """A Parquet file, as it was when it was first looked at.

    Attributes:
        path: where it is.
        state: its size and time then.
        starts: ``[row groups + 1]`` the first row of each row group, and the number of rows.
        kept: where the file at that place is text, its numbers in a file that nobody else has.
    """

    path: Path
    state: tuple[int, int]
    starts: tuple[int, ...]
    kept: Kept | None = None

    @classmethod
    def at(cls, path: Path, kept: Kept | None = None) -> NumbersFile:
        """The file as it is now."""
        state = _state(path)
        with pq.ParquetFile(path if kept is None else kept.opened()) as parquet:
            facts = parquet.metadata
        sizes = [facts.row_group(number).num_rows for number in range(facts.num_row_groups)]
        return cls(path, state, tuple(np.cumsum([0, *sizes]).tolist()), kept)

    def column(self, header: str, rows: int) -> Iterator[pa.Array]:
        """The cells of a column in turn, so many at a time.

        Raises:
            BadInputError: as ``batches``.
        """
        return (batch.column(0) for _, batch in self.batches([header], rows))

    def batches(
        self, headers: Sequence[str], rows: int, groups: Sequence[int] | None = None
    ) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Cells of columns in turn, each time with the number of their first row.

        Args:
            headers: of the columns, in the order in which they are given back.
            rows: most rows at a time.
            groups: row groups that are wanted, rising; all by default.

        Raises:
            BadInputError: the file was changed since it was first looked at, or cannot be read.
        """
        wanted = range(len(self.starts) - 1) if groups is None else groups
        pa.default_memory_pool().release_unused()  # what was read before this
        try:
            with pq.ParquetFile(
                self._source(),
                buffer_size=BUFFER_BYTES,
                pre_buffer=False,
            ) as parquet:  # which would hold all that it has read to the end
                for run in _runs(wanted):
                    at = self.starts[run[0]]
                    found = parquet.iter_batches(rows, row_groups=run, columns=list(headers))
                    for number, batch in enumerate(found):
                        yield at, batch.select(list(headers))
                        at += batch.num_rows
                        if number % BATCHES_A_RELEASE == 0:
                            pa.default_memory_pool().release_unused()
        except UNREADABLE as error:
            self._check_same()
            raise unreadable(self.path, error) from None
        pa.default_memory_pool().release_unused()
        self._check_same()

    def _source(self) -> Path | Part:
        return self.path if self.kept is None else self.kept.opened()

    def _check_same(self) -> None:
        if self.kept is not None:
            return
        if not self.path.exists() or _state(self.path) != self.state:
            raise BadInputError(
                f"{self.path}: was changed while it was read, start again when it is whole"
            )


def _state(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers that follow one another, together: ``[[0, 1], [4]]`` of 0, 1 and 4."""
    places = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    return [[number for _, number in run] for _, run in places]
