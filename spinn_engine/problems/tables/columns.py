"""What the cells of a column are: numbers, dates, categories or text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.problems.tables.gaps import gaps_and_levels, without_numbers, words_kept
from spinn_engine.problems.tables.header import Title, titles
from spinn_engine.problems.tables.marks import Marks, certain_decimal, most_numbers, readings
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.texts.words import (
    Ways,
    Words,
    among,
    below_zero,
    different_texts,
    encoded,
    missing_words,
    no_category,
    only_numbers,
    other_marks,
    other_unit,
    several_units,
    split_words,
    two_ways,
)
from spinn_engine.problems.tables.times.reading import RIGHT, Texts, Times, no_time, read_times
from spinn_engine.problems.tables.times.ticks import are_known, digits, since_earliest, ticks
from spinn_engine.problems.tables.times.use import Use

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
        words: the different texts, sorted, of a category or text.
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


def typed_columns(
    found: Mapping[str, pa.ChunkedArray],
    layout: Layout,
    time: str | None = None,
    group: str | None = None,
) -> dict[str, Column]:
    """The columns of a table by their names, each with what it holds.

    Args:
        found: cells by header; the headers differ.
        layout: where their rows come from.
        time: the column that is named as the time, with or without its unit: it holds times, if
            it can.
        group: the one whose texts tell groups apart: they stay texts.
    """
    texts = {name: encoded(cells) for name, cells in found.items() if _is_words(cells)}
    kept = {n: words_kept(different_texts(cells), layout.asked) for n, cells in texts.items()}
    words = {name: split_words(cells, kept[name]) for name, cells in texts.items()}
    read = {name: readings(texts, layout.asked) for name, (texts, _) in words.items()}
    decimal = certain_decimal(read.values(), layout.decimal)
    made = []
    for title, (name, cells) in zip(titles(list(found)), found.items(), strict=True):
        use = Use(title, layout, time, group)
        if name in words:
            column = _from_words(use, words[name], read[name].settled(decimal, layout.decimal))
            gaps, levels = gaps_and_levels(different_texts(texts[name]), kept[name])
            column = replace(column, gaps=gaps, levels=levels) if column.words else column
            made.append(_without_lists(column, cells))
        else:
            made.append(_typed(use, cells))
    return {column.name: column for column in made}


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


def _typed(use: Use, cells: pa.ChunkedArray) -> Column:
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells = cells.cast(kind.value_type)
    if pa.types.is_null(kind) or cells.null_count == len(cells):
        return Column(use.title, "empty", cells, len(cells))
    if pa.types.is_temporal(cells.type):
        return _moments(use, cells)
    missing = int(np.sum(~np.isfinite(as_floats(cells))))
    column = Column(use.title, "empty" if missing == len(cells) else "number", cells, missing)
    return _with_digits(use, column) if column.kind == "number" else column


def as_floats(cells: pa.ChunkedArray) -> Floats:
    """Numbers ``[rows]`` in double precision, NaN where a cell holds nothing."""
    if cells.type != pa.float64():
        cells = cells.cast(pa.float64(), safe=False)
    return np.asarray(cells.to_numpy(zero_copy_only=False), dtype=np.float64)


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(test(kind) for test in tests)


def _moments(use: Use, cells: pa.ChunkedArray) -> Column:
    """Dates and times; those that no calendar has would be wrapped around to others."""
    if not are_known(cells):
        fault = use.advised(
            "holds dates beyond the years 1 to 9999, or of a time zone that is not known here: "
            "mend them"
        )
        return Column(use.title, "date", ticks(cells), cells.null_count, fault=fault)
    seconds, first = since_earliest(cells)
    clock = pa.types.is_time(cells.type)
    in_minutes = cells.type == pa.time32("s") and not np.nan_to_num(seconds % 60).any()
    if use.is_time and use.time_format and cells.type in (pa.time32("s"), pa.date32()):
        written = cells.cast(pa.string())  # as in a text file
        for texts in (written, pc.utf8_slice_codeunits(written, 0, 5 if in_minutes else None)):
            words, codes = split_words(texts)
            given = read_times(use.texts(words, codes))
            if given is not None and given.whole:
                return _dates(use, given, codes)
    times = Times(seconds, first, "%H:%M" if in_minutes else None, clock)
    return _dates(use, times, np.arange(len(cells)))


def _dates(use: Use, times: Times, codes: Indices) -> Column:
    seconds = _spread(times.seconds, codes)
    return Column(
        use.title,
        "date",
        pa.chunked_array([seconds]),
        int(np.isnan(seconds).sum()),
        times.first,
        fault=times.fault and use.advised(times.fault),
        form=times.form,
        clock=times.clock,
    )


def _with_digits(use: Use, column: Column) -> Column:
    """Numbers, or the dates that all their digits are, such as 20210301120000."""
    form = use.time_format if use.is_time else None
    if use.is_group or (found := digits(column.cells, form)) is None:
        return column
    texts, codes = found
    times = read_times(replace(use.texts(texts, codes), timelike=True, form=form))
    if times is None or not (times.whole or use.is_time):
        return column
    if use.is_time or (times.fault is None and use.seems_time and not use.title.unit):
        if any("." in text for text in texts) and times.fault is None:
            fault = f"holds dates like {texts[0]}, too long for numbers: write them as {RIGHT}.5"
            times = replace(times, whole=False, fault=fault)
        dates = _dates(use, times, codes)
        return dates if times.whole else replace(column, fault=dates.fault)
    remark = (
        f"holds numbers like {texts[0]}, which may be dates: they are used as numbers, name it as "
        "the time (--time) if they are."
    )
    return replace(column, remark=remark)


def _from_words(use: Use, words: Words, ways: Ways) -> Column:
    """Text: of numbers, of dates, of few different words, or none of these."""
    texts, codes = words
    missing = int((codes < 0).sum())
    if not texts:
        return Column(use.title, "empty", pa.nulls(len(codes)), missing)
    seen = use.texts(texts, codes)
    times, numbers = (None, None) if use.is_group else _times_or_numbers(use, seen, ways)
    fault = numbers and other_unit(texts, numbers[0], use.title.unit)
    if numbers is not None and fault is None:
        known = without_numbers(numbers[1], use.layout.asked)
        return _numbers(use.title, known, codes, numbers[0])
    if times is not None and times.whole:
        return _dates(use, times, codes)
    if fault is None:
        told = use.advised(times.fault) if times and times.fault else None
        fault = told or _no_use(use, seen, ways, codes)
    kind: Kind = "category" if fault is None else "text"
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    cells = pa.chunked_array([pa.DictionaryArray.from_arrays(indices, pa.array(texts))])
    return Column(use.title, kind, cells, missing, words=tuple(texts), fault=fault)


def _times_or_numbers(
    use: Use, seen: Texts, ways: Ways
) -> tuple[Times | None, tuple[Marks | None, Floats] | None]:
    """What texts are; of what is both, times in a column that is called so, else numbers."""
    times = read_times(seen) if use.digits_are_times(seen.words) else None
    if times is not None and (times.whole or use.is_time):
        return times, None
    numbers = only_numbers(seen.words, ways)
    return (None, numbers) if numbers is not None else (times or read_times(seen), None)


def _no_use(use: Use, seen: Texts, ways: Ways, codes: Indices) -> str | None:
    """Why texts are nothing that can be used; None where they are a category."""
    if use.is_group:
        return no_category(seen.words)
    if len(ways) > 1:
        return two_ways(seen.words, ways)
    if told := other_marks(seen.words, use.layout) or several_units(seen.words):
        return told
    if told := below_zero(seen.words, use.layout.asked):
        return use.advised(told)
    marks, wrong = most_numbers(seen.words, use.layout.asked)
    if 0 < 2 * wrong.sum() < len(wrong):
        gaps = missing_words(seen.words, wrong, codes, told := seen.told(wrong))
        return gaps or use.advised(f"holds {told}{among(marks)}: write a number there")
    return no_time(seen) if use.is_time else no_category(seen.words)


def _numbers(title: Title, numbers: Floats, codes: Indices, marks: Marks | None) -> Column:
    cells = pa.chunked_array([_spread(numbers, codes)])
    return Column(title, "number", cells, int((~np.isfinite(cells)).sum()), marks=marks)


def _spread(values: Floats, codes: Indices) -> NDArray[np.float64]:
    return np.where(codes < 0, np.nan, values[codes])
