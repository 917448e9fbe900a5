"""A file that a visitor uploads: kept by the engine, and its path put into a field of the form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from dashboard.parts.markdown import plain
from dashboard.parts.widget_names import with_widgets
from spinn_engine.errors import SpinnError


def upload_form(
    label: str,
    suffixes: Sequence[str],
    key: str,
    keep: Callable[[str, bytes], Path],
    path_key: str,
    about: str,
) -> None:
    """The place to drop a file, and why the last one was not taken.

    Args:
        label: of the place.
        suffixes: of the files that are taken, without dots.
        key: of the widget.
        keep: takes name and content of a file, gives its path; a ``SpinnError`` refuses it.
        path_key: of the field that gets the path.
        about: more about the place.
    """
    st.file_uploader(
        label, suffixes, key=key, help=about, on_change=take_upload, args=(key, keep, path_key)
    )
    if refused := st.session_state.get(f"{key}_refused"):
        st.error(plain(with_widgets(refused)), icon=":material/error:")


def take_upload(key: str, keep: Callable[[str, bytes], Path], path_key: str) -> None:
    """Keep what was uploaded, and put its path into the form; or remember why not."""
    st.session_state.pop(f"{key}_refused", None)
    uploaded = st.session_state[key]
    if uploaded is None:
        return
    try:
        st.session_state[path_key] = str(keep(uploaded.name, uploaded.getvalue()))
    except SpinnError as error:
        st.session_state[f"{key}_refused"] = str(error)
