"""A column of numbers whose cells stay in their file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from spinn_engine.problems.matrix import Floats, Indices, rows_a_block
from spinn_engine.problems.tables.gaps import without_codes
from spinn_engine.problems.tables.large.file import NumbersFile
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.typed.column import Column, as_floats


@dataclass(frozen=True, kw_only=True)
class ColumnInFile(Column):
    """A column of numbers, read when it is asked for; ``cells`` holds none of them.

    Attributes:
        file: where they are.
        layout: how the cells of this table are understood.
    """

    file: NumbersFile
    layout: Layout

    @classmethod
    def of(cls, column: Column, file: NumbersFile, layout: Layout) -> ColumnInFile:
        """The same column without its cells."""
        known: dict[str, Any] = {one.name: getattr(column, one.name) for one in fields(column)}
        known["cells"] = pa.chunked_array([], type=column.cells.type)  # a slice would keep all
        return cls(**known, file=file, layout=layout)

    def numbers(self) -> Floats:
        """See ``Column``."""
        found = np.empty(self.file.starts[-1])
        at = 0
        for cells in self.file.column(self.title.header, rows_a_block(1)):
            found[at : at + len(cells)] = self.among(cells)
            at += len(cells)
        return found

    def codes(self) -> Indices:
        """See ``Column``."""
        return self._whole().codes()

    def shown(self, row: int) -> str:
        """See ``Column``."""
        return self._whole().shown(row)

    def among(self, cells: pa.Array) -> Floats:
        """Some of its cells as numbers, NaN where they hold nothing."""
        return as_floats(without_codes(pa.chunked_array([cells]), self.layout.asked))

    def _whole(self) -> Column:
        cells = pa.chunked_array(list(self.file.column(self.title.header, rows_a_block(1))))
        known = without_codes(cells, self.layout.asked)
        return Column(self.title, self.kind, known, self.missing)
