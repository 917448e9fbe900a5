"""Columns that were texts or times, as numbers in a file of our own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from spinn_engine.problems.matrix import Floats, Indices
from spinn_engine.problems.tables.texts.kept import OwnFile, room_told
from spinn_engine.problems.tables.typed.column import Column

BYTES = 8  # of a number


class Settled:
    """A file of numbers, one column of a table behind the other.

    Args:
        rows: of each column.
    """

    def __init__(self, rows: int) -> None:
        self.rows, self._columns = rows, 0
        with room_told():
            self._file = OwnFile()

    def put(self, column: Column) -> Column:
        """The same column without its cells, which are in this file.

        Raises:
            ValueError: there is no room for them.
        """
        if column.kind == "empty":
            return column
        values = column.codes().astype(np.float64) if column.words else column.numbers()
        with room_told():
            self._file.seek(BYTES * self.rows * self._columns)
            self._file.write(values.data)
            self._file.flush()
        known: dict[str, Any] = {one.name: getattr(column, one.name) for one in fields(column)}
        known["cells"] = pa.chunked_array([], type=column.cells.type)
        self._columns += 1
        return SettledColumn(**known, file=self, number=self._columns - 1)

    def read(self, number: int, start: int, end: int) -> Floats:
        """Some rows of a column."""
        self._file.seek(BYTES * (self.rows * number + start))
        return np.frombuffer(self._file.read(BYTES * (end - start)), dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class SettledColumn(Column):
    """A column whose numbers, or codes of texts, are in a file; ``cells`` holds none of them.

    Attributes:
        file: where they are.
        number: which column of it.
    """

    file: Settled
    number: int

    def values(self, start: int, end: int) -> Floats:
        """Some rows: numbers, or the code of each text, -1 where there is none."""
        return self.file.read(self.number, start, end)

    def numbers(self) -> Floats:
        """See ``Column``."""
        values = self.values(0, self.file.rows)
        return np.where(values < 0, np.nan, 0.0) if self.words else values

    def codes(self) -> Indices:
        """See ``Column``."""
        if self.words:
            return self.values(0, self.file.rows).astype(np.int64)
        return Column(
            self.title, self.kind, pa.chunked_array([self.numbers()]), self.missing
        ).codes()

    def shown(self, row: int) -> str:
        """See ``Column``."""
        (value,) = self.values(row, row + 1).tolist()
        if not self.words:
            return str(value)
        return self.words[int(value)][:40] if value >= 0 else str(None)
