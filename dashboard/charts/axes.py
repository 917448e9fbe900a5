"""Where values stand on the axes of several pictures: R2 stretched near 1, and round numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.charts.style import GRID
from spinn_engine.words import shortest

# The axis shows 1 - R2 on a log scale, so that it stretches near 1; these never reach the reader.
LEAST_ERROR = 1e-6


def error_of(r2: float) -> float:
    """Where an R2 stands on the axis of ``r2_axis``."""
    return max(1 - r2, LEAST_ERROR)


def interval(r2: Mapping[str, Any]) -> tuple[float, float, float]:
    """Mean, low and high; the mean thrice where there is no interval."""
    mean = r2["mean"]
    return mean, *(mean if r2[end] is None else r2[end] for end in ("low", "high"))


def error_range(points: Sequence[float], ends: Sequence[float] = ()) -> tuple[float, float]:
    """Powers of ten between which to draw; an interval far wider than its points is cut off.

    Args:
        points: every R2 that must be seen.
        ends: ends of intervals, in R2.
    """
    known, wide = [error_of(r2) for r2 in points], [error_of(r2) for r2 in (*points, *ends)]
    least, most = max(min(known) / 2, min(wide)), min(max(known) * 2, max(wide))
    low, high = math.log10(least), math.log10(most)
    room = max(0.08, 0.06 * (high - low), (0.2 - (high - low)) / 2)
    return low - room, high + room


def r2_axis(low: float, high: float, title: str = "R² (stretched near 1)") -> dict[str, Any]:
    """1 - R2 between two powers of ten, the better end on top, labelled with R2."""
    ticks = round_numbers(low, high, most=12)
    return {
        "type": "log",
        "range": [high, low],
        "title": {"text": title},
        "tickvals": ticks,
        "ticktext": [shortest(1 - value, 5) for value in ticks],
        "gridcolor": GRID,
        "zeroline": False,
    }


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """Up to ``most`` round numbers between two powers of ten, at least four if there are any."""
    decades = range(math.floor(low), math.ceil(high) + 1)
    found: list[float] = []
    fine = tuple(1 + 0.1 * step for step in range(90))
    for digits in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9), fine):
        values = [digit * 10.0**decade for decade in decades for digit in digits]
        found = [value for value in values if low <= math.log10(value) <= high]
        if len(found) >= 4:
            break
    return _apart(found, (high - low) / most)


def _apart(rising: list[float], least: float) -> list[float]:
    """Those that stand at least so far, in powers of ten, from the one before: labels need room."""
    kept: list[float] = []
    for value in rising:
        if not kept or math.log10(value / kept[-1]) >= least:
            kept.append(value)
    return kept
