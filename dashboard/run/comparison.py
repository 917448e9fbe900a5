"""The arms of a finished run side by side, and fold by fold."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.charts.style import MENU
from dashboard.parts import elements, finished_run, markup
from dashboard.parts.arms import arm_row, bytes_text
from dashboard.parts.markdown import plain
from dashboard.parts.spec_words import taken_over
from dashboard.run.folds_chart import folds_picture
from spinn_engine.vocabulary import ARMS, ZEROED
from spinn_engine.words import counted, fixed, latency, measured_factor, unusable_reason

Result = dict[str, Any]


@st.fragment
def show_comparison(result: Result) -> None:
    """The table of the arms; another batch size draws this again and nothing else."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.header("Against what a reviewer will ask for", width="content", anchor=False)
        sizes = list(result["arms"][0]["latency_us"])
        batch = st.segmented_control(
            "Latency at a batch of",
            sizes,
            default=sizes[-1],
            required=True,
            key="batch",
            bind="query-params",
            format_func=lambda text: f"{int(text):,}",
        )
    elements.table(
        [arm_row(result, arm, batch) for arm in result["arms"]],
        alt="Size, memory, speed and R2 of every arm",
    )
    st.caption(table_notes(result, batch))
    zeroed = next((arm for arm in result["arms"] if arm["arm"] == ZEROED), None)
    if zeroed is not None:
        show_sparse(zeroed, result["arms"][0], batch)


def table_notes(result: Result, batch: str) -> str:
    """What the numbers of the table are, and how they were measured."""
    first, where = result["arms"][0], result["environment"]
    rounds = first["latency_us"][batch]["rounds"]
    several = first["r2"]["n"] > 1
    over = taken_over(finished_run.spec_of(result))
    doubt = f" {plain(unusable_reason(result, batch))}".rstrip()
    r2 = (
        f"mean over the targets with its 95 % interval over {over}"
        if several
        else "mean over the targets; one repetition, so no interval"
    )
    return (
        f"Latency: median of {counted(rounds, 'round')} in which the arms took turns (p95: 95th "
        f"percentile), on {plain(where['device'])} with {counted(where['threads'], 'thread')}. "
        "Speed-up (brackets: 95 % interval over the rounds) and MAC ratio: against the dense "
        f"network; equal numbers mean that every saved operation became speed.{doubt} Epoch kept: "
        "of the last training, the one with the lowest validation loss, over all networks. Peak "
        f"memory: {plain(first['peak_memory_how'])}. R² on "
        f"{finished_run.tested_rows(result)}: {r2}."
    )


def show_sparse(magnitude: dict[str, Any], dense: dict[str, Any], batch: str) -> None:
    """Magnitude pruning in sparse storage, beside how it is stored otherwise."""
    ways = {"dense tensors": magnitude, **magnitude["sparse"]}
    usual = dense["latency_us"][batch]["median"]
    with st.expander("Magnitude pruning, stored sparse", icon=":material/blur_on:", key="sparse"):
        elements.table(
            [
                {
                    "Stored as": name if name == "dense tensors" else name.upper(),
                    "Non-zero": magnitude["nonzero"],
                    "File": bytes_text(way["file_bytes"]),
                    "Latency": latency(way["latency_us"][batch]["median"]),
                    "p95": latency(way["latency_us"][batch]["p95"]),
                    "Speed-up": measured_factor(usual / way["latency_us"][batch]["median"]),
                }
                for name, way in ways.items()
            ],
            alt="File and latency of the magnitude-pruned network in dense, COO and CSR storage",
        )
        st.caption(
            "Single weights set to zero leave the same shapes, the same file and the same speed "
            f"unless they are stored sparse. The dense file has {bytes_text(dense['file_bytes'])}."
        )


def show_folds(result: Result) -> None:
    """How far the folds scatter, where there are some."""
    if result["folds"] < 2:
        return
    st.header("Fold by fold", anchor=False)
    arms = [arm for arm in result["arms"] if "per_fold_r2" in arm]
    whole_groups = "Whole groups go to one fold. " if result["data"]["groups"] else ""
    st.plotly_chart(
        folds_picture(arms, elements.is_dark()),
        config=MENU,
        key="folds",
        alt="R2 of every arm in every fold: "
        + "; ".join(
            f"{ARMS[arm['arm']].label} {fixed(min(arm['per_fold_r2']))} to "
            f"{fixed(max(arm['per_fold_r2']))}"
            for arm in arms
        ),
    )
    st.caption(
        f"{whole_groups}A marker is the mean over the seeds of one arm, tested on "
        "that fold alone; pooled R², in the table, takes the predictions of all folds together."
    )
    elements.folded_table(
        "The folds in numbers",
        [
            {
                markup.ARM: arm["arm"],
                "Arm": ARMS[arm["arm"]].label,
                **{
                    f"Fold {fold}": fixed(r2) for fold, r2 in enumerate(arm["per_fold_r2"], start=1)
                },
            }
            for arm in arms
        ],
        alt="R2 of every arm in every fold",
        key="fold_numbers",
    )
