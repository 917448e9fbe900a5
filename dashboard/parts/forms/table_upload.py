"""A table that a visitor uploads: kept by the engine, and its place put into the path field."""

from __future__ import annotations

import streamlit as st

from dashboard.parts.formats import plain
from spinn_engine import api
from spinn_engine.errors import SpinnError

FILE_KINDS = ["csv", "tsv", "txt", "parquet", "xlsx"]
REFUSED = "table_refused"


def upload_form() -> None:
    """The place to drop a file, and why the last one was not taken."""
    st.file_uploader(
        "Upload a table",
        FILE_KINDS,
        key="table_file",
        on_change=take_upload,
        help="It is read before it is kept, in the folder uploads of the store on this machine.",
    )
    if refused := st.session_state.get(REFUSED):
        st.error(plain(refused), icon=":material/error:")


def take_upload() -> None:
    """Keep what was uploaded, and put its place into the form; or say why not."""
    st.session_state.pop(REFUSED, None)
    uploaded = st.session_state["table_file"]
    if uploaded is None:
        return
    try:
        path = api.keep_table(uploaded.name, uploaded.getvalue())
    except SpinnError as error:
        st.session_state[REFUSED] = str(error)
    else:
        st.session_state["path"] = str(path)
