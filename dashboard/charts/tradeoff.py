"""What smaller costs: R2 against parameters, a dot a seed, mean and interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.style import ARM_COLOURS, ARM_SYMBOLS, GREY, GRID, figure

# The axis shows 1 - R2 on a log scale, so that it stretches near 1; these never reach the reader.
LEAST_ERROR = 1e-6
SEED_SHIFT = 1.02


def _error(r2: float) -> float:
    return max(1 - r2, LEAST_ERROR)


def tradeoff(
    rows: Sequence[dict[str, Any]], ceiling: float | None = None, dark: bool = False
) -> go.Figure:
    """R2 against parameters for the stages of one run.

    Args:
        rows: the stages as in the metrics file: ``stage``, ``params`` and ``r2`` with ``mean``,
            ``low`` and ``high`` (None where n is 1) and ``per_seed``.
        ceiling: the best R2 that any model can expect, where it is known.
        dark: whether the page is dark.

    Returns:
        A figure whose y is 1 - R2 on a reversed log axis, labelled with R2.
    """
    traces = [_path(rows)]
    for arm, part in (("dense", rows[:1]), ("structured", rows[1:])):
        if part:
            traces += [_seeds(arm, part), _means(arm, part)]
    shapes, notes = [], []
    if ceiling is not None:
        shapes.append(_ceiling_line(ceiling))
        notes.append(_ceiling_note(ceiling))
    return figure(
        traces,
        height=380,
        dark=dark,
        margin={"l": 72, "r": 12, "t": 10, "b": 56},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        shapes=shapes,
        annotations=notes,
        xaxis=_count_axis([row["params"] for row in rows]),
        yaxis=_r2_axis(*_error_range(rows, ceiling)),
    )


def _path(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "path",
        "mode": "lines",
        "x": [row["params"] for row in rows],
        "y": [_error(row["r2"]["mean"]) for row in rows],
        "line": {"color": GREY, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _r2_axis(low: float, high: float) -> dict[str, Any]:
    """1 - R2 between two powers of ten, the better end on top, labelled with R2."""
    ticks = _round_numbers(low, high, most=12)
    return {
        "type": "log",
        "range": [high, low],
        "title": {"text": "R² (stretched near 1)"},
        "tickvals": ticks,
        "ticktext": [f"{1 - error:.5g}" for error in ticks],
        "gridcolor": GRID,
        "zeroline": False,
    }


def _error_range(rows: Sequence[dict[str, Any]], ceiling: float | None) -> tuple[float, float]:
    """Powers of ten between which to draw; an interval far wider than its seeds is cut off."""
    points = [_error(r2) for row in rows for r2 in (row["r2"]["mean"], *row["r2"]["per_seed"])]
    ends = [_error(row["r2"][end]) for row in rows for end in ("low", "high") if _has(row, end)]
    known = [*points, *([] if ceiling is None else [_error(ceiling)])]
    least = max(min(known) / 2, min([*known, *ends]))
    most = min(max(known) * 2, max([*known, *ends]))
    return math.log10(least) - 0.08, math.log10(most) + 0.08


def _has(row: dict[str, Any], end: str) -> bool:
    return row["r2"][end] is not None


def _round_numbers(low: float, high: float, most: int) -> list[float]:
    """Up to ``most`` round numbers between two powers of ten, at least four if there are any."""
    decades = range(math.floor(low), math.ceil(high) + 1)
    found: list[float] = []
    for digits in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)):
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


def _count_axis(params: list[int]) -> dict[str, Any]:
    """Counts around the data, on a log scale, written as 200 k or 5 M."""
    low, high = math.log10(min(params)) - 0.12, math.log10(max(params)) + 0.12
    ticks = _round_numbers(low, high, most=7)
    return {
        "type": "log",
        "range": [low, high],
        "title": {"text": "parameters (count, log scale)"},
        "tickvals": ticks,
        "ticktext": [short_count(value) for value in ticks],
        "tickangle": 0,
        "gridcolor": GRID,
    }


def short_count(value: float) -> str:
    """A count in three digits: ``667 k``, ``1.2 M``."""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:g}"


def _marker(arm: str, **more: Any) -> dict[str, Any]:
    return {"color": ARM_COLOURS[arm], "symbol": ARM_SYMBOLS[arm], **more}


def _seeds(arm: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A faint dot a seed, a little right of its mean so that both can be seen."""
    points = [(row, r2) for row in rows for r2 in row["r2"]["per_seed"]]
    return {
        "type": "scatter",
        "name": f"{arm}, a seed",
        "mode": "markers",
        "x": [row["params"] * SEED_SHIFT for row, _ in points],
        "y": [_error(r2) for _, r2 in points],
        "customdata": [[row["stage"], r2, row["params"]] for row, r2 in points],
        "marker": _marker(arm, size=6, opacity=0.55),
        "hovertemplate": (
            "stage %{customdata[0]}, one seed<br>%{customdata[2]:,} parameters<br>"
            "R² %{customdata[1]:.4f}<extra></extra>"
        ),
        "showlegend": False,
    }


def _means(arm: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    means = [row["r2"]["mean"] for row in rows]
    lows = [m if row["r2"]["low"] is None else row["r2"]["low"] for m, row in _with(means, rows)]
    highs = [m if row["r2"]["high"] is None else row["r2"]["high"] for m, row in _with(means, rows)]
    return {
        "type": "scatter",
        "name": f"{arm}: mean, 95 % interval",
        "mode": "markers",
        "x": [row["params"] for row in rows],
        "y": [_error(mean) for mean in means],
        "customdata": [
            [row["stage"], m, lo, hi, len(row["r2"]["per_seed"])]
            for row, m, lo, hi in zip(rows, means, lows, highs, strict=True)
        ],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [_error(lo) - _error(m) for m, lo in zip(means, lows, strict=True)],
            "arrayminus": [_error(m) - _error(hi) for m, hi in zip(means, highs, strict=True)],
            "thickness": 1.5,
            "width": 5,
            "color": ARM_COLOURS[arm],
        },
        "marker": _marker(arm, size=11),
        "hovertemplate": (
            "stage %{customdata[0]}<br>%{x:,} parameters<br>R² %{customdata[1]:.4f} "
            "[%{customdata[2]:.4f}, %{customdata[3]:.4f}], n = %{customdata[4]}<extra></extra>"
        ),
    }


def _with(means: list[float], rows: Sequence[dict[str, Any]]) -> Any:
    return zip(means, rows, strict=True)


def _ceiling_line(ceiling: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": _error(ceiling),
        "y1": _error(ceiling),
        "line": {"color": GREY, "width": 1.5, "dash": "dash"},
    }


def _ceiling_note(ceiling: float) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": math.log10(_error(ceiling)),
        "yanchor": "bottom",
        "text": f"ceiling {ceiling:.4f}: the noise allows no more",
        "showarrow": False,
        "font": {"size": 12},
    }
