"""Text cells that mean something else: numbers with a comma, dates as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.problems.tables.sheet import MISSING

Words = tuple[list[str], Indices]

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y", "%d/%m/%Y", "%m/%d/%Y")
TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S", "T%H:%M:%S.%f")
DATE_LIKE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{2,4}([ T]\d{1,2}:\d{2}.*)?")


class Dates(NamedTuple):
    """Texts as seconds since the earliest, that one, and why they may be misread."""

    seconds: Floats
    first: str
    fault: str | None


def split_words(cells: pa.ChunkedArray) -> Words:
    """The different texts of a column, trimmed and sorted, and which one each row has, or -1."""
    kind = cells.type
    if pa.types.is_nested(kind) or _is_binary(kind) or isinstance(kind, pa.BaseExtensionType):
        written = [None if cell is None else str(cell) for cell in cells.to_pylist()]
        cells = pa.chunked_array([written], type=pa.string())
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    cells = cells.unify_dictionaries()
    codes = (chunk.indices.cast(pa.int64()).fill_null(-1) for chunk in cells.chunks)  # some uint8
    found = [chunk.to_numpy(zero_copy_only=False) for chunk in codes]
    texts = [_trimmed(text) for text in cells.chunk(0).dictionary.to_pylist()]
    different = sorted({text for text in texts if text is not None})
    number = {text: code for code, text in enumerate(different)}
    renumbered = np.array(
        [-1 if text is None else number[text] for text in texts] + [-1], dtype=np.int64
    )
    return different, renumbered[np.concatenate(found)]  # the last entry is for -1


def _is_binary(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return any(test(kind) for test in tests)


def _trimmed(text: str | None) -> str | None:
    text = None if text is None else text.strip()
    return None if text in MISSING else text


def read_numbers(texts: Sequence[str]) -> Floats:
    """Numbers ``[texts]`` with a decimal point; NaN where there is none."""
    numbers = pd.to_numeric(pd.Series(texts, dtype="object"), errors="coerce")
    return numbers.to_numpy(dtype=np.float64)


def read_dates(texts: Sequence[str]) -> Dates | None:
    """Dates, if all texts are of one form."""
    if not all(DATE_LIKE.fullmatch(text) for text in texts):
        return None
    texts = [text.replace(",", ".") for text in texts]
    found = {
        day: dates
        for day, time in product(DAYS, TIMES)
        if (dates := _parsed(texts, day + time)) is not None
    }
    if not found:
        return None
    dates = next(iter(found.values()))
    seconds = (dates - dates.min()).to_numpy() / np.timedelta64(1, "s")
    fault = None
    if len(found) > 1 and not all(dates.equals(other) for other in found.values()):
        fault = (
            f"holds dates like {texts[0]!r}, whose day and month cannot be told apart: write them "
            "as 2024-12-31, or drop the column"
        )
    return Dates(np.asarray(seconds, dtype=np.float64), str(dates.min()), fault)


def _parsed(texts: Sequence[str], form: str) -> pd.Series | None:
    first = pd.to_datetime(pd.Series(texts[:1]), format=form, errors="coerce")
    if first.isna().any():
        return None
    dates = pd.to_datetime(pd.Series(texts), format=form, errors="coerce")
    return None if dates.isna().any() else dates
