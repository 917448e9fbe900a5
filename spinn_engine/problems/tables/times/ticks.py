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
_LARGEST = 2.0**63
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
    numbers = found.drop_null().to_numpy()

    def times(rows: slice) -> tuple[Indices, Indices]:
        some = numbers[rows].astype(np.int64)
        return days * (some // a_second), some % a_second * (NANOS // a_second)

    start = int(numbers.argmin())
    dated = not (pa.types.is_time(kind) or pa.types.is_duration(kind))
    zoned = getattr(kind, "tz", None) is not None
    (second,), (nanos,) = times(slice(start, start + 1))
    spread = elapsed(len(numbers), times, start, int(numbers.argmax()))
    if found.null_count:
        since, spread = spread, np.full(len(cells), np.nan)
        spread[found.is_valid().to_numpy()] = since
    return spread, moment(second, nanos, dated, zoned)


def digits(cells: pa.ChunkedArray, form: str | None) -> pa.ChunkedArray | None:
    """Numbers as texts of digits.

    None where they can be no dates: if no form is given, all must be as long as dates.
    """
    least, greatest = (end.as_py() for end in pc.min_max(cells).values())
    most = _MOST if pa.types.is_integer(cells.type) else LARGEST_EXACT
    if form is None and not (least >= _LEAST and greatest < most):
        return None
    if not pa.types.is_integer(cells.type):
        cells = cells.cast(pa.float64(), safe=False)
        cells = pc.if_else(pc.is_finite(cells), cells, pa.scalar(None, pa.float64()))
        parts = [chunk.drop_null().to_numpy() for chunk in cells.chunks]
        if all(((part % 1 == 0) & (np.abs(part) < _LARGEST)).all() for part in parts):
            cells = cells.cast(pa.int64(), safe=False)
    if pa.types.is_floating(cells.type):  # Arrow writes large ones with an exponent
        parts = [[None if x is None else str(x) for x in part.to_pylist()] for part in cells.chunks]
        texts = pa.chunked_array(parts, pa.string())
    else:
        texts = cells.cast(pa.string())
    if form is not None and _FORM.fullmatch(form):  # a number has lost its zeros in front
        width = 2 * form.count("%") + 2 * form.count("%Y") + form.count("%j")
        texts = pc.utf8_lpad(texts, width, "0")
    return texts
