"""How numbers are written: which sign stands before decimals, and which mark between thousands.

A column is read in the one way in which all of its texts are numbers. Where there are several ways
that give different numbers, what is certain of the file's other columns decides, and otherwise
nothing does: nobody guesses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spinn_engine.problems.problem import Floats
from spinn_engine.problems.tables.header import MONEY, UNIT
from spinn_engine.problems.tables.typed.shapes import bytes_of, texts_of
from spinn_engine.spec import ReadingSpec

BETWEEN_THOUSANDS = {
    "": "", ",": "commas", ".": "points", "'": "apostrophes", "\N{RIGHT SINGLE QUOTATION MARK}":
    "apostrophes", " ": "spaces", "\N{NO-BREAK SPACE}": "spaces", "\N{NARROW NO-BREAK SPACE}":
    "spaces", "\N{THIN SPACE}": "spaces",
}  # fmt: skip
BEFORE_DECIMALS = {".": "points", ",": "commas"}
LARGEST_EXACT = 2**53  # whole numbers up to here differ in double precision
_MINUS = "\N{MINUS SIGN}"
SPACES = "".join(mark for mark, name in BETWEEN_THOUSANDS.items() if name == "spaces")
APOSTROPHES = "".join(mark for mark, name in BETWEEN_THOUSANDS.items() if name == "apostrophes")
_WITH_UNIT = re.compile(r"(?P<number>.*?[\d.,](?:[eEdD][+\N{MINUS SIGN}-]?\d+)?)\s*(?P<unit>\D+)")
_WITH_MONEY = re.compile(rf"(?P<sign>[+-]?)(?P<unit>{MONEY})\s*(?P<number>-?[\d.,].*)")
_GAP = r"[\s\pZ]*"
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
        unit: that stands in every cell, empty where none does.
    """

    decimal: str = "."
    thousands: str = ""
    by_habit: bool = False
    unit: str = ""

    def words(self) -> str:
        """Such as ``points between thousands and commas before decimals``."""
        decimals = f"{BEFORE_DECIMALS[self.decimal]} before decimals"
        unit = f" and the unit {self.unit} in every cell" if self.unit else ""
        if self.by_habit:
            return (
                f"{decimals}{unit}, as three digits follow every point: are these thousands "
                "(--thousands .)?"
            )
        if not self.thousands:
            return decimals + unit
        return f"{BETWEEN_THOUSANDS[self.thousands]} between thousands and {decimals}{unit}"

    def numbers(self, texts: pa.StringArray) -> Floats:
        """The numbers ``[texts]`` that texts are, each of which is one with these marks."""
        if self.unit:
            unit = re.escape(self.unit)
            texts = pc.replace_substring_regex(texts, rf"^([+-]?){unit}{_GAP}|{_GAP}{unit}$", r"\1")
        if self.thousands:
            texts = pc.replace_substring(texts, self.thousands, "")
        if pc.any(pc.match_substring(texts, _MINUS)).as_py():
            texts = pc.replace_substring(texts, _MINUS, "-")
        offsets, content = bytes_of(pc.utf8_ltrim(texts, "+"))
        plain = np.arange(256, dtype=np.uint8)  # each sign as every program reads it
        plain[ord(self.decimal)] = ord(".")
        plain[list(b"dDe")] = ord("E")
        numbers = texts_of(offsets, plain[content]).cast(pa.float64())
        return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)

    def are_as(self, asked: ReadingSpec) -> bool:
        """Whether a person who said how numbers are written allows for these."""
        same = {"'": APOSTROPHES, "space": SPACES, "none": ""}.get(
            asked.thousands or "", asked.thousands
        )
        thousands = same is None or not self.thousands or self.thousands in same
        return asked.decimal in (None, self.decimal) and thousands and self.decimal != same


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

    def settled(self, decimal: str | None, seen: str | None) -> tuple[tuple[Marks, Floats], ...]:
        """The ways that are left where a file's sign before decimals is known, or not.

        Args:
            decimal: the sign of all columns in which it is certain.
            seen: the sign in columns that the file's reader took for numbers; beside points,
                ``0010,1`` may as well be two numbers.
        """
        if self.decimal == "," and seen == ".":
            return ()
        if len(self.ways) > 1 and decimal is not None:
            return tuple(way for way in self.ways if way[0].decimal == decimal)
        if not self.usual:
            return self.ways
        marks, numbers = self.ways[0]
        return ((replace(marks, by_habit=len(self.ways) > 1), numbers),)


def readings(texts: Sequence[str], asked: ReadingSpec) -> Readings:
    """All ways of reading the different texts of a column as numbers; none if there is no such.

    Args:
        texts: they may all end in the same unit.
        asked: what a person said of decimals and thousands.
    """
    ways: list[tuple[Marks, Floats]] = []
    texts, unit = _without_unit(texts)
    there = {mark for text in texts for mark in text if not mark.isalnum()}
    for marks in EVERY:
        if (marks.thousands and marks.thousands not in there) or not marks.are_as(asked):
            continue
        pattern = _pattern(marks)
        if not all(pattern.fullmatch(text) for text in texts):
            continue
        numbers = marks.numbers(pa.array(texts, pa.string()))
        if texts and not any(np.array_equal(numbers, known) for _, known in ways):
            ways.append((replace(marks, unit=unit), numbers))
    usual = bool(texts) and all("." in text and _THREE.fullmatch(text) for text in texts)
    return Readings(tuple(ways), usual)


def _without_unit(texts: Sequence[str]) -> tuple[Sequence[str], str]:
    """Texts without the unit that all of them have, and that unit."""
    numbers, units = zip(*map(_parted, texts), strict=True) if texts else ((), ())
    if len(set(units)) != 1 or UNIT.fullmatch(units[0]) is None or units[0] == "-":
        return texts, ""
    return numbers, units[0]


def _parted(text: str) -> tuple[str, str]:
    """The number and the unit of a text; an empty unit where it is no number with a unit."""
    if found := _WITH_MONEY.fullmatch(text):
        return found["sign"] + found["number"], found["unit"]
    if found := _WITH_UNIT.fullmatch(text):
        return found["number"].strip(), found["unit"].strip()
    return text, ""


def units_in(texts: Sequence[str]) -> list[str]:
    """The different units that numbers have, empty for none; [] where a text is no number."""
    numbers, units = zip(*map(_parted, texts), strict=True) if texts else ((), ())
    if not all(unit == "" or (unit != "-" and UNIT.fullmatch(unit)) for unit in units):
        return []
    are_numbers = any(all(_pattern(one).fullmatch(text) for text in numbers) for one in EVERY)
    return sorted(set(units)) if are_numbers else []


def most_numbers(texts: Sequence[str], asked: ReadingSpec) -> tuple[Marks, NDArray[np.bool_]]:
    """The marks with which the most texts are numbers, and ``[texts]`` which ones are none.

    Args:
        texts: they may have the unit that most of them have.
        asked: what a person said of decimals and thousands.
    """
    parted = [_parted(text) for text in texts]
    unit = Counter(unit for _, unit in parted).most_common(1)[0][0]
    unit = unit if UNIT.fullmatch(unit) else ""
    bare = [
        number if own == unit else text for text, (number, own) in zip(texts, parted, strict=True)
    ]
    best = Marks()
    fewest = np.isnan(pd.to_numeric(pd.Series(bare, dtype="object"), errors="coerce").to_numpy())
    for marks in EVERY:
        if marks.are_as(asked):
            pattern = _pattern(marks)
            wrong = np.array([pattern.fullmatch(text) is None for text in bare])
            if wrong.sum() < fewest.sum():
                best, fewest = marks, wrong
    return replace(best, unit=unit), np.asarray(fewest)


def certain_decimal(columns: Iterable[Readings], seen: str | None) -> str | None:
    """The sign before decimals of a file: that of all columns in which it is certain.

    Args:
        columns: of text.
        seen: the sign in columns that the file's reader took for numbers.
    """
    signs = {found.decimal for found in columns} | {seen}
    signs.discard(None)
    return signs.pop() if len(signs) == 1 else None


def has_decimals(parts: Iterable[pa.Array]) -> bool:
    """Whether a column of a file, some cells at a time, was read as numbers not all whole."""
    return any(pa.types.is_floating(one.type) and len(_fractions(one)) > 0 for one in parts)


def may_be_misread(parts: Iterable[pa.Array]) -> bool:
    """Whether 1.023 may be a thousand and 23, or long numbers are no longer different.

    Args:
        parts: the cells of a column, some at a time.
    """
    largest, has_fractions = 0.0, False
    for cells in parts:
        if not pa.types.is_floating(cells.type):
            return False
        numbers = np.abs(_finite(cells))
        largest = max(largest, numbers.max(initial=0.0))
        broken = np.abs(_fractions(cells))
        thousandths = 1000 * broken
        are_thousandths = np.abs(thousandths - np.rint(thousandths)) < 1e-9 * thousandths
        if not ((broken > 1) & (broken < 1000) & are_thousandths).all():
            return False
        has_fractions = has_fractions or len(broken) > 0
    return has_fractions or largest >= LARGEST_EXACT


def have_thousands(texts: pa.Array) -> bool:
    """Whether every text is a whole number, or has three digits after its point or comma."""
    return bool(pc.all(pc.match_substring_regex(texts, _WHOLE_OR_THREE), min_count=0).as_py())


def _fractions(cells: pa.Array) -> Floats:
    """The numbers that are not whole."""
    numbers = _finite(cells)
    return np.asarray(numbers[numbers % 1 != 0], dtype=np.float64)


def _finite(cells: pa.Array) -> Floats:
    numbers = cells.to_numpy(zero_copy_only=False)
    return np.asarray(numbers[np.isfinite(numbers)], dtype=np.float64)


@cache
def _pattern(marks: Marks) -> re.Pattern[str]:
    decimal, mark = re.escape(marks.decimal), re.escape(marks.thousands)
    grouped = rf"[1-9]\d{{0,2}}({mark}\d{{3}})+"
    if mark == ",":  # in India a lakh is 1,00,000
        grouped += rf"|[1-9]\d?({mark}\d{{2}})+{mark}\d{{3}}"
    whole = rf"(\d+|{grouped})" if mark else r"\d+"
    exponent = rf"([eEdD][+{_MINUS}-]?\d+)?"
    return re.compile(rf"[+{_MINUS}-]?({whole}({decimal}\d*)?|{decimal}\d+){exponent}")
