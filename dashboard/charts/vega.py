"""What all Vega-Lite pictures share: axes, the look of each arm, and words in the colour of text.

A picture is a description (``Spec``) and tables with names (``Tables``). Streamlit keeps its node
while only the tables change, and a page without Plotly opens in half the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.charts.axes import round_numbers
from dashboard.charts.style import GRID, text_colour
from spinn_engine.vocabulary import ARMS

Spec = dict[str, Any]
Tables = dict[str, pd.DataFrame]

PAGE = {False: "#FFFFFF", True: "#0B1117"}  # the background of a page, light and dark
REACHING = ("rule", "rect", "line")  # kinds of marks with ends
LEGEND: Spec = {"orient": "top", "title": None, "columns": 2}
CROSSED = (  # a sign: two bars across each other, as a path in a square from -1 to 1
    "M-0.9,-0.5L-0.5,-0.9L0,-0.4L0.5,-0.9L0.9,-0.5L0.4,0"
    "L0.9,0.5L0.5,0.9L0,0.4L-0.5,0.9L-0.9,0.5L-0.4,0Z"
)
CANVAS: Spec = {"embedOptions": {"renderer": "canvas"}}  # ``usermeta`` of what has many marks


def marks(table: str, mark: Spec, encoding: Spec, *transform: Spec) -> Spec:
    """Marks of the rows of one table; what reaches out of the frame is cut off there.

    Vega makes room for all that is not cut off: an interval that is far wider than its axis would
    leave the picture none.
    """
    cut = {"clip": True, **mark} if mark["type"] in REACHING else mark
    return {"data": {"name": table}, "transform": [*transform], "mark": cut, "encoding": encoding}


def layered(layers: Sequence[Spec], height: int, dark: bool, **more: Any) -> Spec:
    """A picture of layers of marks on one pair of axes, its words in the colour of text.

    Args:
        layers: from the back to the front.
        height: pixels, with axes and legends.
        dark: whether the page is dark.
        more: further parts of the description.
    """
    words = {"labelColor": text_colour(dark), "titleColor": text_colour(dark)}
    config = {
        "axis": {**words, "gridColor": GRID},
        "legend": words,
        "mark": {"aria": False},  # the picture has words of its own, and a table below it
        "view": {"stroke": None},
    }
    return {"height": height, "layer": [*layers], "config": config, **more}


def r2_axis(low: float, high: float, title: str = "R² (stretched near 1)") -> Spec:
    """The y channel of a column ``error`` (of ``axes.error_of``), labelled with R2.

    Args:
        low: power of ten of 1 - R2 at the upper end.
        high: of it at the lower end.
        title: of the axis.
    """
    return {
        "field": "error",
        "type": "quantitative",
        "title": title,
        "scale": {
            "type": "log",
            "domain": [10.0**low, 10.0**high],
            "reverse": True,
            "nice": False,
        },
        "axis": {
            "values": round_numbers(low, high, most=12),
            "labelExpr": "format(1 - datum.value, '.5~g')",
        },
    }


def count_axis(field: str, low: float, high: float, title: str) -> Spec:
    """The x channel of a count on a log scale, between two powers of ten: 200 k or 5 M."""
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"type": "log", "domain": [10.0**low, 10.0**high], "nice": False},
        "axis": {
            "values": round_numbers(low, high, most=7),
            "labelExpr": "replace(format(datum.value, '.3~s'), regexp('([kMG])'), ' $1')",
        },
    }


def nominal(field: str, names: Sequence[str], legend: Spec | None, **values: Sequence[Any]) -> Spec:
    """Channels that tell the kinds in a column apart, in one legend.

    Args:
        field: the column.
        names: its kinds.
        legend: as Vega-Lite takes it; None for none.
        values: by channel, as ``color`` or ``shape``, what each kind has there.
    """
    return {
        channel: {
            "field": field,
            "type": "nominal",
            "scale": {"domain": [*names], "range": [*own]},
            "legend": legend,
        }
        for channel, own in values.items()
    }


def arm_look(arms: Sequence[str], *channels: str) -> Spec:
    """Colour, shape and dash of the arms, by label in a column ``arm``, in one legend.

    Args:
        arms: those in the picture.
        channels: of ``color``, ``shape`` and ``strokeDash``.
    """
    fields = {"color": "colour", "shape": "shape", "strokeDash": "dash"}
    drawn = [ARMS[arm] for arm in arms]
    legend = {**LEGEND, "symbolOpacity": 1, "symbolSize": 120}
    own = {channel: [getattr(arm, fields[channel]) for arm in drawn] for channel in channels}
    return nominal("arm", [arm.label for arm in drawn], legend, **own)
