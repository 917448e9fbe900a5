"""On what scale two arms are compared: R2, or the ratio of the errors of an equation's solution.

On either scale a difference above zero is in favour of the pruned network. Imports no torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from spinn_engine.evaluation.intervals import Floats
from spinn_engine.words import (
    TIMES,
    in_percent,
    paired_difference,
    percent,
    repeated,
    shortest,
    significant,
)


class Scale(Protocol):
    """What a verdict needs of a scale; ``axis`` is what a picture of differences says of them."""

    name: str
    axis: str

    def difference(self, mine: ArrayLike, other: ArrayLike) -> Floats:
        """The paired differences of scores ``[seeds, folds]``."""
        ...

    def border(self, margin: float) -> float:
        """The difference at which a cost is as large as the margin; zero or less."""
        ...

    def told_margin(self, margin: float) -> str:
        """The margin in words."""
        ...

    def told(self, difference: Mapping[str, Any]) -> str:
        """A difference with its interval, and over what it was taken."""
        ...


class R2Scale:
    """Scores are R2; a difference is in R2."""

    name = "r2"
    axis = "R² less that of the control"

    def difference(self, mine: ArrayLike, other: ArrayLike) -> Floats:
        """The pruned network's R2 minus that of the other."""
        return np.asarray(np.subtract(mine, other), dtype=np.float64)

    def border(self, margin: float) -> float:
        """Minus the margin."""
        return -margin

    def told_margin(self, margin: float) -> str:
        """As ``0.01 R2``."""
        return f"{shortest(margin)} R2"

    def told(self, difference: Mapping[str, Any]) -> str:
        """As ``-0.0012 R2, 95 % interval -0.0030 to +0.0006, 3 seeds on one split``."""
        return paired_difference(difference)


class ErrorScale:
    """Scores are relative L2 errors; a difference is the logarithm (base 10) of their ratio."""

    name = "relative_l2"
    axis = "powers of ten by which the error is smaller"

    def difference(self, mine: ArrayLike, other: ArrayLike) -> Floats:
        """By how many powers of ten the pruned network's error is smaller."""
        return np.asarray(np.log10(other) - np.log10(mine), dtype=np.float64)

    def border(self, margin: float) -> float:
        """The error is larger by the share ``margin``."""
        return -math.log10(1 + margin)

    def told_margin(self, margin: float) -> str:
        """As ``25 % more error``."""
        return f"{percent(margin, 0)} more error"

    def told(self, difference: Mapping[str, Any]) -> str:
        """As ``the error is 1.12 × as large, 95 % interval 1.05 to 1.20 ×, 3 seeds``."""
        mean = f"the error is {significant(10 ** -difference['mean'])} {TIMES} as large"
        if difference["low"] is None:
            return f"{mean}, {repeated(difference)}"
        ends = (significant(10 ** -difference[end]) for end in ("high", "low"))
        between = f"{' to '.join(ends)} {TIMES}"
        return f"{mean}, {in_percent(difference)} interval {between}, {repeated(difference)}"


def scale_of(equation: bool) -> Scale:
    """How the arms of a run are compared: an equation's by their errors, all others by R2."""
    return ErrorScale() if equation else R2Scale()


def by_error(result: Mapping[str, Any]) -> bool:
    """Whether the verdict of a result compares errors, as it does for an equation."""
    return bool(result["verdict"].get("scale") == ErrorScale.name)
