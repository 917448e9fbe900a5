"""Which run a page is about: that of the address, or the newest."""

from __future__ import annotations

import streamlit as st

from dashboard.formats import plain
from spinn_engine import api


def choose_run(finished: bool = False) -> api.RunFolder:
    """The run of the address, or the newest; the page ends here where there is none.

    Args:
        finished: only runs that have ended well.
    """
    folders = [folder for folder in api.list_runs() if not finished or folder.is_complete()]
    runs = [folder.run_id for folder in folders]
    wanted = st.query_params.get("run")
    if wanted is not None and wanted not in runs:
        kind = "finished run" if finished else "run"
        st.warning(f"There is no {kind} {plain(wanted[:80])} here: choose another one.")
    if not runs:
        with st.container(border=True):
            st.markdown(
                "There is no finished run yet. Plan one; it takes about three minutes."
                if finished
                else "There is no run yet. Plan one; it takes about three minutes."
            )
            st.page_link("app_pages/plan.py", label="Plan a run", icon=":material/tune:")
        st.stop()
    run_id = st.selectbox(
        "Run", runs, key="run", bind="query-params", width=420, on_change=first_stage
    )
    return api.open_run(run_id)


def first_stage() -> None:
    """Another run may have fewer stages: look at its first one."""
    if "stage" in st.session_state:
        st.session_state["stage"] = 0
