"""Overview: what this is, what the newest finished run came to, and the way to the next one."""

from typing import Any

import streamlit as st

from dashboard import cache, elements
from dashboard.formats import describe, plain
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec


def newest_result() -> dict[str, Any] | None:
    """The result of the newest finished run that can be read."""
    for folder in api.list_runs():
        try:
            result = cache.result(folder.run_id)
        except SpinnError:
            continue
        if result is not None:
            return result
    return None


def show_result(result: dict[str, Any]) -> None:
    """Three figures against the dense network, and the picture behind them."""
    run_id = result["run_id"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Newest finished run", width="content", anchor=False)
        st.page_link(
            "app_pages/run.py",
            label=run_id,
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"run": run_id},
        )
    elements.headline(result)
    for sentence in result["verdict"]["words"][:1]:
        st.markdown(f"**{plain(sentence).replace('R2', 'R²')}**")
    elements.tradeoff_chart(result)
    with st.expander("The numbers", icon=":material/table:"):
        elements.result_table(result)


def show_nothing_yet() -> None:
    """What to do where there is no finished run, and what the default run would do."""
    with st.container(border=True):
        st.subheader("No finished run yet", anchor=False)
        st.markdown(
            "1. **Plan** a run: the defaults are a good first one, on simulated milling data.\n"
            "2. Press **Start**: a worker trains it in its own process, in about three minutes "
            "on two CPU cores.\n"
            "3. Watch it under **Jobs**, and take the smaller network from **Run**."
        )
        if api.list_runs():
            st.page_link("app_pages/jobs.py", label="See the runs", icon=":material/list:")
    spec = RunSpec()
    data = cache.data_summary(spec.data)
    stages = api.plan(spec.prune, spec.model.hidden, data.inputs, data.outputs)
    st.subheader("What the default run would do", anchor=False)
    st.caption(f"{describe(spec)}.")
    elements.planned_shapes(stages)


st.title("Smaller networks, and what they cost", anchor=False)
st.markdown(
    "Structured pruning removes whole neurons from a trained network, stage by stage, and trains "
    "what is left.  \nHere you plan it, watch it, see which neurons went, and take the smaller "
    "network with you."
)
if st.button("New run", type="primary", icon=":material/add:", key="new_run"):
    st.switch_page("app_pages/plan.py")
try:
    result = newest_result()
    if result is None:
        show_nothing_yet()
    else:
        show_result(result)
except SpinnError as error:
    elements.show_error(error)
