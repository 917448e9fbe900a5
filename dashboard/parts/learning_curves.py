"""How a run's losses and R2 go, epoch by epoch, as far as it is."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import streamlit as st

from dashboard.charts.curves import curve_table, latest, loss_curves, r2_curve, stage_starts
from dashboard.parts import elements, markup
from dashboard.parts.spec_words import repetitions
from dashboard.reads import growing_files, run_files
from spinn_engine.vocabulary import ARMS
from spinn_engine.words import DASH, fixed, significant


def show(run_id: str) -> None:
    """Loss and validation R2 of every arm of a run so far, means over its members."""
    spec = run_files.run_spec(run_id)
    lines = growing_files.metrics(run_id)
    table, starts = curve_table(lines, spec), stage_starts(spec, lines)
    if len(table) < 2:
        st.caption("The curves begin with the first epoch.")
        return
    loss, r2 = st.columns(2)
    loss.vega_lite_chart(
        table,
        loss_curves(spec, starts, elements.is_dark()),
        alt="Validation loss of every arm by epoch",
    )
    r2.vega_lite_chart(
        table,
        r2_curve(spec, starts, elements.is_dark()),
        alt="R2 of every arm on validation rows by epoch",
    )
    last = lines[-1]
    st.caption(
        f"Means over {repetitions(spec)}; the training loss is that of the dense and the "
        f"structured network. Latest epoch, {ARMS[last['arm']].label}: validation loss "
        f"{significant(fmean(last['val_loss']), 4)}, R² {fixed(fmean(last['val_r2']))}."
    )
    elements.folded_table(
        "The curves in numbers",
        [curve_row(line) for line in latest(lines)],
        alt="The latest epoch of every arm in every stage: losses and R2, means over its members",
        key=f"curves_{run_id}",
    )


def curve_row(line: dict[str, Any]) -> dict[str, Any]:
    """How far an arm has come in a stage, and where it stands."""
    return {
        markup.ARM: line["arm"],
        "Arm": ARMS[line["arm"]].label,
        "Stage": elements.stage_name(line["stage"]),
        "Epoch": f"{line['epoch']} of {line['epochs']}",
        "Training loss": significant(fmean(line["train_loss"]), 4) if line["train_loss"] else DASH,
        "Validation loss": significant(fmean(line["val_loss"]), 4),
        "R² on validation rows": fixed(fmean(line["val_r2"])),
    }
