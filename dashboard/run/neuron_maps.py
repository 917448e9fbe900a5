"""Which neurons of a run went, when, and how they were scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard.charts.neurons import (
    PICK,
    importance_picture,
    importance_tables,
    survival_picture,
    survival_tables,
)
from dashboard.charts.strips import thinning_step
from dashboard.parts import elements
from dashboard.parts.markdown import plain
from dashboard.reads import dense_network, run_files
from dashboard.run import neuron
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.vocabulary import CRITERIA
from spinn_engine.words import DASH, capitalised, significant

Rows = list[dict[str, Any]]
SEED_OF = "seed_of"  # the run whose seed was chosen last


@st.fragment
def show_neurons(run_id: str, rows: Rows, seeds: tuple[int, ...], delivered: int) -> None:
    """Which neurons went and when; a moved slider draws this again and nothing else."""
    try:
        draw_neurons(run_id, rows, seeds, delivered)
    except SpinnError as error:
        elements.show_error(error)


@dataclass(frozen=True)
class View:
    """Which stage, seed and order the heatmap shows."""

    stage: int
    seed: int
    by_score: bool


def draw_neurons(run_id: str, rows: Rows, seeds: tuple[int, ...], delivered: int) -> None:
    """The importance heatmap of a stage, one neuron, and the survival map of the whole run."""
    st.header("Which neurons went", anchor=False)
    last = rows[-1]["stage"]
    view = choose_view(run_id, last, seeds, delivered)
    known = dense_network.dense_seed(run_id)
    heatmap, fields = st.container(), st.container()
    chosen = None
    with fields:
        if known == view.seed:
            chosen = neuron.choose_neuron(run_files.dense_graph(run_id))
        elif known is not None:
            neuron.offer_seed(run_id, known, view.seed)
    with heatmap:
        draw_heatmap(run_id, view, chosen, known == view.seed)
    with fields:
        if chosen is not None:
            show_neuron(run_id, chosen)
        elif known == view.seed:
            noun = run_files.dense_graph(run_id).noun
            st.caption(f"Click a neuron in the heatmap, or give its {noun} and number.")
    show_survival(run_id, last, view.seed)


def show_neuron(run_id: str, chosen: neuron.Chosen) -> None:
    """One neuron, or why there is none; what stands below it stays."""
    try:
        neuron.show_neuron(run_id, chosen)
    except SpinnError as error:
        elements.show_error(error)


def choose_view(run_id: str, last: int, seeds: tuple[int, ...], delivered: int) -> View:
    """Stage, seed and order of the heatmap."""
    choose, who, how = st.columns([5, 3, 4], gap="medium")
    stage = 0
    if last:
        stage = choose.slider(
            "Stage (0 is the dense network)", 0, last, 0, key="stage", bind="query-params"
        )
    if st.session_state.setdefault(SEED_OF, run_id) != run_id:  # that seed was chosen of another
        st.session_state.update({SEED_OF: run_id, "seed": delivered})
    seed = who.selectbox(
        "Seed",
        seeds,
        index=seeds.index(delivered),
        key="seed",
        bind="query-params",
        help=f"The downloads hold seed {delivered}.",
    )
    order = how.segmented_control(
        "Order",
        ("by score", "by number"),
        default="by score",
        required=True,
        key="order",
        bind="query-params",
    )
    return View(stage, seed, order == "by score")


def draw_heatmap(run_id: str, view: View, chosen: neuron.Chosen | None, clickable: bool) -> None:
    """The heatmap, in which a click chooses a neuron."""
    row = CRITERIA[run_files.run_spec(run_id).prune.criterion]
    name, meaning = row.score, row.help
    layers = run_files.importance(run_id, view.stage, view.seed)
    graph = run_files.dense_graph(run_id)
    widths = [len(layer.stage_removed) for layer in layers]
    how = view.by_score, elements.is_dark()
    chart = {
        **importance_picture(widths, *how, name, clickable),
        "datasets": importance_tables(layers, graph.short_labels, *how, chosen),
    }
    strips = plain(api.strips_sentence(graph))
    st.vega_lite_chart(
        chart,
        key="heatmap",
        on_select=neuron.take_click if clickable else "ignore",
        selection_mode=PICK if clickable else None,
        alt=f"{name} importance of every neuron at a stage of one seed, kept and removed; the "
        f"{graph.noun}s are in numbers below",
    )
    st.caption(
        f"{name[0].upper()}{name[1:]} score of a neuron: {meaning}, at the end of stage "
        f"{view.stage}. {cut_sentence(layers, view.stage, view.by_score)}{thinning_note(layers)}"
        f" {strips}".rstrip()
    )
    elements.folded_table(
        f"The {graph.noun}s in numbers",
        [
            {capitalised(graph.noun): name, **layer_row(layer)}
            for name, layer in zip(elements.row_names(graph), layers, strict=True)
        ],
        alt=f"Kept and removed neurons of each {graph.noun}",
        key="layer_numbers",
    )


def cut_sentence(layers: list[api.LayerImportance], stage: int, by_score: bool) -> str:
    """What is grey in the heatmap of this stage, and what its line means."""
    if all(layer.kept.all() for layer in layers):
        return "Nothing is removed after this stage."
    if by_score:
        return f"The line is the cut: what is right of it, in grey, is gone in stage {stage + 1}."
    return f"What is grey is gone in stage {stage + 1}."


def thinning_note(layers: list[api.LayerImportance]) -> str:
    """Said where not every neuron is drawn."""
    step = thinning_step([len(layer.kept) for layer in layers])
    return "" if step == 1 else f" One neuron in {step} is drawn; the fields reach all."


def layer_row(layer: api.LayerImportance) -> dict[str, Any]:
    """Kept and removed of a layer, and how their scores lie."""
    return {
        "Neurons": len(layer.kept),
        "Kept": int(layer.kept.sum()),
        "Removed": int((~layer.kept).sum()),
        "Median score kept": significant(float(np.median(layer.score[layer.kept]))),
        "Median score removed": DASH
        if layer.kept.all()
        else significant(float(np.median(layer.score[~layer.kept]))),
    }


def show_survival(run_id: str, stage: int, seed: int) -> None:
    """When each neuron of the dense network went, up to a stage."""
    layers, graph = run_files.importance(run_id, stage, seed), run_files.dense_graph(run_id)
    st.header("When they went", anchor=False)
    order = st.segmented_control(
        "Order of the neurons",
        ("longest kept first", "by number"),
        default="longest kept first",
        required=True,
        key="survival_order",
        bind="query-params",
    )
    by_stage = order != "by number"
    elements.picture(
        survival_picture(layers, by_stage, elements.is_dark()),
        survival_tables(layers, graph.short_labels, by_stage),
        key="survival",
        alt="The stage that removed each neuron of the dense network; in numbers below",
    )
    last = max(int(layer.stage_removed.max()) for layer in layers)
    elements.folded_table(
        "The stages in numbers",
        [
            {capitalised(graph.noun): name, **survival_row(layer, last)}
            for name, layer in zip(elements.row_names(graph), layers, strict=True)
        ],
        alt=f"Neurons that each stage removed from each {graph.noun}, and those that are left",
        key="survival_numbers",
    )


def survival_row(layer: api.LayerImportance, last: int) -> dict[str, Any]:
    """How many neurons every stage up to ``last`` removed from a layer."""
    removed = {
        f"Removed in stage {stage}": int((layer.stage_removed == stage).sum())
        for stage in range(1, last + 1)
    }
    left = int((layer.stage_removed < 0).sum())
    return {"Neurons": len(layer.stage_removed), **removed, "Left": left}
