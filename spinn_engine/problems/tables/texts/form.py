"""How a text file is written: what stands between its cells, and which of its lines are rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from spinn_engine.problems.tables.forms.kinds import look
from spinn_engine.problems.tables.forms.names import COMMENT_MARKS, Row
from spinn_engine.problems.tables.forms.structure import Structure, find_structure
from spinn_engine.problems.tables.sheet import MISSING
from spinn_engine.problems.tables.texts.raw import START_BYTES
from spinn_engine.spec import ReadingSpec, line_ranges
from spinn_engine.words import size

SAMPLE_ROWS = 400
SPACES = " "  # as delimiter: any run of spaces and tabs
DELIMITERS = "\t;,|"  # a decimal comma makes the third less certain
WITH_COMMA = re.compile(r"\s*[+-]?\d*,(\d+)([eE][+-]?\d+)?\s*")
WITH_POINT = re.compile(r"\s*[+-]?\d*\.\d+([eE][+-]?\d+)?\s*")
CELL = re.compile(r'"[^"]*"|[^ \t\r\n]+')
NAMES_APART = (re.compile(r" {2,}"), re.compile(r" +(?![(\[])"))
EVEN, UNUSUAL = 0.3, 0.2  # what counts beside the share of cells that are values
MOST_ODD = 0.1  # of the rows further down may have another number of cells
csv.field_size_limit(2**20)  # letters of a cell; of itself 131,072


@dataclass(frozen=True)
class TextForm:
    """How a text file is written.

    Attributes:
        delimiter: between cells; a space is any run of spaces.
        why: how that is known.
        decimal: comma or point.
        structure: which lines are names, units and rows.
        asked: what a person wanted.
        repeats: lines among the rows that repeat what stands above them.
    """

    delimiter: str
    why: str
    decimal: str
    structure: Structure
    asked: ReadingSpec
    repeats: frozenset[int] = frozenset()

    @property
    def is_rewritten(self) -> bool:
        """Whether lines have to be changed before another program can read them as rows."""
        asked = self.asked
        return bool(self.delimiter == SPACES or asked.drop_lines or asked.comment or self.repeats)

    @property
    def nothing(self) -> list[str]:
        """What a cell without a value is written as."""
        return [w for w in (*MISSING, *self.asked.missing) if w not in self.asked.not_missing]

    def cells(self, line: str) -> list[str]:
        """The cells of a line."""
        return cells_of(line, self.delimiter)


def find_form(text: str, is_all: bool, asked: ReadingSpec) -> TextForm:
    """Find out how the start of a file is written.

    Raises:
        ValueError: it is empty, or names and rows do not fit.
    """
    told, why = asked.delimiter, "as asked for"
    first = text.splitlines()[0] if text.strip() else ""
    if first[:4].lower() == "sep=" and len(first) == 5:
        text = text.replace(first, "", 1)
        if told is None:
            told, why = first[4], "the first line says so"
    if not text.strip():
        raise ValueError("the file is empty")
    if not is_all and len(text.splitlines()) == 1:
        raise ValueError(
            f"its first line takes more than {size(START_BYTES)}: shorten the names, or transpose "
            "the table where its rows are columns"
        )
    if told is None:
        told, why = _delimiter(text, is_all, asked)
    rows = sample_of(text, told, is_all, asked)
    if told == SPACES:
        rows = _with_names_apart(rows, text)
    structure = find_structure(rows, asked)
    body = [row.cells for row in rows if row.line >= structure.first]
    decimal = asked.decimal or _decimal([cell for row in body for cell in row], told, asked)
    return TextForm(told, why, decimal, structure, asked)


def sample_of(text: str, delimiter: str, is_all: bool, asked: ReadingSpec) -> list[Row]:
    """The first rows that hold something; one that may be cut off is left out."""
    if not is_all and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    rows = rows_of(io.StringIO(text, newline=""), delimiter, asked)
    return list(islice(rows, SAMPLE_ROWS))


def rows_of(lines: Iterable[str], delimiter: str, asked: ReadingSpec) -> Iterator[Row]:
    """The rows that hold something, with their lines."""
    return (row for row in _split(lines, delimiter) if _is_row(row, asked))


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    if delimiter == SPACES:
        return [cell.strip('"') for cell in CELL.findall(line)]
    return next(csv.reader([line], delimiter=delimiter), [])


def is_left_out(line: int, text: str, asked: ReadingSpec) -> bool:
    """Whether a person said that a line is no row."""
    return not _is_row(Row(line, [text]), asked)


def _is_row(row: Row, asked: ReadingSpec) -> bool:
    mark = asked.comment if row.line != asked.header else None
    if not row.cells or (mark and str(row.cells[0]).lstrip().startswith(mark)):
        return False
    dropped = line_ranges(asked.drop_lines) if asked.drop_lines else ()
    return row.line > (asked.skip or 0) and not any(a <= row.line <= b for a, b in dropped)


def _split(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    if delimiter == SPACES:
        for number, line in enumerate(lines, 1):
            yield Row(number, cells_of(line, SPACES))
        return
    reader = csv.reader(lines, delimiter=delimiter)
    end = 0
    for cells in reader:
        yield Row(end + 1, cells)
        end = reader.line_num


def _delimiter(text: str, is_all: bool, asked: ReadingSpec) -> tuple[str, str]:
    """The one that parts rows evenly, and into values where the rows hold some."""
    fits: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS + SPACES:
        try:
            rows = [row.cells for row in sample_of(text, delimiter, is_all, asked)]
        except csv.Error:  # one that is not there makes a long line one cell, which has a limit
            continue
        later = rows[len(rows) // 2 :] if len(rows) > 3 else rows[1:] or rows
        width, times = Counter(map(len, later)).most_common(1)[0] if later else (1, 0)
        odd = len(later) - times  # lines above or below the rows, if they are few
        if width > 1 and odd <= max(2, MOST_ODD * len(later)) and 2 * times > len(later):
            is_even = len({len(cells) for cells in rows}) == 1
            own = [cells for cells in later if len(cells) == width]
            score = _share_of_values(own) + EVEN * is_even - UNUSUAL * (delimiter == SPACES)
            fits[delimiter] = score, width
    if SPACES in fits and "\t" in fits and fits["\t"][1] - fits[SPACES][1] in (0, 1):
        del fits[SPACES]  # each of which is a tab, perhaps with one at the end
    if fits:
        best = max(fits, key=lambda one: fits[one][0])  # of equals the first
        if best == "," and fits[best][1] == 2 and _is_one_column(text, is_all, asked):
            return ";", "its rows are numbers with commas before decimals"
        return best, f"it parts rows into {fits[best][1]} cells"
    first_line = next(line for line in text.splitlines() if line.strip())
    return max(",;\t", key=first_line.count), "nothing else parts the rows evenly"


def _is_one_column(text: str, is_all: bool, asked: ReadingSpec) -> bool:
    """Whether commas stand before decimals in the only column, not between two.

    Raises:
        ValueError: they may be both.
    """
    rows = [row.cells for row in sample_of(text, ",", is_all, asked)]
    numbers = rows[1:] if len(rows[0]) == 1 or look(rows[0][0]) == "word" else rows
    if asked.decimal == "." or not all(
        len(cells) == 2 and WITH_COMMA.fullmatch(",".join(cells)) for cells in numbers
    ):
        return False
    if numbers is rows and asked.decimal is None:
        raise ValueError(
            f"its first line {','.join(rows[0])!r} may be one number or two: say --decimal , for "
            "one and --decimal . for two"
        )
    return len(rows[0]) == 1 or numbers is rows


def _share_of_values(rows: Sequence[Sequence[str]]) -> float:
    looks = [look(cell) for cells in rows for cell in cells]
    return looks.count("value") / max(len(looks) - looks.count("empty"), 1)


def _with_names_apart(rows: list[Row], text: str) -> list[Row]:
    """Rows parted by spaces, their names by wider gaps or before no bracket where that fits."""
    width = Counter(len(row.cells) for row in rows[len(rows) // 2 :]).most_common(1)[0][0]
    lines = list(io.StringIO(text, newline=""))
    made = []
    for row in rows:
        line = lines[row.line - 1].strip()
        for mark in COMMENT_MARKS:
            line = line.removeprefix(mark).strip()
        tries = (gap.split(line) for gap in NAMES_APART)
        is_values = any(look(cell) == "value" for cell in row.cells)
        apart = None if is_values else next((t for t in tries if len(t) == width), None)
        made.append(Row(row.line, apart or row.cells))
    return made


def _decimal(cells: Sequence[str], delimiter: str, asked: ReadingSpec) -> str:
    """A comma where more numbers have one; 1,234 among commas may well be a thousand."""
    if asked.thousands in (",", "."):
        return "," if asked.thousands == "." else "."
    commas = [found for cell in cells if (found := WITH_COMMA.fullmatch(cell))]
    points = sum(WITH_POINT.fullmatch(cell) is not None for cell in cells)
    is_thousands = delimiter == "," and all(len(found[1]) == 3 for found in commas)
    return "," if len(commas) > points and not is_thousands else "."
