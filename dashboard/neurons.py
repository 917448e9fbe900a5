"""Which neurons of a run went, when, and how they were scored."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard import cache, elements
from dashboard.charts.neurons import drawn_every, importance_heatmap, survival_map
from dashboard.charts.style import CONFIG
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import Criterion

Rows = list[dict[str, Any]]

# What a score is called in a picture, and what it is.
SCORES: dict[Criterion, tuple[str, str]] = {
    "l1": ("L1", "the sum of its absolute incoming weights and bias"),
    "l1_out": ("outgoing L1", "the sum of its absolute outgoing weights"),
    "l1_in_out": ("L1 in × out", "its incoming L1 norm times its outgoing one"),
    "l2": ("L2", "the Euclidean norm of its incoming weights and bias"),
    "activation": ("activation", "how much its output varies, times its outgoing L1 norm"),
    "taylor": ("Taylor", "the mean of |output × gradient of the loss|"),
    "random": ("random", "a random number"),
}


@st.fragment
def show_neurons(run_id: str, rows: Rows, seeds: tuple[int, ...], delivered: int) -> None:
    """Which neurons went and when; a moved slider draws this again and nothing else."""
    try:
        draw_neurons(run_id, rows, seeds, delivered)
    except SpinnError as error:
        elements.show_error(error)


def draw_neurons(run_id: str, rows: Rows, seeds: tuple[int, ...], delivered: int) -> None:
    """The importance heatmap of a stage, and the survival map of the whole run."""
    st.subheader("Which neurons went", anchor=False)
    name, meaning = SCORES[cache.run_spec(run_id).prune.criterion]
    last = rows[-1]["stage"]
    choose, who, how = st.columns([5, 3, 4], gap="medium")
    stage = 0
    if last:
        stage = choose.slider(
            "Stage (0 is the dense network)", 0, last, 0, key="stage", bind="query-params"
        )
    seed = who.selectbox(
        "Seed",
        seeds,
        index=seeds.index(delivered),
        key=f"seed_{run_id}",
        help=f"The downloads hold seed {delivered}.",
    )
    order = how.segmented_control(
        "Order", ("by score", "by number"), default="by score", required=True, key="order"
    )
    by_score = order == "by score"
    layers = cache.importance(run_id, stage, seed)
    kept = "; ".join(
        f"layer {k}: {layer.kept.sum()} of {len(layer.kept)} kept"
        for k, layer in enumerate(layers, start=1)
    )
    st.plotly_chart(
        importance_heatmap(layers, by_score, elements.is_dark(), name),
        config=CONFIG,
        key="heatmap",
        alt=f"{name} importance of every neuron at stage {stage}, seed {seed}. {kept}",
    )
    st.caption(
        f"{name[0].upper()}{name[1:]} score of a neuron: {meaning}, at the end of stage {stage}. "
        f"{cut_sentence(layers, stage, by_score)}{thinning(layers)}"
    )
    with st.expander("The layers in numbers", icon=":material/table:"):
        layer_table(layers)
    show_survival(cache.importance(run_id, last, seed))


def cut_sentence(layers: list[api.LayerImportance], stage: int, by_score: bool) -> str:
    """What is grey in the heatmap of this stage, and what its line means."""
    if all(layer.kept.all() for layer in layers):
        return "Nothing is removed after this stage."
    if by_score:
        return f"The line is the cut: what is right of it, in grey, is gone in stage {stage + 1}."
    return f"What is grey is gone in stage {stage + 1}."


def thinning(layers: list[api.LayerImportance]) -> str:
    """Said where not every neuron is drawn."""
    step = drawn_every([len(layer.kept) for layer in layers])
    return "" if step == 1 else f" One neuron in {step} is drawn."


def layer_table(layers: list[api.LayerImportance]) -> None:
    """Kept and removed of each layer, and how their scores lie."""
    rows = [
        {
            "Layer": str(number),
            "Neurons": len(layer.kept),
            "Kept": int(layer.kept.sum()),
            "Removed": int((~layer.kept).sum()),
            "Median score kept": f"{np.median(layer.score[layer.kept]):.4g}",
            "Median score removed": "–"
            if layer.kept.all()
            else f"{np.median(layer.score[~layer.kept]):.4g}",
        }
        for number, layer in enumerate(layers, start=1)
    ]
    elements.table(rows, alt="Kept and removed neurons of each layer")


def show_survival(layers: list[api.LayerImportance]) -> None:
    """When each neuron of the dense network went."""
    st.subheader("When they went", anchor=False)
    order = st.segmented_control(
        "Order of the neurons",
        ("longest kept first", "by number"),
        default="longest kept first",
        required=True,
        key="survival_order",
    )
    left = "; ".join(
        f"layer {k}: {(layer.stage_removed < 0).sum()} of {len(layer.stage_removed)} left"
        for k, layer in enumerate(layers, start=1)
    )
    st.plotly_chart(
        survival_map(layers, order != "by number", elements.is_dark()),
        config=CONFIG,
        key="survival",
        alt=f"The stage that removed each neuron of the dense network. {left}",
    )
