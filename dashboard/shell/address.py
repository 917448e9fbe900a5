"""The address of a visit: what no widget can take is left out before any is drawn."""

from __future__ import annotations

import math

import streamlit as st

# Widgets in which something is always chosen; an empty value would choose nothing all the same.
REQUIRED_CHOICES = frozenset(
    {"across", "at_batch", "batch", "claims", "draw", "network", "ratio_of", "rows", "until"}
)


def forget_unusable() -> None:
    """On arrival, forget infinite numbers, which break number fields, and empty choices."""
    if "page" in st.session_state:
        return
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    usable = {name: values for name, values in asked.items() if is_usable(name, values)}
    if usable != asked:
        st.query_params.from_dict(usable)
        st.rerun()


def is_usable(name: str, values: list[str]) -> bool:
    """Whether a parameter may reach its widget, which takes the last of its values."""
    if name in REQUIRED_CHOICES and not any(values):
        return False
    return not any(is_infinite(text) for text in values)


def is_infinite(text: str) -> bool:
    """Whether a number has no size, as ``1e400``."""
    try:
        return math.isinf(float(text))
    except ValueError:
        return False
