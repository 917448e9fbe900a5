"""How far adapted networks are off as new rows come: a panel a target and network."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts.style import BLUE, GREEN, GREY, VERMILLION, text_colour
from dashboard.charts.vega import CROSSED, LEGEND, Spec, Tables, layered, marks, nominal
from spinn_engine.words import count, significant

LABELS = {
    "none": "left as it is",
    "full": "all layers again",
    "frozen": "late layers alone",
    "last_layer": "last layer, closed form",
}
COLOURS = {"none": GREY, "full": BLUE, "frozen": GREEN, "last_layer": VERMILLION}
DASHES = {"none": [1, 3], "full": [1, 0], "frozen": [7, 3], "last_layer": [6, 2, 1, 2]}
SHAPES = {
    "none": CROSSED,
    "full": "square",
    "frozen": "diamond",
    "last_layer": "circle",
}
MOST_BATCHES = 20  # of a target in the table
HEIGHT, MOST_MARKERS, ROOM = 330, 40, 1.05
ERRORS = "errors"  # the table of a panel


def error_picture(
    result: dict[str, Any], target: str, network: dict[str, Any], dark: bool = False
) -> tuple[Spec, Tables]:
    """RMSE of every batch before it was learned from, for one target and one network.

    Args:
        result: an adaptation; its networks share the scale of a target.
        target: of ``result``.
        network: of ``result``.
        dark: whether the page is dark.
    """
    arms = [arm["arm"] for arm in network["arms"]]
    batches, unit = result["batches"], result["data"]["units"].get(target)
    rows = [
        {
            "arm": LABELS[arm["arm"]],
            "row": (row := (span["first_row"] + span["last_row"]) / 2),
            "at": count(round(row)),
            "error": error,
            "told": significant(error, 4),
        }
        for arm in network["arms"]
        for span, error in zip(batches, arm["by_batch"]["rmse"][target]["mean"], strict=True)
    ]
    position = {
        "x": {
            "field": "row",
            "type": "quantitative",
            "title": "new row",
            "scale": {"domain": [0, batches[-1]["last_row"]], "nice": False},
            "axis": {"grid": False, "format": ",d", "tickCount": 5},
        },
        "y": {
            "field": "error",
            "type": "quantitative",
            "title": f"RMSE {target}" + (f", {unit}" if unit else ""),
            "scale": {"domain": [0, ROOM * _largest(result, target)], "nice": False},
            "axis": {"format": "~g", "tickCount": 5, "minExtent": 44},
        },
        "tooltip": [
            {"field": "arm", "title": "Adapted"},
            {"field": "at", "title": "New row"},
            {"field": "told", "title": "RMSE"},
        ],
    }
    few = len(batches) <= MOST_MARKERS
    symbol = {"symbolSize": 80, "symbolStrokeWidth": 0} if few else {}  # of the point, or the line
    kinds, colour = [LABELS[arm] for arm in arms], [COLOURS[arm] for arm in arms]
    dashes, shapes = [DASHES[arm] for arm in arms], [SHAPES[arm] for arm in arms]
    dashed = nominal("arm", kinds, LEGEND | symbol, color=colour, strokeDash=dashes)
    layers = [marks(ERRORS, {"type": "line", "strokeWidth": 2}, position | dashed)]
    if few:
        point = {"type": "point", "filled": True, "size": 40}
        shaped = nominal("arm", kinds, None, color=colour, shape=shapes)  # one layer has the legend
        layers.append(marks(ERRORS, point, position | shaped))
    title = {
        "text": f"{network['network']}, {network['params']:,} parameters",
        "anchor": "start",
        "color": text_colour(dark),
    }
    return layered(layers, HEIGHT, dark, title=title), {ERRORS: pd.DataFrame(rows)}


def batch_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a target and batch; of many batches some, evenly chosen, and the last."""
    data, batches = result["data"], result["batches"]
    step = -(-len(batches) // MOST_BATCHES)
    places = sorted({*range(0, len(batches), step), len(batches) - 1})
    return [
        {
            "Target": target + (f" ({data['units'][target]})" if data["units"].get(target) else ""),
            "Rows": f"{batches[at]['first_row']:,} to {batches[at]['last_row']:,}",
            **{
                f"{network['network']}, {LABELS[arm['arm']]}": (
                    significant(arm["by_batch"]["rmse"][target]["mean"][at], 4)
                )
                for network in result["networks"]
                for arm in network["arms"]
            },
        }
        for target in data["target_names"]
        for at in places
    ]


def _largest(result: dict[str, Any], target: str) -> float:
    """The largest RMSE of a batch, of all networks and arms."""
    return max(
        float(error)
        for network in result["networks"]
        for arm in network["arms"]
        for error in arm["by_batch"]["rmse"][target]["mean"]
    )
