"""The value found for a claim's quantity, and the verdict on the claim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction


class Verdict(StrEnum):
    """The verdict on a claim, by its name in ``CLAIM_VERDICTS``."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"
    NOT_MEASURED = "not_measured"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True)
class Found:
    """One value that a claim can be held against; in ones, bytes or microseconds at first.

    Attributes:
        value: exactly as counted, or the mean of what was measured.
        how: what it is, in words that the value is the end of.
        interval: the 95 % interval of what was measured, None where it has none.
        n: how many measurements; None where it was counted.
        over: the same in words, such as "3 seeds × 5 folds"; empty for ``n = ...``.
        at: under which of several conditions, such as "at batch 64".
        note: a sentence that belongs beside it.
        if_not: one that helps where the claim is not true.
    """

    value: Fraction
    how: str
    interval: tuple[Fraction, Fraction] | None = None
    n: int | None = None
    over: str = ""
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
