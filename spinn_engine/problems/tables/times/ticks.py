"""Cells that a file itself holds as times, as Parquet, Excel and ISO dates are, or as numbers."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.problems.tables.marks import LARGEST_EXACT
from spinn_engine.problems.tables.times.dates import DAY
from spinn_engine.problems.tables.times.fields import NANOS, elapsed, moment

_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": NANOS}
_LEAST, _MOST = 1950_01_01, 2100 * 10**13  # of dates in digits, down to thousandths of a second
_FORM = re.compile(r"(?:%[YymdHMSIj])+")


def are_known(cells: pa.ChunkedArray) -> bool:
    """Whether every cell is a time that a calendar has, in a zone that is known."""
    try:
        for end in pc.min_max(ticks(cells)).values():
            end.cast(cells.type).as_py()
    except (LookupError, OverflowError, ValueError):
        return False
    return True


def ticks(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as the whole numbers that stand in the file."""
    return cells.cast(pa.int32() if cells.type.bit_width == 32 else pa.int64())


def since_earliest(cells: pa.ChunkedArray) -> tuple[Floats, str]:
    """Seconds ``[rows]`` since the earliest cell, NaN where there is none, and that cell."""
    kind = cells.type
    if pa.types.is_date32(kind):
        a_second, days = 1, DAY
    else:
        a_second, days = _A_SECOND["ms" if pa.types.is_date64(kind) else kind.unit], 1
    found = ticks(cells)
    there = found.is_valid().to_numpy()
    numbers = found.drop_null().cast(pa.int64()).to_numpy()
    seconds, nanos = days * (numbers // a_second), numbers % a_second * (NANOS // a_second)
    start = int(numbers.argmin())
    dated = not (pa.types.is_time(kind) or pa.types.is_duration(kind))
    zoned = getattr(kind, "tz", None) is not None
    spread = np.full(len(cells), np.nan)
    spread[there] = elapsed(seconds, nanos)
    return spread, moment(seconds[start], nanos[start], dated, zoned)


def digits(cells: pa.ChunkedArray, form: str | None) -> tuple[list[str], Indices] | None:
    """The different numbers of a column as texts, and which one each row has, or -1.

    None where they can be no dates: if no form is given, all must be as long as dates.
    """
    least, greatest = (end.as_py() for end in pc.min_max(cells).values())
    most = _MOST if pa.types.is_integer(cells.type) else LARGEST_EXACT
    if form is None and not (least >= _LEAST and greatest < most):
        return None
    there = cells.is_valid().to_numpy(zero_copy_only=False)
    found = cells.drop_null().to_numpy(zero_copy_only=False)
    if found.dtype.kind not in "iu":
        found = found.astype(np.float64)
        there[there] = np.isfinite(found)
        found = found[np.isfinite(found)]
    whole = bool((found % 1 == 0).all())
    different, places = np.unique(found, return_inverse=True)
    texts = [str(int(one)) if whole else str(one) for one in different]
    codes = np.full(len(cells), -1, dtype=np.int64)
    codes[there] = places
    if form is not None and _FORM.fullmatch(form):  # a number has lost its zeros in front
        width = 2 * form.count("%") + 2 * form.count("%Y") + form.count("%j")
        texts = [text.zfill(width) for text in texts]
    return texts, codes
