"""Numbers and lists as a report writes them: plain Unicode, escaped where it is set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
DASH = "\N{EN DASH}"
NOT_MEASURED = "not measured"
MOST_DECIMALS = 9

Figure = dict[str, Any]
Unit = tuple[str, float]

BYTES: tuple[Unit, ...] = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("bytes", 1.0))
MICROSECONDS: tuple[Unit, ...] = (("s", 1e6), ("ms", 1e3), ("µs", 1.0))


def fixed(value: float, decimals: int) -> str:
    """``0.9821`` or ``−0.0012``, with a true minus; what rounds to zero has no sign."""
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)


def significant(value: float) -> str:
    """Three significant digits, or all of the whole ones: ``81.3``, ``82,307``."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}".replace("-", MINUS)
    decimals = max(2 - math.floor(math.log10(abs(value))), 0)
    return fixed(value, decimals)


def plain_number(value: float) -> str:
    """A number of a spec as short as it can be written: ``0.001``."""
    return f"{value:g}".replace("-", MINUS)


def percent(share: float, decimals: int = 1) -> str:
    """A share as ``68.3 %``."""
    return f"{fixed(100 * share, decimals)}{NO_BREAK}%"


def counted(count: int, noun: str) -> str:
    """``1 stage``, ``1,800 stages``."""
    return f"{count:,}{NO_BREAK}{noun}{'s' * (count != 1)}"


def unit_for(values: Sequence[float], units: Sequence[Unit]) -> Unit:
    """The largest unit of which the largest value is at least one."""
    largest = max(values)
    return next((unit for unit in units if largest >= unit[1]), units[-1])


def in_unit(value: float, units: Sequence[Unit]) -> str:
    """A single value with its unit: ``860 kB``."""
    name, scale = unit_for([value], units)
    return f"{significant(value / scale)}{NO_BREAK}{name}"


def duration(seconds: float) -> str:
    """``68.6 s``, ``12.5 min`` or ``3.20 h``."""
    if seconds < 120:
        return f"{significant(seconds)}{NO_BREAK}s"
    if seconds < 7200:
        return f"{significant(seconds / 60)}{NO_BREAK}min"
    return f"{significant(seconds / 3600)}{NO_BREAK}h"


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def few(words: Sequence[str], noun: str, most: int = 6) -> str:
    """The words, or how many there are of them where they are more than ``most``."""
    return listed(words) if len(words) <= most else counted(len(words), noun)


def widths(hidden: Sequence[int]) -> str:
    """``512, 512, 512, 256``; of many layers the equal ones are counted: ``12 × 48, 24``."""
    if not hidden:
        return "none"
    if len(hidden) <= 6:
        return ", ".join(map(str, hidden))
    runs: list[list[int]] = []
    for width in hidden:
        if runs and runs[-1][1] == width:
            runs[-1][0] += 1
        else:
            runs.append([1, width])
    return ", ".join(f"{n} × {width}" if n > 1 else str(width) for n, width in runs)


def decimals_of(figures: Sequence[Figure], best: float | None, least: int = 4) -> int:
    """So many that two digits of the smallest distance to ``best`` can be seen.

    Args:
        figures: means with intervals that stand together.
        best: the value that cannot be passed (1 for R2, 0 for an error); None where there is none.
        least: and not fewer.
    """
    apart = [abs(figure["mean"] - (best or 0.0)) for figure in figures]
    smallest = min((distance for distance in apart if distance > 0), default=1.0)
    return min(max(least, 1 - math.floor(math.log10(smallest))), MOST_DECIMALS)


def bounds(figure: Figure, decimals: int) -> str:
    """``[0.9779, 0.9864]``, or a dash where there is no interval."""
    if figure["low"] is None:
        return DASH
    return f"[{fixed(figure['low'], decimals)},{NO_BREAK}{fixed(figure['high'], decimals)}]"


def estimate(figure: Figure, decimals: int) -> str:
    """A mean with its interval, the mean alone where there is none."""
    mean = fixed(figure["mean"], decimals)
    return mean if figure["low"] is None else f"{mean}{NO_BREAK}{bounds(figure, decimals)}"


def signed_text(text: str) -> str:
    """A sentence of the engine with true minus signs before digits, and R² for R2."""
    out = [
        MINUS if letter == "-" and after.isdigit() and not before.isalnum() else letter
        for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False)
    ]
    return "".join(out).replace("R2", "R²")
