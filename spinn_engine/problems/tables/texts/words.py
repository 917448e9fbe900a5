"""Text cells: which different ones a column holds, and the numbers that they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from shlex import quote

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spinn_engine.problems.problem import Floats
from spinn_engine.problems.tables.marks import LARGEST_EXACT, Marks, readings, units_in
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.typed import gathering
from spinn_engine.problems.tables.typed.words import Words
from spinn_engine.spec import ReadingSpec
from spinn_engine.words import counted, listed, names_text, shortest

Ways = Sequence[tuple[Marks, Floats]]
Mask = NDArray[np.bool_]

MOST_CATEGORIES = 20
LONGEST_CATEGORY = 200  # letters, for it becomes part of an input's name
MOST_GAPS, LEAST_GAPS = 3, 3  # words, and rows with them, that may be missing cells
BELOW_ZERO = re.compile(r"\((?P<in>[^()]*\d)\)|(?P<before>[^-]*\d)-")
HEXADECIMAL = re.compile(r"\d+[eEdD]\d+")
DIGITS_16, LEAST_OF_16_DIGITS = re.compile(r"\D*\d(?:[^\deEdD]?\d){15,}\D*"), 1e15


def read_numbers(texts: Sequence[str]) -> Floats:
    """Numbers ``[texts]`` with a decimal point; NaN where there is none."""
    numbers = pd.to_numeric(pd.Series(texts, dtype="object"), errors="coerce")
    return numbers.to_numpy(dtype=np.float64)


def only_numbers(words: Words, ways: Ways) -> tuple[Marks | None] | None:
    """The one way in which all texts are numbers, different ones where they are ids."""
    if len(ways) == 1:
        return None if _are_ids(words, ways[0][1]) else (ways[0][0],)
    if ways or not words.are_shapes:
        return None
    numbers = read_numbers(words.texts)
    return None if np.isnan(numbers).any() or _are_ids(words, numbers) else (None,)


def two_ways(texts: Sequence[str], ways: Ways) -> str:
    """Why texts that are numbers in several ways are taken for none."""
    (one_way, first), (other_way, second), *_ = ways
    at = int(np.argmax(first != second))
    one, other = (shortest(numbers[at], 10) for numbers in (first, second))
    return (
        f"holds {texts[at]!r}, which may be {one} or {other} (with a mark between thousands), and "
        f"nothing in the file tells which: say --decimal {one_way.decimal} for the first or "
        f"--decimal {other_way.decimal} for the second"
    )


def other_marks(texts: Sequence[str], layout: Layout) -> str | None:
    """Why numbers are none with the marks that a person named, or that the file has elsewhere.

    None where that is not the cause.
    """
    asked = layout.asked
    if asked.decimal is None and asked.thousands is None and layout.decimal is None:
        return None
    known = readings(texts, ReadingSpec()).ways
    if not known:
        return None
    right = known[0][0]
    named = " and ".join(
        f"--{field} {value}"
        for field, value in (("decimal", asked.decimal), ("thousands", asked.thousands))
        if value is not None
    )
    if named:
        told = f"which is no number with {named}, but one with {right.words()}"
    else:
        told = (
            f"which would be a number with {right.words()}, but other columns of the file have "
            "points there: write points here too"
        )
    return f"holds {texts[0][:40]!r}, {told}"


def several_units(texts: Sequence[str]) -> str | None:
    """Why numbers with different units behind them are none; None where there are no such."""
    units = units_in(texts)
    if len(units) < 2:
        return None
    if "" in units:
        return (
            f"holds numbers in {listed(units[1:])} and numbers without a unit: write all in one "
            "unit, and that in the name of the column"
        )
    return (
        f"holds numbers in {listed(units)}: write all in one unit, and that in the name of the "
        "column"
    )


def other_unit(texts: Sequence[str], marks: Marks | None, unit: str | None) -> str | None:
    """Why numbers with a unit behind them are none under a name with another; None where they are.

    Args:
        texts: the numbers.
        marks: how they are written.
        unit: in the name of the column.
    """
    if marks is None or not marks.unit or unit in (None, marks.unit):
        return None
    return f"holds {texts[0][:40]!r}, but its name says {unit}: write one of the two units"


def below_zero(texts: Sequence[str], asked: ReadingSpec) -> str | None:
    """Why numbers in brackets or before a minus are none; None where there are no such."""
    found = [BELOW_ZERO.fullmatch(text) for text in texts]
    bare = [
        one[one.lastgroup or 0] if one else text for one, text in zip(found, texts, strict=True)
    ]
    first = next((at for at, one in enumerate(found) if one), None)
    if first is None or not readings(bare, asked).ways:
        return None
    return f"holds {texts[first]!r}, which may be a number below zero: write it as -{bare[first]}"


def among(marks: Marks) -> str:
    """Beside which numbers a text is none, where these are not written as programs do."""
    marks = replace(marks, unit="")
    return f", elsewhere numbers with {marks.words()}" if marks == Marks(",") else ""


def missing_words(words: Words, wrong: Mask, first: str) -> str | None:
    """What to say of a few words among numbers, which may stand for missing cells; or None.

    Args:
        words: the column.
        wrong: ``[texts]`` which are no numbers.
        first: the first of these, with its row.
    """
    texts = [text for text, is_wrong in zip(words.texts, wrong, strict=True) if is_wrong]
    if len(texts) > MOST_GAPS or any(c.isdigit() for text in texts for c in text):
        return None
    rows = words.count(texts)
    if rows < LEAST_GAPS:
        return None
    return (
        f"holds {first} and such words in {counted(rows - 1, 'more row', 'more rows')}, elsewhere "
        f"numbers: write numbers there, or say --missing {quote(names_text(texts))} if that stands "
        "for a missing cell"
    )


def no_category(words: Words) -> str | None:
    """Why texts can be no category; None where they can."""
    texts = words.texts
    if len(texts) > MOST_CATEGORIES or not words.is_all:
        many = f"{len(texts):,}" if words.is_all else f"more than {gathering.MOST_TEXTS:,}"
        return (
            f"holds {many} different texts like {texts[0][:40]!r}, and at most "
            f"{MOST_CATEGORIES} can become inputs: drop it (--drop) or group by it (--group)"
        )
    if (longest := max(map(len, texts))) > LONGEST_CATEGORY:
        return (
            f"holds texts of up to {longest:,} letters, and those of at most {LONGEST_CATEGORY} "
            "can become inputs: drop it (--drop) or group by it (--group)"
        )
    return None


def _are_ids(words: Words, numbers: Floats) -> bool:
    """Whether texts are long serial numbers, or hexadecimal ones with no letter but D or E.

    As numbers some that differ would be the same, or without end; of too many different texts,
    whole numbers so long are taken to be.
    """
    texts = words.texts
    if words.is_all:
        same = len(np.unique(numbers)) < len(numbers)
        is_long = bool((np.abs(numbers) >= LARGEST_EXACT).any())
    else:
        long = np.flatnonzero(np.abs(numbers) >= LEAST_OF_16_DIGITS)
        same = is_long = any(DIGITS_16.fullmatch(texts[at]) for at in long)
    if same and is_long:
        return True
    if not any(HEXADECIMAL.fullmatch(text) for text in texts):
        return False
    of_digits = all(text.isdigit() or HEXADECIMAL.fullmatch(text) for text in texts)
    led_by_zero = any(len(text) > 1 and text.startswith("0") for text in texts)
    return of_digits and (same or led_by_zero or not np.isfinite(numbers).all())
