"""What the readers of table files give: the columns of one file, as they stand in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spinn_engine.problems.tables.texts.kept import Kept
from spinn_engine.spec import ReadingSpec
from spinn_engine.words import listed, shown

Line = Callable[[int], int]

# What a cell that holds nothing is written as, whatever the file's format.
MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "None", "n/a", "null",
    "NAN", "NaN", "nan", "-NaN", "-nan", "NaN(ind)", "-NaN(ind)", "nan(ind)", "-nan(ind)",
    "1.#IND", "-1.#IND", "1.#IND00", "-1.#IND00", "1.#QNAN", "-1.#QNAN", "1.#QNAN0", "-1.#QNAN0",
    "1.#INF", "-1.#INF", "1.#INF00", "-1.#INF00",
    "#DIV/0!", "#NUM!", "#VALUE!", "#REF!", "#NAME?", "#NULL!",
    "#NV", "#N/V", "#WERT!", "#ZAHL!", "#BEZUG!", "#NOMBRE!", "#VALEUR!", "#NOM?", "#VALOR!",
)  # fmt: skip


class Fact(NamedTuple):
    """One thing of how a file was read: the field of a spec that says it, its value, and why."""

    field: str
    value: str
    why: str


def facts_left_out(asked: ReadingSpec, below: Sequence[str]) -> list[Fact]:
    """Which lines are no rows: those below them, and those that a person named."""
    facts = []
    if below:
        told = listed(repr(shown(line)) for line in below)
        facts.append(Fact("drop_lines", told, "below the rows, they sum up or end them"))
    named = {"skip": asked.skip, "drop_lines": asked.drop_lines, "comment": asked.comment}
    return facts + [Fact(field, str(one), "as asked for") for field, one in named.items() if one]


@dataclass(frozen=True)
class ReadSo:
    """How one file was read.

    Attributes:
        facts: what was taken, and why.
        first_lines: number and text of its first lines as they stand in it.
    """

    facts: tuple[Fact, ...] = ()
    first_lines: tuple[tuple[int, str], ...] = ()


@dataclass
class Sheet:
    """The columns of one file.

    Attributes:
        headers: names of the columns as the file has them, perhaps empty or repeated.
        columns: their cells, all of one length.
        notes: how the file was read, in sentences.
        whole: whether all rows were read.
        decimal: the sign before decimals, where numbers of the file tell it.
        read: how it was read, and why.
        line: gives the line, or the row of the sheet, of a row from 0; None where the file has no
            lines.
        kept: columns that stay in files of our own; they have no cells here.
    """

    headers: list[str]
    columns: list[pa.ChunkedArray]
    notes: list[str]
    whole: bool = True
    decimal: str | None = None
    read: ReadSo = ReadSo()
    line: Line | None = None
    kept: tuple[Kept, ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows that were read."""
        if self.kept:
            return self.kept[0].rows
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
        read: how each file was read.
        lines: of each file what gives the line of a row, where it has lines.
        kept: of a long text file the columns that stay in files of our own.
    """

    path: Path
    files: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    whole: bool
    decimal: str | None = None
    asked: ReadingSpec = ReadingSpec()
    read: tuple[ReadSo, ...] = ()
    lines: tuple[Line | None, ...] = ()
    kept: tuple[Kept, ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows in all files."""
        return sum(rows for _, rows in self.files)

    def parts(self) -> NDArray[np.int64]:
        """``[rows]`` number of the file that each row comes from."""
        return np.repeat(np.arange(len(self.files)), [rows for _, rows in self.files])

    def where(self, row: int) -> str:
        """Where a row stands, counted below the names: ``row 7``, ``row 7 (line 12) of val.csv``.

        The line is told where it is not one more than the row.
        """
        number, last = 0, len(self.files) - 1
        while number < last and row >= self.files[number][1]:
            row -= self.files[number][1]
            number += 1
        line = self.lines[number] if self.lines else None
        at = row + 2 if line is None else line(row)
        beside = "" if at == row + 2 else f" (line {at})"
        return f"row {row + 1}{beside}" + (f" of {self.files[number][0]}" if last else "")
