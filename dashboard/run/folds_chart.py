"""How far the folds of a cross-validation scatter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.axes import error_of, error_range, r2_axis
from dashboard.charts.style import GRID, figure
from spinn_engine.vocabulary import ARMS
from spinn_engine.words import fixed

SPREAD = 0.5


def folds_picture(arms: Sequence[dict[str, Any]], dark: bool = False) -> go.Figure:
    """R2 of every fold, a marker an arm, side by side within a fold.

    Args:
        arms: the arms as in the metrics file, with ``per_fold_r2``.
        dark: whether the page is dark.
    """
    count = len(arms[0]["per_fold_r2"])
    step = SPREAD / max(len(arms) - 1, 1)
    traces = [
        {
            "type": "scatter",
            "name": ARMS[row["arm"]].label,
            "mode": "markers",
            "x": [fold + 1 - SPREAD / 2 + place * step for fold in range(count)],
            "y": [error_of(r2) for r2 in row["per_fold_r2"]],
            "customdata": [
                [fold, fixed(r2)] for fold, r2 in enumerate(row["per_fold_r2"], start=1)
            ],
            "marker": {
                "color": ARMS[row["arm"]].colour,
                "symbol": ARMS[row["arm"]].symbol,
                "size": 10,
            },
            "hovertemplate": (
                f"{ARMS[row['arm']].label}, fold %{{customdata[0]}}<br>"
                "R² %{customdata[1]}<extra></extra>"
            ),
        }
        for place, row in enumerate(arms)
    ]
    return figure(
        traces,
        height=360,
        dark=dark,
        margin={"l": 72, "r": 12, "t": 10, "b": 56},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={
            "title": {"text": "fold (whole groups)"},
            "tickvals": list(range(1, count + 1)),
            "range": [0.5, count + 0.5],
            "gridcolor": GRID,
            "zeroline": False,
        },
        yaxis=r2_axis(*error_range([r2 for row in arms for r2 in row["per_fold_r2"]])),
    )
