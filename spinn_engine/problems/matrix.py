"""Numbers ``[rows, columns]``: an array, or rows that stay in a file until they are used."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK_CELLS = 2**20  # that are looked at together
STAYS_BYTES = 2**27  # what is less as numbers is held in memory

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class Stored(ABC):
    """Rows that are read whenever they are needed; asked for as those of an array are."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""

    @abstractmethod
    def column(self, at: int) -> Floats:
        """One column ``[rows]``."""

    @abstractmethod
    def take(self, rows: Indices) -> Floats:
        """Some rows ``[n, columns]``, in any order."""

    @abstractmethod
    def blocks(self) -> Iterator[Floats]:
        """All rows in turn, ``[some rows, columns]`` at a time."""

    @property
    def T(self) -> Iterator[Floats]:
        """Its columns, one after the other."""
        return (self.column(at) for at in range(self.shape[1]))

    def __len__(self) -> int:
        """Number of rows."""
        return self.shape[0]

    def __getitem__(self, key: Any) -> Floats:
        """Rows, or with ``[rows, at]`` those of one column."""
        if isinstance(key, tuple):
            return np.asarray(self.column(key[1])[key[0]])
        rows = np.arange(len(self))[key]
        return self.take(rows) if rows.ndim else self.take(rows[None])[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """All of it in memory."""
        if copy is False:
            raise ValueError("rows in a file are no array: they must be copied")
        return np.concatenate([np.empty((0, self.shape[1])), *self.blocks()]).astype(dtype or float)


Matrix = Floats | Stored


def blocks_of(matrix: Matrix) -> Iterator[Floats]:
    """All rows in turn, ``[some rows, columns]`` at a time."""
    if isinstance(matrix, Stored):
        return matrix.blocks()
    size = rows_a_block(matrix.shape[1])
    return (matrix[start : start + size] for start in range(0, len(matrix), size))


def blocks_of_rows(matrix: Matrix, rows: Indices) -> Iterator[Floats]:
    """Some rows in their order, ``[some of them, columns]`` at a time.

    Args:
        matrix: the numbers.
        rows: their numbers; rising where they are in a file.
    """
    if not isinstance(matrix, Stored):
        size = rows_a_block(matrix.shape[1])
        yield from (matrix[rows[at : at + size]] for at in range(0, len(rows), size))
        return
    start = 0
    for block in matrix.blocks():
        first, last = np.searchsorted(rows, [start, start + len(block)])
        if last > first:
            yield block[rows[first:last] - start]
        start += len(block)


def ends_of(matrix: Matrix, rows: Indices) -> Floats:
    """The smallest and the largest value ``[2, columns]`` of some rows; rows as above."""
    ends = [np.stack([b.min(axis=0), b.max(axis=0)]) for b in blocks_of_rows(matrix, rows)]
    return np.stack([np.min(ends, axis=0)[0], np.max(ends, axis=0)[1]])


def rows_a_block(columns: int) -> int:
    """How many rows are looked at together."""
    return max(BLOCK_CELLS // max(columns, 1), 1)
