"""Clocks without a date, and durations, in one form."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from spinn_engine.problems.tables.times.dates import DAY, day_clock
from spinn_engine.problems.tables.times.fields import NANOS, Fields, Read
from spinn_engine.problems.tables.times.forms import (
    CLOCK_FORMS,
    DAY_CLOCKS,
    IN_MINUTES,
    ISO_DURATIONS,
    PAST_A_DAY,
    Form,
)

_SAYS_MINUTES = re.compile(r"\bm{1,2}:s{1,2}\b|\bmin:s(ec)?\b", re.I)
_SAYS_HOURS = re.compile(r"\bh{1,2}:m{1,2}\b|\bh:min\b", re.I)


def clock_forms(header: str) -> tuple[Form, ...]:
    """The forms of clocks and durations in a column; its header may tell hours from minutes."""
    certain = (*CLOCK_FORMS, *ISO_DURATIONS)
    if _SAYS_MINUTES.search(header):
        return (*certain, IN_MINUTES)
    return (
        *certain,
        *DAY_CLOCKS,
        PAST_A_DAY,
        *(() if _SAYS_HOURS.search(header) else (IN_MINUTES,)),
    )


def read_clock(form: Form, texts: pa.StringArray) -> Read:
    """Texts as clocks or durations of one form, in seconds from its zero."""
    fields = Fields(form, texts)
    precise = bool(fields.there("S").any())
    if form in DAY_CLOCKS or "p" in fields:
        seconds, nanos, fits = day_clock(fields)
        return Read(form, seconds, nanos, fits & fields.matched, dated=False, precise=precise)
    days, below, hours, minutes, rest = (fields.number(letter) for letter in "DNHMS")
    there = [fields.there(letter) for letter in "DNHMS"]
    fits = fields.matched & np.any(there, axis=0)
    fits &= np.min([days, hours, minutes, rest], axis=0) >= 0
    if form not in ISO_DURATIONS:
        fits &= (rest < 60) & ((minutes < 60) | ("H" not in fields))
    seconds, nanos = (days + below) * DAY + 3600 * hours + 60 * minutes + rest, fields.nanos()
    if "s" in fields:
        minus = fields.named("s", lambda text: int(text == "-"), 0) == 1
        seconds = np.where(minus, -seconds - (nanos > 0), seconds)
        nanos = np.where(minus & (nanos > 0), NANOS - nanos, nanos)
    counts = bool(there[0].any() or there[1].any() or form in ISO_DURATIONS)
    return Read(form, seconds, nanos, fits, dated=False, precise=precise, counts=counts)
