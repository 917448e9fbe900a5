"""What lies over the importance heatmap: points that can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.neurons import ordered
from dashboard.charts.style import VERMILLION
from spinn_engine.api import LayerImportance

MAX_POINTS = 2_048  # a browser keeps a node for each
PICK, CHOSEN = "neuron", "chosen"


def picked_every(layers: Sequence[LayerImportance]) -> int:
    """1, or n where only every n-th neuron of the heatmap can be clicked."""
    return -(-sum(len(layer.score) for layer in layers) // MAX_POINTS)


def add_picks(
    figure: go.Figure,
    layers: Sequence[LayerImportance],
    by_rank: bool,
    chosen: tuple[int, int] | None,
) -> None:
    """Let neurons of ``importance_heatmap`` be clicked: cells cannot be, unseen points can.

    Args:
        figure: the heatmap of ``layers``.
        layers: hidden layers from the input side.
        by_rank: as in the heatmap.
        chosen: layer, from 1, and number in the dense network of the neuron to mark.
    """
    step = picked_every(layers)
    orders = ordered(layers, by_rank)
    places = [np.arange(1, len(order) + 1, step) for order in orders]
    drawn = [order[::step] for order in orders]
    rows = list(zip(layers, drawn, strict=True))
    figure.add_trace(
        {
            "type": "scatter",
            "name": PICK,
            "mode": "markers",
            "x": np.concatenate(places),
            "y": np.repeat(np.arange(len(layers)), [len(place) for place in places]),
            "customdata": np.concatenate([layer.original_index[o] for layer, o in rows]),
            "text": np.concatenate([layer.score[o] for layer, o in rows]),
            "marker": {"opacity": 0, "size": 8},
            "selected": {"marker": {"opacity": 0}},
            "unselected": {"marker": {"opacity": 0}},
            "hovertemplate": (
                "neuron %{customdata}, score %{text:.4g}<br>"
                "place %{x}; click to explore it<extra></extra>"
            ),
        }
    )
    figure.update_layout(hoverdistance=-1)  # all of a wide cell belongs to its neuron
    if chosen is not None:
        _mark(figure, layers[chosen[0] - 1], orders[chosen[0] - 1], chosen)


def _mark(figure: go.Figure, layer: LayerImportance, order: Any, chosen: tuple[int, int]) -> None:
    """A ring around the chosen neuron, where this stage still has it."""
    place = np.flatnonzero(layer.original_index[order] == chosen[1])
    if not len(place):
        return
    figure.add_trace(
        {
            "type": "scatter",
            "name": CHOSEN,
            "mode": "markers",
            "x": [int(place[0]) + 1],
            "y": [chosen[0] - 1],
            "marker": {
                "symbol": "diamond",
                "size": 15,
                "color": VERMILLION,
                "line": {"width": 2, "color": "white"},
            },
            "hovertemplate": f"neuron {chosen[1]}, explored below<extra></extra>",
        }
    )
