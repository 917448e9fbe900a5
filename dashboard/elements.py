"""Pieces that several pages show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import cache, formats
from dashboard.charts.architecture import architecture, width_label
from dashboard.charts.curves import curve_table, loss_curves, r2_curve
from dashboard.charts.style import CONFIG, STILL
from dashboard.charts.tradeoff import tradeoff
from spinn_engine import api


def is_dark() -> bool:
    """Whether the visitor's page is dark."""
    return st.context.theme.type == "dark"


def show_error(error: Exception) -> None:
    """An error of ours in one sentence; what it quotes is shown as text."""
    st.error(formats.plain(str(error)), icon=":material/error:")


def shapes(stages: Sequence[tuple[str, Sequence[int], str]]) -> None:
    """The drawn shape of each stage, side by side as the page is wide.

    Args:
        stages: title, hidden widths and a line below; the dense network first.
    """
    dense = stages[0][1]
    with st.container(horizontal=True, gap="small", key="shapes"):
        for title, hidden, below in stages:
            with st.container(width=150, gap=None):
                st.markdown(f"**{title}**")
                labels = "; ".join(width_label(w, d) for w, d in zip(hidden, dense, strict=True))
                st.plotly_chart(
                    architecture(hidden, dense, is_dark()),
                    config=STILL,
                    key=f"shape_{title}",
                    alt=f"{title}, neurons in each hidden layer: {labels}",
                )
                st.caption(below)
    st.caption(
        "A bar is a hidden layer, as wide as it has neurons, input side on top; the outline is the "
        "dense network."
    )


def planned_shapes(stages: Sequence[api.Stage]) -> None:
    """The drawn shape of every stage of a plan."""
    shapes([(stage_name(s.stage), s.hidden, f"{s.params:,} parameters") for s in stages])


def learning_curves(run_id: str) -> None:
    """Loss and validation R2 of a run so far, mean over its seeds."""
    spec = cache.run_spec(run_id)
    table = curve_table(cache.metrics(run_id), spec)
    if len(table) < 2:
        st.caption("The curves begin with the first epoch.")
        return
    loss, r2 = st.columns(2)
    loss.vega_lite_chart(
        table, loss_curves(spec, is_dark()), alt="Training and validation loss by epoch"
    )
    r2.vega_lite_chart(table, r2_curve(spec, is_dark()), alt="R2 on validation rows by epoch")
    last = table.iloc[-1]
    st.caption(
        f"Mean over n = {len(spec.seeds)} seeds. After the latest epoch: validation loss "
        f"{last['validation']:.4g}, R² {last['r2']:.4f}."
    )


def stage_name(stage: int) -> str:
    """``Dense`` or ``Stage 2``, never broken between lines."""
    return f"Stage\N{NO-BREAK SPACE}{stage}" if stage else "Dense"


def table(rows: Sequence[dict[str, Any]], alt: str) -> None:
    """A small table, one dict a row; numbers stand to the right, with thousands separators."""
    frame = pd.DataFrame(rows)
    numbers = frame.select_dtypes("number").columns
    styled = frame.style.format(thousands=",", subset=numbers)
    styled = styled.set_properties(subset=numbers, **{"text-align": "right"})
    st.table(styled, border="horizontal", hide_index=True, alt=alt)


def headline(result: dict[str, Any]) -> None:
    """The three figures of a finished run, each with its difference to the dense network."""
    dense, last = result["stages"][0], result["stages"][-1]
    r2 = last["r2"]["mean"] - dense["r2"]["mean"]
    n = len(result["seeds"])
    figures = [
        (
            "Parameters",
            f"{formats.MINUS}{formats.percent(last['param_reduction'])}",
            f"{dense['params']:,} → {last['params']:,}",
        ),
        (
            f"R² on test rows, mean of n = {n}",
            f"{last['r2']['mean']:.4f}",
            f"{formats.signed(r2)} to dense {dense['r2']['mean']:.4f}",
        ),
        (
            "File",
            formats.size(last["file_bytes"]),
            f"{formats.percent(last['file_bytes'] / dense['file_bytes'])} of "
            f"{formats.size(dense['file_bytes'])}",
        ),
    ]
    for column, (label, value, delta) in zip(st.columns(3), figures, strict=True):
        column.metric(label, value, delta, delta_color="off", delta_arrow="off", border=True)


def tradeoff_chart(result: dict[str, Any]) -> None:
    """R2 against parameters, with what the figures rest on."""
    data, n = result["data"], len(result["seeds"])
    st.plotly_chart(
        tradeoff(result["stages"], mean_ceiling(result), is_dark()),
        config=CONFIG,
        key="tradeoff",
        alt="R2 on the test rows against parameters for each stage; the numbers are in the table",
    )
    kind = " (simulated data)" if data["simulated"] else ""
    spread = f"mean and 95 % interval over n = {n} seeds" if n > 1 else "n = 1, no interval"
    st.caption(
        f"{formats.plain(data['source'])}{kind}, {data['rows']['test']:,} test rows; {spread}. "
        "R² is the mean over the targets."
    )


def mean_ceiling(result: dict[str, Any]) -> float | None:
    """The best overall R2 that the noise of the data allows, where it is known."""
    ceiling = result["ceiling"]
    return sum(ceiling.values()) / len(ceiling) if ceiling else None


def result_table(result: dict[str, Any]) -> None:
    """A row a stage of a finished run, R2 on the test rows with its 95 % interval."""
    rows = [
        {
            "Stage": stage_name(row["stage"]),
            "Hidden widths": formats.widths(row["hidden"]),
            "Parameters": row["params"],
            "Reduction": formats.percent(row["param_reduction"]) if row["stage"] else "",
            "File bytes": row["file_bytes"],
            "R²": formats.estimate(row["r2"]),
            **{
                f"R² {formats.plain(target)}": formats.estimate(scores["r2"])
                for target, scores in row["per_output"].items()
            },
            "n": row["r2"]["n"],
        }
        for row in result["stages"]
    ]
    table(rows, alt="Widths, size and R2 of every stage")
    n = rows[0]["n"]
    interval = "Brackets: 95 % t interval over the seeds." if n > 1 else "One seed: no interval."
    ceiling = result["ceiling"] or {}
    best = ", ".join(f"{formats.plain(name)} {value:.4f}" for name, value in ceiling.items())
    reach = f" The noise in the data allows at best {best}." if best else ""
    st.caption(f"R² on the test rows, in the targets' own units. {interval}{reach}")
