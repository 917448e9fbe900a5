"""The chosen runs of Compare in detail: open them, what differs, their arms and verdicts."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.compare import choice
from dashboard.compare.remarks import edit_button, show_tags
from dashboard.compare.rows import by_data, differing
from dashboard.compare.table import View
from dashboard.parts import elements, markup
from dashboard.parts.arms import arm_row
from dashboard.parts.markdown import plain
from dashboard.parts.verdict import show_answers
from dashboard.reads import finished_runs
from dashboard.reads.run_facts import RunRow
from spinn_engine.vocabulary import ARMS
from spinn_engine.words import counted, unusable_reason

MOST = 12  # runs side by side
FEW = 3  # of them that need no choice
FIRST_COLUMNS = (markup.ARM, "Arm", "Run", "R²", "n")  # what is looked for is not cut off


def show_chosen(rows: Sequence[RunRow], known_tags: Sequence[str], view: View) -> None:
    """A line a run: open it, what people say of it, and what can be done with it."""
    st.header(f"Chosen: {counted(len(rows), 'run')}", anchor=False)
    for row in rows[:MOST]:
        with st.container(border=True, key=f"chosen_{row.run_id}", gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.page_link(
                    "run/page.py",
                    label=row.run_id,
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    query_params={"run": row.run_id},
                )
                show_tags(row.tags)
                edit_button(row.run_id, known_tags)
                is_pinned = view.baseline is not None and view.baseline.run_id == row.run_id
                st.button(
                    "Baseline" if is_pinned else "Pin as baseline",
                    icon=":material/keep:",
                    key=f"pin_{row.run_id}",
                    type="tertiary",
                    disabled=is_pinned,
                    on_click=choice.pin,
                    args=(row.run_id,),
                )
            if row.note:
                st.text(row.note)
    if len(rows) > MOST:
        st.caption(f"The first {MOST} of {len(rows):,}.")
    st.button(
        "Choose none",
        icon=":material/deselect:",
        key="choose_none",
        on_click=choice.choose_instead,
        args=((),),
    )


def shown_in_detail(chosen: Sequence[RunRow], shown: Sequence[RunRow]) -> Sequence[RunRow]:
    """The runs to hold against each other: those that are chosen, or else all, if they are few."""
    return chosen[:MOST] or (shown if len(shown) <= FEW else ())


def show_differing(rows: Sequence[RunRow], asked: int) -> None:
    """Fields and facts that are not equal in all runs, a column a run.

    Args:
        rows: the runs.
        asked: how many there would have been if all had room.
    """
    st.header("Only what differs", anchor=False)
    if len(rows) < 2:
        st.caption("It takes two runs to differ: choose another one.")
        return
    unlike, equal = differing(rows)
    if unlike:
        elements.table(
            [
                {"Field": name} | {row.run_id: text for row, text in zip(rows, texts, strict=False)}
                for name, texts in unlike.items()
            ],
            alt="Fields of the spec and results in which the runs differ, a column a run",
        )
    first = f" of the first {len(rows)} of {asked:,} runs" if asked > len(rows) else ""
    differ = counted(len(unlike), "field") if unlike else "Nothing"
    st.caption(
        f"{differ}{first} {'differs' if len(unlike) < 2 else 'differ'}; {equal} that are equal "
        "are hidden."
    )


def unbroken(run_id: str) -> str:
    """A run's id that stays in one line of a narrow column."""
    return run_id.replace("-", "\N{NON-BREAKING HYPHEN}")


def show_arms(rows: Sequence[RunRow], view: View) -> None:
    """The arms of every run in one table, and what each run showed, in words."""
    st.header("Against what a reviewer will ask for", anchor=False)
    results = finished_runs.whole_results(rows)
    arms = [(run_id, arm) for run_id, result in results.items() for arm in result["arms"]]
    order = list(ARMS)
    arms.sort(key=lambda found: order.index(found[1]["arm"]))
    elements.table(
        [
            dict.fromkeys(FIRST_COLUMNS, unbroken(run_id))
            | arm_row(results[run_id], arm, view.batch)
            for run_id, arm in arms
            if view.batch in arm["latency_us"]
        ],
        alt="Size, memory, speed and R2 of every arm of every run",
    )
    apart = (
        " They learned other data, so R² is comparable within a run, not between them."
        if len(by_data(rows)) > 1
        else ""
    )
    doubts = "".join(
        f" Run {plain(run_id)}: {plain(reason)}"
        for run_id, result in results.items()
        if (reason := unusable_reason(result, view.batch))
    )
    st.caption(
        f"Latency at a batch of {int(view.batch):,}, the median of rounds in which the arms of one "
        f"run took turns; speed-up (brackets: 95 % interval over the rounds) and MAC ratio against "
        f"that run's dense network. R²: mean over the targets on the test rows, brackets: 95 % "
        f"interval over n.{apart}{doubts}"
    )
    for run_id, result in results.items():
        with st.expander(f"Verdict of {plain(run_id)}", expanded=len(results) < 4):
            show_answers(result["verdict"])
