"""The shape of a network beside the dense one: a bar a hidden layer, as wide as its neurons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.style import BLUE, GHOST, VERMILLION, figure, ink

ROW_PIXELS = 36


def width_label(width: int, dense: int) -> str:
    """What became of a layer, e.g. ``512 → 285 (-44 %)``; ``512`` when nothing was removed."""
    if width == dense:
        return f"{dense:,}"
    return f"{dense:,} → {width:,} (\N{MINUS SIGN}{100 * (1 - width / dense):.0f} %)"


def architecture(hidden: Sequence[int], dense: Sequence[int], dark: bool = False) -> go.Figure:
    """Centred horizontal bars from the input side (top) down, the dense outline as a ghost.

    Args:
        hidden: hidden widths of the network that is drawn, in neurons.
        dense: hidden widths of the dense network, as many.
        dark: whether the page is dark.

    Returns:
        A figure with the traces ``dense``, ``left`` and ``label``; x is in neurons.
    """
    rows = list(range(len(dense)))
    span = max(dense) / 2
    same = tuple(hidden) == tuple(dense)
    labels = [width_label(w, d) for w, d in zip(hidden, dense, strict=True)]
    traces = [
        _bars(
            "dense", dense, rows, {"color": "rgba(0,0,0,0)", "line": {"color": GHOST, "width": 1}}
        ),
        _bars("left", hidden, rows, {"color": BLUE if same else VERMILLION}),
        {
            "type": "scatter",
            "name": "label",
            "mode": "text",
            "x": [0] * len(rows),
            "y": [row - 0.36 for row in rows],
            "text": labels,
            "textfont": {"size": 12.5, "color": ink(dark)},
            "hoverinfo": "skip",
        },
    ]
    return figure(
        traces,
        height=ROW_PIXELS * len(rows) + 8,
        dark=dark,
        barmode="overlay",
        margin={"l": 1, "r": 1, "t": 2, "b": 6},
        xaxis={"visible": False, "range": [-span * 1.02, span * 1.02], "fixedrange": True},
        yaxis={"visible": False, "range": [len(rows) - 0.6, -0.65], "fixedrange": True},
    )


def _bars(
    name: str, widths: Sequence[int], rows: list[int], marker: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "orientation": "h",
        "x": list(widths),
        "y": rows,
        "base": [-width / 2 for width in widths],
        "width": 0.38,
        "offset": -0.06,
        "marker": {"cornerradius": 3, **marker},
        "hoverinfo": "skip",
    }
