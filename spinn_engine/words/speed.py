"""A measured speed-up: as many digits as its interval allows, and whether it can be used at all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from spinn_engine.vocabulary import ARMS, REFERENCE
from spinn_engine.words.figures import bounds
from spinn_engine.words.numbers import TIMES, count, fixed, significant

UNUSABLE = "unusable"
LEAST_DIGITS = 2
MOST_DECIMALS = 4
ONE_DIGIT_FROM = 3.55  # of a half-width's leading digits: from 0.355 on, one of them is shown


def measured_factor(ratio: float, low: float | None = None, high: float | None = None) -> str:
    """How many times as much, as far as it was measured.

    The half-width of the interval shows two digits where they are below 3.55, else one (Particle
    Data Group, Review of Particle Physics, section 5.3), but the ratio shows two digits at least.
    Without an interval it shows two.

    >>> measured_factor(2.4567, 2.44, 2.47), measured_factor(2.4567, 2.0, 2.8)
    ('2.457 ×', '2.5 ×')
    >>> measured_factor(2.4567), measured_factor(1.0, 1.0, 1.0)
    ('2.5 ×', '1.00 ×')
    """
    if low is None or high is None:
        return f"{significant(ratio, LEAST_DIGITS)} {TIMES}"
    return f"{fixed(ratio, _decimals(ratio, low, high))} {TIMES}"


def speed_up(result: Mapping[str, Any], row: Mapping[str, Any], batch: str) -> str:
    """The speed-up of an arm of a finished run, or that it is unusable.

    Args:
        result: ``spinn_structured_metrics.json``.
        row: the arm.
        batch: a batch size.

    >>> times = {"speed_up": {"64": 2.4567}, "speed_up_interval": {"64": [2.0, 2.8]}}
    >>> speed_up({}, {"arm": "structured", **times}, "64")
    '2.5 ×'
    """
    if row["arm"] != REFERENCE and _unusable_pair(result, batch) is not None:
        return UNUSABLE
    return measured_factor(row["speed_up"][batch], *_interval(row, batch))


def speed_up_estimate(result: Mapping[str, Any], row: Mapping[str, Any], batch: str) -> str:
    """The same with its interval, where it was measured.

    >>> times = {"speed_up": {"64": 2.4567}, "speed_up_interval": {"64": [2.0, 2.8]}}
    >>> speed_up_estimate({}, {"arm": "structured", **times}, "64")
    '2.5 × [2.0, 2.8]'
    """
    text, (low, high) = speed_up(result, row, batch), _interval(row, batch)
    if text == UNUSABLE or low is None or high is None or low == high:
        return text
    decimals = _decimals(row["speed_up"][batch], low, high)
    return f"{text} {bounds({'low': low, 'high': high}, decimals)}"


def _unusable_pair(result: Mapping[str, Any], batch: str) -> Mapping[str, Any] | None:
    """The two arms of equal widths that differ in time at a batch size; None where none do."""
    told = (result.get("equal_work") or {}).get(batch)
    return None if told is None or told["usable"] else told["worst"]


def unusable_reason(result: Mapping[str, Any], batch: str) -> str:
    """Why the speed-ups at a batch size are unusable; empty where they are not.

    >>> worst = {"arms": ["dense", "magnitude"], "ratio": 0.8, "interval": [0.75, 0.85]}
    >>> unusable_reason({"equal_work": {"64": {"usable": False, "worst": worst}}}, "64")
    'Speed-ups at batch 64 are unusable: dense and magnitude do equal work, yet dense took 0.80 × \
[0.75, 0.85] the time of magnitude.'
    """
    worst = _unusable_pair(result, batch)
    if worst is None:
        return ""
    first, second = (ARMS[arm].spoken for arm in worst["arms"])
    decimals = _decimals(worst["ratio"], *worst["interval"])
    low, high = worst["interval"]
    took = measured_factor(worst["ratio"], low, high)
    between = bounds({"low": low, "high": high}, decimals)
    return (
        f"Speed-ups at batch {count(int(batch))} are unusable: {first} and {second} do equal work, "
        f"yet {first} took {took} {between} the time of {second}."
    )


def _interval(row: Mapping[str, Any], batch: str) -> tuple[float | None, float | None]:
    """Both ends; of a result from before they were kept, or of too few rounds, none."""
    low, high = row.get("speed_up_interval", {}).get(batch) or (None, None)
    return low, high


def _decimals(ratio: float, low: float, high: float) -> int:
    half = (high - low) / 2
    digits = LEAST_DIGITS if half else LEAST_DIGITS + 1
    least = max(digits - 1 - math.floor(math.log10(ratio)), 0)
    if not half:
        return least
    power = math.floor(math.log10(half))
    shown = (1 if half / 10.0**power < ONE_DIGIT_FROM else 0) - power
    return max(least, min(shown, MOST_DECIMALS))
