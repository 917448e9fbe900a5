"""What smaller costs: R2 against parameters for every arm, a dot a seed, mean and interval."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.axes import count_axis, error, error_range, r2_axis
from dashboard.charts.style import ARM_COLOURS, ARM_LABELS, ARM_SYMBOLS, GREY, figure

# Arms of equal size stand side by side, and the seeds a little right of their mean.
ARM_SHIFT, SEED_SHIFT = 1.045, 1.016
FAR_BELOW = 2.0

Row = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A network size of an arm: what to call it, where it stands, and its R2 over seeds."""

    arm: str
    name: str
    params: int
    x: float
    r2: dict[str, Any]


def tradeoff(
    stages: Sequence[Row], arms: Sequence[Row], ceiling: float | None = None, dark: bool = False
) -> go.Figure:
    """R2 against parameters for the stages and the controls of one run.

    Args:
        stages: the stages as in the metrics file: ``stage``, ``params`` and ``r2`` with ``mean``,
            ``low`` and ``high`` (None where n is 1) and ``per_seed``.
        arms: the arms as in the metrics file: ``arm``, ``params`` and ``r2``.
        ceiling: the best R2 that any model can expect, where it is known.
        dark: whether the page is dark.

    Returns:
        A figure whose y is 1 - R2 on a reversed log axis, labelled with R2. A linear model that is
        far below everything else is a note at the edge, so that the rest can be told apart.
    """
    points = points_of(stages, arms)
    linear = next((arm for arm in arms if arm["arm"] == "linear"), None)
    traces = [_path(stages)]
    for arm in ARM_COLOURS:
        mine = [point for point in points if point.arm == arm]
        if mine:
            traces += [_seeds(arm, mine), _means(arm, mine)]
    low, high = _range(points, ceiling, linear)
    lines: list[tuple[float, str]] = []
    if ceiling is not None:
        lines.append((ceiling, f"ceiling {ceiling:.4f}: the noise allows no more"))
    if linear is not None:
        lines.append((linear["r2"]["mean"], f"linear on the inputs: {linear['r2']['mean']:.4f}"))
    return figure(
        traces,
        height=420,
        dark=dark,
        margin={"l": 72, "r": 12, "t": 10, "b": 56},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        shapes=[_line(r2) for r2, _ in lines if math.log10(error(r2)) <= high],
        annotations=[_note(r2, text, high) for r2, text in lines],
        xaxis=count_axis(min(p.params for p in points), max(p.x for p in points)),
        yaxis=r2_axis(low, high),
    )


def points_of(stages: Sequence[Row], arms: Sequence[Row]) -> list[Point]:
    """Every mean that is drawn; arms of equal size are moved apart in the order of the legend."""
    rows = [
        ("structured" if row["stage"] else "dense", f"stage {row['stage']}", row) for row in stages
    ]
    others = [row for row in arms if row["arm"] not in ("dense", "structured", "linear")]
    rows += [(row["arm"], ARM_LABELS[row["arm"]], row) for row in others]
    taken: dict[int, int] = {}
    points = []
    for arm, name, row in sorted(rows, key=lambda found: list(ARM_COLOURS).index(found[0])):
        place = taken.get(row["params"], 0)
        taken[row["params"]] = place + 1
        x = row["params"] * ARM_SHIFT**place
        points.append(Point(arm, name, row["params"], x, row["r2"]))
    return points


def _range(
    points: Sequence[Point], ceiling: float | None, linear: Row | None
) -> tuple[float, float]:
    seen = [r2 for point in points for r2 in (point.r2["mean"], *point.r2["per_seed"])]
    ends = [point.r2[end] for point in points for end in ("low", "high")]
    worst = max(error(r2) for r2 in seen)
    if linear is not None and error(linear["r2"]["mean"]) <= FAR_BELOW * worst:
        seen.append(linear["r2"]["mean"])
    known = [*seen, *([] if ceiling is None else [ceiling])]
    return error_range(known, [end for end in ends if end is not None])


def _path(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "path",
        "mode": "lines",
        "x": [row["params"] for row in rows],
        "y": [error(row["r2"]["mean"]) for row in rows],
        "line": {"color": GREY, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _marker(arm: str, **more: Any) -> dict[str, Any]:
    return {"color": ARM_COLOURS[arm], "symbol": ARM_SYMBOLS[arm], **more}


def _seeds(arm: str, points: Sequence[Point]) -> dict[str, Any]:
    """A faint dot a seed, a little right of its mean so that both can be seen."""
    dots = [(point, r2) for point in points for r2 in point.r2["per_seed"]]
    return {
        "type": "scatter",
        "name": f"{ARM_LABELS[arm]}, a seed",
        "mode": "markers",
        "x": [point.x * SEED_SHIFT for point, _ in dots],
        "y": [error(r2) for _, r2 in dots],
        "customdata": [[point.name, r2, point.params] for point, r2 in dots],
        "marker": _marker(arm, size=6, opacity=0.6),
        "hovertemplate": (
            f"{ARM_LABELS[arm]}, %{{customdata[0]}}, one seed<br>%{{customdata[2]:,}} parameters"
            "<br>R² %{customdata[1]:.4f}<extra></extra>"
        ),
        "showlegend": False,
    }


def _means(arm: str, points: Sequence[Point]) -> dict[str, Any]:
    means, lows, highs = zip(*map(_interval, points), strict=True)
    return {
        "type": "scatter",
        "name": ARM_LABELS[arm],
        "mode": "markers",
        "x": [point.x for point in points],
        "y": [error(mean) for mean in means],
        "customdata": [
            [point.name, *_interval(point), point.r2["n"], point.params] for point in points
        ],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [error(lo) - error(m) for m, lo in zip(means, lows, strict=True)],
            "arrayminus": [error(m) - error(hi) for m, hi in zip(means, highs, strict=True)],
            "thickness": 1.5,
            "width": 5,
            "color": ARM_COLOURS[arm],
        },
        "marker": _marker(arm, size=11, line={"width": 2} if "open" in ARM_SYMBOLS[arm] else {}),
        "hovertemplate": (
            f"{ARM_LABELS[arm]}, %{{customdata[0]}}<br>%{{customdata[5]:,}} parameters<br>"
            "R² %{customdata[1]:.4f} [%{customdata[2]:.4f}, %{customdata[3]:.4f}], "
            "n = %{customdata[4]}<extra></extra>"
        ),
    }


def _interval(point: Point) -> Iterator[float]:
    """Mean, low and high; the mean thrice where there is no interval."""
    mean = point.r2["mean"]
    return (mean if point.r2[end] is None else point.r2[end] for end in ("mean", "low", "high"))


def _line(r2: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": error(r2),
        "y1": error(r2),
        "line": {"color": GREY, "width": 1.5, "dash": "dash"},
    }


def _note(r2: float, text: str, lowest: float) -> dict[str, Any]:
    """What a line is; at the lower edge, with an arrow, where the line would be off the picture."""
    place = math.log10(error(r2))
    off = place > lowest
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": lowest if off else place,
        "yanchor": "bottom",
        "text": f"\N{DOWNWARDS ARROW} {text}, below this picture" if off else text,
        "showarrow": False,
        "font": {"size": 12},
    }
