"""What the columns of a table are for, chosen from its own names on the Data page.

Plan has text fields for the same. What was chosen is kept as they have it, under their keys, in
this visit and in the page's address, so that both pages and every link say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.parts.forms.address import Values, set_field
from dashboard.parts.forms.widgets import GROUP_HELP, drop_key, keep_group_form
from spinn_engine.vocabulary import SOURCES
from spinn_engine.words import names_in, names_text

PICKED = "pick_"
LABELS = {
    "targets": "Targets",
    "group": "Group column (optional)",
    "time": "Time column (optional)",
    "drop": "Columns to leave out (optional)",
}
HELP = {
    "targets": "What is predicted; one or more columns of numbers.",
    "group": GROUP_HELP,
    "time": "Orders the rows of a group: what physics terms and checks for clocks need.",
    "drop": "They are no inputs.",
}
SINGLE = ("group", "time")


def field_value(key: str, first_values: Values) -> str:
    """What a field of Plan holds: of the address, else of this visit, else of the beginning."""
    return str(st.query_params.get(key) or st.session_state.get(key) or first_values[key])


def leave_out(kind: str, names: Sequence[str], first_values: Values) -> None:
    """Add columns to those that are left out of a source."""
    key = drop_key(SOURCES[kind])
    known = names_in(field_value(key, first_values))
    set_field(key, names_text(tuple(dict.fromkeys((*known, *names)))))


def role_form(columns: Sequence[dict[str, Any]], first_values: Values) -> dict[str, Any]:
    """Targets, group, whether it is an input too, time and what is left out of a table.

    Args:
        columns: as a preview tells them.
        first_values: what the fields begin with.
    """
    by_header = {column["header"]: column["name"] for column in columns}
    names = [column["name"] for column in columns]
    text = {name: field_value(name, first_values) for name in LABELS}
    listed = {
        name: [by_header.get(one, one) for one in _names(name, text[name])] for name in LABELS
    }
    made = [one for one in listed["drop"] if one.partition("=")[0] in names and one not in names]
    for name in LABELS:
        known = names + made if name == "drop" else names
        listed[name] = [one for one in listed[name] if one in known]
        set_field(name, _text(name, listed[name]))
    choose_several("targets", names, listed["targets"])
    left, right = st.columns(2, wrap=False)
    with left:
        _choose_one("group", names, listed["group"])
    with right:
        _choose_one("time", names, listed["time"])
    single = {name: next(iter(listed[name]), None) for name in SINGLE}
    keep_group = keep_group_form(single["group"], first_values)
    choose_several("drop", [*names, *made], listed["drop"])
    several = {name: tuple(listed[name]) for name in ("targets", "drop")}
    return {**several, **single, "keep_group": keep_group}


def choose_several(key: str, names: Sequence[str], now: Sequence[str]) -> None:
    """A field of Plan that holds several columns, chosen from all of them."""
    _show_value(key, list(now))
    name = key.partition("_")[0]
    st.multiselect(
        LABELS[name], names, key=PICKED + key, help=HELP[name], select_all=False,
        on_change=_take_choice, args=(key,),
    )  # fmt: skip


def _choose_one(key: str, names: Sequence[str], now: Sequence[str]) -> None:
    _show_value(key, next(iter(now), None))
    st.selectbox(
        LABELS[key], names, None, key=PICKED + key, help=HELP[key], placeholder="none",
        on_change=_take_choice, args=(key,),
    )  # fmt: skip


def _show_value(key: str, now: list[str] | str | None) -> None:
    """Set a field to what is chosen, unless it shows that already: it may be in use."""
    if PICKED + key not in st.session_state or st.session_state[PICKED + key] != now:
        st.session_state[PICKED + key] = now


def _take_choice(key: str) -> None:
    picked = st.session_state[PICKED + key]
    set_field(key, names_text(picked) if isinstance(picked, list) else picked or "")


def _names(name: str, text: str) -> tuple[str, ...]:
    return ((text,) if text else ()) if name in SINGLE else names_in(text)


def _text(name: str, names: Sequence[str]) -> str:
    return "".join(names) if name in SINGLE else names_text(names)
