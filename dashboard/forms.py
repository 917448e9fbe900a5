"""Widgets that make a RunSpec. Every one is in the page's address, so a link repeats the plan."""

from __future__ import annotations

import re
from typing import Any, get_args

import streamlit as st

from dashboard.formats import MINUS, percent
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.spec import DEFAULT_PARAM_REDUCTION, Activation, ModelSpec, RunSpec, TrainSpec

KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}
OVERALL, A_STAGE = "parameters overall", "neurons a stage"
LABELS = {
    OVERALL: "Parameters removed, overall",
    A_STAGE: "Neurons removed from a layer, in one stage",
}
LEAST_PERCENT, MOST_PERCENT, STEP = 1.0, 99.0, 0.5
RECONSTRUCTIONS = {"least squares": "least_squares", "none": "none"}


def amount_form() -> dict[str, Any]:
    """The two sliders and what they mean; gives the ``prune`` part of a spec."""
    default = RunSpec().prune
    stages = st.slider("Stages", 1, 8, default.stages, key="stages", **KEEP)
    means = st.segmented_control(
        "The prune ratio is the share of",
        (OVERALL, A_STAGE),
        default=OVERALL,
        required=True,
        key="ratio_of",
        on_change=_carry_over,
        **KEEP,
    )
    ratio = st.slider(
        LABELS[means],
        LEAST_PERCENT,
        MOST_PERCENT,
        100 * DEFAULT_PARAM_REDUCTION,
        STEP,
        format="%.1f %%",
        key="ratio",
        **KEEP,
    )
    schedule = st.selectbox(
        "Schedule",
        ("uniform", "sequential"),
        key="schedule",
        help="uniform: every hidden layer in every stage. sequential: stage 1 prunes hidden layer "
        "1, stage 2 layer 2, then round again.",
        **KEEP,
    )
    field = "param_reduction" if means == OVERALL else "pruning_ratio"
    return {"stages": stages, "schedule": schedule, field: round(ratio / 100, 4)}


def _carry_over() -> None:
    """When the meaning is switched, the slider goes to what it stood for in the new meaning."""
    value = st.session_state.get("_equivalents", {}).get(st.session_state["ratio_of"])
    if value is not None:
        nearest = round(100 * value / STEP) * STEP
        st.session_state["ratio"] = min(max(nearest, LEAST_PERCENT), MOST_PERCENT)


def show_equivalents(stages: list[api.Stage]) -> None:
    """Both meanings of the ratio for the plan as it stands; remembered for the switch."""
    shares = [share for stage in stages for share in stage.pruning_ratios if share > 0]
    a_stage, overall = sum(shares) / len(shares), stages[-1].param_reduction
    st.session_state["_equivalents"] = {OVERALL: overall, A_STAGE: a_stage}
    left, right = st.columns(2, wrap=False)
    left.metric(
        "Parameters, overall",
        f"{MINUS}{percent(overall)}",
        help="1 - parameters at the end / parameters of the dense network.",
    )
    right.metric(
        "Neurons, a stage",
        f"{MINUS}{percent(a_stage)}",
        help="Share of a pruned layer's neurons that one stage removes: the mean over layers and "
        f"stages (from {percent(min(shares))} to {percent(max(shares))}).",
    )


def data_form() -> dict[str, Any]:
    """What is learned; gives the ``data`` part of a spec.

    Raises:
        BadInputError: a table without a path or without targets.
    """
    kind = st.selectbox(
        "Data",
        ("milling-sim", "table"),
        key="source",
        help="milling-sim: simulated CNC milling. table: a CSV or Parquet file of your own.",
        **KEEP,
    )
    if kind != "table":
        return {"source": kind}
    path = st.text_input(
        "Path of the table",
        key="path",
        placeholder="runs.csv, runs.parquet, or a folder",
        help="CSV or Parquet on the server: one file, or a folder with train, val and test.",
        **KEEP,
    )
    targets = st.text_input("Target columns", key="targets", placeholder="wear, drift", **KEEP)
    group = st.text_input(
        "Group column (optional)",
        key="group",
        help="Rows of one group stay together in the split; the column is never an input.",
        **KEEP,
    )
    drop = st.text_input("Columns to leave out (optional)", key="drop", **KEEP)
    if not (path or "").strip():
        raise BadInputError("data: give the path of a CSV or Parquet file, or of a folder")
    if not _names(targets):
        raise BadInputError("data: name at least one target column")
    return {
        "source": f"table:{path.strip()}",
        "targets": _names(targets),
        "group": (group or "").strip() or None,
        "drop": _names(drop),
    }


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def network_form() -> dict[str, Any]:
    """Widths and activation of the dense network; gives the ``model`` part of a spec.

    Raises:
        BadInputError: the widths are not whole numbers.
    """
    default = ModelSpec()
    text = st.text_input(
        "Hidden widths of the dense network",
        ", ".join(map(str, default.hidden)),
        key="hidden",
        help="Neurons of each hidden layer, from the input side, separated by commas.",
        **KEEP,
    )
    activation = st.selectbox("Activation", get_args(Activation), key="activation", **KEEP)
    return {"hidden": parse_widths(text or ""), "activation": activation}


def parse_widths(text: str) -> tuple[int, ...]:
    """Whole numbers separated by commas or spaces.

    Raises:
        BadInputError: there are none, or something else stands between them.
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip("[]() \t")) if part]
    if not parts or not all(re.fullmatch(r"[0-9]{1,6}", part) for part in parts):
        raise BadInputError(
            f"hidden widths must be whole numbers such as 512, 512, 512, 256, but got {text[:80]!r}"
        )
    return tuple(int(part) for part in parts)


def training_form() -> tuple[dict[str, Any], dict[str, Any], tuple[int, ...]]:
    """Epochs, reconstruction and seeds: the ``train`` part, more of ``prune``, and the seeds."""
    default = TrainSpec()
    epochs = st.number_input(
        "Epochs of the dense network", 1, 100_000, default.epochs, key="epochs", **KEEP
    )
    fine_tune = st.number_input(
        "Fine-tuning epochs a stage",
        0,
        100_000,
        default.fine_tune_epochs,
        key="fine_tune_epochs",
        **KEEP,
    )
    seeds = st.number_input(
        "Seeds",
        1,
        32,
        len(RunSpec().seeds),
        key="seeds",
        help="Independent repetitions, trained together; intervals need at least 2.",
        **KEEP,
    )
    reconstruction = st.selectbox(
        "Reconstruction after each cut",
        RECONSTRUCTIONS,
        key="reconstruction",
        help="Least squares re-solves the next layer so that it still gets the signals it got.",
        **KEEP,
    )
    train = {"epochs": epochs, "fine_tune_epochs": fine_tune}
    return train, {"reconstruction": RECONSTRUCTIONS[reconstruction]}, tuple(range(int(seeds)))
