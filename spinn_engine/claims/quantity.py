"""What a quantity is: how it is found, in which units it is stated, what a claim has to name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

Units = Mapping[str, Fraction]

ONES: Units = {"": Fraction(1)}
SHARES: Units = {"": Fraction(1), "%": Fraction(1, 100)}
BYTES: Units = {
    "B": Fraction(1),
    **{f"{prefix}B": Fraction(1000**power) for power, prefix in enumerate("KMG", start=1)},
    **{f"{prefix}iB": Fraction(1024**power) for power, prefix in enumerate("KMG", start=1)},
}
MICROSECONDS: Units = {"us": Fraction(1), "ms": Fraction(1000), "s": Fraction(1_000_000)}


class Verdict(StrEnum):
    """What became of a claim."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    NOT_MEASURED = "not_measured"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True)
class Found:
    """One value that a claim can be held against; in ones, bytes or microseconds at first.

    Attributes:
        value: exactly as counted, or the mean of what was measured.
        how: what it is, in words that the value is the end of.
        interval: the 95 % interval of what was measured more than once.
        n: how many measurements; None where it was counted.
        at: under which of several conditions, such as "at batch 64".
        note: a sentence that belongs beside it.
        if_not: one that helps where the claim is not true.
    """

    value: Fraction
    how: str
    interval: tuple[Fraction, Fraction] | None = None
    n: int | None = None
    at: str = ""
    note: str = ""
    if_not: str = ""

    def per(self, one: Fraction) -> Found:
        """The same in a unit that is ``one`` large."""
        ends = None
        if self.interval is not None:
            ends = self.interval[0] / one, self.interval[1] / one
        return replace(self, value=self.value / one, interval=ends)


class NotMeasuredError(Exception):
    """There is no measurement of what a claim is about; says what is missing, and where."""


@dataclass(frozen=True)
class Quantity:
    """One thing that a claim can state a number of.

    Attributes:
        find: the values that the claim has to agree with, most often one.
        units: by name, how much one is; the first is meant where a claim names none.
        names: what a claim has to name, so that the value follows.
        may_name: what it can name beside that.
    """

    find: Callable[..., Sequence[Found]]
    units: Units
    names: tuple[str, ...]
    may_name: tuple[str, ...] = ()

    def one(self, unit: str) -> Fraction:
        """How much one of a unit is."""
        return self.units[unit or next(iter(self.units))]
