"""Axes that several figures share: R2 stretched near 1, counts and errors on log scales."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from spinn_engine.words import fixed, short_count, shortest

LEAST_ERROR = 1e-9  # where an R2 of 1 stands
ROOM = 0.08
CUT_AT = 3.0  # times beyond the values
NARROW, WIDE = 8.0, 3e3  # a log scale that spans less is nearly even; one that spans more is coarse


def error_of(r2: float) -> float:
    """Where an R2 stands on the axis of ``r2_axis``."""
    return max(1 - r2, LEAST_ERROR)


def error_range(
    values: Sequence[float], ends: Sequence[float], marks: Sequence[float] = ()
) -> tuple[float, float]:
    """The ends of an axis of errors; an interval far wider than all values is cut off.

    Args:
        values: errors that must be seen, above zero.
        ends: of their intervals; those at or below zero reach out of a log scale.
        marks: what else must be seen.
    """
    inside = [min(max(end, min(values) / CUT_AT), max(values) * CUT_AT) for end in ends]
    low, high = (math.log10(of([*values, *inside, *marks])) for of in (min, max))
    room = max(ROOM * (high - low), 0.02)
    return 10 ** (low - room), 10 ** (high + room)


def r2_axis(axes: Axes, least: float, most: float, label: str) -> None:
    """A y axis of 1 - R2 on a log scale, the better end on top, labelled with R2."""
    axes.set_yscale("log")
    axes.set_ylim(most, least)
    ticks = round_numbers(least, most, 8)
    decimals = max((_decimals(tick) for tick in ticks), default=1)
    only_ticks(axes.yaxis, ticks, lambda value: fixed(1 - value, decimals))
    axes.set_ylabel(label)
    axes.grid(axis="y")


def error_axis(axes: Axes, least: float, most: float, label: str) -> None:
    """A y axis of an error on a log scale, the better end on top."""
    axes.set_yscale("log")
    axes.set_ylim(most, least)
    only_ticks(axes.yaxis, round_numbers(least, most, 7), shortest)
    axes.set_ylabel(label)
    axes.grid(axis="y")


def count_axis(axes: Axes, least: float, most: float, label: str) -> None:
    """An x axis of counts on a log scale, written as ``200 k`` or ``5 M``."""
    axes.set_xscale("log")
    axes.set_xlim(least / 1.15, most * 1.15)
    only_ticks(axes.xaxis, round_numbers(least / 1.15, most * 1.15, 6), short_count)
    axes.set_xlabel(label)


def round_numbers(least: float, most: float, count: int) -> list[float]:
    """At most ``count`` round numbers for the ticks of a log scale."""
    if most / least < NARROW:
        found = list(MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(least, most))
    else:
        decades = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
        digits = (1, 2, 5) if most / least < WIDE else (1,)
        found = [digit * 10.0**decade for decade in decades for digit in digits]
    inside = [float(value) for value in found if least <= value <= most]
    return _apart(inside, math.log10(most / least) / count)


def _apart(rising: Sequence[float], least: float) -> list[float]:
    """Those that stand at least so far, in powers of ten, from the one before."""
    kept: list[float] = []
    for value in rising:
        if not kept or math.log10(value / kept[-1]) >= least:
            kept.append(value)
    return kept


def _decimals(value: float) -> int:
    """How many decimals it takes to write a round number of three digits at most; at least one."""
    digits = len(f"{value:.2e}".split("e")[0].rstrip("0").replace(".", ""))
    return max(digits - 1 - math.floor(math.log10(value) + 1e-9), 1)


def only_ticks(axis: Axis, ticks: Sequence[float], word: Callable[[float], str]) -> None:
    """These ticks and no others, each written by ``word``."""
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: word(value)))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
