"""What the cells of a column are: numbers, dates, categories or text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from spinn_engine.problems.problem import Floats
from spinn_engine.problems.tables.gaps import without_numbers
from spinn_engine.problems.tables.header import Title, titles
from spinn_engine.problems.tables.marks import Marks, certain_decimal, most_numbers, readings
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.texts.words import (
    Ways,
    among,
    below_zero,
    missing_words,
    no_category,
    only_numbers,
    other_marks,
    other_unit,
    read_numbers,
    several_units,
    two_ways,
)
from spinn_engine.problems.tables.times.reading import no_time
from spinn_engine.problems.tables.times.texts import Times
from spinn_engine.problems.tables.times.use import Use
from spinn_engine.problems.tables.typed.column import Column, Kind, as_floats
from spinn_engine.problems.tables.typed.moments import dates, moments, read_all, with_digits
from spinn_engine.problems.tables.typed.words import Parts, Words, held

Numbers = tuple[Marks | None]  # how texts are numbers; None is as programs write them


def typed_columns(
    found: Mapping[str, pa.ChunkedArray],
    layout: Layout,
    time: str | None = None,
    group: str | None = None,
) -> dict[str, Column]:
    """The columns of a table by their names: see ``typed_in_turn``."""
    named = titles(list(found))
    return {column.name: column for column in typed_in_turn(found, named, layout, time, group)}


def typed_in_turn(
    found: Mapping[str, pa.ChunkedArray | Parts],
    named: Sequence[Title],
    layout: Layout,
    time: str | None = None,
    group: str | None = None,
) -> Iterator[Column]:
    """The columns of a table in turn, each with what it holds.

    Args:
        found: cells by header, or what gives texts of a file.
        named: of the file's columns in their order, of which some are found; the headers differ.
        layout: where their rows come from.
        time: the column that is named as the time, with or without its unit: it holds times, if
            it can.
        group: the one whose texts tell groups apart: they stay texts.
    """
    uses = {one.header: Use(one, layout, time, group) for one in named if one.header in found}
    sources = {
        name: held(cells) if isinstance(cells, pa.ChunkedArray) else cells
        for name, cells in found.items()
        if not isinstance(cells, pa.ChunkedArray) or _is_words(cells)
    }
    words = {
        name: Words.of(source, layout.asked, all_held=uses[name].is_group)
        for name, source in sources.items()
    }
    del sources
    read = {
        name: readings(one.texts, layout.asked) for name, one in words.items() if one.are_shapes
    }
    decimal = certain_decimal(read.values(), layout.decimal)
    for name, use in uses.items():
        cells = found[name]
        if name in words:
            known = read.get(name)
            ways = () if known is None else known.settled(decimal, layout.decimal)
            column = _from_words(use, words[name], ways)
            if column.words:
                column = replace(column, gaps=words[name].gaps, levels=words[name].levels)
            yield _without_lists(column, cells)
        else:
            yield _typed(use, cells)


def _is_words(cells: pa.ChunkedArray) -> bool:
    """Whether cells hold something, and neither numbers nor times."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_empty = pa.types.is_null(kind) or cells.null_count == len(cells)
    return not (is_empty or pa.types.is_temporal(kind) or _is_number(kind))


def _without_lists(column: Column, cells: pa.ChunkedArray | Parts) -> Column:
    if not isinstance(cells, pa.ChunkedArray) or not pa.types.is_nested(cells.type):
        return column
    fault = "holds lists: drop it, or write every entry into a column of its own"
    return replace(column, kind="text", fault=fault) if column.words else column


def _typed(use: Use, cells: pa.ChunkedArray) -> Column:
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells = cells.cast(kind.value_type)
    if pa.types.is_null(kind) or cells.null_count == len(cells):
        return Column(use.title, "empty", cells, len(cells))
    if pa.types.is_temporal(cells.type):
        return moments(use, cells)
    missing = int(np.sum(~np.isfinite(as_floats(cells))))
    column = Column(use.title, "empty" if missing == len(cells) else "number", cells, missing)
    return with_digits(use, column) if column.kind == "number" else column


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(test(kind) for test in tests)


def _from_words(use: Use, words: Words, ways: Ways) -> Column:
    """Text: of numbers, of dates, of few different words, or none of these."""
    texts = words.texts
    if not texts:
        return Column(use.title, "empty", pa.nulls(words.length), words.missing)
    times, numbers = (None, None) if use.is_group else _times_or_numbers(use, words, ways)
    fault = numbers and other_unit(texts, numbers[0], use.title.unit)
    if numbers is not None and fault is None:
        return _numbers(use, words, numbers[0])
    if times is not None and times.whole:
        return dates(use, times)
    if fault is None:
        told = use.advised(times.fault) if times and times.fault else None
        fault = told or _no_use(use, words, ways)
    kind: Kind = "category" if fault is None else "text"
    codes = words.codes()
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    cells = pa.chunked_array([pa.DictionaryArray.from_arrays(indices, pa.array(texts))])
    return Column(
        use.title, kind, cells, words.missing, words=tuple(texts), fault=fault,
        all_words=words.is_all,
    )  # fmt: skip


def _times_or_numbers(use: Use, words: Words, ways: Ways) -> tuple[Times | None, Numbers | None]:
    """What texts are; of what is both, times in a column that is called so, else numbers."""
    times = read_all(words, use.texts) if use.digits_are_times(words.texts) else None
    if times is not None and (times.whole or use.is_time):
        return times, None
    numbers = only_numbers(words, ways)
    return (None, numbers) if numbers is not None else (times or read_all(words, use.texts), None)


def _no_use(use: Use, words: Words, ways: Ways) -> str | None:
    """Why texts are nothing that can be used; None where they are a category."""
    texts = words.texts
    if use.is_group:
        return no_category(words)
    if len(ways) > 1:
        return two_ways(texts, ways)
    if told := other_marks(texts, use.layout) or several_units(texts):
        return told
    if told := below_zero(texts, use.layout.asked):
        return use.advised(told)
    marks, wrong = most_numbers(texts, use.layout.asked)
    seen = use.texts(words)
    if 0 < 2 * wrong.sum() < len(wrong):
        gaps = missing_words(words, wrong, told := seen.told(wrong))
        return gaps or use.advised(f"holds {told}{among(marks)}: write a number there")
    return no_time(seen) if use.is_time else no_category(words)


def _numbers(use: Use, words: Words, marks: Marks | None) -> Column:
    def meaning(texts: pa.StringArray) -> Floats:
        numbers = read_numbers(texts.to_pylist()) if marks is None else marks.numbers(texts)
        return without_numbers(numbers, use.layout.asked)

    numbers = words.values(meaning)
    missing = int((~np.isfinite(numbers)).sum())
    return Column(use.title, "number", pa.chunked_array([numbers]), missing, marks=marks)
