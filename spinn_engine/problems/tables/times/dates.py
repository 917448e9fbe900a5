"""Dates, with a clock or without, in one form."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from spinn_engine.problems.problem import Indices
from spinn_engine.problems.tables.times.fields import Fields, Mask, Read
from spinn_engine.problems.tables.times.forms import MONTHS, WEEKDAYS, Form

DAY = 86400
_THURSDAY = 3  # the first of January 1970
_FARTHEST = 14 * 3600  # of all zones from UTC
_WRONG = 10**6
_OFFSET = re.compile(r"(?:UTC|GMT)? ?([+-])(\d{1,2}):?(\d{2})?|[Zz]|UTC|GMT")
TWO_DIGITS_OF_2000, TWO_DIGITS_OF_1900 = 50, 80


def read_dates(form: Form, texts: pa.StringArray) -> Read:
    """Texts as dates of one form.

    What no calendar or clock has does not fit, nor does a weekday that the date is not, nor a text
    without a zone among others with one.
    """
    fields = Fields(form, texts)
    days, fits = _days(fields)
    if "a" in fields:
        weekday = fields.named("a", lambda text: WEEKDAYS.get(text.casefold()), _WRONG)
        fits &= ~fields.there("a") | (weekday == (days + _THURSDAY) % 7)
    clock, nanos, runs = day_clock(fields)
    timed = fields.there("H")
    fits &= runs & (~timed | _alike(fields.there("p"), fits & timed))
    seconds = days * DAY + clock
    zoned = fields.there("z")
    fits &= _alike(zoned, fits)
    if (zoned & fits).any():
        offset = fields.named("z", _offset, _WRONG)
        fits &= np.abs(offset) <= _FARTHEST
        seconds = seconds - offset
    return Read(form, seconds, nanos, fits, dated=True, zoned=bool((zoned & fits).any()))


def day_clock(fields: Fields) -> tuple[Indices, Indices, Mask]:
    """Seconds since midnight, nanoseconds after that, and whether a clock can show it."""
    hours, minutes, seconds = (fields.number(letter) for letter in "HMS")
    nanos, half = fields.nanos(), fields.there("p")
    fits = (minutes < 60) & (seconds < 60) & (hours >= 0) & (minutes >= 0) & (seconds >= 0)
    if half.any():
        late = fields.named("p", lambda text: text in "Pp", 0) == 1
        fits &= ~half | ((hours >= 1) & (hours <= 12))
        hours = np.where(half, hours % 12 + 12 * late, hours)
    clock = 3600 * hours + 60 * minutes + seconds
    return clock, nanos, fits & ((clock < DAY) | ((clock == DAY) & (nanos == 0)))


def doubtful_years(form: Form, texts: pa.StringArray) -> Mask:
    """``[texts]`` whose two digits of a year may be of two centuries."""
    if "(?P<y>" not in form.pattern:
        return np.zeros(len(texts), dtype=bool)
    years = Fields(form, texts).number("y")
    return (years >= TWO_DIGITS_OF_2000) & (years < TWO_DIGITS_OF_1900)


def _days(fields: Fields) -> tuple[Indices, Mask]:
    """Days since 1970, and whether a calendar has them."""
    if "y" in fields:
        short = fields.number("y")
        years = short + np.where(short < TWO_DIGITS_OF_2000, 2000, 1900)
    else:
        years = fields.number("Y", 1970)
    fits = fields.matched & (years >= 1)
    if "j" in fields:
        first = (years - 1970).astype("datetime64[Y]")
        day = first.astype("datetime64[D]") + (fields.number("j") - 1)
        return day.astype(np.int64), fits & (day.astype("datetime64[Y]") == first)
    months = (
        fields.named("b", lambda text: MONTHS.get(text.casefold()), 0)
        if "b" in fields
        else fields.number("m")
    )
    month = ((years - 1970) * 12 + months - 1).astype("datetime64[M]")
    day = month.astype("datetime64[D]") + (fields.number("d") - 1)
    fits &= (months >= 1) & (months <= 12) & (day.astype("datetime64[M]") == month)
    return day.astype(np.int64), fits


def _alike(there: Mask, among: Mask) -> Mask:
    """``[texts]`` whether a text has something as most others have it."""
    return np.asarray(there == (2 * there[among].sum() > among.sum()))


def _offset(text: str) -> int | None:
    """Seconds of a zone to the east of UTC."""
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[3] or 0) >= 60:
        return 0 if text == "" else None
    if found[1] is None:
        return 0
    return (3600 * int(found[2]) + 60 * int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
