"""What the readers of table files give: the columns of one file, as they stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spinn_engine.spec import ReadingSpec

# What a cell that holds nothing is written as, whatever the file's format.
MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    "#DIV/0!", "#NUM!", "#VALUE!", "#REF!", "#NAME?", "#NULL!",
)  # fmt: skip


@dataclass
class Sheet:
    """The columns of one file.

    Attributes:
        headers: names of the columns as the file has them, perhaps empty or repeated.
        columns: their cells, all of one length.
        notes: how the file was read, in sentences.
        whole: whether all rows were read.
        decimal: the sign before decimals, where numbers of the file tell it.
    """

    headers: list[str]
    columns: list[pa.ChunkedArray]
    notes: list[str]
    whole: bool = True
    decimal: str | None = None

    @property
    def rows(self) -> int:
        """Number of rows that were read."""
        return len(self.columns[0]) if self.columns else 0


@dataclass(frozen=True)
class Layout:
    """Where rows come from.

    Attributes:
        path: the file, or the folder.
        files: name and number of rows of each file, in the order of the rows.
        notes: how they were read, in sentences.
        whole: whether all rows were read.
        decimal: the sign before decimals in all files, where their numbers tell it.
        asked: how a person wants them read.
    """

    path: Path
    files: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    whole: bool
    decimal: str | None = None
    asked: ReadingSpec = ReadingSpec()

    @property
    def rows(self) -> int:
        """Number of rows in all files."""
        return sum(rows for _, rows in self.files)

    def parts(self) -> NDArray[np.int64]:
        """``[rows]`` number of the file that each row comes from."""
        return np.repeat(np.arange(len(self.files)), [rows for _, rows in self.files])

    def where(self, row: int) -> str:
        """Where a row stands, counted from 1 below the header: ``row 7 of val.csv``."""
        for name, rows in self.files[:-1]:
            if row < rows:
                return f"row {row + 1} of {name}"
            row -= rows
        return f"row {row + 1}" + (f" of {self.files[-1][0]}" if len(self.files) > 1 else "")
