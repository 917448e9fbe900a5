"""R2 against size or speed over many runs of the same data, and which of them no other beats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.charts.axes import error_of, error_range, interval
from dashboard.charts.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, text_colour
from dashboard.charts.vega import (
    CROSSED,
    LEGEND,
    Spec,
    Tables,
    count_axis,
    layered,
    marks,
    nominal,
    r2_axis,
)
from spinn_engine.vocabulary import ARMS
from spinn_engine.words import decimals_for, fixed

COLOURS = (VERMILLION, BLUE, GREEN, PURPLE, ORANGE, SKY, GREY)
SHAPES = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    CROSSED,
    "triangle-down",
    "cross",
    "triangle-right",
)
BESIDE = 1.035  # how far runs of equal size stand apart, at most
WIDEST = 1.3  # how far apart the first and the last of them
HEIGHT = 460  # pixels
RUNS, STEPS, BANDS, CHOSEN, BASELINE = "runs", "steps", "bands", "chosen", "baseline"
PICK, BOX = "pick", "box"
ANY = "a run"  # where colour tells nothing
COLUMN, LINE = 190, 22  # pixels of a kind in the legend
KIND_LEGEND: Spec = {
    **LEGEND,
    "columns": {"expr": f"max(1, floor(containerSize()[0] / {COLUMN}))"},
    "labelLimit": 400,
    "symbolOpacity": 1,
    "symbolSize": 110,
    "symbolStrokeWidth": 0,
}


@dataclass(frozen=True)
class Axis:
    """The x axis: what it shows, and in which unit."""

    name: str
    unit: str


@dataclass(frozen=True)
class Point:
    """A run: where it stands, its R2 over repetitions, and what kind it is.

    Attributes:
        run_id: which run.
        x: its size or time, more than 0.
        r2: ``mean``, ``low`` and ``high`` (None where n is 1), ``n``.
        size: the size or time as text.
        told: the R2 as text.
        kind: what its colour and shape tell; shown as text.
        chosen: drawn with a ring.
    """

    run_id: str
    x: float
    r2: Mapping[str, Any]
    size: str
    told: str
    kind: str = ""
    chosen: bool = False


def pareto_picture(
    points: Sequence[Point],
    references: Mapping[str, Mapping[str, Any]],
    axis: Axis,
    kinds: Sequence[str],
    baseline: str | None = None,
    dark: bool = False,
) -> tuple[Spec, Tables]:
    """R2 against what a network takes, a marker a run.

    Args:
        points: runs of the same data.
        references: R2 of ``dense`` and ``dense_longer`` where all runs share it: a band each.
        axis: the x axis.
        kinds: every kind that there is, drawn or not, so that each keeps its colour and shape.
        baseline: the run that others are compared with.
        dark: whether the page is dark.

    Returns:
        A picture whose y is 1 - R2 on a reversed log axis, labelled with R2. Of runs of equal x,
        the best stands there, and the others beside it. Its runs can be selected one by one as
        ``PICK`` (their ``run_id``) and together as ``BOX`` (the ends of ``x`` and ``error``).
    """
    places = side_by_side(points)
    runs = pd.DataFrame([_row(point, places) for point in points])
    marked = [(places[p.run_id], error_of(p.r2["mean"])) for p in points if p.run_id == baseline]
    step = [(point.x, error_of(point.r2["mean"])) for point in pareto_step(points)]
    tables = {
        RUNS: runs,
        STEPS: pd.DataFrame(step, columns=["x", "error"]),
        BANDS: pd.DataFrame(
            [_band(arm, r2) for arm, r2 in references.items()],
            columns=["arm", "label", "colour", "error", "low", "high"],
        ),
        CHOSEN: runs[runs["chosen"]],
        BASELINE: pd.DataFrame(marked, columns=["x", "error"]),
    }
    seen = [*points, *(Point("", 1.0, r2, "", "") for r2 in references.values())]
    ends = [p.r2[end] for p in seen for end in ("low", "high") if p.r2[end] is not None]
    y = r2_axis(*error_range([p.r2["mean"] for p in seen], ends))
    low, high = math.log10(min(places.values())), math.log10(max(places.values()))
    x = count_axis("x", low - 0.12, high + 0.12, f"{axis.name} ({axis.unit}, log scale)")
    layers = [*_background(x, y, dark), *_runs(x, y, kinds, axis.name, dark)]
    return layered(layers, HEIGHT + LINE * (len(kinds) // 4), dark), tables


def pareto_step(points: Sequence[Point]) -> list[Point]:
    """The runs that no other beats: smaller or equal, and better; from small to large."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (p.x, -p.r2["mean"], p.run_id)):
        if not kept or point.r2["mean"] > kept[-1].r2["mean"]:
            kept.append(point)
    return kept


def side_by_side(points: Sequence[Point]) -> dict[str, float]:
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


def runs_inside(points: Sequence[Point], box: Mapping[str, Sequence[float]]) -> list[str]:
    """The runs in a selected ``BOX``."""
    places = side_by_side(points)
    if not {"x", "error"} <= box.keys():
        return []
    (left, right), (low, high) = (sorted(box[name]) for name in ("x", "error"))
    return [
        point.run_id
        for point in points
        if left <= places[point.run_id] <= right and low <= error_of(point.r2["mean"]) <= high
    ]


def _row(point: Point, places: Mapping[str, float]) -> dict[str, Any]:
    mean, low, high = interval(point.r2)
    return {
        "run_id": point.run_id,
        "kind": point.kind or ANY,
        "x": places[point.run_id],
        "size": point.size,
        "r2": point.told,
        "n": point.r2["n"],
        "error": error_of(mean),
        "low": error_of(low),
        "high": error_of(high),
        "chosen": point.chosen,
    }


def _band(arm: str, r2: Mapping[str, Any]) -> dict[str, Any]:
    """The mean and, where there is one, the interval."""
    mean, low, high = interval(r2)
    return {
        "arm": arm,
        "label": f"{ARMS[arm].label} {fixed(mean, decimals_for([mean], best=1.0))}",
        "colour": ARMS[arm].colour,
        "error": error_of(mean),
        "low": error_of(low),
        "high": error_of(high),
    }


def _background(x: Spec, y: Spec, dark: bool) -> list[Spec]:
    """Bands and means of the dense networks from side to side, each named, and the step."""
    across = {"x": {"value": 0}, "x2": {"value": "width"}}
    own = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    solid = {"test": "datum.arm == 'dense'", "value": [1, 0]}
    dash = {"strokeDash": {"condition": solid, "value": [6, 4]}}
    area = {**across, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "fill": own}
    word = {
        "type": "text",
        "fontSize": 12,
        "color": text_colour(dark),
        "baseline": "bottom",
        "dy": -2,
    }
    text = {"y": y, "text": {"field": "label", "type": "nominal"}}
    box = {
        "name": BOX,
        "select": {"type": "interval"},
    }  # behind the points, which stay within reach
    step = {"type": "line", "interpolate": "step-after", "color": GREY, "strokeDash": [2, 3]}
    return [
        marks(BANDS, {"type": "rect", "opacity": 0.12}, area),
        marks(
            BANDS, {"type": "rule", "strokeWidth": 1.5}, {**across, "y": y, "stroke": own, **dash}
        ),
        marks(
            BANDS,
            {**word, "align": "right", "dx": -4},
            {"x": {"value": "width"}, **text},
            {"filter": "datum.arm == 'dense'"},
        ),
        marks(
            BANDS,
            {**word, "align": "left", "dx": 4},
            {"x": {"value": 0}, **text},
            {"filter": "datum.arm != 'dense'"},
        ),
        {**marks(STEPS, step, {"x": x, "y": y}), "params": [box]},
    ]


CLICKS = {"type": "point", "fields": ["run_id"], "toggle": "true", "clear": False}  # each is told


def _runs(x: Spec, y: Spec, kinds: Sequence[str], measured: str, dark: bool) -> list[Spec]:
    """Intervals, markers that can be selected, rings, and the name of the baseline."""
    names = [kind or ANY for kind in kinds]
    colours, shapes = (
        [looks[at % len(looks)] for at in range(len(names))] for looks in (COLOURS, SHAPES)
    )
    look = nominal("kind", names, KIND_LEGEND, color=colours, shape=shapes)
    told = [
        {"field": "run_id", "title": "run"},
        {"field": "kind", "title": "kind"},
        {"field": "size", "title": measured},
        {"field": "r2", "title": "R²"},
        {"field": "n", "title": "n"},
    ]
    position = {"x": x, "y": y}
    bar = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": look["color"]}
    point = {"type": "point", "filled": True, "size": 90, "opacity": 1}
    ring = {"type": "point", "size": 260, "strokeWidth": 2, "color": text_colour(dark)}
    word = {
        "type": "text",
        "dy": -18,
        "fontSize": 13,
        "color": text_colour(dark),
        "text": "baseline",
    }
    selected = marks(RUNS, point, {**position, **look, "tooltip": told})
    selected["name"] = "markers"
    selected["params"] = [{"name": PICK, "select": CLICKS}]
    return [
        marks(RUNS, {"type": "rule", "strokeWidth": 1}, bar),
        selected,
        marks(CHOSEN, ring, position),
        marks(BASELINE, word, position),
    ]
