"""A run as seven slides (``?present=1&step=3``), and all of them on paper (``step=all``)."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.parts import elements
from dashboard.parts.markdown import plain
from dashboard.parts.presentation.slides import SLIDES, Draw
from dashboard.reads import run_files
from spinn_engine import api
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.words import NO_BREAK

FOLDER = Path(__file__).parent
LAST_SLIDE = len(SLIDES)
HANDOUT = "all"
KEYS = {
    "Left": -1,
    "PageUp": -1,
    "Right": 1,
    "Space": 1,
    "PageDown": 1,
    "Home": -LAST_SLIDE,
    "End": LAST_SLIDE,
}


def is_requested() -> bool:
    """Whether the address asks for a presentation."""
    return st.query_params.get("present") == "1"


def show_entry_links(run_id: str) -> None:
    """Links to the presentation and the hand-out of a finished run."""
    show_links({"Present": slide_address(run_id), "Hand-out": slide_address(run_id, HANDOUT)})


def slide_address(run_id: str, slide: str = "1") -> str:
    """Where a slide is, seen from any page of the dashboard."""
    return f"run?{urlencode({'run': run_id, 'present': '1', 'step': slide})}"


def run_address(run_id: str) -> str:
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
    """The slide of the address; a run that cannot be shown gets one sentence and the way back."""
    st.html(FOLDER / "present.css")
    try:
        result = requested_result(st.query_params.get("run"))
    except SpinnError as error:
        st.title("Nothing to present", anchor=False)
        elements.show_error(error)
        show_links({"Back to the runs": "run"})
        return
    if st.query_params.get("step") == HANDOUT:
        show_handout(result)
    else:
        show_slide(result, slide_number(st.query_params.get("step")))


def requested_result(run_id: str | None) -> dict[str, Any]:
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


def slide_number(text: str | None) -> int:
    """The number of a slide, from 1, whatever the address says."""
    try:
        return min(max(int(text or 1), 1), LAST_SLIDE)
    except ValueError:
        return 1


def show_slide(result: dict[str, Any], number: int) -> None:
    """One slide, and the ways to the others."""
    title, draw = SLIDES[number - 1]
    st.title(plain(title(result)), anchor=False)
    draw_slide(draw, result, elements.is_dark())
    with st.container(key="present_keys"):
        for key, far in KEYS.items():
            st.button(key, shortcut=key, key=f"key_{key}", on_click=move, args=(far,))
        st.button("Esc", shortcut="Esc", key="key_Esc", on_click=leave)
    show_slide_links(result["run_id"], number)


def draw_slide(draw: Draw, result: dict[str, Any], dark: bool) -> None:
    """A slide, or what is wrong with the files that it needs."""
    try:
        draw(result, dark)
    except SpinnError as error:
        elements.show_error(error)


def move(far: int) -> None:
    """Go so many slides on, no further than the first and the last."""
    here = slide_number(st.query_params.get("step"))
    st.query_params["step"] = str(slide_number(str(here + far)))


def leave() -> None:
    """Back to the page of the run."""
    asked_for = st.query_params.to_dict()
    st.query_params.from_dict({"run": asked_for["run"]} if "run" in asked_for else {})


def show_slide_links(run_id: str, number: int) -> None:
    """The number of the slide, and links that are seen where the pointer or the focus is."""
    near = {
        label: slide_address(run_id, str(other))
        for label, other in (("Previous", number - 1), ("Next", number + 1))
        if 1 <= other <= LAST_SLIDE
    }
    with st.container(key="ways"):
        st.markdown(f"{number} / {LAST_SLIDE}".replace(" ", NO_BREAK), width="content")
        show_links(
            {**near, "Hand-out": slide_address(run_id, HANDOUT), "Leave": run_address(run_id)}
        )


def show_handout(result: dict[str, Any]) -> None:
    """All slides below each other, light whatever the theme is, one on a printed page."""
    st.html(FOLDER / "handout.css")
    run_id = result["run_id"]
    with st.container(key="ways"):
        st.markdown("To print it: Ctrl + P.", width="content")
        show_links({"Present": slide_address(run_id), "Leave": run_address(run_id)})
    st.title(f"Structured pruning, run {plain(run_id)}", anchor=False)
    for number, (title, draw) in enumerate(SLIDES, start=1):
        with st.container(key=f"sheet_{number}"):
            st.header(f"{number}. {plain(title(result))}", anchor=False)
            draw_slide(draw, result, False)
