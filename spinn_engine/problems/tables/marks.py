"""How numbers are written: which sign stands before decimals, and which mark between thousands.

A column is read in the one way in which all of its texts are numbers. Where there are several ways
that give different numbers, what is certain of the file's other columns decides, and otherwise
nothing does: nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.problem import Floats

BETWEEN_THOUSANDS = {
    "": "", ",": "commas", ".": "points", "'": "apostrophes", "\N{RIGHT SINGLE QUOTATION MARK}":
    "apostrophes", " ": "spaces", "\N{NO-BREAK SPACE}": "spaces", "\N{NARROW NO-BREAK SPACE}":
    "spaces",
}  # fmt: skip
BEFORE_DECIMALS = {".": "points", ",": "commas"}
LARGEST_EXACT = 2**53  # whole numbers up to here differ in double precision
_MINUS = "\N{MINUS SIGN}"
_THREE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_WHOLE_OR_THREE = r"^\s*[+-]?(\d+|[1-9]\d{0,2}[.,]\d{3})\s*$"


@dataclass(frozen=True)
class Marks:
    """How the numbers of a column are written.

    Attributes:
        decimal: the sign before decimals: a point or a comma.
        thousands: the mark between thousands, empty where there is none.
        by_habit: whether points may as well be between thousands, but every number has one and
            three digits after it, as programs write decimals.
    """

    decimal: str = "."
    thousands: str = ""
    by_habit: bool = False

    def words(self) -> str:
        """Such as ``points between thousands and commas before decimals``."""
        decimals = f"{BEFORE_DECIMALS[self.decimal]} before decimals"
        if self.by_habit:
            return f"{decimals}, as three digits follow every point: are these thousands?"
        if not self.thousands:
            return decimals
        return f"{BETWEEN_THOUSANDS[self.thousands]} between thousands and {decimals}"

    def plain(self, text: str) -> str:
        """The same number as every program reads it."""
        plain = text.replace(self.thousands, "") if self.thousands else text
        return plain.replace(self.decimal, ".").replace(_MINUS, "-")


EVERY = tuple(Marks(d, t) for d in BEFORE_DECIMALS for t in BETWEEN_THOUSANDS if t != d)


@dataclass(frozen=True)
class Readings:
    """The ways in which all texts of a column are numbers, and the numbers that they give.

    Attributes:
        ways: marks and numbers ``[texts]``, those first that need the fewest marks; no two give
            the same numbers.
        usual: whether the first is how programs write: every text has a point and three digits.
    """

    ways: tuple[tuple[Marks, Floats], ...]
    usual: bool

    @property
    def decimal(self) -> str | None:
        """The sign before decimals, where it is certain and there is one."""
        if len(self.ways) != 1:
            return None
        marks, numbers = self.ways[0]
        finite = numbers[np.isfinite(numbers)]
        return marks.decimal if (finite % 1 != 0).any() else None

    def settled(self, decimal: str | None) -> tuple[tuple[Marks, Floats], ...]:
        """The ways that are left where a file's sign before decimals is known, or not."""
        if len(self.ways) > 1 and decimal is not None:
            return tuple(way for way in self.ways if way[0].decimal == decimal)
        if not self.usual:
            return self.ways
        marks, numbers = self.ways[0]
        return ((replace(marks, by_habit=len(self.ways) > 1), numbers),)


def readings(texts: Sequence[str]) -> Readings:
    """All ways of reading the different texts of a column as numbers; none if there is no such."""
    ways: list[tuple[Marks, Floats]] = []
    there = {mark for text in texts for mark in text if not mark.isalnum()}
    for marks in EVERY:
        if marks.thousands and marks.thousands not in there:
            continue
        pattern = _pattern(marks)
        if not all(pattern.fullmatch(text) for text in texts):
            continue
        numbers = np.array([float(marks.plain(text)) for text in texts])
        if texts and not any(np.array_equal(numbers, known) for _, known in ways):
            ways.append((marks, numbers))
    usual = all("." in text and _THREE.fullmatch(text) for text in texts)
    return Readings(tuple(ways), usual)


def certain_decimal(columns: Iterable[Readings], seen: str | None) -> str | None:
    """The sign before decimals of a file: that of all columns in which it is certain.

    Args:
        columns: of text.
        seen: the sign in columns that the file's reader took for numbers.
    """
    signs = {found.decimal for found in columns} | {seen}
    signs.discard(None)
    return signs.pop() if len(signs) == 1 else None


def has_decimals(cells: pa.ChunkedArray) -> bool:
    """Whether a column of a file was read as numbers that are not all whole."""
    return pa.types.is_floating(cells.type) and len(_fractions(cells)) > 0


def may_be_misread(cells: pa.ChunkedArray) -> bool:
    """Whether 1.023 may be a thousand and 23, or long numbers are no longer different."""
    if not pa.types.is_floating(cells.type):
        return False
    numbers = _finite(cells)
    if len(numbers) and (numbers % 1 == 0).all():
        return bool(np.abs(numbers).max() >= LARGEST_EXACT)
    broken = np.abs(_fractions(cells))
    in_thousandths = np.abs(1000 * broken - np.rint(1000 * broken)) < 1e-9 * 1000 * broken
    return bool(
        len(broken) and (broken > 1).all() and (broken < 1000).all() and in_thousandths.all()
    )


def have_thousands(texts: pa.ChunkedArray) -> bool:
    """Whether every text is a whole number, or has three digits after its point or comma."""
    return bool(pc.all(pc.match_substring_regex(texts, _WHOLE_OR_THREE)).as_py())


def _fractions(cells: pa.ChunkedArray) -> Floats:
    """The numbers that are not whole."""
    numbers = _finite(cells)
    return np.asarray(numbers[numbers % 1 != 0], dtype=np.float64)


def _finite(cells: pa.ChunkedArray) -> Floats:
    numbers = cells.to_numpy(zero_copy_only=False)
    return np.asarray(numbers[np.isfinite(numbers)], dtype=np.float64)


@cache
def _pattern(marks: Marks) -> re.Pattern[str]:
    decimal, mark = re.escape(marks.decimal), re.escape(marks.thousands)
    whole = rf"(\d+|[1-9]\d{{0,2}}({mark}\d{{3}})+)" if mark else r"\d+"
    return re.compile(rf"[+{_MINUS}-]?({whole}({decimal}\d*)?|{decimal}\d+)([eE][+{_MINUS}-]?\d+)?")
