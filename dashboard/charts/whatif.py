"""What would be left without fine-tuning: the predicted curve, and each layer by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from dashboard.charts.axes import count_axis, error, error_range, r2_axis
from dashboard.charts.style import GREY, GRID, figure

VALIDATION = "R² on validation rows (stretched near 1)"
LAYER_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star", "hexagon")
LAYER_DASHES = ("solid", "dash", "dot", "dashdot")

Sizes = Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Marks:
    """Points on the picture of one kind: ``(parameters, R2)`` each, with a text in the hover."""

    name: str
    points: Sizes
    colour: str
    symbol: str
    size: int = 11


def prediction(curve: Sizes, marks: Sequence[Marks], dark: bool = False) -> go.Figure:
    """Predicted R2 against parameters, and points on top of it.

    Args:
        curve: ``(parameters, predicted R2)`` along the way from the dense network downwards.
        marks: what else to draw.
        dark: whether the page is dark.
    """
    params, r2 = zip(*curve, strict=True)
    seen = [*r2, *(value for kind in marks for _, value in kind.points)]
    sizes = [*params, *(count for kind in marks for count, _ in kind.points)]
    line = {
        "type": "scatter",
        "name": "predicted, no fine-tuning",
        "mode": "lines",
        "x": params,
        "y": [error(value) for value in r2],
        "customdata": r2,
        "line": {"color": GREY, "width": 2, "dash": "dash"},
        "hovertemplate": "%{x:,} parameters<br>predicted R² %{customdata:.4f}<extra></extra>",
    }
    return figure(
        [line, *(_marks(kind) for kind in marks)],
        height=340,
        dark=dark,
        margin={"l": 72, "r": 12, "t": 10, "b": 56},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis=count_axis(min(sizes), max(sizes)),
        yaxis=r2_axis(*error_range(seen), title=VALIDATION),
    )


def _marks(kind: Marks) -> dict[str, object]:
    return {
        "type": "scatter",
        "name": kind.name,
        "mode": "markers",
        "x": [params for params, _ in kind.points],
        "y": [error(r2) for _, r2 in kind.points],
        "customdata": [r2 for _, r2 in kind.points],
        "marker": {
            "color": kind.colour,
            "symbol": kind.symbol,
            "size": kind.size,
            "line": {"width": 2} if "open" in kind.symbol else {},
        },
        "hovertemplate": (
            f"{kind.name}<br>%{{x:,}} parameters<br>R² %{{customdata:.4f}}<extra></extra>"
        ),
    }


def sensitivity(layers: Sequence[Sequence[tuple[float, float]]], dark: bool = False) -> go.Figure:
    """Predicted R2 with one layer pruned and all others whole; a line a layer.

    Args:
        layers: per hidden layer ``(share of its neurons removed, predicted R2)``, rising.
        dark: whether the page is dark.
    """
    ends = (0.35, 0.95) if dark else (0.1, 0.72)
    step = (ends[1] - ends[0]) / max(len(layers) - 1, 1)
    colours = sample_colorscale("Viridis", [ends[0] + step * k for k in range(len(layers))])
    traces = [
        {
            "type": "scatter",
            "name": f"layer {number}",
            "mode": "lines+markers",
            "x": [100 * share for share, _ in points],
            "y": [error(r2) for _, r2 in points],
            "customdata": [r2 for _, r2 in points],
            "line": {"color": colour, "width": 2, "dash": LAYER_DASHES[(number - 1) % 4]},
            "marker": {"symbol": LAYER_SYMBOLS[(number - 1) % 8], "size": 8},
            "hovertemplate": (
                f"layer {number}, %{{x:.0f}} % removed<br>R² %{{customdata:.4f}}<extra></extra>"
            ),
        }
        for number, (points, colour) in enumerate(zip(layers, colours, strict=True), start=1)
    ]
    return figure(
        traces,
        height=340,
        dark=dark,
        margin={"l": 72, "r": 12, "t": 10, "b": 56},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={
            "title": {"text": "neurons removed from this layer alone (%)"},
            "range": [-3, 103],
            "gridcolor": GRID,
            "zeroline": False,
        },
        yaxis=r2_axis(*error_range([r2 for one in layers for _, r2 in one]), title=VALIDATION),
    )
