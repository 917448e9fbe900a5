"""Widgets that say how much is pruned, where, and how it is judged."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from dashboard.parts import markup
from dashboard.parts.forms.address import KEPT_IN_ADDRESS, Values
from dashboard.parts.forms.widgets import key_of, parse_widths
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.vocabulary import (
    CONTROLS,
    CRITERIA,
    RECONSTRUCTIONS,
    SCHEDULES,
    by_label,
    glossary,
)
from spinn_engine.words import percent, size

AMOUNTS = {  # what the amount may be given in, by the field of a spec
    "param_reduction": "parameters overall",
    "pruning_ratio": "neurons a stage",
    "mac_reduction": "MACs overall",
    "max_bytes": "bytes",
}
SLIDERS = {  # of the amounts that are shares
    "param_reduction": "Parameters removed, overall",
    "pruning_ratio": "Neurons removed, in one stage",
    "mac_reduction": "Multiply-accumulates removed, overall",
}
LEAST_PERCENT, MOST_PERCENT, STEP = 1.0, 99.0, 0.5
DEFAULT_BYTES = 840_000
EQUIVALENTS = "plan_equivalents"  # in a session: what the plan comes to, by what it may be given in
DEFAULT_WIDTHS = "384, 384, 384, 192\n288, 288, 288, 144"


def schedule_form(first_values: Values) -> dict[str, Any]:
    """Schedule, and stages or custom widths; of the ``prune`` part of a spec.

    Raises:
        BadInputError: the custom widths are not whole numbers.
    """
    known = by_label(SCHEDULES)
    schedule = st.selectbox(
        "Schedule",
        known,
        list(known).index(first_values["schedule"]),
        key="schedule",
        help=glossary(SCHEDULES.values()),
        **KEPT_IN_ADDRESS,
    )
    row = SCHEDULES[known[schedule]]
    if row.widths == "given":
        text = st.text_area(
            "Hidden widths, one stage a line",
            first_values["widths"],
            key="widths",
            help="After the dense network; every line has as many widths as it, none larger.",
            **KEPT_IN_ADDRESS,
        )
        return {"widths": parse_stages(text or "")}
    most, first_stages = max(8, first_values["stages"]), first_values["stages"]
    stages = st.slider("Stages", 1, most, first_stages, key="stages", **KEPT_IN_ADDRESS)
    return {"stages": stages, "schedule": row.name}


def amount_form(schedule: str, first_values: Values) -> dict[str, Any]:
    """How much is removed: the field of the ``prune`` part that says it, and its value."""
    offered = SCHEDULES[schedule].amounts
    fields = {label: field for field, label in AMOUNTS.items() if field in offered}
    if st.session_state.get("ratio_of") not in (None, *fields):
        st.session_state["ratio_of"] = next(iter(fields))
        _carry_over()
    label = st.segmented_control(
        "The amount is given in",
        fields,
        default=first_values["ratio_of"],
        required=True,
        key="ratio_of",
        on_change=_carry_over,
        **KEPT_IN_ADDRESS,
    )
    field = fields[label]
    if field not in SLIDERS:
        most = st.number_input(
            "Weights at the end, in bytes at most",
            4,
            10**12,
            first_values["max_bytes"],
            step=1000,
            key="max_bytes",
            help="Of the float32 weights and biases, without the file around them.",
            **KEPT_IN_ADDRESS,
        )
        return {field: int(most)}
    percent_removed = st.slider(
        SLIDERS[field],
        min(LEAST_PERCENT, first_values["ratio"]),
        max(MOST_PERCENT, first_values["ratio"]),
        first_values["ratio"],
        STEP,
        format="%.1f %%",
        key="ratio",
        **KEPT_IN_ADDRESS,
    )
    return {field: from_percent(percent_removed)}


def from_percent(value: float) -> float:
    """The share that a slider's percent stand for."""
    return round(value / 100, 4)


def _carry_over() -> None:
    """When another kind of amount is chosen, keep the plan: say the same amount in the new kind."""
    label = st.session_state["ratio_of"]
    value = st.session_state.get(EQUIVALENTS, {}).get(label)
    if value is None:
        return
    if label == AMOUNTS["max_bytes"]:
        st.session_state["max_bytes"] = value
    else:
        nearest = round(100 * value / STEP) * STEP
        st.session_state["ratio"] = min(max(nearest, LEAST_PERCENT), MOST_PERCENT)


def parse_stages(text: str) -> list[tuple[int, ...]]:
    """Widths of each stage: a line each, or separated by semicolons.

    Raises:
        BadInputError: there are none, or something else stands between them.
    """
    lines = [line for line in re.split(r"[\n\r;]+", text) if line.strip()]
    if not lines:
        raise BadInputError("prune.widths: give the hidden widths of at least one stage")
    return [parse_widths(line) for line in lines]


def equivalents(stages: list[api.Stage], noun: str) -> str:
    """The plan in every kind of amount, as HTML; remembered for when another kind is chosen.

    Args:
        stages: the plan, the dense network first.
        noun: what its neurons are removed from, a layer or a group.
    """
    ratios = [ratio for stage in stages for ratio in stage.pruning_ratios if ratio > 0]
    a_stage, first, last = sum(ratios) / len(ratios), stages[0], stages[-1]
    st.session_state[EQUIVALENTS] = {
        AMOUNTS["param_reduction"]: last.param_reduction,
        AMOUNTS["pruning_ratio"]: a_stage,
        AMOUNTS["mac_reduction"]: last.mac_reduction,
        AMOUNTS["max_bytes"]: last.bytes,
    }
    spread = f"{percent(min(ratios))} to {percent(max(ratios))} of a {noun}"
    return markup.figures(
        (
            (
                "Parameters, overall",
                percent(-last.param_reduction),
                f"of {first.params:,}",
            ),
            ("Neurons, a stage", percent(-a_stage), spread),
            ("MACs, overall", percent(-last.mac_reduction), f"of {first.macs:,}"),
            ("Weights", size(last.bytes), f"of {size(first.bytes)}"),
        )
    )


def method_form(first_values: Values) -> dict[str, Any]:
    """How neurons are chosen and made up for, and the limits; more of the ``prune`` part."""
    left, right = st.columns(2, wrap=False)
    criteria, reconstructions = by_label(CRITERIA), by_label(RECONSTRUCTIONS)
    criterion = left.selectbox(
        "Criterion",
        criteria,
        list(criteria).index(first_values["criterion"]),
        key="criterion",
        help="How a neuron is scored; the lowest scores go first.  \n"
        + glossary(CRITERIA.values()),
        **KEPT_IN_ADDRESS,
    )
    reconstruction = right.selectbox(
        "Reconstruction",
        reconstructions,
        list(reconstructions).index(first_values["reconstruction"]),
        key="reconstruction",
        help=f"After each cut.  \n{glossary(RECONSTRUCTIONS.values())}",
        **KEPT_IN_ADDRESS,
    )
    with st.expander("Advanced", icon=":material/straighten:", key="advanced"):
        limits = _limits_form(first_values)
    return {
        "criterion": criteria[criterion],
        "reconstruction": reconstructions[reconstruction],
        **limits,
    }


def _limits_form(first_values: Values) -> dict[str, Any]:
    """Which widths are possible."""
    left, right = st.columns(2, wrap=False)
    round_to = left.number_input(
        "Round widths to",
        1,
        1024,
        first_values["round_to"],
        key="round_to",
        placeholder="auto",
        help="Every width that is pruned becomes a multiple of this. Left empty: of 8, which "
        "runs fastest, where the parameters can still be met so, else any width.",
        **KEPT_IN_ADDRESS,
    )
    least_width = right.number_input(
        "Least width",
        1,
        65_536,
        first_values["least_width"],
        key="least_width",
        help="No hidden layer, or group that is pruned together, gets fewer neurons.",
        **KEPT_IN_ADDRESS,
    )
    return {"round_to": round_to, "least_width": least_width}


def compare_form(source: str, first_values: Values) -> dict[str, Any]:
    """What the pruned network is compared with; gives the ``compare`` part of a spec."""
    known = by_label(CONTROLS)
    controls = st.multiselect(
        "Controls",
        known,
        default=first_values["controls"],
        key="controls",
        help="Each has the same seeds and as many epochs.  \n" + glossary(CONTROLS.values()),
        **KEPT_IN_ADDRESS,
    )
    left, right = st.columns(2, wrap=False)
    folds = left.number_input(
        "Folds",
        1,
        100,
        first_values["folds"],
        key="folds",
        help="1: one split. 3 or more: cross-validation in which whole groups go to one fold.",
        **KEPT_IN_ADDRESS,
    )
    margin_key = key_of("margin", source)
    margin = right.number_input(
        "Margin in R²",
        0.0,
        1.0,
        first_values[margin_key],
        0.005,
        format="%.4f",
        key=margin_key,
        help="How much R² pruning may cost against the dense network trained just as long, and "
        "still count as no worse.",
        **KEPT_IN_ADDRESS,
    )
    return {"controls": [known[label] for label in controls], "folds": folds, "margin": margin}
