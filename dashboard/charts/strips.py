"""Neurons as strips, one for all that is pruned together: what heatmaps and survival map share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from plotly.colors import sample_colorscale

from dashboard.charts.style import text_colour
from dashboard.charts.vega import Spec, marks
from spinn_engine.words import fixed, significant

ROWS = "rows"  # the table of what is said of each layer: ``layer`` from 0, ``label``
ROW_PIXELS, BELOW_PIXELS = 50, 144
MOST_CELLS = 20_000  # that are drawn; more take a browser too long
BOUNDS: tuple[Spec, ...] = (
    {"calculate": "datum.layer + 0.38", "as": "top"},
    {"calculate": "datum.layer + 0.96", "as": "bottom"},
    {"calculate": "datum.until + 0.3 * (datum.until - datum.place)", "as": "right"},  # no seams
)

Order = NDArray[np.int64]


def thinning_step(widths: Sequence[int], most: int = MOST_CELLS) -> int:
    """1, or n where only every n-th neuron is drawn, so that there are about ``most`` in all."""
    return -(-sum(widths) // most)


def cells(
    orders: Sequence[Order], most: int = MOST_CELLS, **columns: Sequence[NDArray[Any]]
) -> pd.DataFrame:
    """A row a neuron that is drawn.

    Args:
        orders: of each strip, its neurons in the order in which they stand.
        most: how many are drawn at most, but for one a layer.
        columns: what else to tell of them, by layer and in the layer's own order.

    Returns:
        Columns ``layer`` (from 0), ``place`` and ``until`` (from 1), and the others.
    """
    step = thinning_step([len(order) for order in orders], most)
    parts = []
    for layer, order in enumerate(orders):
        place = np.arange(0, len(order), step)
        found: dict[str, Any] = {
            "layer": np.full(len(place), layer, np.int16),
            "place": (place + 1).astype(np.int32),
            "until": np.minimum(place + 1 + step, len(order) + 1).astype(np.int32),
        }
        found |= {name: values[layer][order[place]] for name, values in columns.items()}
        parts.append(pd.DataFrame(found))
    return pd.concat(parts, ignore_index=True)


def with_texts(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with their ``score`` and ``share`` as a reader sees them: ``told``, ``of_most``."""
    return cells.assign(
        told=[significant(score, 4) for score in cells["score"].tolist()],
        of_most=[fixed(share, 2) for share in cells["share"].tolist()],
    )


def shares(score: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores over the strip's maximum; zeros where all are."""
    return score / np.float32(max(float(score.max()), 1e-30))


def height(layers: int) -> int:
    """Pixels of a picture of so many strips, with its axis and legend."""
    return ROW_PIXELS * layers + BELOW_PIXELS


def x_channel(title: str, widest: int) -> Spec:
    """The x channel: places from 1."""
    return {
        "field": "place",
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [1, widest + 1], "nice": False},
        "axis": {"grid": False, "format": ",d", "tickMinStep": 1},
    }


def y_channels(layers: int) -> Spec:
    """The y channels of a strip; its rows need ``BOUNDS``."""
    y = {
        "field": "top",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, layers], "reverse": True, "nice": False},
    }
    return {"y": y, "y2": {"field": "bottom"}}


def layer_labels(layers: int, dark: bool) -> Spec:
    """What is said of each layer, above its strip."""
    look = {"type": "text", "align": "left", "dy": 10, "fontSize": 13, "color": text_colour(dark)}
    y = {**y_channels(layers)["y"], "field": "layer"}
    text = {"field": "label", "type": "nominal"}
    return marks(ROWS, look, {"x": {"value": 0}, "y": y, "text": text})


def colours(name: str, least: float = 0.0, most: float = 1.0, count: int = 64) -> list[str]:
    """So many colours of a part of a named scale, as ``#rrggbb``."""
    found = sample_colorscale(name, np.linspace(least, most, count).tolist(), colortype="tuple")
    return ["#" + "".join(f"{round(255 * part):02x}" for part in colour) for colour in found]
