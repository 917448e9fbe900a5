"""Maps over the domain of an equation: how large something is, before and after pruning."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.style import figure, text_colour
from spinn_engine.words import scientific

DECADES = 4  # from the largest value downwards; what is smaller has the last colour
HALVES = ((0.0, 0.48), (0.52, 1.0))

Field = NDArray[np.float32]


def fields_picture(
    x: Field, t: Field, fields: dict[str, Field], what: str, dark: bool = False
) -> go.Figure:
    """Sizes of two fields side by side, on one logarithmic scale of colours.

    Args:
        x: ``[X]`` positions, upwards.
        t: ``[T]`` times, to the right.
        fields: title to values ``[X, T]``, of either sign.
        what: what the values are, for the scale and the hover.
        dark: whether the page is dark.
    """
    sizes = [np.abs(values) for values in fields.values()]
    top = float(np.log10(max(float(size.max()) for size in sizes) or 1.0))
    traces = [
        _map(x, t, size, what, (top - DECADES, top), number)
        for number, size in enumerate(sizes, start=1)
    ]
    titles = [
        {
            "text": title,
            "x": sum(half) / 2,
            "y": 1.0,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "center",
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"color": text_colour(dark)},
        }
        for title, half in zip(fields, HALVES, strict=True)
    ]
    time = {"title": {"text": "t"}, "showgrid": False, "zeroline": False}
    place = {"showgrid": False, "zeroline": False}
    return figure(
        traces,
        height=300,
        dark=dark,
        margin={"l": 52, "r": 12, "t": 26, "b": 44},
        annotations=titles,
        coloraxis=_colours(what, top, dark),
        xaxis={**time, "domain": HALVES[0]},
        xaxis2={**time, "domain": HALVES[1], "anchor": "y2"},
        yaxis={**place, "title": {"text": "x"}},
        yaxis2={**place, "anchor": "x2", "matches": "y", "showticklabels": False},
    )


def _map(
    x: Field, t: Field, size: Field, what: str, limits: tuple[float, float], number: int
) -> dict[str, Any]:
    axis = "" if number == 1 else str(number)
    return {
        "type": "heatmap",
        "name": what,
        "x": t,
        "y": x,
        "z": np.log10(np.maximum(size, 10 ** limits[0])).astype(np.float32),
        "text": [[scientific(value, 3) for value in row] for row in size.tolist()],
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "coloraxis": "coloraxis",
        "zsmooth": False,
        "hovertemplate": f"x %{{y}}, t %{{x}}<br>{what} %{{text}}<extra></extra>",
    }


def _colours(what: str, top: float, dark: bool) -> dict[str, Any]:
    """The scale of both maps, labelled with powers of ten."""
    ticks = list(range(int(np.ceil(top - DECADES)), int(np.floor(top)) + 1))
    return {
        "colorscale": "Viridis",
        "cmin": top - DECADES,
        "cmax": top,
        "colorbar": {
            "title": {"text": what, "side": "right", "font": {"color": text_colour(dark)}},
            "tickvals": ticks,
            "ticktext": [f"10<sup>{power}</sup>".replace("-", "\N{MINUS SIGN}") for power in ticks],
            "tickfont": {"color": text_colour(dark)},
            "thickness": 12,
            "outlinewidth": 0,
        },
    }
