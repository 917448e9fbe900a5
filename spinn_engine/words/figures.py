"""A mean with its interval, and what it was taken over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from spinn_engine.words.numbers import DASH, TIMES, fixed, signed
from spinn_engine.words.text import counted

Figure = Mapping[str, Any]  # mean, low and high (None where n is 1), n

LEAST_DECIMALS, MOST_DECIMALS = 4, 9


def estimate(figure: Figure, decimals: int = 4) -> str:
    """A mean with its interval, the mean alone where there is none.

    >>> estimate({"mean": 0.98, "low": 0.97, "high": 0.99}, 2)
    '0.98 [0.97, 0.99]'
    """
    mean = fixed(figure["mean"], decimals)
    return mean if figure["low"] is None else f"{mean} {bounds(figure, decimals)}"


def bounds(figure: Figure, decimals: int = 4) -> str:
    """The interval alone, a dash where there is none.

    >>> bounds({"mean": 0.98, "low": 0.97, "high": 0.99}, 2), bounds({"mean": 1, "low": None})
    ('[0.97, 0.99]', '–')
    """
    if figure["low"] is None:
        return DASH
    return f"[{fixed(figure['low'], decimals)}, {fixed(figure['high'], decimals)}]"


def difference(figure: Figure) -> str:
    """A paired difference of R2 with its interval, in decimals that show two digits of it.

    >>> difference({"mean": -0.0012, "low": -0.003, "high": 0.0006, "n": 3})
    '−0.0012 R2, 95 % interval −0.0030 to +0.0006, n = 3'
    """
    ends = [figure[key] for key in ("mean", "low", "high")]
    largest = max(map(abs, ends))
    decimals = decimals_for([largest]) if largest < 1e-3 else LEAST_DECIMALS
    mean, low, high = (signed(end, decimals) for end in ends)
    return f"{mean} R2, 95 % interval {low} to {high}, n = {figure['n']}"


def decimals_for(distances: Iterable[float], least: int = LEAST_DECIMALS) -> int:
    """So many decimals that two digits of the smallest distance can be seen.

    Args:
        distances: of values that stand together from what they cannot pass, 1 for R2; zeros and
            signs do not count.
        least: and not fewer.

    >>> decimals_for([0.0188]), decimals_for([0.2, -0.000042])
    (4, 6)
    """
    smallest = min((abs(one) for one in distances if one), default=1.0)
    return min(max(least, 1 - math.floor(math.log10(smallest))), MOST_DECIMALS)


def repetitions(seeds: int, folds: int) -> str:
    """What a mean is taken over.

    >>> repetitions(3, 1), repetitions(3, 5)
    ('3 seeds', '3 seeds × 5 folds')
    """
    several = f" {TIMES} {counted(folds, 'fold')}" if folds > 1 else ""
    return counted(seeds, "seed") + several
