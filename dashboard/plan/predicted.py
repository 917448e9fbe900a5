"""What a plan would leave of a dense network that is trained already; it follows the sliders."""

from __future__ import annotations

import streamlit as st

from dashboard.charts import planned as pictures
from dashboard.charts.whatif import curve_tables
from dashboard.parts import elements
from dashboard.parts.markdown import plain
from dashboard.reads import dense_network
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import CRITERIA
from spinn_engine.words import fixed, signed


def show_planned(
    run_id: str | None, spec: RunSpec, graph: api.Graph, stages: list[api.Stage]
) -> None:
    """What the plan would leave of a dense network like this one, where one is trained.

    Args:
        run_id: the run that has it, or None.
        spec: what is planned.
        graph: its dense network.
        stages: the plan, the dense network first.
    """
    if run_id is None:
        st.caption(
            "Once a dense network of this shape is trained on this data, what pruning would leave "
            "of its R² is predicted here, and its neurons are shown with the cut through them."
        )
        return
    st.header("What would be left, before any fine-tuning", anchor=False)
    try:
        draw_curve(run_id, spec, stages)
        draw_cut(run_id, spec, graph, stages)
    except SpinnError as error:
        elements.show_error(error)


def draw_curve(run_id: str, spec: RunSpec, stages: list[api.Stage]) -> None:
    """The predicted curve with the plan on it."""
    last = stages[-1]
    how = spec.prune.criterion, spec.prune.reconstruction
    curve = dense_network.predicted_curve(run_id, *how)
    r2 = dense_network.predicted_r2(run_id, last.hidden, *how)
    plan = last.params, r2
    elements.picture(
        pictures.plan_picture(curve, plan, elements.is_dark()),
        curve_tables(curve, pictures.marked_points(curve, plan)),
        key="prediction",
        alt="Predicted validation R2 against parameters, this plan marked; it is told below",
    )
    nominal = "" if last.exact else " The widths are nominal, so this point is too."
    st.caption(
        f"This plan: R² {fixed(r2)} on validation rows with {last.params:,} parameters, "
        f"{signed(r2 - curve[0][1])} to the dense network. A prediction in closed form from the "
        f"dense network of run {plain(run_id)}, cut at once and not fine-tuned; the line is the "
        f"uniform schedule.{nominal}"
    )


def draw_cut(run_id: str, spec: RunSpec, graph: api.Graph, stages: list[api.Stage]) -> None:
    """The neurons of the dense network by score, with the cut of every planned stage."""
    last = stages[-1]
    row = CRITERIA[spec.prune.criterion]
    name, meaning = row.score, row.help
    seed, every, cells = dense_network.dense_cells(run_id, spec.prune.criterion)
    elements.picture(
        pictures.cut_picture(stages[0].hidden, name, elements.is_dark()),
        pictures.cut_tables(cells, stages, graph.short_labels),
        key="planned_cut",
        alt=f"{name} importance of the neurons of the dense network, highest first, cut as this "
        "plan's stages are; the widths are in the table of stages",
    )
    earlier = ", the dotted ones those of the stages before" if len(stages) > 2 else ""
    nominal = "" if last.exact else " The widths are nominal, so the lines are too."
    thinned = "" if every == 1 else f" One neuron in {every} is drawn."
    strips = plain(api.strips_sentence(graph))
    st.caption(
        f"{name[0].upper()}{name[1:]} score of a neuron: {meaning}, in the dense network of run "
        f"{plain(run_id)}, seed {seed}. The line is the cut of stage {last.stage}{earlier}. A run "
        f"scores its neurons anew before every stage.{thinned}{nominal} {strips}".rstrip()
    )
