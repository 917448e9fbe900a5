"""What the cells of a column are: numbers, dates, categories or text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.problems.tables.cells import Words, read_dates, read_numbers, split_words
from spinn_engine.problems.tables.header import Title, titles
from spinn_engine.problems.tables.marks import LARGEST_EXACT, Marks, certain_decimal, readings
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.words import capitalised, listed, shortest

Kind = Literal["number", "date", "category", "text", "empty"]

Where = Callable[[int], str]
Ways = Sequence[tuple[Marks, Floats]]

MOST_CATEGORIES = 20
LONGEST_CATEGORY = 200  # letters, for it becomes part of an input's name


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        title: its names and its unit.
        kind: what its cells are.
        cells: numbers; dates as seconds since ``first``; text as a dictionary.
        missing: how many cells hold nothing, or no finite number.
        first: the earliest date.
        words: the different texts, sorted, of a category or text.
        fault: why it can be no input, where it cannot.
        marks: how its numbers were written, where they were texts.
    """

    title: Title
    kind: Kind
    cells: pa.ChunkedArray
    missing: int
    first: str | None = None
    words: tuple[str, ...] = ()
    fault: str | None = None
    marks: Marks | None = None

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


def typed_columns(found: Mapping[str, pa.ChunkedArray], layout: Layout) -> dict[str, Column]:
    """The columns of a table by their names, each with what it holds.

    Args:
        found: cells by header; the headers differ.
        layout: where their rows come from.
    """
    words = {name: split_words(cells) for name, cells in found.items() if _is_words(cells)}
    read = {name: readings(texts, layout.asked) for name, (texts, _) in words.items()}
    decimal = certain_decimal(read.values(), layout.decimal)
    made = [
        _without_lists(
            _from_words(title, words[name], read[name].settled(decimal), layout.where), cells
        )
        if name in words
        else _typed(title, cells)
        for title, (name, cells) in zip(titles(list(found)), found.items(), strict=True)
    ]
    return {column.name: column for column in made}


def marks_notes(columns: Mapping[str, Column], used: Sequence[str]) -> list[str]:
    """Which of the used columns were read with marks that not every program takes for such."""
    by_marks: dict[Marks, list[str]] = {}
    for name in used:
        marks = columns[name].marks
        if marks not in (None, Marks()):
            by_marks.setdefault(marks, []).append(repr(name))
    return [
        f"{capitalised(listed(names))} {'was' if len(names) == 1 else 'were'} read with "
        f"{marks.words()}{'' if marks.by_habit else '.'}"
        for marks, names in by_marks.items()
    ]


def _is_words(cells: pa.ChunkedArray) -> bool:
    """Whether cells hold something, and neither numbers nor times."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_empty = pa.types.is_null(kind) or cells.null_count == len(cells)
    return not (is_empty or pa.types.is_temporal(kind) or _is_number(kind))


def _without_lists(column: Column, cells: pa.ChunkedArray) -> Column:
    if pa.types.is_nested(cells.type) and column.words:
        fault = "holds lists: drop it, or write every entry into a column of its own"
        return replace(column, kind="text", fault=fault)
    return column


def _typed(title: Title, cells: pa.ChunkedArray) -> Column:
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells = cells.cast(kind.value_type)
    if pa.types.is_null(kind) or cells.null_count == len(cells):
        return Column(title, "empty", cells, len(cells))
    if pa.types.is_temporal(cells.type):
        return _moments(title, cells)
    missing = int(np.sum(~np.isfinite(as_floats(cells))))
    return Column(title, "empty" if missing == len(cells) else "number", cells, missing)


def as_floats(cells: pa.ChunkedArray) -> Floats:
    """Numbers ``[rows]`` in double precision, NaN where a cell holds nothing."""
    if cells.type != pa.float64():
        cells = cells.cast(pa.float64(), safe=False)
    return np.asarray(cells.to_numpy(zero_copy_only=False), dtype=np.float64)


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(test(kind) for test in tests)


def _moments(title: Title, cells: pa.ChunkedArray) -> Column:
    """Dates and times; those that no calendar has would be wrapped around to others."""
    ticks = cells.cast(pa.int32() if cells.type.bit_width == 32 else pa.int64())
    try:
        for end in pc.min_max(ticks).values():
            end.cast(cells.type).as_py()
    except (LookupError, OverflowError, ValueError):
        fault = (
            "holds dates beyond the years 1 to 9999, or of a time zone that is not known here: "
            "mend them, or drop the column"
        )
        return Column(title, "date", ticks, cells.null_count, fault=fault)
    return _dates(title, *_seconds(cells))


def _seconds(cells: pa.ChunkedArray) -> tuple[Floats, str]:
    """Seconds since the earliest cell, and that cell."""
    kind = cells.type
    if pa.types.is_time(kind):
        even: pa.DataType = pa.time64("us")
    elif pa.types.is_duration(kind):
        even = pa.duration("us")
    else:
        even = pa.timestamp("us", getattr(kind, "tz", None))
    ticks = cells.cast(even, safe=False).cast(pa.int64())
    first = pc.min(ticks)
    return as_floats(pc.subtract(ticks, first)) / 1e6, str(first.cast(even).as_py())


def _dates(title: Title, seconds: Floats, first: str) -> Column:
    missing = int(np.isnan(seconds).sum())
    return Column(title, "date", pa.chunked_array([seconds]), missing, first)


def _from_words(title: Title, words: Words, ways: Ways, where: Where) -> Column:
    """Text: of numbers, of dates, of few different words, or none of these."""
    texts, codes = words
    missing = int((codes < 0).sum())
    if not texts:
        return Column(title, "empty", pa.nulls(len(codes)), missing)
    if len(ways) == 1 and not _too_long(ways[0][1]):
        return _numbers(title, ways[0][1], codes, ways[0][0])
    numbers = read_numbers(texts)
    wrong = np.isnan(numbers)
    if not ways and not (wrong.any() or _too_long(numbers)):
        return _numbers(title, numbers, codes, None)
    if dates := read_dates(texts):
        cells = pa.chunked_array([_spread(dates.seconds, codes)])
        return Column(title, "date", cells, missing, dates.first, fault=dates.fault)
    fault = _two_ways(texts, ways) if len(ways) > 1 else _no_category(texts, codes, wrong, where)
    kind: Kind = "category" if fault is None else "text"
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    cells = pa.chunked_array([pa.DictionaryArray.from_arrays(indices, pa.array(texts))])
    return Column(title, kind, cells, missing, words=tuple(texts), fault=fault)


def _no_category(
    texts: Sequence[str], codes: Indices, wrong: NDArray[np.bool_], where: Where
) -> str | None:
    """Why texts that are no numbers can be no category either; None where they can."""
    if 0 < 2 * wrong.sum() < len(texts):
        row = int(np.flatnonzero(np.isin(codes, np.flatnonzero(wrong)))[0])
        return (
            f"holds {texts[codes[row]][:40]!r} in {where(row)}: write a number there, or drop the "
            "column"
        )
    if len(texts) > MOST_CATEGORIES:
        return (
            f"holds {len(texts):,} different texts like {texts[0][:40]!r}, and at most "
            f"{MOST_CATEGORIES} can become inputs: drop it (--drop) or group by it (--group)"
        )
    if (longest := max(map(len, texts))) > LONGEST_CATEGORY:
        return (
            f"holds texts of up to {longest:,} letters, and those of at most {LONGEST_CATEGORY} "
            "can become inputs: drop it (--drop) or group by it (--group)"
        )
    return None


def _numbers(title: Title, numbers: Floats, codes: Indices, marks: Marks | None) -> Column:
    cells = pa.chunked_array([_spread(numbers, codes)])
    return Column(title, "number", cells, int((~np.isfinite(cells)).sum()), marks=marks)


def _too_long(numbers: Floats) -> bool:
    """Whether different texts are the same number, as those of long serial numbers."""
    return bool((np.abs(numbers) >= LARGEST_EXACT).any() and len(np.unique(numbers)) < len(numbers))


def _two_ways(texts: Sequence[str], ways: Ways) -> str:
    """Why texts that are numbers in several ways are taken for none."""
    (_, first), (_, second), *_ = ways
    at = int(np.argmax(first != second))
    one, other = (shortest(numbers[at], 10) for numbers in (first, second))
    return (
        f"holds {texts[at]!r}, which may be {one} or {other} (with a mark between thousands), and "
        "nothing in the file tells which: write its numbers without marks between thousands, and "
        "all with as many decimals"
    )


def _spread(values: Floats, codes: Indices) -> NDArray[np.float64]:
    return np.where(codes < 0, np.nan, values[codes])
