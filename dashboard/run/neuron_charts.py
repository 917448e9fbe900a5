"""One neuron: its strongest weights, and what its activation does over the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.style import GREY, GRID, PURPLE, SKY, figure
from spinn_engine.words import counted, significant

MOST_BARS, MOST_POINTS, BINS = 18, 600, 40
ROOM = 1.75  # times the largest weight: its number stands beside the bar, on a phone too
POSITIVE, NEGATIVE = SKY, PURPLE

Values = NDArray[np.float32]


def strongest(weights: Values) -> NDArray[np.intp]:
    """Where the weights of the largest absolute values stand, at most ``MOST_BARS``, largest first.

    Args:
        weights: ``[count]``.
    """
    return np.argsort(-np.abs(weights), kind="stable")[:MOST_BARS]


def weight_bars(names: Sequence[str], weights: Values, dark: bool = False) -> go.Figure:
    """The strongest weights as bars, the largest absolute value on top.

    Args:
        names: what is at the other end of each weight.
        weights: ``[count]``.
        dark: whether the page is dark.
    """
    order = strongest(weights)
    shown = weights[order]
    trace = {
        "type": "bar",
        "name": "weight",
        "orientation": "h",
        "x": shown,
        "y": list(range(len(order))),
        "text": [significant(value) for value in shown],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [POSITIVE if value >= 0 else NEGATIVE for value in shown]},
        "hovertemplate": "%{customdata}: %{text}<extra></extra>",
        "customdata": [names[place] for place in order],
    }
    reach = ROOM * max(float(np.abs(shown).max(initial=0.0)), 1e-12)
    return figure(
        [trace],
        height=60 + 22 * len(order),
        dark=dark,
        margin={"l": 8, "r": 8, "t": 8, "b": 44},
        xaxis={
            "title": {"text": "weight"},
            "range": [-reach, reach],
            "gridcolor": GRID,
            "zerolinecolor": GREY,
            "nticks": 6,
        },
        yaxis={
            "tickvals": list(range(len(order))),
            "ticktext": [_short(names[place]) for place in order],
            "range": [len(order) - 0.4, -0.6],
            "automargin": True,
            "showgrid": False,
            "fixedrange": True,
        },
    )


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:22]}\N{HORIZONTAL ELLIPSIS}"


def activation_histogram(activation: Values, dark: bool = False) -> go.Figure:
    """How often the neuron gives which output.

    Args:
        activation: ``[rows]``.
        dark: whether the page is dark.
    """
    counts, edges = np.histogram(activation, BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    trace = {
        "type": "bar",
        "name": "rows",
        "x": middles,
        "y": counts,
        "width": np.diff(edges),
        "marker": {"color": GREY},
        "customdata": [
            [significant(middle), counted(int(rows), "row")]
            for middle, rows in zip(middles, counts, strict=True)
        ],
        "hovertemplate": "activation about %{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    }
    return figure(
        [trace],
        height=300,
        dark=dark,
        margin={"l": 60, "r": 12, "t": 10, "b": 48},
        xaxis=_axis("activation (output of the neuron)"),
        yaxis=_axis("validation rows (count)"),
    )


def activation_scatter(
    activation: Values, target: Values, name: str, dark: bool = False
) -> go.Figure:
    """The neuron's output against a target's value, at most ``MOST_POINTS`` evenly chosen rows.

    Args:
        activation: ``[rows]``.
        target: ``[rows]``, standardised.
        name: what the target is called.
        dark: whether the page is dark.
    """
    step = drawn_rows(len(activation))
    trace = {
        "type": "scatter",
        "name": "row",
        "mode": "markers",
        "x": target[::step],
        "y": activation[::step],
        "marker": {"color": SKY, "size": 5, "opacity": 0.6},
        "customdata": [
            [significant(value), significant(output)]
            for value, output in zip(target[::step], activation[::step], strict=True)
        ],
        "hovertemplate": ("target %{customdata[0]}<br>activation %{customdata[1]}<extra></extra>"),
    }
    return figure(
        [trace],
        height=300,
        dark=dark,
        margin={"l": 60, "r": 12, "t": 10, "b": 48},
        xaxis=_axis(f"{_short(name)} (standard deviations)"),
        yaxis=_axis("activation"),
    )


def drawn_rows(rows: int) -> int:
    """1, or n where every n-th row is drawn."""
    return -(-rows // MOST_POINTS)


def _axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "gridcolor": GRID, "zeroline": False}
