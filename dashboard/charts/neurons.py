"""Which neurons mattered and which went: the importance heatmap and the survival map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.colors import sample_colorscale

from dashboard.charts.style import BLUE, VERMILLION, figure
from spinn_engine.api import LayerImportance

MAX_CELLS = 250_000
ROW_PIXELS, TOP_PIXELS, BOTTOM_PIXELS, BELOW_PIXELS = 58, 8, 110, 52

Grid = NDArray[np.float32]
Order = NDArray[np.int64]


def drawn_every(widths: Sequence[int]) -> int:
    """1, or n where only every n-th neuron can be drawn to stay within ``MAX_CELLS`` cells."""
    return -(-max(widths) * len(widths) // MAX_CELLS)


def ordered(layers: Sequence[LayerImportance], by_rank: bool) -> list[Order]:
    """Where the neurons of each row stand: by score, highest first, or by their number."""
    return [
        np.argsort(-layer.score, kind="stable") if by_rank else np.argsort(layer.original_index)
        for layer in layers
    ]


def importance_heatmap(
    layers: Sequence[LayerImportance],
    by_rank: bool = True,
    dark: bool = False,
    score: str = "L1",
) -> go.Figure:
    """A row a hidden layer; colour is the score over the layer's maximum.

    Kept and removed neurons are two traces with different colour scales and the same limits. Where
    neurons are ordered by score a line marks the cut, and each row says how many are kept.

    Args:
        layers: hidden layers from the input side.
        by_rank: order neurons by score, highest first; else by their number in the dense network.
        dark: whether the page is dark.
        score: what the criterion's score is called.
    """
    orders = ordered(layers, by_rank)
    step = drawn_every([len(order) for order in orders])
    drawn = [order[::step] for order in orders]
    kept = _grid([layer.kept[o] for layer, o in zip(layers, drawn, strict=True)]) == 1
    scores = _grid([layer.score[o] for layer, o in zip(layers, drawn, strict=True)])
    number = _grid([layer.original_index[o] for layer, o in zip(layers, drawn, strict=True)])
    share = scores / np.maximum(np.nanmax(scores, axis=1, keepdims=True), np.float32(1e-30))
    place = _places(share.shape[1], step)
    detail = np.stack([scores, number, _row_numbers(share)], axis=-1)
    look: dict[str, Any] = {"place": place, "detail": detail, "dark": dark, "score": score}
    traces = [_scores("kept", np.where(kept, share, np.nan), **look)]
    if not all(layer.kept.all() for layer in layers):
        traces.append(_scores("removed", np.where(kept, np.nan, share), **look))
        if by_rank:
            traces.append(_cut(layers, orders))
    names = [
        f"layer {k}<br>{layer.kept.sum():,} / {len(layer.kept):,} kept"
        for k, layer in enumerate(layers, start=1)
    ]
    order_name = (
        f"place by {score} score, highest first" if by_rank else "number in the dense network"
    )
    return _rows(traces, names, f"neuron ({order_name})", max(map(len, orders)), dark)


def survival_map(
    layers: Sequence[LayerImportance], by_stage: bool = False, dark: bool = False
) -> go.Figure:
    """A row a hidden layer of the dense network; colour is the stage that removed the neuron.

    Args:
        layers: hidden layers from the input side, with ``stage_removed`` of the last stage.
        by_stage: order neurons by how long they stayed; else by their number.
        dark: whether the page is dark.
    """
    last = max(1, *(int(layer.stage_removed.max()) for layer in layers))
    gone = [layer.stage_removed for layer in layers]
    step = drawn_every([len(stage) for stage in gone])
    stayed = [np.where(stage < 0, last + 1, stage) for stage in gone]
    drawn = [
        (np.argsort(-stay, kind="stable") if by_stage else np.arange(len(stay)))[::step]
        for stay in stayed
    ]
    stages = _grid([np.maximum(stage[o], 0) for stage, o in zip(gone, drawn, strict=True)])
    trace = _removals(stages, _grid(drawn), _places(stages.shape[1], step), last)
    names = [
        f"layer {k}<br>{(stage < 0).sum():,} / {len(stage):,} left"
        for k, stage in enumerate(gone, start=1)
    ]
    order_name = "longest kept first" if by_stage else "number in the dense network"
    return _rows([trace], names, f"neuron ({order_name})", max(map(len, gone)), dark)


def _removals(stages: Grid, number: Grid, place: NDArray[np.int64], last: int) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "name": "stage removed",
        "z": stages,
        "x": place,
        "y": list(range(len(stages))),
        "customdata": np.stack([number, _row_numbers(stages)], axis=-1),
        "zmin": -0.5,
        "zmax": last + 0.5,
        "zsmooth": False,
        "ygap": 8,
        "hoverongaps": False,
        "colorscale": _steps([BLUE, *_removal_colours(last)]),
        "hovertemplate": (
            "layer %{customdata[1]}, neuron %{customdata[0]}<br>"
            "removed in stage %{z} (0: still there)<extra></extra>"
        ),
        "colorbar": {
            **_colour_bar(0.0, 1.0, "left", len(stages)),
            "tickvals": list(range(last + 1)),
            "ticktext": ["still there", *(f"stage {k}" for k in range(1, last + 1))],
        },
    }


def _grid(rows: Sequence[NDArray[Any]]) -> Grid:
    """Ragged rows as one array ``[layers, widest]``, NaN where a row has ended."""
    grid = np.full((len(rows), max(map(len, rows))), np.nan, np.float32)
    for number, row in enumerate(rows):
        grid[number, : len(row)] = row
    return grid


def _row_numbers(grid: Grid) -> Grid:
    return np.broadcast_to(np.arange(1, len(grid) + 1, dtype=np.float32)[:, None], grid.shape)


def _places(columns: int, step: int) -> NDArray[np.int64]:
    return 1 + step * np.arange(columns)


def _removal_colours(last: int) -> list[str]:
    """From light to dark: what went first is palest."""
    return list(
        sample_colorscale("YlOrBr", [0.12 + 0.55 * k / max(last - 1, 1) for k in range(last)])
    )


def _steps(colours: list[str]) -> list[list[Any]]:
    """A colour scale with hard edges."""
    edges = np.linspace(0, 1, len(colours) + 1)
    return [[float(e), c] for k, c in enumerate(colours) for e in (edges[k], edges[k + 1])]


def _score_colours(name: str, dark: bool) -> list[list[Any]]:
    """Cividis for what is kept; for what goes, the greys that can be seen on the page."""
    if name == "kept":
        return [[place, *sample_colorscale("Cividis", [place])] for place in np.linspace(0, 1, 10)]
    greys = np.linspace(0.8, 0.3, 10) if dark else np.linspace(0.22, 0.72, 10)
    colours = sample_colorscale("Greys", list(greys))
    return [[k / 9, colour] for k, colour in enumerate(colours)]


def _scores(
    name: str, share: Grid, *, place: NDArray[np.int64], detail: Grid, dark: bool, score: str
) -> dict[str, Any]:
    left = name == "kept"
    return {
        "type": "heatmap",
        "name": name,
        "z": share,
        "x": place,
        "y": list(range(len(share))),
        "customdata": detail,
        "zmin": 0,
        "zmax": 1,
        "zsmooth": False,
        "ygap": 8,
        "colorscale": _score_colours(name, dark),
        "hoverongaps": False,
        "hovertemplate": (
            "layer %{customdata[2]}, neuron %{customdata[1]} (place %{x})<br>"
            f"{score} score %{{customdata[0]:.4g}}, %{{z:.2f}} of the layer's maximum<br>"
            f"{name}<extra></extra>"
        ),
        "colorbar": {
            **_colour_bar(*((0.0, 0.46, "left") if left else (1.0, 0.46, "right")), len(share)),
            "title": {"text": f"{name}, {score} / max", "side": "top", "font": {"size": 12}},
            "tickvals": [0, 0.5, 1],
        },
    }


def _cut(layers: Sequence[LayerImportance], orders: list[Order]) -> dict[str, Any]:
    """A stepped line after the last kept neuron of each row in which the kept ones come first."""
    x: list[float | None] = []
    y: list[float | None] = []
    for row, (layer, order) in enumerate(zip(layers, orders, strict=True)):
        count = int(layer.kept.sum())
        if count < len(order) and layer.kept[order[:count]].all():
            x += [count + 0.5, count + 0.5]
            y += [row - 0.5, row + 0.5]
        else:
            x.append(None)
            y.append(None)
    line = {"color": VERMILLION, "width": 2.5}
    return {
        "type": "scatter",
        "name": "cut",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": line,
        "hoverinfo": "skip",
    }


def _colour_bar(x: float, length: float, anchor: str, rows: int) -> dict[str, Any]:
    """A lying colour bar, below the axis title however many rows there are."""
    return {
        "orientation": "h",
        "x": x,
        "xanchor": anchor,
        "xpad": 0,
        "y": -BELOW_PIXELS / (ROW_PIXELS * rows),
        "yanchor": "top",
        "ypad": 0,
        "len": length,
        "thickness": 10,
        "outlinewidth": 0,
        "tickfont": {"size": 12},
    }


def _rows(
    traces: list[dict[str, Any]], names: list[str], x_title: str, columns: int, dark: bool
) -> go.Figure:
    return figure(
        traces,
        height=ROW_PIXELS * len(names) + TOP_PIXELS + BOTTOM_PIXELS,
        dark=dark,
        margin={"l": 104, "r": 10, "t": TOP_PIXELS, "b": BOTTOM_PIXELS},
        xaxis={
            "title": {"text": x_title, "standoff": 8},
            "range": [0.5, columns + 0.5],
            "showgrid": False,
            "zeroline": False,
            "nticks": 8,
        },
        yaxis={
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [len(names) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
