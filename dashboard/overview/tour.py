"""The tour on Overview: three steps, each with the page where it happens; put away for a visit."""

from __future__ import annotations

import streamlit as st

CLOSED = "tour_closed"
STEPS = (
    (
        "1. Plan",
        "Two sliders: how many stages, and how much to prune. Widths, sizes and what would be left "
        "are shown while they move.",
        ("plan", "Plan a run", ":material/tune:"),
    ),
    (
        "2. Watch",
        "A worker trains in a process of its own. Close the tab when you like: **Jobs** finds the "
        "run again, with its progress and the time left.",
        ("jobs", "See the jobs", ":material/list:"),
    ),
    (
        "3. Defend",
        "The verdict, the controls a reviewer asks for, intervals over seeds, and a report to take "
        "away.",
        ("report", "Make a report", ":material/description:"),
    ),
)


def show_tour() -> None:
    """The three steps, or the way back to them."""
    if st.session_state.get(CLOSED, False):
        st.button("Show the tour", key="open_tour", type="tertiary", on_click=_set, args=(False,))
        return
    with st.container(border=True, key="tour"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("In three steps", anchor=False, width="stretch")
            st.button(
                "Close the tour", icon=":material/close:", key="close_tour", type="tertiary",
                on_click=_set, args=(True,),
            )  # fmt: skip
        for column, (title, words, (page, label, icon)) in zip(st.columns(3), STEPS, strict=True):
            with column:
                st.markdown(f"**{title}**  \n{words}")
                st.page_link(f"{page}/page.py", label=label, icon=icon)


def _set(closed: bool) -> None:
    st.session_state[CLOSED] = closed
