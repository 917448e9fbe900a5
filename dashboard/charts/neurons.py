"""Which neurons mattered and which went: the importance heatmap and the survival map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.charts.strips import (
    BOUNDS,
    ROWS,
    Order,
    cells,
    colours,
    height,
    layer_labels,
    shares,
    with_texts,
    x_channel,
    y_channels,
)
from dashboard.charts.style import BLUE, VERMILLION
from dashboard.charts.vega import CANVAS, PAGE, Spec, Tables, layered, marks, nominal
from spinn_engine.api import LayerImportance

NEURONS, CUTS, RING, FATES = "neurons", "cuts", "ring", "fates"
PICK = "pick"  # the selection of a cell: its ``layer`` and ``neuron``
STAYS = "still there"
LEGEND_PIXELS = 24  # of a second line in a legend


def ordered(layers: Sequence[LayerImportance], by_rank: bool) -> list[Order]:
    """Where the neurons of each row stand: by score, highest first, or by their number."""
    return [
        np.argsort(-layer.score, kind="stable") if by_rank else np.argsort(layer.original_index)
        for layer in layers
    ]


def importance_tables(
    layers: Sequence[LayerImportance],
    names: Sequence[str],
    by_rank: bool = True,
    dark: bool = False,
    chosen: tuple[int, int] | None = None,
) -> Tables:
    """The rows of ``importance_picture``.

    Args:
        layers: what is pruned, from the input side.
        names: what each is called.
        by_rank: order neurons by score, highest first; else by their number in the dense network.
        dark: whether the page is dark.
        chosen: layer, and number in the dense network, of the neuron with a ring.
    """
    orders = ordered(layers, by_rank)
    share = [shares(layer.score) for layer in layers]
    found = cells(
        orders,
        neuron=[layer.original_index for layer in layers],
        score=[layer.score for layer in layers],
        share=share,
        colour=[_colours(part, one.kept, dark) for part, one in zip(share, layers, strict=True)],
        fate=[np.where(layer.kept, "kept", "removed") for layer in layers],
    )
    rows = [
        {"layer": at, "label": f"{name}: {one.kept.sum():,} of {len(one.kept):,} kept"}
        for at, (name, one) in enumerate(zip(names, layers, strict=True))
    ]
    cuts = _cuts(layers, orders) if by_rank else []
    return {
        NEURONS: with_texts(found),
        ROWS: pd.DataFrame(rows),
        CUTS: pd.DataFrame(cuts, columns=["layer", "place"]),
        RING: pd.DataFrame(_ring(layers, orders, chosen), columns=["layer", "place"]),
    }


def importance_picture(
    widths: Sequence[int],
    by_rank: bool = True,
    dark: bool = False,
    score: str = "L1",
    clickable: bool = False,
) -> Spec:
    """A strip for all that is pruned together; colour is the score over the strip's maximum.

    Kept and removed neurons have different colours on the same limits. Where neurons are ordered
    by score a line marks the cut, and each row says how many are kept.

    Args:
        widths: neurons of each strip, the widest this picture will show.
        by_rank: as in ``importance_tables``.
        dark: whether the page is dark.
        score: what the criterion's score is called.
        clickable: whether a cell can be selected, as ``PICK``.
    """
    order = f"place by {score} score, highest first" if by_rank else "number in the dense network"
    x, strip = x_channel(f"neuron ({order})", max(widths)), y_channels(len(widths))
    told = [
        {"field": "fate", "title": "it is"},
        {"field": "neuron", "title": "neuron", "format": "d"},
        {"field": "place", "title": "place", "format": ",d"},
        {"field": "told", "title": f"{score} score"},
        {"field": "of_most", "title": "of the strip's maximum"},
    ]
    colour = {"field": "colour", "type": "nominal", "scale": None}
    cell = {"x": x, "x2": {"field": "right"}, **strip, "color": colour, "tooltip": told}
    drawn = marks(NEURONS, {"type": "rect"}, cell, *BOUNDS)
    if clickable:
        point = {"type": "point", "fields": ["layer", "neuron"]}
        drawn = {**drawn, "params": [{"name": PICK, "select": point}]}
    ring = {"type": "point", "shape": "diamond", "filled": True, "size": 220, "opacity": 1}
    ring |= {"color": VERMILLION, "stroke": "white", "strokeWidth": 2}
    middle = {"calculate": "datum.layer + 0.67", "as": "top"}
    line = {"type": "rule", "color": VERMILLION, "strokeWidth": 2.5}
    layers = [
        drawn,
        *(
            _legend(f"{name}, {score} / max", _scale(name, dark), dark)
            for name in ("kept", "removed")
        ),
        layer_labels(len(widths), dark),
        marks(CUTS, line, {"x": x, **strip}, *BOUNDS),
        marks(RING, ring, {"x": x, "y": strip["y"]}, middle),
    ]
    resolved = {"scale": {"color": "independent"}, "legend": {"color": "independent"}}
    tall = height(len(widths)) + LEGEND_PIXELS
    return layered(layers, tall, dark, usermeta=CANVAS, resolve=resolved)


def survival_tables(
    layers: Sequence[LayerImportance], names: Sequence[str], by_stage: bool = False
) -> Tables:
    """The rows of ``survival_picture``.

    Args:
        layers: what is pruned, from the input side, with ``stage_removed`` of the last stage.
        names: what each is called.
        by_stage: order neurons by how long they stayed; else by their number.
    """
    gone = [layer.stage_removed for layer in layers]
    stayed = [np.where(stage < 0, last_stage(layers) + 1, stage) for stage in gone]
    orders = [
        np.argsort(-stay, kind="stable") if by_stage else np.arange(len(stay)) for stay in stayed
    ]
    fates = np.array([f"stage {stage}" for stage in range(last_stage(layers) + 1)] + [STAYS])
    rows = [
        {"layer": at, "label": f"{name}: {(one < 0).sum():,} of {len(one):,} left"}
        for at, (name, one) in enumerate(zip(names, gone, strict=True))
    ]
    return {
        FATES: cells(
            orders,
            neuron=[np.arange(len(stage)) for stage in gone],
            fate=[fates[stage] for stage in gone],  # -1 is the last of them
        ),
        ROWS: pd.DataFrame(rows),
    }


def survival_picture(
    layers: Sequence[LayerImportance], by_stage: bool = False, dark: bool = False
) -> Spec:
    """A strip as in the heatmap; colour is the stage that removed the neuron."""
    widths = [len(layer.stage_removed) for layer in layers]
    order = "longest kept first" if by_stage else "number in the dense network"
    last = last_stage(layers)
    steps = colours("YlOrBr", 0.12, 0.67, max(last, 2))[:last]  # what went first is palest
    fates = [STAYS, *(f"stage {k}" for k in range(1, last + 1))]
    legend = {"orient": "bottom", "title": None, "columns": 3, "symbolType": "square"}
    colour = nominal("fate", fates, legend, color=[BLUE, *steps])
    told = [
        {"field": "fate", "title": "removed in"},
        {"field": "neuron", "title": "neuron", "format": "d"},
    ]
    x = x_channel(f"neuron ({order})", max(widths))
    encoding = {"x": x, "x2": {"field": "right"}, **y_channels(len(widths)), **colour}
    layers_ = [
        marks(FATES, {"type": "rect"}, {**encoding, "tooltip": told}, *BOUNDS),
        layer_labels(len(widths), dark),
    ]
    return layered(
        layers_, height(len(widths)) + LEGEND_PIXELS * (last // 3), dark, usermeta=CANVAS
    )


def last_stage(layers: Sequence[LayerImportance]) -> int:
    """The last stage that removed a neuron; at least 1."""
    return max(1, *(int(layer.stage_removed.max()) for layer in layers))


def _scale(name: str, dark: bool) -> list[str]:
    """Cividis for what is kept; for what goes, the greys that can be seen on the page."""
    if name == "kept":
        return colours("Cividis")
    return colours("Greys", *((0.8, 0.3) if dark else (0.22, 0.72)))


def _colours(share: NDArray[np.float32], kept: NDArray[np.bool_], dark: bool) -> NDArray[np.str_]:
    """The colour of each neuron."""
    scales = np.array([_scale("removed", dark), _scale("kept", dark)])
    step = np.rint(np.nan_to_num(share).clip(0, 1) * (scales.shape[1] - 1)).astype(int)
    return np.asarray(scales[kept.astype(int), step])


def _legend(title: str, scale: list[str], dark: bool) -> Spec:
    """A colour legend of its own: an unseen mark that has the scale."""
    colour = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": scale},
        "legend": {
            "orient": "bottom",
            "title": title,
            "titleOrient": "top",
            "values": [0, 0.5, 1],
            "gradientLength": 140,
            "gradientStrokeColor": PAGE[dark],
        },
    }
    unseen = {"type": "rect", "opacity": 0}
    return {"data": {"values": [{"share": 0}]}, "mark": unseen, "encoding": {"color": colour}}


def _cuts(layers: Sequence[LayerImportance], orders: list[Order]) -> list[tuple[int, int]]:
    """Layer and place after the last kept neuron, of each row in which the kept ones come first."""
    found = []
    for at, (layer, order) in enumerate(zip(layers, orders, strict=True)):
        count = int(layer.kept.sum())
        if count < len(order) and layer.kept[order[:count]].all():
            found.append((at, count + 1))
    return found


def _ring(
    layers: Sequence[LayerImportance], orders: list[Order], chosen: tuple[int, int] | None
) -> list[tuple[int, float]]:
    """The middle of the chosen neuron's cell, where this stage still has it."""
    if chosen is None:
        return []
    layer, number = chosen
    place = np.flatnonzero(layers[layer].original_index[orders[layer]] == number)
    return [(layer, int(place[0]) + 1.5)] if len(place) else []
