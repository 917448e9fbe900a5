"""Inputs of a large table, whose numbers stay in their file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spinn_engine.problems.matrix import Floats, Indices, Stored, rows_a_block
from spinn_engine.problems.tables.columns import Column
from spinn_engine.problems.tables.large.column import ColumnInFile
from spinn_engine.problems.tables.large.file import NumbersFile
from spinn_engine.problems.tables.rows import Input, Mask


class RowsInFile(Stored):
    """Inputs ``[complete rows, in]`` of a table of which some columns are in a file.

    Args:
        columns: of each input its column, and for a value of a category its code.
        complete: which rows of the file are meant.
        file: where columns of numbers are.
    """

    def __init__(
        self,
        columns: Sequence[tuple[Column, int | None]],
        complete: Mask,
        file: NumbersFile,
    ) -> None:
        self._columns, self._complete, self._file = columns, complete, file
        kept = [int(complete[start:end].sum()) for start, end in pairwise(file.starts)]
        self._before: Indices = np.cumsum([0, *kept])  # [row groups + 1] complete rows

    @property
    def shape(self) -> tuple[int, int]:
        """See ``Stored``."""
        return int(self._before[-1]), len(self._columns)

    def column(self, at: int) -> Floats:
        """See ``Stored``."""
        column, code = self._columns[at]
        if not isinstance(column, ColumnInFile):
            return _values(column, code)[self._complete]
        found = np.empty(len(self))
        start = end = 0
        for cells in self._file.column(column.title.header, rows_a_block(1)):
            part = column.among(cells)[self._complete[start : start + len(cells)]]
            found[end : end + len(part)] = part
            start, end = start + len(cells), end + len(part)
        return found

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
        in_file = [one.title.header for one, _ in self._columns if isinstance(one, ColumnInFile)]
        size = rows_a_block(len(self._columns))
        for start, batch in self._file.batches(in_file, size, groups):
            keep = self._complete[start : start + batch.num_rows]
            values = np.empty((int(keep.sum()), len(self._columns)))
            cells = iter(batch.columns)
            for place, (column, code) in enumerate(self._columns):
                if isinstance(column, ColumnInFile):
                    values[:, place] = column.among(next(cells))[keep]
                else:
                    part = replace(column, cells=column.cells.slice(start, batch.num_rows))
                    values[:, place] = _values(part, code)[keep]
            yield self._number(start), values

    def _number(self, start: int) -> int:
        """How many complete rows are before a row of the file."""
        group = bisect_right(self._file.starts, start) - 1
        since = self._complete[self._file.starts[group] : start]
        return int(self._before[group] + since.sum())


def rows_in_file(
    columns: Mapping[str, Column], inputs: Sequence[Input], complete: Mask
) -> RowsInFile | None:
    """The inputs of a table, where columns of numbers stay in a file; else None."""
    used = [(columns[one.column], one.code) for one in inputs]
    files = [column.file for column, _ in used if isinstance(column, ColumnInFile)]
    return RowsInFile(used, complete, files[0]) if files else None


def _values(column: Column, code: int | None) -> Floats:
    if code is None:
        return column.numbers()
    found: NDArray[np.float64] = (column.codes() == code).astype(np.float64)
    return found
