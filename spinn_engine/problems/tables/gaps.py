"""What stands for a missing cell: words that usually do, and what a person says."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.problem import Floats
from spinn_engine.problems.tables.forms.kinds import look
from spinn_engine.problems.tables.sheet import MISSING
from spinn_engine.spec import ReadingSpec

LEVELS = ("None",)  # usually missing, but among words as likely one of them: no coolant, no coating


def without_codes(cells: pa.ChunkedArray, asked: ReadingSpec) -> pa.ChunkedArray:
    """Cells without the numbers and words that a person says stand for a missing one."""
    if not asked.missing:
        return cells
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells, kind = cells.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        codes = pa.array([*asked.missing], kind)
        is_code = pc.is_in(pc.utf8_trim_whitespace(cells), value_set=codes)
    elif pa.types.is_floating(kind) or pa.types.is_integer(kind):
        codes = pa.array(numbers_among(asked.missing), pa.float64())
        is_code = pc.is_in(cells.cast(pa.float64(), safe=False), value_set=codes)
    else:
        return cells
    return pc.if_else(is_code, pa.scalar(None, kind), cells)


def without_numbers(numbers: Floats, asked: ReadingSpec) -> Floats:
    """Numbers that were texts, NaN where one is a code: it may have marks or a unit there."""
    return np.where(np.isin(numbers, numbers_among(asked.missing)), np.nan, numbers)


def words_kept(texts: Sequence[str | None], asked: ReadingSpec) -> frozenset[str]:
    """Which of the words that usually stand for a missing cell are none in a column.

    Those that a person named, and ``None`` among other words.

    Args:
        texts: the different texts of the column.
        asked: what a person said.
    """
    others = [text for text in texts if text is not None and text.strip() not in MISSING]
    levels = LEVELS if any(look(text) == "word" for text in others) else ()
    named = {*asked.not_missing, *(word for word in levels if word not in asked.missing)}
    return frozenset(named & {*MISSING})


def gaps_and_levels(
    texts: Sequence[str | None], kept: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words of a column that count as missing, and such that usually do and do not here.

    Args:
        texts: the different texts of the column.
        kept: see ``words_kept``.
    """
    there = {text.strip() for text in texts if text is not None}
    return tuple(sorted(there & {*MISSING} - kept - {""})), tuple(sorted(there & kept))


def numbers_among(codes: Sequence[str]) -> list[float]:
    """Those of some codes that are numbers; the others are words."""
    found = []
    for code in codes:
        with suppress(ValueError):
            found.append(float(code.replace("\N{MINUS SIGN}", "-")))
    return found
