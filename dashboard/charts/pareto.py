"""R2 against size or speed over many runs of the same data, and which of them no other beats."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.axes import count_axis, error, error_range, r2_axis
from dashboard.charts.style import (
    ARM_COLOURS,
    ARM_LABELS,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    figure,
    ink,
)

COLOURS = (VERMILLION, BLUE, GREEN, PURPLE, ORANGE, SKY, GREY)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "triangle-down", "cross", "star")
STEP = "no other run is smaller and better"
BESIDE = 1.035  # how far runs of equal size stand apart, at most
WIDEST = 1.3  # how far apart the first and the last of them
BEYOND = 1.6  # bands go on past the runs, to the sides of the picture
BAND_DASHES = {"dense": "solid", "dense_longer": "dash"}


@dataclass(frozen=True)
class Point:
    """A run: where it stands, its R2 over repetitions, and what kind it is.

    Attributes:
        run_id: which run.
        x: its size or time, more than 0.
        r2: ``mean``, ``low`` and ``high`` (None where n is 1), ``n``.
        kind: what its colour and shape tell; shown as text.
        chosen: drawn with a ring.
    """

    run_id: str
    x: float
    r2: Mapping[str, Any]
    kind: str = ""
    chosen: bool = False


def pareto(
    points: Sequence[Point],
    references: Mapping[str, Mapping[str, Any]],
    title: str,
    kinds: Sequence[str],
    baseline: str | None = None,
    dark: bool = False,
) -> go.Figure:
    """R2 against what a network takes, a marker a run.

    Args:
        points: runs of the same data.
        references: R2 of ``dense`` and ``dense_longer`` where all runs share it: a band each.
        title: of the x axis, with its unit; the scale is added.
        kinds: every kind that there is, drawn or not, so that each keeps its colour and shape.
        baseline: the run that others are compared with.
        dark: whether the page is dark.

    Returns:
        A figure whose y is 1 - R2 on a reversed log axis, labelled with R2. ``customdata`` of a
        marker begins with the run's id. Of runs of equal x, the best stands there, and the others
        beside it.
    """
    places = beside(points)
    traces = [band for arm, r2 in references.items() for band in _band(arm, r2, places)]
    traces.append(_step_line(points))
    traces += [
        _markers(mine, places, number, dark)
        for number, kind in enumerate(kinds)
        if (mine := [point for point in points if point.kind == kind])
    ]
    seen = [*points, *(Point("", 1.0, r2) for r2 in references.values())]
    ends = [p.r2[end] for p in seen for end in ("low", "high") if p.r2[end] is not None]
    low, high = error_range([p.r2["mean"] for p in seen], ends)
    x_axis = count_axis(min(places.values()), max(places.values()))
    return figure(
        traces,
        height=440,
        dark=dark,
        margin={"l": 72, "r": 12, "t": 10, "b": 56},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        annotations=[_pin(p, places) for p in points if p.run_id == baseline],
        xaxis={**x_axis, "title": {"text": f"{title}, log scale"}},
        yaxis=r2_axis(low, high),
        clickmode="event+select",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": GREY, "activecolor": ink(dark)},
    )


def pareto_step(points: Sequence[Point]) -> list[Point]:
    """The runs that no other beats: smaller or equal, and better; from small to large."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (p.x, -p.r2["mean"], p.run_id)):
        if not kept or point.r2["mean"] > kept[-1].r2["mean"]:
            kept.append(point)
    return kept


def beside(points: Sequence[Point]) -> dict[str, float]:
    """Where each run is drawn: the best of equal x there, the others in turn right and left."""
    groups: dict[float, list[Point]] = {}
    for point in sorted(points, key=lambda p: (-p.r2["mean"], p.run_id)):
        groups.setdefault(point.x, []).append(point)
    places = {}
    for x, group in groups.items():
        apart = min(BESIDE, WIDEST ** (1 / len(group)))
        for number, point in enumerate(group):
            steps = (number + 1) // 2 * (1 if number % 2 else -1)
            places[point.run_id] = x * apart**steps
    return places


def shown(text: str) -> str:
    """Text from people as Plotly shows it, which reads markup in names and labels."""
    return html.escape(text, quote=False)


def _step_line(points: Sequence[Point]) -> dict[str, Any]:
    kept = pareto_step(points)
    return {
        "type": "scatter",
        "name": STEP,
        "mode": "lines",
        "x": [point.x for point in kept],
        "y": [error(point.r2["mean"]) for point in kept],
        "line": {"color": GREY, "width": 1.5, "dash": "dot", "shape": "hv"},
        "hoverinfo": "skip",
    }


def _band(arm: str, r2: Mapping[str, Any], places: Mapping[str, float]) -> list[dict[str, Any]]:
    """From side to side: the interval where there is one, and the mean."""
    least, most = min(places.values()) / BEYOND, max(places.values()) * BEYOND
    both: dict[str, Any] = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    colour, mean = ARM_COLOURS[arm], error(r2["mean"])
    line = {
        **both,
        "name": f"{ARM_LABELS[arm]} {r2['mean']:.4f}",
        "x": [least, most],
        "y": [mean, mean],
        "line": {"color": colour, "width": 1.5, "dash": BAND_DASHES[arm]},
        "legendgroup": arm,
    }
    if r2["low"] is None:
        return [line]
    low, high = error(r2["low"]), error(r2["high"])
    band = {
        **both,
        "name": f"{ARM_LABELS[arm]}, interval",
        "x": [least, most, most, least],
        "y": [low, low, high, high],
        "fill": "toself",
        "fillcolor": colour,
        "opacity": 0.12,
        "line": {"width": 0},
        "legendgroup": arm,
        "showlegend": False,
    }
    return [band, line]


def _markers(
    points: Sequence[Point], places: Mapping[str, float], number: int, dark: bool
) -> dict[str, Any]:
    colour = COLOURS[number % len(COLOURS)]
    means = [point.r2["mean"] for point in points]
    lows, highs = (
        [p.r2["mean"] if p.r2[end] is None else p.r2[end] for p in points]
        for end in ("low", "high")
    )
    return {
        "type": "scatter",
        "name": shown(points[0].kind) or "a run",
        "mode": "markers",
        "x": [places[point.run_id] for point in points],
        "y": [error(mean) for mean in means],
        "customdata": [
            [p.run_id, f"{p.x:,.5g}" if p.x < 1e5 else f"{p.x:,.0f}", *ends, p.r2["n"]]
            for p, *ends in zip(points, means, lows, highs, strict=True)
        ],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [error(lo) - error(m) for m, lo in zip(means, lows, strict=True)],
            "arrayminus": [error(m) - error(hi) for m, hi in zip(means, highs, strict=True)],
            "thickness": 1,
            "width": 4,
            "color": colour,
        },
        "marker": {
            "color": colour,
            "symbol": SYMBOLS[number % len(SYMBOLS)],
            "size": [13 if point.chosen else 10 for point in points],
            "line": {"color": ink(dark), "width": [2 if point.chosen else 0 for point in points]},
        },
        "hovertemplate": (
            "%{customdata[0]}<br>%{fullData.name}<br>%{customdata[1]}<br>"
            "R² %{customdata[2]:.4f} [%{customdata[3]:.4f}, %{customdata[4]:.4f}], "
            "n = %{customdata[5]}<extra></extra>"
        ),
    }


def _pin(point: Point, places: Mapping[str, float]) -> dict[str, Any]:
    return {
        "x": math.log10(places[point.run_id]),
        "y": math.log10(error(point.r2["mean"])),
        "text": "baseline",
        "showarrow": True,
        "arrowhead": 2,
        "ax": 0,
        "ay": -34,
    }
