"""How much a plan removes, and what that comes to: the part of Plan that a slider draws anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.parts import elements, markup
from dashboard.parts.forms.prune import amount_form, equivalents, schedule_form
from dashboard.plan import predicted, prefetch, presets, start
from dashboard.plan.forms import Answers
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec, budget_sentence
from spinn_engine.words import percent, size, widths

EVEN = 8  # widths that are multiples of it make full use of a CPU's vector registers
START_STATE = "start_state"  # in a session: what the page's Start was drawn for, once it is


@dataclass(frozen=True)
class ResultSlots:
    """Where on the page the results go; each is emptied and filled again by every move."""

    figures: DeltaGenerator
    equivalents: DeltaGenerator
    details: DeltaGenerator


@st.fragment
def show_amount(answers: Answers, method: dict[str, Any], slots: ResultSlots) -> RunSpec | None:
    """The sliders, and in their slots what they come to; a move draws nothing else.

    Args:
        answers: the other parts of the plan.
        method: of ``method_form``.
        slots: where the results go.

    Returns:
        The whole plan; None where it cannot be had as it stands, which is said.
    """
    spec = None
    try:
        first_values = answers.initial_plan.values()
        prune = schedule_form(first_values)
        if "schedule" in prune:
            prune |= amount_form(prune["schedule"], first_values)
        spec = answers.spec({**prune, **method})
        assert answers.data is not None
        ends = answers.data.input_names, answers.data.outputs
        graph = spec.model.graph_for(*ends)
        plan = partial(api.plan_network, graph=graph)
        stages = plan(spec.prune)
    except SpinnError as error:
        spec = None
        slots.figures.empty()
        slots.equivalents.empty()
        with slots.details.container():
            elements.show_error(error)
    else:
        slots.equivalents.html(equivalents(stages, graph.noun))
        show_results(answers, spec, graph, stages, slots)
        if answers.run_id is not None:
            prefetch.predict_neighbours(answers.run_id, spec.prune, plan, st.session_state)
    presets.remember(None if spec is None else spec.prune)
    if st.session_state.get(START_STATE, start_state(spec)) != start_state(spec):
        st.rerun()
    return spec


def start_state(spec: RunSpec | None) -> tuple[bool, bool]:
    """What of a plan decides whether the page offers Start, and what it says below."""
    return spec is None, start.was_refused(spec)


def show_results(
    answers: Answers,
    spec: RunSpec,
    graph: api.Graph,
    stages: list[api.Stage],
    slots: ResultSlots,
) -> None:
    """What the plan comes to.

    Args:
        answers: the other parts of the plan, with what is known of its data.
        spec: what is planned.
        graph: its dense network.
        stages: the plan, the dense network first.
        slots: where it goes.
    """
    first, last = stages[0], stages[-1]
    figures = (
        ("Parameters", f"{last.params:,}", f"dense {first.params:,}"),
        ("MACs", f"{last.macs:,}", f"dense {first.macs:,}"),
        ("Weights", size(last.bytes), f"dense {size(first.bytes)}"),
    )
    drawn = [(elements.stage_name(s.stage), s.hidden, f"{s.params:,} parameters") for s in stages]
    slots.figures.html(markup.figures(figures))
    with slots.details.container():
        notes = table_notes(stages)
        if answers.data is not None:
            rows = answers.data.rows["train"]
            budget = budget_sentence(spec, first.params, rows)
            pace = answers.pace
            time = "" if pace is None else pace.sentence(spec, stages, rows)
            notes = " ".join(filter(None, [budget, time, notes]))
        st.html(stage_table(stages) + markup.note(notes) + elements.shapes(drawn, graph))
        predicted.show_planned(answers.run_id, spec, graph, stages)


def stage_table(stages: list[api.Stage]) -> str:
    """Every stage in numbers, as HTML."""
    rows: list[markup.Row] = [
        {
            "Stage": elements.stage_name(stage.stage),
            "Hidden widths": widths(stage.hidden),
            "Parameters": stage.params,
            "Reduction": percent(stage.param_reduction) if stage.stage else "",
            "MACs": stage.macs,
            "MAC reduction": percent(stage.mac_reduction) if stage.stage else "",
            "Bytes": stage.bytes,
        }
        for stage in stages
    ]
    return markup.table(rows, alt="Widths and size of every planned stage")


def table_notes(stages: list[api.Stage]) -> str:
    """What must be said of these widths."""
    notes = []
    if not stages[-1].exact:
        notes.append(
            "The widths are nominal: the sizes are planned, and which layers give the neurons is "
            "decided by their scores when each stage is trained."
        )
    pruned = [w for w, dense in zip(stages[-1].hidden, stages[0].hidden, strict=True) if w < dense]
    if any(width % EVEN for width in pruned):
        notes.append(
            f"On CPUs, widths that are multiples of {EVEN} turn more of the MAC ratio into speed: "
            "see “Round widths to” under Advanced."
        )
    return " ".join(notes)
