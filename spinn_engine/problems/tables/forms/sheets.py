"""The rows of a sheet, of which some are names, units, remarks above or sums below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spinn_engine.problems.tables.forms.footers import MOST_FOOTERS, sums_up
from spinn_engine.problems.tables.forms.kinds import look
from spinn_engine.problems.tables.forms.names import Row
from spinn_engine.problems.tables.forms.said import headers_of, structure_notes
from spinn_engine.problems.tables.forms.structure import Structure, find_structure
from spinn_engine.problems.tables.sheet import Fact, ReadSo, facts_left_out
from spinn_engine.spec import ReadingSpec, line_ranges
from spinn_engine.words import listed, shown

SAMPLE_ROWS = 400
FIRST, AROUND = 2, 4  # rows that are shown: the first ones, and those below the names


@dataclass(frozen=True)
class SheetRows:
    """The rows of a sheet that hold its table.

    Attributes:
        rows: their cells.
        lines: which row of the sheet each is, from 1.
        structure: where names and units stand.
        below: rows below the table that were left out, in words.
        repeats: rows among them that repeat the names, and were left out.
        all_rows: every row of the sheet that holds something.
    """

    rows: list[Sequence[Any]]
    lines: list[int]
    structure: Structure
    below: tuple[str, ...]
    repeats: tuple[int, ...]
    all_rows: Sequence[Row]

    @property
    def headers(self) -> list[str]:
        """Names of the columns, with their units."""
        return headers_of(self.structure)

    def notes(self, sheet: str) -> list[str]:
        """What is to be said of how they were found, in sentences."""
        name = f"Sheet {shown(sheet)!r}"
        notes = structure_notes(name, self.structure, "row")
        if self.repeats:
            rows = listed([f"row {row}" for row in self.repeats], 3)
            notes.append(
                f"The names of sheet {shown(sheet)!r} are repeated and left out in {rows}."
            )
        if self.below:
            told = listed(repr(one) for one in self.below)
            notes.append(
                f"What stands below the rows of sheet {shown(sheet)!r} was left out: {told}."
            )
        return notes

    def read_so(self, sheet: str, asked: ReadingSpec) -> ReadSo:
        """The same as facts, with the first rows as they stand."""
        structure = self.structure
        facts = [
            Fact("sheet", sheet, "as asked for" if asked.sheet else "it holds a table"),
            Fact(
                "header", f"row {structure.header}" if structure.header else "none", structure.why
            ),
        ]
        if structure.units:
            why = "as asked for" if asked.units_row else "it holds units alone"
            facts.append(Fact("units_row", f"row {structure.units}", why))
        facts += facts_left_out(asked, self.below)
        lines = [
            (row.line, " | ".join(str(cell) for cell in row.cells))
            for number, row in enumerate(self.all_rows)
            if number < FIRST or structure.header - 1 <= row.line < structure.header + AROUND
        ]
        return ReadSo(tuple(facts), tuple(lines[: FIRST + AROUND + 1]))


def rows_of_sheet(
    rows: Sequence[Sequence[Any]], first: int, asked: ReadingSpec, has_end: bool
) -> SheetRows:
    """Find the table among the rows of a sheet.

    Args:
        rows: cells, all rows of one length; an empty text is a cell that holds nothing.
        first: which row of the sheet the first is, from 1.
        asked: how a person wants them read.
        has_end: whether the last row is that of the sheet.

    Raises:
        ValueError: the sheet holds nothing, or no names where they are said to be.
    """
    dropped = line_ranges(asked.drop_lines) if asked.drop_lines else ()
    numbered = [
        Row(line, cells)
        for line, cells in enumerate(rows, first)
        if not any(one <= line <= last for one, last in dropped)
        and not (asked.comment and str(cells[0]).lstrip().startswith(asked.comment))
    ]
    full = [row for row in numbered if any(look(cell) != "empty" for cell in row.cells)]
    structure = find_structure(full[:SAMPLE_ROWS], asked)
    body = [row for row in numbered if row.line >= structure.first]
    repeats = _repeated(body, full, structure)
    body = [row for row in body if row.line not in repeats]
    below: list[str] = []
    while has_end and len(body) > 1 and len(below) < MOST_FOOTERS:
        last = body[-1].cells
        words = [cell for cell in last if look(cell) != "empty"]
        is_remark = len(words) == 1 < len(last) and _is_remark(last, structure)
        if words and not (is_remark or sums_up(last, structure)):
            break
        if words:
            below.insert(0, " ".join(shown(word) for word in words))
        body.pop()
    return SheetRows(
        [row.cells for row in body],
        [row.line for row in body],
        structure,
        tuple(below),
        repeats,
        full,
    )


def _repeated(body: Sequence[Row], rows: Sequence[Row], structure: Structure) -> tuple[int, ...]:
    """Which rows repeat the names, of two columns or more."""
    names = next((list(row.cells) for row in rows if row.line == structure.header), None)
    if not structure.values or names is None or sum(cell != "" for cell in names) < 2:
        return ()
    return tuple(row.line for row in body if list(row.cells) == names)


def _is_remark(cells: Sequence[Any], structure: Structure) -> bool:
    """Whether the only word of a row stands in a column of values."""
    return any(look(cells[column]) == "word" for column in structure.values)
