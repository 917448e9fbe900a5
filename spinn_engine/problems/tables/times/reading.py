"""A column of texts as times: in the one form in which all of them are times.

The forms are tried on some of the texts, and those that fit on all. Where several fit and give
different times, nobody guesses: a sentence names both, and the option that tells which.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.tables.times.clocks import clock_forms, read_clock
from spinn_engine.problems.tables.times.dates import DAY, doubtful_years, read_dates
from spinn_engine.problems.tables.times.fields import Mask, Read, earliest, elapsed, moment
from spinn_engine.problems.tables.times.forms import DAY_CLOCKS, ISO, PAST_A_DAY, Form, date_forms
from spinn_engine.problems.tables.times.given import read_given
from spinn_engine.problems.tables.times.texts import Texts, Times

RIGHT = "2024-12-31 12:00:00"
_LOOKED_AT, _TRIED = 20, 200  # texts, before a form is held against all
_MAY_BE = re.compile(r"\d.*\d|P")
_LEAST = 0.9  # of the texts are times: the others are faults
_LEAST_NAMED = 0.5  # the same in a column that is named as the time


def read_times(texts: Texts) -> Times | None:
    """The times that texts are; None where they are none."""
    plain = _plain(pa.array(texts.words, pa.string()))
    given = None if texts.form is None else read_given(texts.form, plain)
    if given is not None and given.fits.all():
        return times_of(given)
    reads = _possible(texts, plain)
    if given is not None:
        meant = [read for read in reads if read.form.directives == texts.form and read.fits.all()]
        if not meant and texts.named:
            fault = f"holds {texts.told(~given.fits)}, which {texts.form!r} does not fit"
            return _faulty(given, f"{fault}: mend the cell, or --time-format")
        reads = meant or reads
    return _judged(texts, plain, _preferred(reads)) if reads else None


def may_be_time(text: str) -> bool:
    """Whether a text looks like some time, told fast."""
    return any(form.may_fit(text) for form in (*_date_forms(), *clock_forms("")))


def read_alike(known: Read, texts: pa.StringArray) -> Read:
    """Further texts of a column, read as others of it were."""
    plain = _plain(texts)
    if not known.form.pattern:
        return read_given(known.form.directives, plain)
    read = _read(known.form, plain)
    return _joined(read, read_dates(ISO, plain)) if known.joined else read


def _plain(texts: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring_regex(texts, r"[\s\x{00a0}\x{202f}]+", " ")


def _judged(texts: Texts, plain: pa.StringArray, reads: Sequence[Read]) -> Times:
    """The first of several readings, and what is wrong with it."""
    first, *others = _different(reads)
    if not first.fits.all():
        fault: str | None = (
            f"holds {texts.told(~first.fits)}, which is no such time as {texts.told(first.fits)}: "
            f"mend it, or write all in one form, as {RIGHT}"
        )
    elif others:
        fault = _two_ways(texts, first, others[0])
    else:
        fault = _two_centuries(texts, first, plain) or _exchanged(texts, first, plain)
    if fault is not None:
        return _faulty(first, fault)
    return times_of(first, tuple(read for read in reads[1:] if _differ(read, first) is None))


def no_time(texts: Texts) -> str:
    """Why texts of which none is a time cannot order rows."""
    told = texts.told(np.ones(len(texts.words), dtype=bool))
    return (
        f"holds {told}, which is no time that is known: write it as {RIGHT}, or give "
        "--time-format, such as '%d/%m/%Y %H:%M:%S'"
    )


@cache
def _date_forms() -> dict[Form, None]:
    return dict.fromkeys(date_forms())


def _possible(texts: Texts, plain: pa.StringArray) -> list[Read]:
    """All texts in the forms that fit all of some texts; else in that which fits the most."""
    some = np.unique(np.linspace(0, len(plain) - 1, _TRIED).astype(np.int64))
    tried = plain.take(pa.array(some))
    looks = tried.take(pa.array(np.linspace(0, len(tried) - 1, _LOOKED_AT).astype(np.int64)))
    words = [word for word in set(looks.to_pylist()) if _MAY_BE.search(word)]
    forms = [
        form
        for form in (*_date_forms(), *clock_forms(texts.header))
        if (texts.timelike or not form.shy) and any(form.may_fit(word) for word in words)
    ]
    if not forms:
        return []
    shares = [float(read.fits.mean()) for read in _reads(forms, tried)]
    most = max(shares)
    if most < (_LEAST_NAMED if texts.named else _LEAST):
        return []
    best = [form for form, share in zip(forms, shares, strict=True) if share == most]
    reads = _reads(best, plain)
    fitting = [read for read in reads if read.fits.all()]
    return fitting or [max(reads, key=lambda read: int(read.fits.sum()))]


def _reads(forms: Sequence[Form], texts: pa.StringArray) -> list[Read]:
    """Texts in each form; beside dates of one form, dates as programs write them are read too."""
    iso = read_dates(ISO, texts)
    beside = iso.fits.any() and not iso.fits.all()
    reads = []
    for form in forms:
        read = _read(form, texts)
        joins = beside and read.dated and read.fits.any() and not read.zoned
        reads.append(_joined(read, iso) if joins else read)
    return reads


def _read(form: Form, texts: pa.StringArray) -> Read:
    return read_dates(form, texts) if form in _date_forms() else read_clock(form, texts)


def _joined(read: Read, iso: Read) -> Read:
    """Dates of one form, and where they are none, dates as programs write them."""
    return read._replace(
        seconds=np.where(read.fits, read.seconds, iso.seconds),
        nanos=np.where(read.fits, read.nanos, iso.nanos),
        fits=read.fits | iso.fits,
        joined=True,
    )


def _preferred(reads: Sequence[Read]) -> list[Read]:
    """Without readings that nobody means.

    These are hours past 24, or minutes, where all are times of a day; and years in front of points
    where these are more than those behind them.
    """
    forms = {read.form.directives: read for read in reads}
    if any(read.form in DAY_CLOCKS for read in reads):
        return [read for read in reads if read.form in DAY_CLOCKS]
    usual, other = forms.get("%d.%m.%y"), forms.get("%y.%m.%d")
    if usual and other and _years(other) > _years(usual):
        return [read for read in reads if read.form.directives != "%y.%m.%d"]
    return list(reads)


def _years(read: Read) -> int:
    return len(np.unique(read.seconds.astype("datetime64[s]").astype("datetime64[Y]")))


def _different(reads: Sequence[Read]) -> list[Read]:
    """Those that give different times."""
    found: list[Read] = []
    for read in reads:
        if not any(_differ(read, known) is None for known in found):
            found.append(read)
    return found


def _differ(one: Read, other: Read) -> Mask | None:
    """``[texts]`` whether two readings of a text differ; None where none does."""
    differ = (one.seconds != other.seconds) | (one.nanos != other.nanos)
    return np.asarray(differ) if differ.any() else None


def _two_ways(texts: Texts, one: Read, other: Read) -> str:
    differ = _differ(one, other)
    assert differ is not None
    at = texts.first(differ)
    first, second = (
        moment(r.seconds[at], r.nanos[at], r.dated, r.zoned).removesuffix(" 00:00:00")
        for r in (one, other)
    )
    return (
        f"holds {texts.told(differ)}, which may be {first} or {second}: give --time-format "
        f"{one.form.directives!r} or {other.form.directives!r}"
    )


def _two_centuries(texts: Texts, read: Read, plain: pa.StringArray) -> str | None:
    """Why two digits may be no year that is known."""
    doubtful = doubtful_years(read.form, plain)
    if not doubtful.any():
        return None
    return (
        f"holds {texts.told(doubtful)}, whose year may be of two centuries: write years with four "
        f"digits, as {RIGHT}"
    )


def _exchanged(texts: Texts, read: Read, plain: pa.StringArray) -> str | None:
    """Why dates that a spreadsheet knew may be wrong.

    It left just those as texts whose day can be no month, as it does where day and month stand in
    the other order than it expects.
    """
    if not (read.form.asked and read.dated):
        return None
    known = read_dates(ISO, plain).fits
    if not known.any() or known.all():
        return None
    days = read.seconds.astype("datetime64[s]").astype("datetime64[D]")
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    if day[known].max() > 12 or day[~known].min() <= 12:
        return None
    return (
        f"holds {texts.told(~known)} as text, and as dates only those whose day may be the month, "
        f"like {texts.told(known)}, so a program may have taken one for the other: write all as "
        f"{RIGHT}"
    )


def times_of(read: Read, others: tuple[Read, ...] = ()) -> Times:
    """Times that fit.

    Args:
        read: the times.
        others: further readings, which give the same.
    """
    start = earliest(read.seconds, read.nanos)
    first = moment(read.seconds[start], read.nanos[start], read.dated, read.zoned)
    asked = read.form.asked and (read.dated or not read.precise)
    is_of_a_day = read.seconds.min() >= 0 and read.seconds.max() < DAY
    clock = not read.dated and not read.counts and bool(is_of_a_day) and read.form != PAST_A_DAY
    seconds = elapsed(
        len(read.seconds),
        lambda rows: (read.seconds[rows], read.nanos[rows]),
        start,
        int(read.seconds.argmax()),
    )
    form = read.form.directives if asked else None
    return Times(seconds, first, form, clock, reads=(read, *others))


def _faulty(read: Read, fault: str) -> Times:
    """Times of which some are none, or may be others."""
    fits = read.fits
    if not fits.any():
        return Times(np.full(len(fits), np.nan), "", whole=False, fault=fault)
    some = read._replace(seconds=read.seconds[fits], nanos=read.nanos[fits])
    times = times_of(some)
    seconds = np.full(len(fits), np.nan)
    seconds[fits] = times.seconds
    return Times(seconds, times.first, whole=bool(fits.all()), fault=fault, reads=(read,))
