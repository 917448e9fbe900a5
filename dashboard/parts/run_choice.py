"""Which run a page is about: that of the address, the newest, or the demo where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.words import counted, duration


def choose_run(finished: bool = False) -> api.RunFolder:
    """The run of the address, or the newest, or the demo; the page ends here without any.

    Args:
        finished: only runs that have ended well.
    """
    folders = [folder for folder in api.list_runs() if not finished or folder.is_complete()]
    runs = [folder.run_id for folder in folders]
    wanted, demo = st.query_params.get("run"), api.demo_run()
    if demo is not None and (not runs or wanted == demo.run_id) and demo.run_id not in runs:
        runs.append(demo.run_id)
    if wanted is not None and wanted not in runs:
        kind = "finished run" if finished else "run"
        st.warning(f"There is no {kind} {plain(wanted[:80])} here: choose another one.")
    if not runs:
        kind = "finished run" if finished else "run"
        with st.container(border=True):
            st.markdown(f"There is no {kind} yet. Plan one; it takes about three minutes.")
            plan_link()
        st.stop()
    folder = api.open_run(select_in_address("Run", runs, runs[0], "run", reset_stage))
    if api.is_demo(folder):
        show_demo(folder)
    return folder


def select_in_address(
    label: str,
    options: Sequence[str],
    first: str,
    key: str,
    on_change: Callable[[], None] | None = None,
) -> str:
    """A list to choose from, whose choice stands in the address even where it is the first option.

    A bound widget leaves its default out; as the list grows, the same link would show another one.

    Args:
        label: what is chosen.
        options: all that there are.
        first: chosen where neither the visitor nor the address says anything else.
        key: of the widget, and its name in the address.
        on_change: what follows another choice.
    """
    state, asked = st.session_state, st.query_params.get(key)
    is_new = state["page_entered"] or asked != state.get(f"{key}_in_address")
    if is_new or state.get(key) not in options:
        state[key] = asked if asked in options else first
    chosen = str(st.selectbox(label, options, key=key, width=420, on_change=on_change))
    if asked != chosen:
        st.query_params[key] = chosen
    state[f"{key}_in_address"] = chosen
    return chosen


def show_demo(folder: api.RunFolder) -> None:
    """Say that this is the demo, what it was made on, and how to plan a run of one's own."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", border=True, key="demo"
    ):
        st.badge("demo", icon=":material/school:", color="blue")
        st.markdown(about_demo(folder), width="stretch")
        plan_link()


def about_demo(folder: api.RunFolder) -> str:
    """Data, seeds, hardware and versions of the demo in a sentence or two."""
    result = folder.result()
    assert result is not None
    machine = result["environment"]
    return (
        f"A small real run that ships with the program: {plain(result['data']['source'])}, "
        f"{counted(len(result['seeds']), 'seed')}. "
        f"It took {duration(sum(result['wall_seconds']))} on "
        f"{counted(machine['threads'], 'CPU thread')} ({plain(machine['device_name'])}, torch "
        f"{plain(machine['torch'])}). It is read-only."
    )


def plan_link() -> None:
    """The way to a run of one's own."""
    st.page_link("plan/page.py", label="Plan a run", icon=":material/tune:")


def reset_stage() -> None:
    """Another run may have fewer stages: look at its first one."""
    if "stage" in st.session_state:
        st.session_state["stage"] = 0
