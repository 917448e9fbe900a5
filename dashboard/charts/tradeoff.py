"""What smaller costs: R2 against parameters for every arm, a dot a seed, mean and interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.charts.axes import error_of, error_range, interval
from dashboard.charts.style import GREY, text_colour
from dashboard.charts.vega import Spec, Tables, arm_look, count_axis, layered, marks, r2_axis
from spinn_engine.vocabulary import ARMS, REFERENCE, main_arm
from spinn_engine.words import count, decimals_of, estimate, fixed

# Arms of equal size stand side by side, and the seeds a little right of their mean.
ARM_SHIFT, SEED_SHIFT = 1.045, 1.016
FAR_BELOW = 2.0
HEIGHT = 430
MEANS, SEEDS, PATH, LINES, BANDS = "means", "repetitions", "path", "lines", "bands"
LINE_COLUMNS = ["error", "text", "off"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A network size of an arm: what to call it, where it stands, and its R2 over seeds."""

    arm: str
    name: str
    params: int
    x: float
    r2: dict[str, Any]


def tradeoff_picture(
    stages: Sequence[Row],
    arms: Sequence[Row],
    ceiling: float | None = None,
    dark: bool = False,
    bands: Sequence[str] = (),
) -> tuple[Spec, Tables]:
    """R2 against parameters for the stages and the controls of one run.

    Args:
        stages: the stages as in the metrics file: ``stage``, ``params`` and ``r2`` with ``mean``,
            ``low`` and ``high`` (None where n is 1) and ``per_seed``.
        arms: the arms as in the metrics file: ``arm``, ``params`` and ``r2``.
        ceiling: the best R2 that any model can expect, where it is known.
        dark: whether the page is dark.
        bands: arms whose interval lies behind the picture from side to side, where it has one.

    Returns:
        A picture whose y is 1 - R2 on a reversed log axis, labelled with R2. A line that is far
        below everything else is a note at the edge, so that the rest can be told apart.
    """
    points = tradeoff_points(stages, arms)
    fitted = [arm for arm in arms if ARMS[arm["arm"]].block is None]
    lines: list[tuple[float, str]] = []
    if ceiling is not None:
        lines.append((ceiling, f"ceiling {fixed(ceiling)}: the noise allows no more"))
    for arm in fitted:
        name, r2 = ARMS[arm["arm"]].label, arm["r2"]["mean"]
        lines.append((r2, f"{name}: {fixed(r2)}"))
    low, high = _range(points, ceiling, fitted)
    digits = decimals_of({"arms": arms, "stages": stages})
    banded = {arm["arm"]: arm["r2"] for arm in arms if arm["arm"] in bands}
    tables = {
        MEANS: _means(points, digits),
        SEEDS: _seeds(points, digits),
        PATH: pd.DataFrame(
            [{"x": r["params"], "error": error_of(r["r2"]["mean"])} for r in stages]
        ),
        LINES: pd.DataFrame([_line(*line, high) for line in lines], columns=LINE_COLUMNS),
        BANDS: pd.DataFrame(
            [
                {"arm": ARMS[arm].label, "high": error_of(r2["high"]), "low": error_of(r2["low"])}
                for arm, r2 in banded.items()
                if r2["low"] is not None
            ],
            columns=["arm", "high", "low"],
        ),
    }
    ends = math.log10(min(p.params for p in points)), math.log10(max(p.x for p in points))
    x = count_axis("x", ends[0] - 0.12, ends[1] + 0.12, "parameters (count, log scale)")
    drawn = [arm for arm in ARMS if any(point.arm == arm for point in points)]
    return layered(_layers(x, r2_axis(low, high), drawn, dark), HEIGHT, dark), tables


def _layers(x: Spec, y: Spec, arms: Sequence[str], dark: bool) -> list[Spec]:
    look = arm_look(arms, "color", "shape")
    colour = {"color": look["color"]}
    told = [
        {"field": "arm", "title": "arm"},
        {"field": "name", "title": "what"},
        {"field": "params", "title": "parameters"},
    ]
    mean = [*told, {"field": "r2", "title": "R²"}, {"field": "n", "title": "n"}]
    one = [*told, {"field": "r2", "title": "R² of one repetition"}]
    position = {"x": x, "y": y}
    across = {"x": {"value": 0}, "x2": {"value": "width"}}
    solid = {"test": f"datum.arm == '{ARMS[REFERENCE].label}'", "value": [1, 0]}
    edge = {**across, **colour, "strokeDash": {"condition": solid, "value": [6, 3]}}
    within = {"filter": "!datum.off"}
    note = {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -3}
    dashed = {"type": "rule", "color": GREY, "strokeWidth": 1.5, "strokeDash": [6, 4]}
    dotted = {"type": "line", "color": GREY, "strokeWidth": 1, "strokeDash": [2, 3]}
    faint = {"type": "point", "filled": True, "size": 28, "opacity": 0.6}
    return [
        marks(
            BANDS,
            {"type": "rect", "opacity": 0.16},
            {**across, "y": {**y, "field": "low"}, "y2": {"field": "high"}, **colour},
        ),
        *(
            marks(BANDS, {"type": "rule"}, {**edge, "y": {**y, "field": end}})
            for end in ("low", "high")
        ),
        marks(LINES, dashed, {**across, "y": y}, within),
        marks(PATH, dotted, position),
        marks(SEEDS, faint, {**position, **look, "tooltip": one}),
        marks(
            MEANS,
            {"type": "rule", "strokeWidth": 1.5},
            {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, **colour},
        ),
        marks(
            MEANS,
            {"type": "point", "filled": True, "size": 120, "opacity": 1},
            {**position, **look, "tooltip": mean},
        ),
        marks(
            LINES,
            {**note, "fontSize": 12, "color": text_colour(dark)},
            {"x": {"value": 0}, "y": y, "text": {"field": "text", "type": "nominal"}},
        ),
    ]


def tradeoff_points(stages: Sequence[Row], arms: Sequence[Row]) -> list[Point]:
    """Every mean that is drawn; arms of equal size are moved apart in the order of the legend."""
    rows = [(main_arm(row["stage"]), f"stage {row['stage']}", row) for row in stages]
    others = [row for row in arms if ARMS[row["arm"]].control and ARMS[row["arm"]].block]
    rows += [(row["arm"], ARMS[row["arm"]].label, row) for row in others]
    taken: dict[int, int] = {}
    points = []
    for arm, name, row in sorted(rows, key=lambda found: list(ARMS).index(found[0])):
        before = taken.get(row["params"], 0)
        taken[row["params"]] = before + 1
        x = row["params"] * ARM_SHIFT**before
        points.append(Point(arm, name, row["params"], x, row["r2"]))
    return points


def _range(
    points: Sequence[Point], ceiling: float | None, fitted: Sequence[Row]
) -> tuple[float, float]:
    seen = [r2 for point in points for r2 in (point.r2["mean"], *point.r2["per_seed"])]
    ends = [point.r2[end] for point in points for end in ("low", "high")]
    worst = max(error_of(r2) for r2 in seen)
    lines = [arm["r2"]["mean"] for arm in fitted]
    seen += [r2 for r2 in lines if error_of(r2) <= FAR_BELOW * worst]
    known = [*seen, *([] if ceiling is None else [ceiling])]
    return error_range(known, [end for end in ends if end is not None])


def _means(points: Sequence[Point], digits: int) -> pd.DataFrame:
    rows = []
    for point in points:
        mean, low, high = interval(point.r2)
        rows.append(
            {
                "arm": ARMS[point.arm].label,
                "name": point.name,
                "params": count(point.params),
                "x": point.x,
                "r2": estimate(point.r2, digits),
                "n": point.r2["n"],
                "error": error_of(mean),
                "low": error_of(low),
                "high": error_of(high),
            }
        )
    return pd.DataFrame(rows)


def _seeds(points: Sequence[Point], digits: int) -> pd.DataFrame:
    """A faint dot a seed, a little right of its mean so that both can be seen."""
    rows = [
        {
            "arm": ARMS[point.arm].label,
            "name": point.name,
            "params": count(point.params),
            "x": point.x * SEED_SHIFT,
            "r2": fixed(r2, digits),
            "error": error_of(r2),
        }
        for point in points
        for r2 in point.r2["per_seed"]
    ]
    return pd.DataFrame(rows)


def _line(r2: float, text: str, lowest: float) -> dict[str, Any]:
    """A line and what it is; at the lower edge, with an arrow, where it is off the picture."""
    off = math.log10(error_of(r2)) > lowest
    told = f"\N{DOWNWARDS ARROW} {text}, below this picture" if off else text
    return {"error": 10.0**lowest if off else error_of(r2), "text": told, "off": off}
