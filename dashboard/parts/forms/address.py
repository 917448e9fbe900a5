"""What forms hold in the page's address and in a visit, so that pages and links say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

KEPT_IN_ADDRESS: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}

Values = Mapping[str, Any]  # what every widget begins with, by its key
ENTERED = "page_entered"  # in a session: whether the visitor was on another page just before


def set_field(key: str, text: str) -> None:
    """Set a field of Plan, for all pages and for the address."""
    st.session_state[key] = text
    put_into_address(key, text)


def put_into_address(key: str, text: str, usual: str = "") -> None:
    """Have the address say what a field holds, where that is not as usual."""
    if text != usual:
        st.query_params[key] = text
    elif key in st.query_params:
        del st.query_params[key]
