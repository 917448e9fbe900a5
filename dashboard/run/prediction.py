"""What was predicted before any fine-tuning, beside what training then gave."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from dashboard.charts.style import BLUE, GREY, VERMILLION
from dashboard.charts.whatif import RING, PointKind, Sizes, prediction_picture, sensitivity_picture
from dashboard.parts import elements
from dashboard.parts.markdown import plain
from dashboard.parts.spec_words import graph_of
from spinn_engine import api
from spinn_engine.words import DASH, capitalised, fixed, percent

Result = dict[str, Any]


def show_measured(result: Result) -> None:
    """The prediction beside what training gave at every stage, and each layer or group alone."""
    st.header("Predicted and trained", anchor=False)
    left, right = st.columns(2, gap="medium")
    with left:
        draw_measured(result)
    with right:
        draw_sensitivity(result)


def draw_measured(result: Result) -> None:
    """One network all the way: predicted from its dense weights, then really pruned and trained."""
    whatif, stages = result["whatif"], result["stages"]
    place = result["seeds"].index(whatif["seed"]) * result["folds"]
    predicted = [(row["params"], row["val_r2"]) for row in whatif["stages"][1:]]
    trained, before = (
        [(row["params"], api.repetitions_of(row[key]).ravel()[place]) for row in stages[1:]]
        for key in ("val_r2", "val_r2_before_fine_tuning")
    )
    dense = [(stages[0]["params"], api.repetitions_of(stages[0]["val_r2"]).ravel()[place])]
    marks = [
        PointKind("dense", dense, BLUE, "square"),
        PointKind("predicted", predicted, GREY, "diamond"),
        PointKind("before fine-tuning", before, VERMILLION, RING),
        PointKind("after fine-tuning", trained, VERMILLION, "circle"),
    ]
    curve = [(row["params"], row["val_r2"]) for row in whatif["curve"]]
    pairs = zip(predicted, before, strict=True)
    off = max(abs(guess - found) for (_, guess), (_, found) in pairs)
    elements.picture(
        *prediction_picture(curve, marks, elements.is_dark()),
        key="predicted",
        alt="Predicted and measured validation R2 against parameters, stage by stage",
    )
    st.caption(
        f"Seed {whatif['seed']}, validation rows. The prediction cuts the dense network at once "
        "and trains nothing; the run pruned stage by stage and fine-tuned in between. Before a "
        f"stage's fine-tuning the two are at most {fixed(off)} apart."
    )
    draw = partial(show_numbers, measured_rows(dense, predicted, before, trained), curve)
    elements.folded("The prediction in numbers", ":material/table:", "prediction_numbers", draw)


def show_numbers(measured: list[dict[str, Any]], curve: Sizes) -> None:
    """The points of the picture in a table.

    Args:
        measured: a row a stage.
        curve: ``(parameters, predicted R2)``, the line.
    """
    elements.table(measured, alt="Predicted and measured validation R2 of every stage")
    st.caption("The line of the picture, from the dense network downwards:")
    elements.table(
        [{"Parameters": params, "Predicted R²": fixed(r2)} for params, r2 in curve],
        alt="Predicted validation R2 along the line of the picture",
    )


def measured_rows(dense: Sizes, *stages: Sizes) -> list[dict[str, Any]]:
    """The dense network and every stage in numbers.

    Args:
        dense: ``(parameters, R2)``, once.
        stages: the same of every stage: predicted, before and after fine-tuning.
    """
    names = ("Predicted R²", "R² before fine-tuning", "R² after fine-tuning")
    rows = [dict(zip(names, (DASH, DASH, fixed(dense[0][1])), strict=True))]
    for found in zip(*stages, strict=True):
        rows.append({name: fixed(r2) for name, (_, r2) in zip(names, found, strict=True)})
    sizes = [dense[0][0], *(params for params, _ in stages[0])]
    return [
        {"Stage": elements.stage_name(stage), "Parameters": params, **row}
        for stage, (params, row) in enumerate(zip(sizes, rows, strict=True))
    ]


def draw_sensitivity(result: Result) -> None:
    """Which layer or group can spare its neurons: each pruned alone."""
    whatif, graph = result["whatif"], graph_of(result)
    dense = whatif["stages"][0]
    layers = [
        [(0.0, dense["val_r2"])]
        + [(1 - row["hidden"][at] / dense["hidden"][at], row["val_r2"]) for row in rows]
        for at, rows in enumerate(whatif["sensitivity"])
    ]
    lowest = min(range(len(layers)), key=lambda at: layers[at][-1][1])
    elements.picture(
        *sensitivity_picture(layers, graph.short_labels, elements.is_dark()),
        key="sensitivity",
        alt=f"Predicted validation R2 against the share removed from one {graph.noun} alone: "
        + "; ".join(
            f"{name}: {fixed(one[-1][1])}"
            for name, one in zip(graph.short_labels, layers, strict=True)
        ),
    )
    share, r2 = layers[lowest][-1]
    most = plain(capitalised(api.with_article(graph.short_labels[lowest])))
    told = "Predicted, not fine-tuned"
    if len(layers) > 1:
        told = (
            f"Each {graph.noun} pruned alone, the others whole; predicted, not fine-tuned. "
            f"{most} is the most sensitive"
        )
    st.caption(f"{told}: {fixed(r2)} with {percent(share, 0)} of its neurons removed.")
    elements.folded_table(
        "The sensitivity in numbers",
        [
            {capitalised(graph.noun): name, "Removed": percent(share), "Predicted R²": fixed(r2)}
            for name, points in zip(elements.row_names(graph), layers, strict=True)
            for share, r2 in points
        ],
        alt=f"Predicted validation R2 by the share removed from one {graph.noun} alone",
        key="sensitivity_numbers",
    )
