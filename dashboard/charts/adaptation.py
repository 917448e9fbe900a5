"""How far adapted networks are off as new rows come, dense and pruned side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.style import BLUE, GREEN, GREY, GRID, VERMILLION, figure
from dashboard.formats import NO_BREAK, plain

LABELS = {
    "none": "left as it is",
    "full": "all layers again",
    "frozen": "late layers alone",
    "last_layer": "last layer, closed form",
}
COLOURS = {"none": GREY, "full": BLUE, "frozen": GREEN, "last_layer": VERMILLION}
DASHES = {"none": "dot", "full": "solid", "frozen": "dash", "last_layer": "dashdot"}
SYMBOLS = {"none": "cross", "full": "square", "frozen": "diamond", "last_layer": "circle"}
MOST_BATCHES = 20  # of a target in the table
ROW_HEIGHT, MOST_MARKERS, GAP = 250, 40, 0.06


def error_over_time(result: dict[str, Any], dark: bool = False) -> go.Figure:
    """RMSE of every batch before it was learned from: a row a target, a column a network.

    Args:
        result: an adaptation.
        dark: whether the page is dark.
    """
    networks, targets = result["networks"], result["data"]["target_names"]
    middles = [(span["first_row"] + span["last_row"]) / 2 for span in result["batches"]]
    traces: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for row, target in enumerate(targets):
        for column, network in enumerate(networks):
            number = row * len(networks) + column + 1
            axes |= _axes(result, number, (row, column))
            for arm in network["arms"]:
                errors = arm["by_batch"]["rmse"][target]["mean"]
                traces.append(_line(arm["arm"], middles, errors, number))
    return figure(
        traces,
        height=ROW_HEIGHT * len(targets) + 154,
        dark=dark,
        margin={"l": 76, "r": 12, "t": 128, "b": 52},
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
        },
        annotations=_titles(networks),
        **axes,
    )


def batch_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a target and batch; of many batches some, evenly chosen, and the last."""
    data, batches = result["data"], result["batches"]
    step = -(-len(batches) // MOST_BATCHES)
    places = sorted({*range(0, len(batches), step), len(batches) - 1})
    return [
        {
            "Target": plain(target)
            + (f" ({plain(data['units'][target])})" if data["units"].get(target) else ""),
            "Rows": f"{batches[at]['first_row']:,} to {batches[at]['last_row']:,}".replace(
                " ", NO_BREAK
            ),
            **{
                f"{network['network']}, {LABELS[arm['arm']]}": (
                    f"{arm['by_batch']['rmse'][target]['mean'][at]:.4g}"
                )
                for network in result["networks"]
                for arm in network["arms"]
            },
        }
        for target in data["target_names"]
        for at in places
    ]


def _line(arm: str, x: Sequence[float], y: Sequence[float], number: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": LABELS[arm],
        "legendgroup": arm,
        "showlegend": number == 1,
        "mode": "lines+markers" if len(x) <= MOST_MARKERS else "lines",
        "x": list(x),
        "y": list(y),
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "line": {"color": COLOURS[arm], "dash": DASHES[arm], "width": 2},
        "marker": {"color": COLOURS[arm], "symbol": SYMBOLS[arm], "size": 6},
        "hovertemplate": f"{LABELS[arm]}<br>row %{{x:,.0f}}<br>RMSE %{{y:.4g}}<extra></extra>",
    }


def _axes(result: dict[str, Any], number: int, place: tuple[int, int]) -> dict[str, Any]:
    """The axes of one panel; the panels of a row share their scale."""
    (row, column), columns = place, len(result["networks"])
    target = result["data"]["target_names"][row]
    unit = result["data"]["units"].get(target)
    rows = len(result["data"]["target_names"])
    width, height = (1 - GAP * (columns - 1)) / columns, (1 - 0.1 * (rows - 1)) / rows
    left, top = column * (width + GAP), 1 - row * (height + 0.1)
    last = row == rows - 1
    y: dict[str, Any] = {
        "domain": [max(0.0, top - height), top],
        "anchor": f"x{number}",
        "rangemode": "tozero",
        "gridcolor": GRID,
        "zeroline": False,
    }
    if column:
        y |= {"matches": f"y{number - column}", "showticklabels": False}
    else:
        y["title"] = {"text": f"RMSE {target}" + (f", {unit}" if unit else "")}
    x = {
        "domain": [left, left + width],
        "anchor": f"y{number}",
        "gridcolor": GRID,
        "zeroline": False,
        "showticklabels": last,
        "title": {"text": "new row" if last else ""},
    }
    return {f"xaxis{number}": x, f"yaxis{number}": y}


def _titles(networks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    width = (1 - GAP * (len(networks) - 1)) / len(networks)
    return [
        {
            "text": f"<b>{network['network']}</b><br>{network['params']:,} parameters",
            "x": column * (width + GAP),
            "y": 1,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "left",
            "yanchor": "bottom",
            "align": "left",
            "showarrow": False,
        }
        for column, network in enumerate(networks)
    ]
