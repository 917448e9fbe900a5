"""Pictures of a presentation alone: the controls as intervals, and latency."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.axes import interval, round_numbers
from dashboard.charts.style import GREY, GRID, figure
from spinn_engine.vocabulary import ARMS, REFERENCE, SUBJECT, ZEROED
from spinn_engine.words import shortest

TIMED = (REFERENCE, SUBJECT, ZEROED)
ENDS = ("median", "p95")
ROW_PIXELS, AXIS_PIXELS = 64, 66
APART = 1.06  # arms stand side by side

Row = dict[str, Any]


def differences_picture(
    rows: Sequence[tuple[str, Row]], border: float, axis: str, dark: bool = False
) -> go.Figure:
    """The paired differences to each control, with their intervals.

    Args:
        rows: what it is compared with, and ``mean``, ``low`` and ``high`` of the difference (the
            latter two None where n is 1).
        border: the difference at which a cost is as large as the margin; for the first row.
        axis: what the differences are of.
        dark: whether the page is dark.
    """
    places = list(range(len(rows)))
    means, *ends = (list(one) for one in zip(*(interval(d) for _, d in rows), strict=True))
    trace = {
        "type": "scatter",
        "name": "difference",
        "mode": "markers",
        "x": means,
        "y": places,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - mean for mean, high in zip(means, ends[1], strict=True)],
            "arrayminus": [mean - low for mean, low in zip(means, ends[0], strict=True)],
            "thickness": 2,
            "width": 6,
            "color": ARMS[SUBJECT].colour,
        },
        "marker": {"color": ARMS[SUBJECT].colour, "symbol": "circle", "size": 12},
    }
    most = 1.15 * max(-border, *(abs(value) for end in ends for value in end))
    return figure(
        [trace],
        height=ROW_PIXELS * len(rows) + AXIS_PIXELS,
        dark=dark,
        margin={"l": 118, "r": 12, "t": 24, "b": 42},
        shapes=[_upright(0.0, "solid"), _upright(border, "dash")],
        annotations=[
            _above(0.0, "no difference", "left"),
            _above(border, f"margin {shortest(border, 2)}", "right"),
        ],
        xaxis={
            "title": {"text": axis},
            "range": [-most, most],
            "gridcolor": GRID,
            "zeroline": False,
            "nticks": 7,
        },
        yaxis={
            "tickvals": places,
            "ticktext": [name for name, _ in rows],
            "range": [len(rows) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
        },
    )


def _upright(x: float, dash: str) -> dict[str, Any]:
    line = {"color": GREY, "width": 1.5, "dash": dash}
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": x, "x1": x, "line": line}


def _above(x: float, text: str, anchor: str) -> dict[str, Any]:
    return {
        "x": x,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "xanchor": anchor,
        "text": text,
        "showarrow": False,
        "font": {"size": 12},
    }


def latency_picture(arms: Sequence[Row], height: int, dark: bool = False) -> go.Figure:
    """Median latency of a forward pass by batch size, with a whisker up to its 95th percentile.

    Args:
        arms: the arms as in the metrics file, with ``latency_us``.
        height: in pixels.
        dark: whether the page is dark.
    """
    timed = {arm["arm"]: arm["latency_us"] for arm in arms if arm["arm"] in TIMED}
    batches = sorted(timed[REFERENCE], key=int)
    times = [one[key] / 1000 for by in timed.values() for one in by.values() for key in ENDS]
    return figure(
        [_timed(arm, timed[arm], batches, place) for place, arm in enumerate(timed)],
        height=height,
        dark=dark,
        margin={"l": 66, "r": 12, "t": 10, "b": 50},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={
            "type": "log",
            "title": {"text": "batch (rows, log scale)"},
            "tickvals": [int(batch) for batch in batches],
            "ticktext": [f"{int(batch):,}" for batch in batches],
            "gridcolor": GRID,
            "zeroline": False,
        },
        yaxis=_time_axis(min(times), max(times)),
    )


def _timed(arm: str, by: Row, batches: Sequence[str], place: int) -> dict[str, Any]:
    medians, slow = ([by[batch][key] / 1000 for batch in batches] for key in ENDS)
    return {
        "type": "scatter",
        "name": ARMS[arm].label,
        "mode": "lines+markers",
        "x": [int(batch) * APART**place for batch in batches],
        "y": medians,
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [high - middle for middle, high in zip(medians, slow, strict=True)],
            "arrayminus": [0.0] * len(batches),
            "thickness": 1.5,
            "width": 4,
            "color": ARMS[arm].colour,
        },
        "line": {
            "color": ARMS[arm].colour,
            "width": 2,
            "dash": _dash(arm),
        },
        "marker": {"color": ARMS[arm].colour, "symbol": ARMS[arm].symbol, "size": 11},
    }


def _dash(arm: str) -> str:
    lengths = ARMS[arm].dash
    return ",".join(f"{length}px" for length in lengths) if all(lengths) else "solid"


def _time_axis(least: float, most: float) -> dict[str, Any]:
    """Milliseconds on a log scale."""
    low, high = math.log10(least) - 0.15, math.log10(most) + 0.15
    ticks = round_numbers(low, high, most=7)
    return {
        "type": "log",
        "range": [low, high],
        "title": {"text": "latency (ms, log scale)"},
        "tickvals": ticks,
        "ticktext": [shortest(value, 3) for value in ticks],
        "gridcolor": GRID,
        "zeroline": False,
    }
