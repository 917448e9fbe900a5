"""Where the names, the units and the rows of a table stand, in rows of cells with their lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from spinn_engine.problems.tables.forms.below import below_names, is_units_row, row_tells_sampling
from spinn_engine.problems.tables.forms.kinds import bare_unit, is_rule, is_summary, look
from spinn_engine.problems.tables.forms.names import Row, names_in_row, no_names
from spinn_engine.problems.tables.forms.programs import is_campbell, without_labview_header
from spinn_engine.spec import ReadingSpec

PLAIN = re.compile(r"\d+([.]\d+)?")
NEXT = 3  # rows below the first one that show that it is one
LEAST_TABLE = 5  # rows of values above the names that are a table of their own
MOST_BODY = 200  # rows that tell what a column holds


@dataclass(frozen=True)
class Structure:
    """Where the parts of a table stand; lines are counted from 1, and 0 is none.

    Attributes:
        header: line of the names.
        why: how that is known.
        names: of the columns, as the file has them.
        units: line of the units.
        unit_of: unit of each column, empty where there is none.
        first: line of the first row.
        values: numbers of the columns that hold numbers or times.
        first_words: number of the first column, where it holds words and none sums up rows.
    """

    header: int
    why: str
    names: tuple[str, ...]
    units: int
    unit_of: tuple[str, ...]
    first: int
    values: frozenset[int]
    first_words: int | None


def find_structure(rows: Sequence[Row], asked: ReadingSpec) -> Structure:
    """Find the names above rows of which most are as wide as each other.

    Args:
        rows: the first rows, without those that hold nothing.
        asked: how a person wants them read.

    Raises:
        ValueError: there is no row, none as asked for, or names and rows do not fit.
    """
    rows = [row for row in rows if row.line > (asked.skip or 0)]
    if not rows:
        raise ValueError("the file is empty")
    if asked.header is None:
        rows = without_labview_header(rows)
    width = _width(rows)
    rows = _as_wide(rows, width)
    values = _value_columns(rows, width, asked)
    at, why = _header(rows, width, values, asked)
    if at is None:
        names = [f"column_{number}" for number in range(1, width + 1)]
        start = _first_data(rows, width, values, asked)
        words = _words(rows[start:], values)
        return Structure(0, why, tuple(names), 0, ("",) * width, rows[start].line, values, words)
    units, below = below_names(rows, at, width, values, asked)
    unit_of = [bare_unit(str(cell)) for cell in units.cells] if units else [""] * width
    unit_of = [unit if unit not in ("-", "TS", "RN") else "" for unit in unit_of]
    names = names_in_row(rows, at, width)
    first = rows[below].line if below < len(rows) else rows[at].line + 1
    line = units.line if units else 0
    words = _words(rows[below:], values)
    return Structure(rows[at].line, why, tuple(names), line, tuple(unit_of), first, values, words)


def _words(rows: Sequence[Row], values: frozenset[int]) -> int | None:
    """The first column, where it holds words of which none sums up rows, the later half aside."""
    if 0 in values or any(is_summary(row.cells[0]) for row in rows[: len(rows) // 2]):
        return None
    return 0


def _width(rows: Sequence[Row]) -> int:
    """How many cells most rows have, of those further down."""
    later = rows[len(rows) // 2 :] if len(rows) > 3 else rows
    return Counter(len(row.cells) for row in later).most_common(1)[0][0]


def _as_wide(rows: Sequence[Row], width: int) -> Sequence[Row]:
    """Rows as wide as most, where these but end in a sign that parts cells and others do not."""
    later = rows[len(rows) // 2 :] if len(rows) > 3 else rows
    last = [row.cells[-1] for row in later if len(row.cells) == width > 1]
    if any(look(cell) != "empty" for cell in last):
        return rows
    return [Row(n, [*cells, ""] if len(cells) == width - 1 else cells) for n, cells in rows]


def _value_columns(rows: Sequence[Row], width: int, asked: ReadingSpec) -> frozenset[int]:
    """Columns whose cells further down are numbers or times, most of them."""
    body = [row.cells for row in rows if len(row.cells) == width]
    body = (body[len(body) // 2 :] if len(body) > 3 else body[1:] or body)[-MOST_BODY:]
    found = set()
    for column in range(width):
        looks = Counter(look(cells[column], asked.missing) for cells in body)
        if looks["value"] > looks["word"]:
            found.add(column)
    return frozenset(found)


def _is_data(cells: Sequence[Any], values: frozenset[int], missing: Sequence[str]) -> bool:
    looks = [look(cells[column], missing) for column in values if column < len(cells)]
    return looks.count("value") > looks.count("word")


def _header(
    rows: Sequence[Row], width: int, values: frozenset[int], asked: ReadingSpec
) -> tuple[int | None, str]:
    """Which row holds the names, or that none does; and why."""
    if asked.header is not None:
        return _asked_header(rows, asked.header), "as asked for"
    if is_campbell(rows) and len(rows) > 1:
        return 1, "a data logger's file has its names there"
    start = _first_data(rows, width, values, asked)
    if start == 0 and not values:
        start = 1
    if start == 0:
        return _of_the_first_row(rows, values)
    full = _first_full(rows, width, values, asked)
    further = [n for n in range(start, full) if _are_names(rows[n].cells, values)]
    names = [n for n in range(start) if _may_be_names(rows[n].cells, width)] + further
    candidates = [n for n in names if rows[n].line < (asked.units_row or rows[n].line + 1)]
    if not candidates:
        raise ValueError(no_names(rows[start - 1], width))
    at = _best(rows, candidates, values)
    if asked.skip is None:
        _check_one_table(rows[: at + 1])
    return at, "words stand above columns of values"


def _check_one_table(rows: Sequence[Row]) -> None:
    """Refuse a table above the names, the last of some rows."""
    run: list[Row] = []
    for row in rows:
        looks = [look(cell) for cell in row.cells]
        is_row = looks.count("value") > 1 and "word" not in looks
        if is_row and (not run or len(run[-1].cells) == len(looks)):
            run.append(row)
        elif len(run) < LEAST_TABLE:
            run = [row] if is_row else []
    if len(run) >= LEAST_TABLE:
        raise ValueError(
            f"rows of values stand in line {run[0].line} to {run[-1].line}, above the names in "
            f"line {rows[-1].line}, so it holds two tables: save each in a file of its own, or "
            f"say --skip {run[-1].line} to read the second"
        )


def _asked_header(rows: Sequence[Row], line: int) -> int | None:
    """Which row is in the line that a person named; None for 0, where none holds names."""
    if line == 0:
        return None
    found = next((number for number, row in enumerate(rows) if row.line == line), None)
    if found is None:
        raise ValueError(f"line {line} (--header) holds nothing, or is not among the first")
    return found


def _first_data(rows: Sequence[Row], width: int, values: frozenset[int], asked: ReadingSpec) -> int:
    """Which row is the first that holds values, as most of those below it do; else the first."""
    are = [len(row.cells) == width and _is_data(row.cells, values, asked.missing) for row in rows]
    for number, is_data in enumerate(are):
        next_ones = are[number + 1 : number + 1 + NEXT]
        if is_data and 2 * sum(next_ones) >= len(next_ones):
            return number
    return 0


def _first_full(rows: Sequence[Row], width: int, values: frozenset[int], asked: ReadingSpec) -> int:
    """Which row is the first with a value in each of the columns of values; -1: no row is."""
    for number, row in enumerate(rows):
        looks = [look(cell, asked.missing) for cell in row.cells]
        if len(looks) == width and {looks[column] for column in values} == {"value"}:
            return number
    return -1


def _of_the_first_row(rows: Sequence[Row], values: frozenset[int]) -> tuple[int | None, str]:
    """The first row has values: there are no names, unless they are 0, 1, 2 or partly words."""
    first = rows[0].cells
    texts = [str(cell).strip() for cell in first]
    counts = [str(number) for number in range(len(texts))]
    if len(texts) > 1 and texts in (counts, ["", *counts[:-1]], [*counts[1:], str(len(texts))]):
        return 0, "its columns are numbered"
    if any(look(first[column]) == "word" for column in values):
        return 0, "a word stands above a column of values"
    words = [column for column in range(len(texts)) if look(first[column]) == "word"]
    below = {str(row.cells[c]).strip() for row in rows[1:] for c in words if c < len(row.cells)}
    if words and _increase(texts) and not any(texts[column] in below for column in words):
        return 0, "words that are in no other row stand beside numbers that increase"
    return None, "the first line holds values like all others"


def _increase(texts: Sequence[str]) -> bool:
    """Whether the numbers among texts, two or more, grow from each to the next."""
    numbers = [float(text) for text in texts if PLAIN.fullmatch(text)]
    return len(numbers) > 1 and all(one < other for one, other in pairwise(numbers))


def _may_be_names(cells: Sequence[Any], width: int) -> bool:
    """Whether words stand in a row that is as wide as the table, or one cell wider or narrower."""
    if abs(len(cells) - width) > (1 if width > 2 else 0) or str(cells[0]).endswith(":"):
        return False
    if is_rule(cells):
        return False
    looks = [look(cell) for cell in cells]
    named = looks.count("word")
    return named >= min(2, width) or (named > 0 and not looks.count("value") and 2 * named >= width)


def _best(rows: Sequence[Row], candidates: Sequence[int], values: frozenset[int]) -> int:
    """The first that names every column once and has no names below it; else the last."""
    units = [n for n in candidates if is_units_row(rows[n].cells, values)]
    if len(units) > 1 and units[-1] == units[-2] + 1:
        return units[-2]  # names such as U/V and m, above their units
    above = [n for n in candidates if not units or n < units[-1]]
    if units and any(_are_names(rows[n].cells, values) for n in above):
        candidates = above  # what stands below the units says more of the columns
    for position, number in enumerate(candidates):
        names = [str(cell).strip() for cell in rows[number].cells]
        if names[-1] == "" and len(names) - 1 not in values:
            names.pop()  # of a column that is empty in all rows
        if "" in names or len(set(names)) < len(names):
            continue
        below = candidates[position + 1 :]
        if not any(_are_names(rows[other].cells, values) for other in below):
            return number
    last = [n for n in candidates if not is_units_row(rows[n].cells, values)]
    named = [n for n in last if not row_tells_sampling(rows[n].cells, values)] or list(candidates)
    cells = rows[named[-1]].cells
    if len(set(cells)) < len(cells) and named[-1] + 1 in last:
        return named[-1] + 1  # mean and std, below names that stand above several columns
    return named[-1]


def _are_names(cells: Sequence[Any], values: frozenset[int]) -> bool:
    """Whether every cell is another word, at least two of them above values, and none a unit."""
    words = [str(cell).strip() for cell in cells]
    above = [column for column in values if column < len(cells)]
    return (
        len(above) >= 2
        and all(look(cells[column]) == "word" for column in above)
        and len(set(words)) == len(words)
        and not is_units_row(cells, values)
        and not row_tells_sampling(cells, values)
    )
