"""The picture of R2 against size or speed on Compare; selecting its points chooses runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.compare import choice
from dashboard.compare.pareto_chart import (
    BOX,
    COLOURS,
    PICK,
    SHAPES,
    Axis,
    Point,
    pareto_picture,
    pareto_step,
    runs_inside,
)
from dashboard.compare.rows import as_text, by_data, varied_fields
from dashboard.compare.table import View
from dashboard.parts import elements
from dashboard.parts.forms.address import KEPT_IN_ADDRESS
from dashboard.parts.markdown import plain
from dashboard.reads.run_facts import RunRow
from spinn_engine.words import count, counted, estimate, latency, size


@dataclass(frozen=True)
class Measure:
    """A size or a time of a network, which the picture can show.

    Attributes:
        axis: of the picture.
        scale: how much of the axis' unit one of what is measured is.
        value: of a run at a batch; None where that was not measured.
        text: of a value.
    """

    axis: Axis
    scale: float
    value: Callable[[RunRow, str], float | None]
    text: Callable[[Any], str]


MEASURES = {
    "parameters": Measure(Axis("parameters", "count"), 1, lambda row, _: row.params, count),
    "file": Measure(Axis("file", "bytes"), 1, lambda row, _: row.file_bytes, size),
    "MACs": Measure(Axis("MACs of one row", "count"), 1, lambda row, _: row.macs, count),
    "latency": Measure(
        Axis("latency", "ms"), 0.001, lambda row, batch: row.latency_us.get(batch), latency
    ),
}
TAGS, NOTHING = "tags", "nothing"
SHOWN, CHOSEN = "all shown", "chosen"
MOST_DATA = 4  # pictures, one each
FIRST_COLOURS = ("prune.criterion", "prune.schedule", "prune.reconstruction")


@dataclass(frozen=True)
class PictureOptions:
    """How all pictures of the page are drawn.

    Attributes:
        across: what the x axis is, of ``MEASURES``.
        field: what colour and shape tell.
        kinds: every value of that among all finished runs, so that each keeps its colour.
        chosen: the runs with a ring.
        view: the baseline and the batch.
    """

    across: str
    field: str
    kinds: tuple[str, ...]
    chosen: frozenset[str]
    view: View


def show_picture(
    every: Sequence[RunRow], shown: Sequence[RunRow], chosen: Sequence[RunRow], view: View
) -> None:
    """A picture for each set of data, as R2 on other rows cannot be compared.

    Args:
        every: all finished runs.
        shown: those that fit the filters.
        chosen: those that are chosen, shown or not.
        view: the baseline and the batch.
    """
    st.header("Smaller, faster, and as good", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="picture"):
        across = st.segmented_control(
            "Across",
            list(MEASURES),
            default="parameters",
            required=True,
            key="across",
            **KEPT_IN_ADDRESS,
        )
        draw = SHOWN
        if chosen:
            draw = st.segmented_control(
                "Draw", (SHOWN, CHOSEN), default=SHOWN, required=True, key="draw", **KEPT_IN_ADDRESS
            )
        rows = list(chosen if draw == CHOSEN else shown)
        field = colour_form(every)
    groups = by_data(rows)
    if len(groups) > 1:
        st.info(
            f"These runs learned {counted(len(groups), 'set')} of data (rows, targets or split "
            "differ). R² on other rows cannot be compared, so each has a picture of its own.",
            icon=":material/compare_arrows:",
        )
    kinds = tuple(sorted({kind_of(row, field) for row in every}))
    ringed = frozenset(row.run_id for row in chosen)
    for group in groups[:MOST_DATA]:
        show_group(group, PictureOptions(str(across), field, kinds, ringed, view))
    if len(groups) > MOST_DATA:
        st.caption(f"{len(groups) - MOST_DATA} more: filter by data to see them.")


def colour_form(rows: Sequence[RunRow]) -> str:
    """What colour and shape tell: a field in which the runs differ, or their tags."""
    most = len(COLOURS) * len(SHAPES)
    fields = varied_fields(rows, most)
    options = [NOTHING, *([TAGS] if any(row.tags for row in rows) else []), *fields]
    first = next((name for name in (*FIRST_COLOURS, *fields) if name in fields), NOTHING)
    found = st.selectbox(
        "Colour and shape",
        options,
        options.index(first),
        key="colour",
        width=260,
        **KEPT_IN_ADDRESS,
    )
    return found if found in options else first


def kind_of(row: RunRow, field: str) -> str:
    """What the colour tells of a run, as text."""
    if field == NOTHING:
        return ""
    if field == TAGS:
        return ", ".join(sorted(row.tags, key=str.casefold)) or "no tag"
    return as_text(row.fields.get(field))


def show_group(rows: Sequence[RunRow], how: PictureOptions) -> None:
    """The runs of one data; selecting points chooses them."""
    view = how.view
    measure = MEASURES[how.across]
    placed = [(row, found) for row in rows if (found := measure.value(row, view.batch)) is not None]
    if not placed:
        return
    points = [
        Point(
            row.run_id,
            measure.scale * found,
            row.r2,
            measure.text(found),
            estimate(row.r2, row.decimals),
            kind_of(row, how.field),
            row.run_id in how.chosen,
        )
        for row, found in placed
    ]
    axis = measure.axis
    if how.across == "latency":
        axis = Axis(f"latency at a batch of {int(view.batch):,}", axis.unit)
    data = rows[0].scored.data_sha256[:12]
    spec, tables = pareto_picture(
        points,
        shared_references(rows),
        axis,
        how.kinds,
        view.baseline.run_id if view.baseline else None,
        elements.is_dark(),
    )
    st.vega_lite_chart(
        {**spec, "datasets": tables},
        key=f"pareto_{data}",
        on_select=lambda: choose_selected(f"pareto_{data}", points),
        selection_mode=(PICK, BOX),
        alt=f"R2 of the runs on the test rows against {axis.name}; in numbers below",
    )
    mixed = how.across == "latency" and len({row.machine for row in rows}) > 1
    warning = " Latencies of several machines or devices: do not rank runs by them." * mixed
    st.caption(group_notes(rows, points) + warning)
    step = {point.run_id for point in pareto_step(points)}
    elements.folded_table(
        "The picture in numbers",
        [number_row(point, axis.name, point.run_id in step) for point in points],
        alt=f"R2 and {axis.name} of each run in the picture",
        key=f"numbers_{data}",
    )


def number_row(point: Point, measured: str, on_step: bool) -> dict[str, Any]:
    """A marker in numbers."""
    return {
        "Run": point.run_id,
        "Kind": point.kind,
        measured: point.size,
        "R²": point.told,
        "n": point.r2["n"],
        "None smaller and better": "yes" if on_step else "",
    }


def shared_references(rows: Sequence[RunRow]) -> dict[str, dict[str, Any]]:
    """The dense networks that all runs have in common: equal in every repetition."""
    first = rows[0].references
    return {
        arm: r2
        for arm, r2 in first.items()
        if all(row.references.get(arm, {}).get("per_seed") == r2["per_seed"] for row in rows)
    }


def group_notes(rows: Sequence[RunRow], points: Sequence[Point]) -> str:
    """What the picture rests on."""
    repetitions = sorted({row.r2["n"] for row in rows})
    n = str(repetitions[0]) if len(repetitions) == 1 else f"{repetitions[0]} to {repetitions[-1]}"
    spread = f"n = {n}, bars: 95 % interval" if repetitions[-1] > 1 else "n = 1, no interval"
    bands = "" if shared_references(rows) else " No dense network is common to all of them."
    return (
        f"{plain(rows[0].source)}, data {rows[0].scored.data_sha256[:12]}: "
        f"{counted(len(points), 'run')}, {spread}. Runs of equal size stand side by side, the best "
        "in the middle; no other run is smaller and better than those on the dotted step. Click "
        "a point to choose its run, or draw a box around several."
        f"{bands}"
    )


def choose_selected(key: str, points: Sequence[Point]) -> None:
    """Choose the run that was clicked, or those in the box that was drawn.

    Every click puts a run into the selection or takes it out: both are clicks on it, for it may
    have been unchosen elsewhere. A box that is given up changes nothing.
    """
    selection = st.session_state[key]["selection"]
    clicked = frozenset(str(found["run_id"]) for found in selection.get(PICK) or [])
    box = selection.get(BOX) or {}
    clicked_before, box_before = st.session_state.get(f"{key}_before", (frozenset(), {}))
    st.session_state[f"{key}_before"] = clicked, box
    found = clicked ^ clicked_before
    if len(found) > 1:  # the picture began anew, with nothing selected
        found = frozenset()
    if box != box_before:
        found |= frozenset(runs_inside(points, box))
    if chosen := [point.run_id for point in points if point.run_id in found]:
        choice.choose_more(chosen)
