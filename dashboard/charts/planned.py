"""The two pictures of a plan that follow its sliders.

Streamlit keeps a Vega-Lite chart's node and hands it new rows. These descriptions do not change
while a slider moves, only the small tables of marks, rows and cuts do; so a move redraws a point
and a few lines, where Plotly would build both pictures anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.charts.axes import error_of, error_range
from dashboard.charts.strips import (
    BOUNDS,
    ROWS,
    cells,
    height,
    layer_labels,
    shares,
    with_texts,
    x_channel,
    y_channels,
)
from dashboard.charts.style import BLUE, VERMILLION
from dashboard.charts.vega import CANVAS, PAGE, Spec, Tables, layered, marks
from dashboard.charts.whatif import PointKind, Sizes, curve_picture
from spinn_engine.api import Stage

CELLS, CUTS = "cells", "cuts"
MOST_CELLS = 600  # neighbours by score look alike, and a page with fewer of them opens sooner


def marked_points(curve: Sizes, plan: tuple[int, float]) -> list[PointKind]:
    """The points on the curve: the dense network and the plan.

    Args:
        curve: ``(parameters, predicted R2)`` from the dense network downwards.
        plan: those of the plan.
    """
    return [
        PointKind("dense network", curve[:1], BLUE, "square"),
        PointKind("this plan", [plan], VERMILLION, "circle"),
    ]


def plan_picture(curve: Sizes, plan: tuple[int, float], dark: bool = False) -> Spec:
    """Predicted R2 against parameters; the same for every plan within the ends of the curve.

    Args:
        curve: ``(parameters, predicted R2)`` from the dense network downwards.
        plan: those of the plan; where it lies outside the curve's frame, the frame grows.
        dark: whether the page is dark.
    """
    params, r2 = zip(*curve, strict=True)
    low, high = error_range(r2)
    power = np.log10(error_of(plan[1]))
    if not low <= power <= high:
        low, high = min(low, np.floor(2 * power) / 2), max(high, np.ceil(2 * power) / 2)
    ends = np.log10(0.76 * min(params)), np.log10(1.32 * max(params))
    return curve_picture(marked_points(curve, plan), ends, (low, high), dark)


def cell_table(scores: Sequence[NDArray[np.float32]]) -> pd.DataFrame:
    """A row a neuron that is drawn, by score, highest first.

    Args:
        scores: of the neurons of each strip.

    Returns:
        Columns as ``strips.cells`` has them, ``neuron`` (its number in the dense network),
        ``score``, and ``share`` of the strip's maximum, both in numbers and as ``with_texts`` has
        them.
    """
    found = cells(
        [np.argsort(-score, kind="stable") for score in scores],
        most=MOST_CELLS,
        neuron=[np.arange(len(score), dtype=np.int32) for score in scores],
        score=scores,
        share=[shares(score) for score in scores],
    )
    return with_texts(found)


def cut_tables(cells: pd.DataFrame, stages: Sequence[Stage], names: Sequence[str]) -> Tables:
    """The rows of ``cut_picture``: what each strip keeps, and where every stage cuts it.

    Args:
        cells: of ``cell_table``.
        stages: the plan, the dense network first.
        names: what each strip is called.
    """
    dense, last = stages[0].hidden, stages[-1].hidden
    rows = [
        {
            "layer": layer,
            "cut": kept + 1,
            "end": width + 1,
            "label": f"{name}: {kept:,} of {width:,} kept",
        }
        for layer, (name, kept, width) in enumerate(zip(names, last, dense, strict=True))
    ]
    cuts = [
        {"layer": layer, "cut": kept + 1, "last": stage is stages[-1]}
        for stage in stages[1:]
        for layer, (kept, width) in enumerate(zip(stage.hidden, dense, strict=True))
        if kept < width
    ]
    return {
        CELLS: cells,
        ROWS: pd.DataFrame(rows),
        CUTS: pd.DataFrame(cuts, columns=["layer", "cut", "last"]),
    }


def cut_picture(dense: Sequence[int], score: str, dark: bool = False) -> Spec:
    """The neurons of a dense network by score, and where a plan cuts; the same for all its plans.

    Colour is the score over the strip's maximum. What goes lies under a veil, behind a line, and
    each row says how many are kept: never colour alone.

    Args:
        dense: hidden widths of the dense network.
        score: what the criterion's score is called.
        dark: whether the page is dark.
    """
    x = x_channel(f"neuron (place by {score} score, highest first)", max(dense))
    strip = y_channels(len(dense))
    colour = {
        "field": "share",
        "type": "quantitative",
        "scale": {"scheme": "cividis", "domain": [0, 1]},
        "legend": {
            "orient": "bottom",
            "title": f"{score} / max",
            "titleOrient": "left",
            "values": [0, 0.5, 1],
        },
    }
    told = [
        {"field": "neuron", "title": "neuron", "format": "d"},
        {"field": "place", "title": "place", "format": ",d"},
        {"field": "told", "title": f"{score} score"},
        {"field": "of_most", "title": "of the strip's maximum"},
    ]
    cell: Spec = {"x": x, "x2": {"field": "right"}, **strip, "color": colour, "tooltip": told}
    at = {"x": {**x, "field": "cut"}, **strip}
    thick = {"condition": {"test": "datum.last", "value": 2.5}, "value": 1}
    dash = {"condition": {"test": "datum.last", "value": [1, 0]}, "value": [2, 3]}
    veil = {"type": "rect", "color": PAGE[dark], "opacity": 0.78}
    rule = {"type": "rule", "color": VERMILLION}
    layers = [
        marks(CELLS, {"type": "rect"}, cell, *BOUNDS),
        marks(ROWS, veil, {**at, "x2": {"field": "end"}}, *BOUNDS),
        layer_labels(len(dense), dark),
        marks(CUTS, rule, {**at, "strokeWidth": thick, "strokeDash": dash}, *BOUNDS),
    ]
    return layered(layers, height(len(dense)), dark, usermeta=CANVAS)
