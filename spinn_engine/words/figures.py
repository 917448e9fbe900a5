"""A mean with its interval, and what it was taken over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from spinn_engine.words.numbers import DASH, TIMES, fixed, shortest, signed
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


def paired_difference(figure: Figure) -> str:
    """A paired difference of R2 with its interval, in decimals that show two digits of it.

    >>> difference = {"mean": -0.0012, "low": -0.003, "high": 0.0006, "seeds": 3, "folds": 1}
    >>> paired_difference(difference)
    '−0.0012 R2, 95 % interval −0.0030 to +0.0006, 3 seeds on one split'
    """
    if figure["low"] is None:
        return f"{signed(figure['mean'])} R2, {repeated(figure)}"
    decimals = difference_decimals(figure)
    mean, ends = signed(figure["mean"], decimals), signed_range(figure, decimals)
    return f"{mean} R2, {in_percent(figure)} interval {ends}, {repeated(figure)}"


def in_percent(figure: Figure) -> str:
    """The confidence of an interval; 95 % where a figure does not say.

    >>> in_percent({}), in_percent({"confidence": 0.975})
    ('95 %', '97.5 %')
    """
    return f"{shortest(100 * figure.get('confidence', 0.95), 4)} %"


def repeated(figure: Figure) -> str:
    """What an interval is of: of training again on one split, or of other rows too.

    >>> repeated({"seeds": 3, "folds": 1}), repeated({"seeds": 3, "folds": 5}), repeated({"n": 4})
    ('3 seeds on one split', '3 seeds × 5 folds', 'n = 4')
    >>> repeated({"seeds": 1, "folds": 5})
    '5 folds with one seed'
    """
    if "seeds" not in figure:  # of a result from before they were kept
        return f"n = {figure['n']}"
    seeds, folds = figure["seeds"], figure["folds"]
    if folds == 1:
        return f"{counted(seeds, 'seed')} on one split"
    if seeds == 1:
        return f"{counted(folds, 'fold')} with one seed"
    return repetitions(seeds, folds)


def signed_range(figure: Figure, decimals: int = LEAST_DECIMALS) -> str:
    """The interval of a difference.

    >>> signed_range({"low": -0.003, "high": 0.0006})
    '−0.0030 to +0.0006'
    """
    return f"{signed(figure['low'], decimals)} to {signed(figure['high'], decimals)}"


def difference_decimals(figure: Figure) -> int:
    """Four, or as many as show two digits of a small difference.

    >>> difference_decimals({"mean": 0.000002, "low": -0.000004, "high": 0.000008})
    7
    """
    known = (figure[key] for key in ("mean", "low", "high") if figure[key] is not None)
    return decimals_for([max(abs(value) for value in known)])


def decimals_for(values: Iterable[float], best: float = 0.0, least: int = LEAST_DECIMALS) -> int:
    """So many decimals that two digits of the smallest distance to the best value can be seen.

    Args:
        values: that stand together.
        best: what they cannot pass, 1 for R2; those that reach it, but for rounding, do not count.
        least: and not fewer.

    >>> decimals_for([0.9812], best=1.0), decimals_for([0.99, 0.999958], best=1.0)
    (4, 6)
    """
    apart = (abs(value - best) for value in values)
    smallest = min((one for one in apart if one >= 10.0**-MOST_DECIMALS), default=1.0)
    return min(max(least, 1 - math.floor(math.log10(smallest))), MOST_DECIMALS)


def decimals_of(result: Mapping[str, Any], score: str = "r2", target: str | None = None) -> int:
    """The decimals of a score in all arms and stages of a finished run.

    Args:
        result: ``spinn_structured_metrics.json``.
        score: ``r2``, or an error such as ``relative_l2``.
        target: of one target instead of the mean over all.

    >>> decimals_of({"arms": [{"r2": {"mean": 0.9}}], "stages": [{"r2": {"mean": 0.99991}}]})
    6
    """
    rows = [*result["arms"], *result["stages"]]
    scored = rows if target is None else [row["per_output"][target] for row in rows]
    means = (row[score]["mean"] for row in scored)
    return decimals_for(means, best=1.0 if score == "r2" else 0.0)


def score_of(
    result: Mapping[str, Any],
    row: Mapping[str, Any],
    score: str = "r2",
    target: str | None = None,
) -> str:
    """A score of an arm or stage of a finished run, with its interval.

    Args:
        result: ``spinn_structured_metrics.json``.
        row: the arm or stage.
        score: as for ``decimals_of``.
        target: of one target instead of the mean over all.

    >>> arm = {"r2": {"mean": 0.98, "low": 0.97, "high": 0.99}}
    >>> score_of({"arms": [arm], "stages": []}, arm)
    '0.9800 [0.9700, 0.9900]'
    """
    figure = row[score] if target is None else row["per_output"][target][score]
    return estimate(figure, decimals_of(result, score, target))


def repetitions(seeds: int, folds: int) -> str:
    """What a mean is taken over.

    >>> repetitions(3, 1), repetitions(3, 5)
    ('3 seeds', '3 seeds × 5 folds')
    """
    several = f" {TIMES} {counted(folds, 'fold')}" if folds > 1 else ""
    return counted(seeds, "seed") + several
