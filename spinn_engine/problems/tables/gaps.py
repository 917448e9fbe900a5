"""What stands for a missing cell: words that usually do, and what a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.tables.forms.kinds import look
from spinn_engine.problems.tables.sheet import MISSING
from spinn_engine.spec import ReadingSpec
from spinn_engine.words import counted, shown_list

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
        codes = pa.array(_numbers(asked.missing), pa.float64())
        is_code = pc.is_in(cells.cast(pa.float64(), safe=False), value_set=codes)
    else:
        return cells
    return pc.if_else(is_code, pa.scalar(None, kind), cells)


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


def gap_notes(texts: Mapping[str, tuple[Sequence[str | None], frozenset[str]]]) -> list[str]:
    """What is to be said of words that usually stand for a missing cell.

    Args:
        texts: by column of words its different texts, and which of them are kept as they are.
    """
    notes = []
    for name, (different, kept) in texts.items():
        there = {text.strip() for text in different if text is not None}
        for word in sorted(there & kept):
            notes.append(
                f"In column {name!r} {word!r} is one of its texts, not a missing cell "
                f"(--missing {word} if it is one)."
            )
        if gaps := sorted(there & {*MISSING} - kept - {""}):
            notes.append(
                f"In column {name!r} {shown_list(map(repr, gaps))} "
                f"{'counts' if len(gaps) == 1 else 'count'} as missing (--not-missing keeps "
                f"{'it' if len(gaps) == 1 else 'them'})."
            )
    return notes


def missing_word(words: Sequence[str], counts: Mapping[str, int]) -> str | None:
    """What to say of words among numbers that may stand for a missing cell; None of many."""
    if len(words) > 3:
        return None
    told = shown_list(f"{word!r} in {counted(counts[word], 'row')}" for word in words)
    return f"holds {told} and numbers elsewhere: if it stands for a missing cell, say --missing"


def _numbers(codes: Sequence[str]) -> list[float]:
    found = []
    for code in codes:
        try:
            found.append(float(code.replace("\N{MINUS SIGN}", "-")))
        except ValueError:
            continue
    return found
