"""Texts in a form that a person gives, as ``strptime`` has it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa

from spinn_engine.problems.tables.times.fields import Read
from spinn_engine.problems.tables.times.forms import Form

_OF_DATES = re.compile(r"%[YymdbBjcxDFGgUWV]")


def read_given(form: str, texts: pa.StringArray) -> Read:
    """Texts as times of a form; without directives of a date, since midnight."""
    series = pd.Series(texts.to_pylist(), dtype="str")
    try:
        found = pd.to_datetime(series, format=form, errors="coerce", utc=True)
    except ValueError:  # no such directive
        found = pd.to_datetime(pd.Series([None] * len(series)), utc=True)
    moments = found.dt.tz_localize(None).to_numpy()
    fits = ~np.isnat(moments)
    seconds = moments.astype("datetime64[s]")
    nanos = (moments - seconds).astype("timedelta64[ns]").astype(np.int64)
    dated = _OF_DATES.search(form) is not None
    start = np.datetime64("1970-01-01" if dated else "1900-01-01", "s")
    return Read(
        Form("", form),
        np.where(fits, (seconds - start).astype(np.int64), 0),
        np.where(fits, nanos, 0),
        fits,
        dated=dated,
        zoned="%z" in form,
    )
