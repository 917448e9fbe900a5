"""Inputs of a large table, whose numbers stay in their file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spinn_engine.problems.matrix import Floats, Indices, Stored, rows_a_block
from spinn_engine.problems.tables.large.column import ColumnInFile
from spinn_engine.problems.tables.large.settled import SettledColumn
from spinn_engine.problems.tables.rows import Input, Mask
from spinn_engine.problems.tables.typed.column import Column


class RowsInFile(Stored):
    """Inputs ``[complete rows, in]`` of a table of which some columns are in files.

    Args:
        columns: of each input its column, and for a value of a category its code.
        complete: which rows of the file are meant.
    """

    def __init__(self, columns: Sequence[tuple[Column, int | None]], complete: Mask) -> None:
        self._columns, self._complete = columns, complete
        in_file = [column for column, _ in columns if isinstance(column, ColumnInFile)]
        self._headers = [column.title.header for column in in_file]
        self._file = in_file[0].file if in_file else None
        starts = range(0, len(complete), rows_a_block(1))
        self._starts = self._file.starts if self._file else (*starts, len(complete))
        kept = [int(complete[start:end].sum()) for start, end in pairwise(self._starts)]
        self._before: Indices = np.cumsum([0, *kept])  # [row groups + 1] complete rows

    @property
    def shape(self) -> tuple[int, int]:
        """See ``Stored``."""
        return int(self._before[-1]), len(self._columns)

    def column(self, at: int) -> Floats:
        """See ``Stored``."""
        column, code = self._columns[at]
        values = _values(column, code)
        return values if self._complete.all() else values[self._complete]

    def take(self, rows: Indices) -> Floats:
        """See ``Stored``."""
        order = np.argsort(rows, kind="stable")
        rising = rows[order]
        groups = np.flatnonzero(np.diff(np.searchsorted(rising, self._before)))
        found = np.empty((len(rows), len(self._columns)))
        for start, block in self._blocks(groups.tolist()):
            first, last = np.searchsorted(rising, [start, start + len(block)])
            found[order[first:last]] = block[rising[first:last] - start]
        return found

    def blocks(self) -> Iterator[Floats]:
        """See ``Stored``."""
        return (block for _, block in self._blocks(None))

    def _blocks(self, groups: Sequence[int] | None) -> Iterator[tuple[int, Floats]]:
        """Rows of some row groups in turn, each time with the number of the first."""
        for start, rows, cells in self._cells(groups):
            keep = self._complete[start : start + rows]
            values = np.empty((int(keep.sum()), len(self._columns)))
            of_numbers = iter(cells)
            for place, (column, code) in enumerate(self._columns):
                if isinstance(column, ColumnInFile):
                    values[:, place] = column.among(next(of_numbers))[keep]
                elif isinstance(column, SettledColumn):
                    part = column.values(start, start + rows)[keep]
                    values[:, place] = part if code is None else part == code
                else:
                    held = replace(column, cells=column.cells.slice(start, rows))
                    values[:, place] = _values(held, code)[keep]
            yield self._number(start), values

    def _cells(self, groups: Sequence[int] | None) -> Iterator[tuple[int, int, list[pa.Array]]]:
        """The first row, and how many there are, of some rows in turn, and their numbers."""
        size = rows_a_block(len(self._columns))
        if self._file is not None:
            for start, batch in self._file.batches(self._headers, size, groups):
                yield start, batch.num_rows, batch.columns
            return
        for group in range(len(self._starts) - 1) if groups is None else groups:
            end = self._starts[group + 1]
            for start in range(self._starts[group], end, size):
                yield start, min(size, end - start), []

    def _number(self, start: int) -> int:
        """How many complete rows are before a row of the file."""
        group = bisect_right(self._starts, start) - 1
        since = self._complete[self._starts[group] : start]
        return int(self._before[group] + since.sum())


def rows_in_file(
    columns: Mapping[str, Column], inputs: Sequence[Input], complete: Mask
) -> RowsInFile | None:
    """The inputs of a table, where some columns stay in files; else None."""
    used = [(columns[one.column], one.code) for one in inputs]
    are_in_files = any(isinstance(one, ColumnInFile | SettledColumn) for one, _ in used)
    return RowsInFile(used, complete) if are_in_files else None


def _values(column: Column, code: int | None) -> Floats:
    if code is None:
        return column.numbers()
    found: NDArray[np.float64] = (column.codes() == code).astype(np.float64)
    return found
