"""Compare: all finished runs in one table, and the chosen ones against each other."""

import streamlit as st

from dashboard.compare import choice
from dashboard.compare.details import show_arms, show_chosen, show_differing, shown_in_detail
from dashboard.compare.pareto import show_picture
from dashboard.compare.table import View, clear_filters, filters, known_tags, show_table, view_form
from dashboard.parts import elements
from dashboard.parts.markdown import plain
from dashboard.parts.run_choice import plan_link
from dashboard.reads import finished_runs
from dashboard.reads.run_facts import RunRow
from spinn_engine.errors import SpinnError
from spinn_engine.words import counted


def show_page() -> None:
    """The finished runs; without any, how to get the first."""
    finished_runs.look_for_changes()
    rows, broken = finished_runs.finished_rows()
    if broken:
        with st.expander(f"{counted(len(broken), 'run')} cannot be read", icon=":material/error:"):
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in broken))
    chosen = choice.chosen_runs({row.run_id for row in rows})
    if rows:
        show_runs(rows, chosen)
        return
    with st.container(border=True):
        st.markdown(
            "There is no finished run yet. Plan one; it takes about three minutes. Compare then "
            "shows its arms side by side, and, with a second run, what differs."
        )
        plan_link()
    demo = finished_runs.demo_row()
    if demo is not None:
        st.header("Until then: the demo run that ships with the program", anchor=False)
        show_arms([demo], View(None, max(demo.latency_us, key=int)))


def show_runs(rows: list[RunRow], names: list[str]) -> None:
    """The table, the picture, and the chosen runs in detail."""
    if len(rows) == 1:
        st.info("This is the only finished run. Clone it with a change to have two to compare.")
        st.page_link(
            "plan/page.py",
            label="Clone with changes",
            icon=":material/content_copy:",
            query_params={"from": rows[0].run_id},
        )
    shown = filters(rows)
    view = view_form(rows)
    chosen = [row for row in rows if row.run_id in names]
    if shown:
        show_table(shown, names, view)
    else:
        st.warning(f"No run fits the filter; there are {len(rows):,} finished runs.")
        st.button("Clear the filter", icon=":material/filter_alt_off:", on_click=clear_filters)
    if not (chosen or shown):
        return
    show_picture(rows, shown or chosen, chosen, view)
    if chosen:
        show_chosen(chosen, known_tags(rows), view)
    if detailed := shown_in_detail(chosen, shown):
        show_differing(detailed, len(chosen or shown))
        show_arms(detailed, view)


st.title("Compare", anchor=False)
try:
    show_page()
except SpinnError as error:
    elements.show_error(error)
