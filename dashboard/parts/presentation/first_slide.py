"""The first step of a presentation: the data, the dense network, and what is asked of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.parts import elements, finished_run
from dashboard.parts.markdown import plain
from dashboard.parts.presentation.frame import basis
from dashboard.parts.spec_words import graph_of, length, network, repetitions
from spinn_engine import api
from spinn_engine.vocabulary import ARMS, CRITERIA, SUBJECT
from spinn_engine.words import counted, listed

Result = dict[str, Any]


def show_question(result: Result, dark: bool) -> None:
    """The data, the dense network, and what is asked of it."""
    drawn, told = st.columns([2, 3], gap="large")
    graph, data = graph_of(result), result["data"]
    with drawn:
        with st.container(width=320):
            elements.shape("The dense network", graph.hidden, graph, dark)
        st.caption(
            f"The dense network, {result['dense_params']:,} parameters. "
            f"{plain(api.bars_sentence(graph)).partition('; ')[0]}."
        )
    with told:
        with st.container(horizontal=True, gap="small"):
            if data["simulated"]:
                elements.simulated_badge()
            for name in data["modelled"]:
                st.badge(f"{plain(name)} is modelled, not measured", color="orange")
        st.markdown("\n".join(f"- **{name}**: {text}" for name, text in run_in_lines(result)))
    baseline = finished_run.fair_dense(result)[0]
    st.caption(f"R² on the coming pictures: {basis(result)}. The baseline is “{baseline}”.")


def run_in_lines(result: Result) -> list[tuple[str, str]]:
    """The run in a few lines."""
    spec, data = finished_run.spec_of(result), result["data"]
    rows, prune = data["rows"], spec.prune
    groups = f" in {data['groups']} groups" if data["groups"] else ""
    controls = [ARMS[arm["arm"]].label for arm in result["arms"] if arm["arm"] != SUBJECT]
    names = data["target_names"]
    targets = listed(names) if len(names) < 4 else counted(len(names), "target")
    return [
        (
            "Data",
            f"{plain(data['source'])}, {rows['train']:,} training, {rows['val']:,} validation and "
            f"{rows['test']:,} test rows{groups}",
        ),
        ("Learned", f"{plain(targets)} from {counted(len(data['input_names']), 'input')}"),
        (
            "Network",
            f"{network(spec.model)}, {graph_of(result).activation}, {length(spec)}",
        ),
        (
            "Pruned",
            f"in {counted(prune.stages, 'stage')}, {prune.schedule} schedule, neurons scored by "
            f"{CRITERIA[prune.criterion].score}, {length(spec, later=True)} of "
            "fine-tuning after each",
        ),
        ("Repeated", f"{repetitions(spec)} (n = {result['stages'][0]['r2']['n']})"),
        ("Beside it", "; ".join(controls)),
    ]
