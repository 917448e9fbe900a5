"""Text cells: which different ones a column holds, and the numbers that they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.problems.tables.marks import LARGEST_EXACT, Marks
from spinn_engine.problems.tables.sheet import MISSING
from spinn_engine.words import shortest

Words = tuple[list[str], Indices]
Ways = Sequence[tuple[Marks, Floats]]

MOST_CATEGORIES = 20
LONGEST_CATEGORY = 200  # letters, for it becomes part of an input's name
HEXADECIMAL = re.compile(r"\d+[eEdD]\d+")


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


def only_numbers(texts: Sequence[str], ways: Ways) -> tuple[Marks | None, Floats] | None:
    """The one way in which all texts are numbers, different ones where they are ids."""
    if len(ways) == 1:
        return None if _are_ids(texts, ways[0][1]) else ways[0]
    numbers = read_numbers(texts)
    if ways or np.isnan(numbers).any() or _are_ids(texts, numbers):
        return None
    return None, numbers


def two_ways(texts: Sequence[str], ways: Ways) -> str:
    """Why texts that are numbers in several ways are taken for none."""
    (_, first), (_, second), *_ = ways
    at = int(np.argmax(first != second))
    one, other = (shortest(numbers[at], 10) for numbers in (first, second))
    return (
        f"holds {texts[at]!r}, which may be {one} or {other} (with a mark between thousands), and "
        "nothing in the file tells which: write its numbers without marks between thousands, and "
        "all with as many decimals"
    )


def no_category(texts: Sequence[str]) -> str | None:
    """Why texts can be no category; None where they can."""
    if len(texts) > MOST_CATEGORIES:
        return (
            f"holds {len(texts):,} different texts like {texts[0][:40]!r}, and at most "
            f"{MOST_CATEGORIES} can become inputs: drop it (--drop) or group by it (--group)"
        )
    if (longest := max(map(len, texts))) > LONGEST_CATEGORY:
        return (
            f"holds texts of up to {longest:,} letters, and those of at most {LONGEST_CATEGORY} "
            "can become inputs: drop it (--drop) or group by it (--group)"
        )
    return None


def _are_ids(texts: Sequence[str], numbers: Floats) -> bool:
    """Whether texts are long serial numbers, or hexadecimal ones with no letter but D or E.

    As numbers some that differ would be the same, or without end.
    """
    same = len(np.unique(numbers)) < len(numbers)
    if same and (np.abs(numbers) >= LARGEST_EXACT).any():
        return True
    if not any(HEXADECIMAL.fullmatch(text) for text in texts):
        return False
    of_digits = all(text.isdigit() or HEXADECIMAL.fullmatch(text) for text in texts)
    led_by_zero = any(len(text) > 1 and text.startswith("0") for text in texts)
    return of_digits and (same or led_by_zero or not np.isfinite(numbers).all())
