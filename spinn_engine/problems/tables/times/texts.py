"""What is known of a column of texts before it is read, and what times its texts are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.problems.tables.times.fields import Mask, Read


@dataclass(frozen=True)
class Texts:
    """The different texts of a column, and where they stand.

    Attributes:
        words: trimmed; they differ.
        rows: ``[texts]`` the first row of each.
        where: what a row is called.
        header: of the column.
        named: whether the column is named as the time.
        timelike: whether it is that, or its header says so.
        form: what ``--time-format`` gives.
    """

    words: Sequence[str]
    rows: Indices
    where: Callable[[int], str]
    header: str
    named: bool
    timelike: bool
    form: str | None

    def told(self, among: Mask) -> str:
        """The first of some texts, and its row."""
        at = self.first(among)
        return f"{self.words[at][:40]!r} in {self.where(int(self.rows[at]))}"

    def first(self, among: Mask) -> int:
        """That of some texts which comes first in the file."""
        places = np.flatnonzero(among)
        return int(places[self.rows[places].argmin()])


@dataclass(frozen=True)
class Times:
    """Texts as times.

    Attributes:
        seconds: ``[texts]`` since the earliest; NaN where a text is no time.
        first: the earliest.
        form: how they were read, where a person may have meant something else.
        clock: whether they have no date and are below 24 h, so that midnight is their zero.
        whole: whether all texts are times.
        fault: what is wrong, and what would be right.
        reads: the readings that all give these times; further texts are read by them.
    """

    seconds: Floats
    first: str
    form: str | None = None
    clock: bool = False
    whole: bool = True
    fault: str | None = None
    reads: tuple[Read, ...] = ()
