"""The table of all finished runs on Compare: what is shown, and which of them are chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard.compare import choice
from dashboard.compare.rows import Wanted, unlike_words
from dashboard.compare.sortable import Number, number, sortable
from dashboard.parts.forms.address import KEPT_IN_ADDRESS
from dashboard.parts.markdown import plain
from dashboard.reads.run_facts import RunRow
from spinn_engine import api
from spinn_engine.vocabulary import OUTCOMES
from spinn_engine.words import (
    DASH,
    bounds,
    count,
    counted,
    decimals_for,
    difference_decimals,
    fixed,
    latency,
    latency_difference,
    percent,
    signed,
    signed_range,
    size,
    widths,
)

NO_FILTER: dict[str, Any] = {"filter": "", "data": [], "tags": [], "sweep": None}
ROW_PIXELS, MOST_ROWS_SEEN = 35, 12
column = st.column_config


@dataclass(frozen=True)
class View:
    """The run that others are compared with, and the batch size of all latencies."""

    baseline: RunRow | None
    batch: str


def filters(rows: Sequence[RunRow]) -> list[RunRow]:
    """The widgets that say which runs are shown, and those runs."""
    sweeps = api.sweep_runs()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filters"):
        text = st.text_input(
            "Filter",
            key="filter",
            placeholder="id, tag, note or data",
            width=240,
            **KEPT_IN_ADDRESS,
        )
        sources = st.multiselect(
            "Data", sorted({row.source for row in rows}), key="data", width=220, **KEPT_IN_ADDRESS
        )
        tags = st.multiselect("Tags", known_tags(rows), key="tags", width=220, **KEPT_IN_ADDRESS)
        sweep = st.selectbox(
            "Sweep",
            list(sweeps),
            index=None,
            key="sweep",
            width=240,
            placeholder="any",
            **KEPT_IN_ADDRESS,
        )
    runs = None if sweep is None else frozenset(sweeps.get(sweep, ()))
    wanted = Wanted(text or "", tuple(sources), tuple(tags), runs)
    return [row for row in rows if wanted.fits(row)]


def known_tags(rows: Sequence[RunRow]) -> list[str]:
    """Every tag that any run has, by the alphabet."""
    return sorted({tag for row in rows for tag in row.tags}, key=str.casefold)


def clear_filters() -> None:
    """Show all runs again."""
    st.session_state.update(NO_FILTER)


def view_form(rows: Sequence[RunRow]) -> View:
    """The baseline, and the batch of all latencies on the page."""
    by_id = {row.run_id: row for row in rows}
    batches = sorted({batch for row in rows for batch in row.latency_us}, key=int)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="view"):
        pinned = st.selectbox(
            "Baseline",
            list(by_id),
            index=None,
            key=choice.BASELINE,
            placeholder="none: pin a run to see differences",
            width=320,
            **KEPT_IN_ADDRESS,
        )
        batch = st.segmented_control(
            "Latency at a batch of",
            batches,
            default=batches[-1],
            required=True,
            key="at_batch",
            format_func=lambda text: f"{int(text):,}",
            **KEPT_IN_ADDRESS,
        )
    return View(by_id.get(pinned or ""), str(batch))


def show_table(shown: Sequence[RunRow], chosen: Sequence[str], view: View) -> None:
    """A line a run; its boxes choose runs."""
    ids = [row.run_id for row in shown]
    which = hashlib.sha256(",".join(ids).encode()).hexdigest()[:12]
    key = f"runs_{which}_{choice.table_round()}"
    ticked = [at for at, run_id in enumerate(ids) if run_id in chosen]
    st.dataframe(
        sortable([table_row(row, view) for row in shown]),
        key=key,
        height=ROW_PIXELS * (min(len(shown), MOST_ROWS_SEEN) + 1) + 3,
        hide_index=True,
        column_config=columns(view),
        placeholder=DASH,
        on_select=lambda: take_ticks(key, ids),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
        alt="Finished runs: data, size, R2, latency, how each was pruned, tags and note",
    )
    st.caption(table_notes(shown, chosen, view))


def take_ticks(key: str, ids: Sequence[str]) -> None:
    """Choose the ticked runs; chosen ones that a filter hides stay chosen."""
    rows = st.session_state[key]["selection"]["rows"]
    before = st.session_state.get(choice.CHOSEN, [])
    hidden = [run_id for run_id in before if run_id not in ids]
    choice.remember([*hidden, *(ids[row] for row in sorted(rows))])


def table_row(row: RunRow, view: View) -> dict[str, Any]:
    """A run in a line of the table; a grid shows text as it is, so no markup is escaped."""
    return {
        "Run": f"run?run={row.run_id}",
        "Made": datetime.fromisoformat(row.created),
        "Data": row.source,
        "Tags": list(row.tags),
        "Note": " ".join(row.note.split()),
        "Parameters": Number(row.params, count(row.params)),
        "Fewer": Number(row.reduction, percent(row.reduction)),
        "R²": Number(row.r2["mean"], fixed(row.r2["mean"], row.decimals)),
        **(differences_to(row, view.baseline, view.batch) if view.baseline else {}),
        "95 % of R²": bounds(row.r2, row.decimals),
        "n": row.r2["n"],
        "To dense, longer": _above_longer(row),
        "Verdict": None if row.outcome is None else OUTCOMES[row.outcome].label,
        "File": Number(row.file_bytes, size(row.file_bytes)),
        "Latency": number(row.latency_us.get(view.batch), latency),
        "Speed-up": _speed_up(row, view.batch),
        "Hidden widths": widths(row.hidden),
        "Seeds × folds": f"{len(row.scored.seeds)} × {row.scored.folds}",
        "Criterion": row.fields["prune.criterion"],
        "Schedule": row.fields["prune.schedule"],
        "Reconstruction": row.fields["prune.reconstruction"].replace("_", " "),
    }


def differences_to(row: RunRow, baseline: RunRow, batch: str) -> dict[str, Any]:
    """A run's differences to the baseline; of R2 with an interval where seeds make pairs."""
    if row.run_id == baseline.run_id:
        return dict.fromkeys(("R² − baseline", "Parameters − baseline", "Latency − baseline")) | {
            "95 % of the difference": "baseline"
        }
    found = api.r2_difference(row.scored, baseline.scored)
    mine, other = row.latency_us.get(batch), baseline.latency_us.get(batch)
    slower = None
    if row.machine == baseline.machine and mine is not None and other is not None:
        slower = mine - other
    more = row.params - baseline.params
    return {
        "R² − baseline": Number(found.mean, signed(found.mean, _decimals(found))),
        "95 % of the difference": interval_words(found),
        "Parameters − baseline": Number(more, signed(more, 0)),
        "Latency − baseline": number(slower, latency_difference),
    }


def interval_words(found: api.Difference) -> str:
    """The interval of a paired difference with its pairs, or why there is none."""
    if found.unlike:
        return unlike_words(found.unlike)
    if found.low is None or found.high is None:
        return "one pair, no interval"
    ends = {"low": found.low, "high": found.high}
    return f"{found.pairs} pairs: {signed_range(ends, _decimals(found))}"


def _decimals(found: api.Difference) -> int:
    """As many as show two digits of the mean and of the ends."""
    seen = [found.mean, found.low or 0.0, found.high or 0.0]
    return decimals_for([max(map(abs, seen))])


def _above_longer(row: RunRow) -> Number | None:
    """R2 above the dense network trained just as long, as the verdict has it."""
    if row.to_longer is None:
        return None
    mean = row.to_longer["mean"]
    return Number(mean, signed(mean, difference_decimals(row.to_longer)))


def _speed_up(row: RunRow, batch: str) -> Number | None:
    """The speed-up at a batch size as it is told, None where that was not timed."""
    return Number(*row.speed_up[batch]) if batch in row.speed_up else None


def columns(view: View) -> dict[str, Any]:
    """How each column is shown, but for the texts of its numbers."""
    at = f"median at a batch of {int(view.batch):,}"
    return {
        "Run": column.LinkColumn(display_text=r"run=(.+)$", pinned=True, help="Opens the run"),
        "Made": column.DatetimeColumn(format="YYYY-MM-DD HH:mm", help="UTC"),
        "Tags": column.ListColumn(),
        "Note": column.TextColumn(width="medium"),
        "Parameters": column.NumberColumn(),
        "Fewer": column.NumberColumn(help="Than the dense network has"),
        "R²": column.NumberColumn(),
        "R² − baseline": column.NumberColumn(),
        "95 % of the difference": column.TextColumn(width=250),
        "Parameters − baseline": column.NumberColumn(),
        "Latency − baseline": column.NumberColumn(help=at),
        "To dense, longer": column.NumberColumn(
            help="R² above the dense network trained just as long, paired by seed"
        ),
        "File": column.NumberColumn(),
        "Latency": column.NumberColumn(help=at),
        "Speed-up": column.NumberColumn(help=f"Against dense, {at}"),
    }


def table_notes(shown: Sequence[RunRow], chosen: Sequence[str], view: View) -> str:
    """What the numbers are, and how many runs are chosen."""
    ids = {row.run_id for row in shown}
    hidden = sum(run_id not in ids for run_id in chosen)
    many = (
        f"{counted(len(shown), 'run')}. Tick some: what differs between them, their arms and their "
        "verdicts are shown below."
    )
    if chosen:
        unseen = f", {hidden:,} of them hidden by the filter" if hidden else ""
        many = f"{counted(len(chosen), 'run')} chosen{unseen}."
    parts = [
        many,
        "R²: mean over the targets on the test rows, with its 95 % interval over n repetitions.",
    ]
    if len({row.machine for row in shown}) > 1:
        parts.append("Latencies come from several machines or devices: do not rank runs by them.")
    if view.baseline is not None:
        parts.append(
            f"Differences are to {plain(view.baseline.run_id)}; those of R² have an interval where "
            "data, seeds and folds are equal (paired by seed), those of latency stand where both "
            "were measured on the same device and threads."
        )
    return " ".join(parts)
