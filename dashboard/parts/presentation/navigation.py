"""A run as seven pictures (``?present=1``), and all of them on paper (``step=all``)."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.parts import elements
from dashboard.parts.formats import NO_BREAK, plain
from dashboard.parts.presentation.slides import STEPS, Draw
from dashboard.reads import run_files
from spinn_engine import api
from spinn_engine.errors import BadInputError, SpinnError

HERE = Path(__file__).parent
LAST = len(STEPS)
ALL = "all"
KEYS = {"Left": -1, "PageUp": -1, "Right": 1, "Space": 1, "PageDown": 1, "Home": -LAST, "End": LAST}


def asked() -> bool:
    """Whether the address asks for a presentation."""
    return st.query_params.get("present") == "1"


def way_in(run_id: str) -> None:
    """Links to the presentation and the hand-out of a finished run."""
    show_links({"Present": address(run_id), "Hand-out": address(run_id, ALL)})


def address(run_id: str, step: str = "1") -> str:
    """Where a step is, seen from any page of the dashboard."""
    return f"run?{urlencode({'run': run_id, 'present': '1', 'step': step})}"


def leave_address(run_id: str) -> str:
    """Where the page of the run is."""
    return f"run?{urlencode({'run': run_id})}"


def show_links(links: dict[str, str]) -> None:
    """Plain links, which load the page anew.

    A link of Streamlit's to the page that it stands on leaves the address as it was.
    """
    look = "color: inherit; margin-right: 1rem"
    anchors = (
        f'<a href="{escape(where)}" target="_self" style="{look}">{escape(label)}</a>'
        for label, where in links.items()
    )
    st.html(f'<nav aria-label="Presentation" class="ways">{" ".join(anchors)}</nav>')


def show() -> None:
    """The step of the address; a run that cannot be shown gets one sentence and the way back."""
    st.html(HERE / "present.css")
    try:
        result = presented(st.query_params.get("run"))
    except SpinnError as error:
        st.title("Nothing to present", anchor=False)
        elements.show_error(error)
        show_links({"Back to the runs": "run"})
        return
    if st.query_params.get("step") == ALL:
        show_all(result)
    else:
        show_step(result, step_of(st.query_params.get("step")))


def presented(run_id: str | None) -> dict[str, Any]:
    """The result of the run of the address, or else of the newest finished one or the demo.

    Raises:
        BadInputError: there is no such run, or it is not finished.
        CorruptArtifactError: its result is broken.
    """
    if run_id is None:
        done = [run for run in api.list_runs() if run.is_complete()]
        first = done[0] if done else api.demo_run()
        if first is None:
            raise BadInputError("no run is finished yet, so there is nothing to present")
        run_id = first.run_id
    with suppress(BadInputError):  # there is no such run
        if (result := run_files.result(run_id)) is not None:
            return {**result, "run_id": run_id}  # the folder's name, whatever it was before
    raise BadInputError(
        f"there is no finished run {run_id[:80]!r} here: choose another one, or wait until it has "
        "ended"
    )


def step_of(text: str | None) -> int:
    """A step from 1 on, whatever the address says."""
    try:
        return min(max(int(text or 1), 1), LAST)
    except ValueError:
        return 1


def show_step(result: dict[str, Any], step: int) -> None:
    """One picture, and how to get to the others."""
    title, draw = STEPS[step - 1]
    st.title(plain(title(result)), anchor=False)
    drawn(draw, result, elements.is_dark())
    with st.container(key="present_keys"):
        for key, far in KEYS.items():
            st.button(key, shortcut=key, key=f"key_{key}", on_click=move, args=(far,))
        st.button("Esc", shortcut="Esc", key="key_Esc", on_click=leave)
    show_ways(result["run_id"], step)


def drawn(draw: Draw, result: dict[str, Any], dark: bool) -> None:
    """A step, or what is wrong with the files that it needs."""
    try:
        draw(result, dark)
    except SpinnError as error:
        elements.show_error(error)


def move(far: int) -> None:
    """Go so many steps, no further than the first and the last."""
    st.query_params["step"] = str(step_of(str(step_of(st.query_params.get("step")) + far)))


def leave() -> None:
    """Back to the page of the run."""
    asked_for = st.query_params.to_dict()
    st.query_params.from_dict({"run": asked_for["run"]} if "run" in asked_for else {})


def show_ways(run_id: str, step: int) -> None:
    """Links for those without a keyboard, seen where the pointer or the focus is; and the place."""
    near = {
        label: address(run_id, str(other))
        for label, other in (("Previous", step - 1), ("Next", step + 1))
        if 1 <= other <= LAST
    }
    with st.container(key="ways"):
        st.markdown(f"{step} / {LAST}".replace(" ", NO_BREAK), width="content")
        show_links({**near, "Hand-out": address(run_id, ALL), "Leave": leave_address(run_id)})


def show_all(result: dict[str, Any]) -> None:
    """All steps below each other, light whatever the theme is, one on a printed page."""
    st.html(HERE / "handout.css")
    run_id = result["run_id"]
    with st.container(key="ways"):
        st.markdown("To print it: Ctrl + P.", width="content")
        show_links({"Present": address(run_id), "Leave": leave_address(run_id)})
    st.title(f"Structured pruning, run {plain(run_id)}", anchor=False)
    for number, (title, draw) in enumerate(STEPS, start=1):
        with st.container(key=f"sheet_{number}"):
            st.header(f"{number}. {plain(title(result))}", anchor=False)
            drawn(draw, result, False)
