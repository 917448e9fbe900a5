"""Plan: two sliders, what they give at every stage, what may be left, and Start."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import cache, elements, forms, origin, prediction, presets, start
from dashboard.formats import counted, percent, plain, size, widths
from dashboard.network_form import network_form, show_brought
from dashboard.physics import physics_form
from dashboard.prune_form import amount_form, compare_form, method_form, show_equivalents
from spinn_engine import api
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.spec import RunSpec

EVEN = 8  # widths that are multiples of it make full use of a CPU's vector registers


def ask(above: DeltaGenerator, amounts: DeltaGenerator, source: DeltaGenerator) -> RunSpec:
    """All widgets, drawn even where one of them holds a fault.

    Args:
        above: where it is told which run they begin with.
        amounts: where the sliders go.
        source: where data and network go.

    Raises:
        BadInputError: what was typed is no spec.
    """
    parts: dict[str, Any] = {"prune": {}}
    faults: list[BadInputError] = []
    begun = origin.find()
    begin = begun.values()

    def filled(place: DeltaGenerator, name: str, form: Callable[[], dict[str, Any]]) -> None:
        with place:
            try:
                parts[name] = form()
            except BadInputError as error:
                faults.append(error)

    filled(amounts, "prune", lambda: amount_form(begin))
    filled(source, "data", lambda: forms.data_form(begin))
    kind = parts.get("data", {}).get("source", "")
    filled(source, "model", lambda: network_form(kind, begin))
    with amounts:
        parts["prune"] |= method_form(begin)
    with st.expander("Training", icon=":material/tune:", key="training"):
        parts["train"], parts["seeds"] = forms.training_form(kind, begin)
    if terms := known_terms(parts.get("data")):
        with st.expander("Physics", icon=":material/science:", key="physics"):
            parts["physics"] = physics_form(terms, begin)
    with st.expander("Comparison", icon=":material/balance:", key="comparison"):
        parts["compare"] = compare_form(kind, begin)
    with above:
        origin.show(begun, parts)
    if faults:
        raise faults[0]
    return begun.filled(parts)


def known_terms(data: dict[str, Any] | None) -> cache.Terms:
    """The physics terms of readable data; a fault of it is said where it is summed up."""
    if data is None:
        return ()
    try:
        return cache.data_summary(RunSpec.from_dict({"data": data}).data).terms
    except BadInputError:
        return ()


def show_data(data: cache.DataSummary) -> None:
    """What will be learned from, and how it is split."""
    groups = f" in {data.groups} groups" if data.groups else ""
    split = " / ".join(f"{count:,}" for count in data.rows.values())
    if data.simulated:
        st.badge("simulated data", icon=":material/science:", color="violet")
    st.caption(
        f"{data.inputs} inputs, {counted(data.outputs, 'target')}; "
        f"{sum(data.rows.values()):,} rows{groups}, {split} of them for training / validation / "
        f"test. {plain(' '.join(data.notes))}"
    )


def stage_table(stages: list[api.Stage]) -> None:
    """Every stage in numbers."""
    rows = [
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
    elements.table(rows, alt="Widths and size of every planned stage")
    notes = table_notes(stages)
    if notes:
        st.caption(notes)


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
            "see *Round widths to* under **Advanced**."
        )
    return " ".join(notes)


def answer(spec: RunSpec, run_id: str | None, stages: list[api.Stage]) -> None:
    """What the plan comes to, and Start.

    Args:
        spec: what is planned.
        run_id: a run with a trained dense network like this one, if there is one.
        stages: the plan, the dense network first.
    """
    first, last = stages[0], stages[-1]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        for label, before, after in (
            ("Parameters", f"{first.params:,}", f"{last.params:,}"),
            ("MACs", f"{first.macs:,}", f"{last.macs:,}"),
            ("Weights", size(first.bytes), size(last.bytes)),
        ):
            st.metric(label, after, f"dense {before}", delta_color="off", delta_arrow="off")
        pressed = st.button(
            "Start", type="primary", icon=":material/play_arrow:", key="start", width=160
        )
    if pressed:
        start.submit(spec)
    start.show_same(spec)
    stage_table(stages)
    elements.planned_shapes(stages)
    prediction.show_planned(run_id, spec, stages)


st.title("Plan a run", anchor=False)
above = st.container()
left, right = st.columns([5, 8], gap="large")
with left:
    amounts = st.container(border=True, key="amounts")
    preset = amounts.container()
    source = st.container(border=True, key="learned")
try:
    with left:
        spec = ask(above, amounts, source)
    with right:
        data = cache.data_summary(spec.data)
    brought = None
    if spec.model.dense is not None:
        brought = cache.brought(spec)
        spec = spec.model_copy(update={"model": brought.model})
    run_id = cache.run_like(spec)
    stages = api.plan(spec.prune, spec.model.hidden, data.inputs, data.outputs)
except SpinnError as error:
    with right:
        elements.show_error(error)
    with preset:
        presets.show_presets(None, None)
else:
    with preset:
        presets.show_presets(run_id, spec.prune)
    with amounts:
        show_equivalents(stages)
    with source:
        show_data(data)
        if brought is not None:
            show_brought(brought)
    with right:
        answer(spec, run_id, stages)
