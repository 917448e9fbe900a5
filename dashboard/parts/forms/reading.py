"""How a table file is read: the form of Data, whose fields Plan keeps without showing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.parts.forms.address import ENTERED, KEPT_IN_ADDRESS, Values, put_into_address
from dashboard.parts.forms.reading_words import (
    AS_FOUND,
    FORM,
    LABELS,
    LINES,
    LISTS,
    SIGNS,
    text_of,
    told,
    value_of,
)
from dashboard.parts.markdown import plain
from spinn_engine.errors import BadInputError
from spinn_engine.spec import DataSpec, ReadingSpec, RunSpec, field_texts
from spinn_engine.words import capitalised, names_in, names_text

EXAMPLES = {
    "missing": "-9999, bad",
    "not_missing": "NA",
    "drop_lines": "4, 240-242",
    "comment": "#",
    "encoding": "cp1252",
    "sheet": "data",
    "time_format": "%d/%m/%Y %H:%M",
}
Taken = tuple[str, str]  # a field, and what is put into it


def first_values_of(reading: ReadingSpec) -> dict[str, Any]:
    """What every widget of the form shows, by its key, which is the field's name."""
    return {field: _shown(field, text_of(field, getattr(reading, field))) for field in LABELS}


def reading_form(first_values: Values) -> dict[str, Any]:
    """A widget for each field; gives the fields of a spec."""
    found = {}
    with st.expander(FORM, icon=":material/edit_note:", key="change_reading"):
        st.caption("What is left open is found in the file.")
        for fields in (tuple(LABELS)[at : at + 2] for at in range(0, len(LABELS), 2)):
            for place, field in zip(st.columns(len(fields), wrap=False), fields, strict=True):
                with place:
                    found[field] = value_of(field, _text(_widget(field, first_values[field])))
    return found


def kept_reading(first_values: Values) -> dict[str, Any]:
    """The fields of a spec as the address has them on arrival, or this visit; both say them now."""
    asked = dict(st.query_params) if st.session_state[ENTERED] else {}
    found = {}
    for field in LABELS:
        usual = _text(first_values[field])
        text = asked.get(field, _text(st.session_state.get(field, usual)))
        st.session_state[field] = _shown(field, text)
        put_into_address(field, text, usual)
        found[field] = value_of(field, text)
    return found


def show_kept(found: Mapping[str, Any]) -> None:
    """In one line how the file is read, where a person said something of it."""
    if words := told(found):
        st.caption(f":material/edit_note: Read with {plain(words)}.")


def take(taken: Sequence[Taken]) -> None:
    """Put something into fields of the form; to a list it is added."""
    for field, text in taken:
        if field in LISTS:
            known = names_in(_text(st.session_state.get(field)))
            text = names_text(dict.fromkeys((*known, *names_in(text))))
        st.session_state[field] = _shown(field, text)


def forget() -> None:
    """Leave everything to the file again: another one is another matter."""
    st.session_state.update(first_values_of(ReadingSpec()))


def asked_in(found: Mapping[str, Any]) -> dict[str, str]:
    """What the address says of how a file is read, where a person said something of it."""
    texts = {field: text_of(field, found[field]) for field in LABELS}
    return {field: text for field, text in texts.items() if text not in ("", AS_FOUND)}


def data_of(found: Mapping[str, Any]) -> DataSpec:
    """The part of a spec that fields say.

    Raises:
        BadInputError: one of them cannot be so; the sentence names its widget.
    """
    try:
        return RunSpec.from_dict({"data": dict(found)}).data
    except BadInputError as error:
        field, _, what = str(error).removeprefix("spec: data.").partition(": ")
        label = LABELS.get(field.partition(".")[0])
        raise BadInputError(f"“{label}”: {what}" if label else str(error)) from None


def _widget(field: str, first: Any) -> str | int | None:
    label, about = LABELS[field], {"key": field, "help": plain(_help(field)), **KEPT_IN_ADDRESS}
    found: str | int | None
    if field in LINES:
        found = st.number_input(label, 0, value=first, placeholder=AS_FOUND, **about)
    elif field in SIGNS:
        labels = list(dict.fromkeys((AS_FOUND, *SIGNS[field], first)))
        other = field == "delimiter"  # which may be any sign
        found = st.selectbox(label, labels, labels.index(first), accept_new_options=other, **about)
    else:
        found = st.text_input(label, first, placeholder=f"such as {EXAMPLES[field]}", **about)
    return found


def _help(field: str) -> str:
    return f"{capitalised(field_texts(ReadingSpec)[field])}."


def _shown(field: str, text: str) -> str | int | None:
    """What a field's widget holds."""
    if field in LINES:
        return int(text) if text.isdecimal() else None
    return text


def _text(held: str | int | None) -> str:
    return "" if held is None else str(held)
