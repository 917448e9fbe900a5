"""Overview: what this is, what the best finished run came to, and the way to the next one."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard.overview.tour import show_tour
from dashboard.parts import elements, finished_run
from dashboard.parts.markdown import sentence
from dashboard.parts.run_choice import show_demo
from dashboard.reads import finished_runs, run_files
from dashboard.reads.run_facts import RunRow
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.vocabulary import OUTCOMES

BEST, NEWEST, DEMO = "Best finished run", "Newest finished run", "The demo run"
WHY = {
    BEST: "Of all finished runs whose verdict is that pruning cost no more than the margin, the "
    "one with the fewest parameters left, as a share of its dense network.",
    NEWEST: "No finished run has the verdict yet that pruning cost no more than the margin, so "
    "this is the newest one.",
    DEMO: "No run of yours has finished yet. Yours will stand here.",
}


def best(rows: Sequence[RunRow]) -> tuple[str, str]:
    """What the run to show is among the others, and its id.

    Args:
        rows: finished runs, the newest first; not empty.
    """
    good = [row for row in rows if row.outcome and OUTCOMES[row.outcome].acceptable]
    if not good:
        return NEWEST, rows[0].run_id
    return BEST, max(good, key=lambda row: row.reduction).run_id


def show_result(title: str, run_id: str, result: dict[str, Any] | None) -> None:
    """Its figures against the dense network, and the picture behind them."""
    if result is None:  # deleted since it was listed
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(title, width="content", anchor=False, help=WHY[title])
        st.page_link(
            "run/page.py",
            label=run_id,
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"run": run_id},
        )
    finished_run.key_figures(result)
    st.markdown(f"**{sentence(api.headline(result))}**")
    finished_run.show_errors(result)
    finished_run.tradeoff_chart(result)
    draw = partial(finished_run.result_table, result)
    elements.folded("The stages in numbers", ":material/table:", "stage_numbers", draw)


def show_nothing_yet() -> None:
    """Where no run has finished: what is under way, and the demo."""
    if api.list_runs():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("No run has finished yet; what it gave will stand here.")
            st.page_link("jobs/page.py", label="See the runs", icon=":material/list:")
    demo = api.demo_run()
    if demo is None:
        st.markdown("No finished run yet. Plan one: the defaults take about three minutes.")
        return
    show_demo(demo)
    show_result(DEMO, demo.run_id, demo.result())


st.title("Smaller networks, and what they cost", anchor=False)
st.markdown(
    "Structured pruning removes whole neurons from a trained network, stage by stage, and trains "
    "what is left.  \nHere you plan it, watch it, see which neurons went, and take the smaller "
    "network with you."
)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    if st.button("New run", type="primary", icon=":material/add:", key="new_run", shortcut="N"):
        st.switch_page("plan/page.py")
    if st.button("Explore the demo", icon=":material/school:", key="explore_demo", shortcut="D"):
        st.switch_page("run/page.py", query_params={"run": "demo"})
show_tour()
try:
    rows, _ = finished_runs.finished_rows()
    if rows:
        title, run_id = best(rows)
        show_result(title, run_id, run_files.result(run_id))
    else:
        show_nothing_yet()
except SpinnError as error:
    elements.show_error(error)
