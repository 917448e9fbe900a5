"""What would be left without fine-tuning: the predicted curve, and each layer by itself.

A layer is here all that is pruned together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.charts.axes import error_of, error_range
from dashboard.charts.strips import colours
from dashboard.charts.style import GREY
from dashboard.charts.vega import LEGEND, Spec, Tables, count_axis, layered, marks, nominal, r2_axis
from spinn_engine.words import count, fixed, percent

VALIDATION = "R² on validation rows (stretched near 1)"
CURVE, MARKS, LAYERS = "curve", "marks", "layers"
LINE = "predicted, no fine-tuning"
HEIGHT = 360  # pixels
POINT_LEGEND: Spec = {**LEGEND, "symbolSize": 130, "symbolOpacity": 1, "symbolStrokeWidth": 0}
RING = (
    "M-0.9,0A0.9,0.9,0,1,1,0.9,0A0.9,0.9,0,1,1,-0.9,0Z"
    "M-0.5,0A0.5,0.5,0,1,0,0.5,0A0.5,0.5,0,1,0,-0.5,0Z"
)
LAYER_SHAPES = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "cross",
    "triangle-down",
    "triangle-right",
    "triangle-left",
)
LAYER_DASHES = ([1, 0], [6, 4], [2, 3], [8, 3, 2, 3])

Sizes = Sequence[tuple[int, float]]


@dataclass(frozen=True)
class PointKind:
    """Points on the picture of one kind: ``(parameters, R2)`` each; ``shape`` as in Vega."""

    name: str
    points: Sizes
    colour: str
    shape: str


def prediction_picture(
    curve: Sizes, kinds: Sequence[PointKind], dark: bool = False
) -> tuple[Spec, Tables]:
    """Predicted R2 against parameters, and points on top of it.

    Args:
        curve: ``(parameters, predicted R2)`` along the way from the dense network downwards.
        kinds: what else to draw.
        dark: whether the page is dark.
    """
    every = [*curve, *(point for kind in kinds for point in kind.points)]
    sizes = [math.log10(params) for params, _ in every]
    ends = min(sizes) - 0.12, max(sizes) + 0.12
    spec = curve_picture(kinds, ends, error_range([r2 for _, r2 in every]), dark)
    return spec, curve_tables(curve, kinds)


def curve_tables(curve: Sizes, kinds: Sequence[PointKind]) -> Tables:
    """The rows of ``curve_picture``, as in ``prediction``."""
    points = [(kind.name, *point) for kind in kinds for point in kind.points]
    found = {
        CURVE: pd.DataFrame(curve, columns=["params", "r2"]).assign(name=LINE),
        MARKS: pd.DataFrame(points, columns=["name", "params", "r2"]),
    }
    for table in found.values():
        table["error"] = [error_of(r2) for r2 in table["r2"]]
        table["size"] = [count(params) for params in table["params"]]
        table["told"] = [fixed(r2) for r2 in table["r2"]]
    return found


def curve_picture(
    kinds: Sequence[PointKind], x: tuple[float, float], y: tuple[float, float], dark: bool
) -> Spec:
    """The picture of ``prediction`` within a frame.

    Args:
        kinds: whose names, colours and shapes it has.
        x: powers of ten of the parameters at its left and right.
        y: powers of ten of 1 - R2 at its top and bottom.
        dark: whether the page is dark.
    """
    encoding = {
        "x": count_axis("params", *x, "parameters (count, log scale)"),
        "y": r2_axis(*y, VALIDATION),
        "tooltip": [
            {"field": "name", "title": "what"},
            {"field": "size", "title": "parameters"},
            {"field": "told", "title": "R²"},
        ],
    }
    names = [kind.name for kind in kinds]
    ranges = {
        "color": [kind.colour for kind in kinds],
        "shape": [kind.shape for kind in kinds],
    }
    line = {"type": "line", "color": GREY, "strokeWidth": 2, "strokeDash": [6, 4]}
    point = {"type": "point", "filled": True, "size": 130, "opacity": 1}
    look = nominal("name", names, POINT_LEGEND, **ranges)
    layers = [marks(CURVE, line, encoding), marks(MARKS, point, {**encoding, **look})]
    return layered(layers, HEIGHT, dark)


def sensitivity_picture(
    layers: Sequence[Sequence[tuple[float, float]]], names: Sequence[str], dark: bool = False
) -> tuple[Spec, Tables]:
    """Predicted R2 with one layer pruned and all others whole; a line a layer.

    Args:
        layers: per layer ``(share of its neurons removed, predicted R2)``, rising.
        names: what each is called.
        dark: whether the page is dark.
    """
    ends = (0.35, 0.95) if dark else (0.1, 0.72)
    rows = [
        (name, 100 * share, error_of(r2), percent(share, 0), fixed(r2))
        for name, points in zip(names, layers, strict=True)
        for share, r2 in points
    ]
    ranges: dict[str, Sequence[Any]] = {
        "color": colours("Viridis", *ends, max(len(layers), 2))[: len(layers)],
        "shape": [LAYER_SHAPES[at % len(LAYER_SHAPES)] for at in range(len(layers))],
        "strokeDash": [LAYER_DASHES[at % len(LAYER_DASHES)] for at in range(len(layers))],
    }
    look = nominal("name", names, POINT_LEGEND, **ranges)
    position = {
        "x": {
            "field": "removed",
            "type": "quantitative",
            "title": "neurons removed from this one alone (%)",
            "scale": {"domain": [-3, 103], "nice": False},
            "axis": {"values": [0, 20, 40, 60, 80, 100]},
        },
        "y": r2_axis(*error_range([r2 for points in layers for _, r2 in points]), VALIDATION),
        "tooltip": [
            {"field": "name", "title": "what"},
            {"field": "share", "title": "removed"},
            {"field": "told", "title": "predicted R²"},
        ],
    }
    line = {key: look[key] for key in ("color", "strokeDash")}
    point = {key: look[key] for key in ("color", "shape")}
    drawn = [
        marks(LAYERS, {"type": "line", "strokeWidth": 2}, {**position, **line}),
        marks(LAYERS, {"type": "point", "filled": True, "size": 70}, {**position, **point}),
    ]
    tables = {LAYERS: pd.DataFrame(rows, columns=["name", "removed", "error", "share", "told"])}
    return layered(drawn, HEIGHT, dark), tables
