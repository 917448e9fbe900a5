"""Columns of times: those that a file itself holds as such, and texts and digits that are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.tables.times.reading import RIGHT, read_alike, read_times, times_of
from spinn_engine.problems.tables.times.texts import Texts, Times
from spinn_engine.problems.tables.times.ticks import are_known, digits, since_earliest, ticks
from spinn_engine.problems.tables.times.use import Use
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.problems.tables.typed.words import Words, held


def moments(use: Use, cells: pa.ChunkedArray) -> Column:
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
            given = read_all(Words.of(held(texts), use.layout.asked), use.texts)
            if given is not None and given.whole:
                return dates(use, given)
    return dates(use, Times(seconds, first, "%H:%M" if in_minutes else None, clock))


def dates(use: Use, times: Times) -> Column:
    """A column of the times of all rows."""
    return Column(
        use.title,
        "date",
        pa.chunked_array([times.seconds]),
        int(np.isnan(times.seconds).sum()),
        times.first,
        fault=times.fault and use.advised(times.fault),
        form=times.form,
        clock=times.clock,
    )


def read_all(words: Words, seen: Callable[[Words], Texts]) -> Times | None:
    """The times that texts are, of all rows where all are times; None where they are none.

    Where some texts stand for all, one that turns out to be none, or another, is read with them.

    Args:
        words: the texts.
        seen: what is known of them.
    """
    while True:
        times = read_times(seen(words))
        if times is None or not times.whole:
            return times
        found = _of_rows(words, times)
        if isinstance(found, Times):
            return found
        words = words.with_text(*found)


def _of_rows(words: Words, times: Times) -> Times | tuple[str, int]:
    """Times ``[rows]``, NaN where there are none; or a text that is read otherwise, and its row."""
    read, *others = times.reads
    seconds = np.zeros(words.length, dtype=np.int64)
    nanos, has, at = np.zeros_like(seconds), np.zeros(words.length, dtype=bool), 0
    for texts, codes in words.parts():
        part = read_alike(read, texts)
        is_other = ~part.fits
        for other in (read_alike(one, texts) for one in others):
            is_other |= (part.seconds != other.seconds) | (part.nanos != other.nanos)
        here = codes >= 0
        rows = slice(at, at + len(codes))
        if not words.is_all and (found := np.flatnonzero(here & is_other[codes])).size:
            return texts[int(codes[found[0]])].as_py(), at + int(found[0])
        seconds[rows][here], nanos[rows][here] = part.seconds[codes[here]], part.nanos[codes[here]]
        has[rows] = here
        at += len(codes)
    if not has.all():
        seconds, nanos = seconds[has], nanos[has]
    known = times_of(read._replace(seconds=seconds, nanos=nanos))
    spread = known.seconds
    if not has.all():
        spread = np.full(words.length, np.nan)
        spread[has] = known.seconds
    return replace(times, seconds=spread, first=known.first, clock=known.clock)


def with_digits(use: Use, column: Column) -> Column:
    """Numbers, or the dates that all their digits are, such as 20210301120000."""
    form = use.time_format if use.is_time else None
    if use.is_group or (texts := digits(column.cells, form)) is None:
        return column
    words = Words.of(lambda: iter(texts.chunks), use.layout.asked)
    times = read_all(words, lambda one: replace(use.texts(one), timelike=True, form=form))
    if times is None or not (times.whole or use.is_time):
        return column
    like = words.texts[0]
    if use.is_time or (times.fault is None and use.seems_time and not use.title.unit):
        fault = times.fault
        if fault is None and any("." in text for text in words.texts):
            fault = f"holds dates like {like}, too long for numbers: write them as {RIGHT}.5"
        elif times.whole:
            return dates(use, times)
        return replace(column, fault=fault and use.advised(fault))
    remark = (
        f"holds numbers like {like}, which may be dates: they are used as numbers, name it as "
        "the time (--time) if they are."
    )
    return replace(column, remark=remark)
