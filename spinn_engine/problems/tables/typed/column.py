"""One column of a table, with what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.problems.tables.header import Title
from spinn_engine.problems.tables.marks import Marks

Kind = Literal["number", "date", "category", "text", "empty"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        title: its names and its unit.
        kind: what its cells are.
        cells: numbers; dates as seconds since ``first``; text as a dictionary.
        missing: how many cells hold nothing, or no finite number.
        first: the earliest date.
        words: the different texts, sorted, of a category or text; of too many only some.
        all_words: whether these are all.
        fault: why it can be no input, where it cannot.
        marks: how its numbers were written, where they were texts.
        form: how its dates were read, where a person may have meant something else.
        clock: whether its times have no date, so that they may start again.
        remark: what else it may be.
        gaps: words in it that count as missing.
        levels: words in it that usually count as missing, and do not here.
    """

    title: Title
    kind: Kind
    cells: pa.ChunkedArray
    missing: int
    first: str | None = None
    words: tuple[str, ...] = ()
    fault: str | None = None
    marks: Marks | None = None
    form: str | None = None
    clock: bool = False
    remark: str | None = None
    gaps: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    all_words: bool = True

    @property
    def name(self) -> str:
        """What the column is called."""
        return self.title.name

    @property
    def unit(self) -> str | None:
        """The unit in its header, or in its cells; of dates, seconds."""
        in_cells = self.marks.unit if self.marks else None
        return "s" if self.kind == "date" else self.title.unit or in_cells or None

    def numbers(self) -> Floats:
        """The cells ``[rows]`` as numbers, NaN where they hold nothing; of text, 0 everywhere."""
        if self.words:
            return np.where(self.codes() < 0, np.nan, 0.0)
        return as_floats(self.cells)

    def codes(self) -> Indices:
        """Number of the different value of each cell ``[rows]``, from 0; -1 where it has none."""
        cells = self.cells
        if pa.types.is_floating(cells.type):
            cells = pc.if_else(pc.is_finite(cells), cells, None)
        if not self.words:
            cells = cells.dictionary_encode()
        found = [
            chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in cells.chunks
        ]
        return np.concatenate([np.zeros(0), *found]).astype(np.int64)

    def shown(self, row: int) -> str:
        """What a cell holds, for a message."""
        return str(self.cells[row].as_py())[:40]


def as_floats(cells: pa.ChunkedArray) -> Floats:
    """Numbers ``[rows]`` in double precision, NaN where a cell holds nothing."""
    if cells.type != pa.float64():
        cells = cells.cast(pa.float64(), safe=False)
    return np.asarray(cells.to_numpy(zero_copy_only=False), dtype=np.float64)
