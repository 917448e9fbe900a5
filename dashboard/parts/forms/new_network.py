"""Widgets for a dense network that is trained anew: its kind, widths and activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.parts.forms.address import KEPT_IN_ADDRESS, Values
from dashboard.parts.forms.ends import ends_form
from dashboard.parts.forms.widgets import key_of, parse_widths
from spinn_engine.errors import BadInputError
from spinn_engine.vocabulary import (
    ACTIVATIONS,
    NETWORKS,
    NetworkRow,
    by_label,
    glossary,
    source_of,
)
from spinn_engine.words import names_in, shortest


def new_network_form(source: str, first_values: Values) -> dict[str, Any]:
    """Which network is trained anew; gives the ``model`` part of a spec.

    Widths that are left empty, of data from a file, follow the rows.

    Raises:
        BadInputError: the widths are not whole numbers, or there is no such activation.
    """
    kinds = by_label(NETWORKS)
    kind = st.selectbox(
        "Kind of network",
        kinds,
        list(kinds).index(first_values["kind"]),
        key="kind",
        help=glossary(NETWORKS.values()),
        on_change=_forget_frequency,
        **KEPT_IN_ADDRESS,
    )
    row = NETWORKS[kinds[kind]]
    text = _widths(row, source, first_values)
    found: dict[str, Any] = {"network": row.name}
    if row.activation:
        found["activation"] = _activation(source, first_values)
    for name in row.options:
        found |= OPTIONS[name](row, first_values)
    if text or not _of_file(source):
        found["hidden"] = parse_widths(text)
    return found | ends_form(first_values)


def _forget_frequency() -> None:
    """That of one kind is no frequency of another."""
    st.session_state["frequency"] = None


def _of_file(source: str) -> bool:
    row = source_of(source)
    return row is not None and row.path is not None


def _widths(row: NetworkRow, source: str, first_values: Values) -> str:
    key, of_file = key_of("hidden", source), _of_file(source)
    asked = st.query_params.get("hidden", first_values[key]) if of_file else first_values[key]
    meaning = f"Neurons, separated by commas: {row.widths}."
    text = st.text_input(
        "Hidden widths of the dense network",
        asked,
        key=key,
        placeholder="by the number of rows" if of_file else None,
        help=meaning
        + (" Empty: 64, 64 for fewer than 2,000 training rows, more for more." if of_file else ""),
        **KEPT_IN_ADDRESS,
    )
    if row.widths != NETWORKS["mlp"].widths:
        st.caption(f"Widths: {row.widths}.")
    return (text or "").strip()


def _activation(source: str, first_values: Values) -> str:
    key, known = key_of("activation", source), tuple(ACTIVATIONS)
    asked = st.query_params.get("activation") if _of_file(source) else None
    first = asked if asked in known else first_values[key]
    found = st.selectbox("Activation", known, known.index(first), key=key, **KEPT_IN_ADDRESS)
    return str(found)


def _activations(_: NetworkRow, first_values: Values) -> dict[str, Any]:
    text = st.text_input(
        "One activation a layer (optional)",
        first_values["activations"],
        key="activations",
        placeholder="tanh, tanh, sin",
        help="In place of the one above, as many as there are hidden widths: "
        f"{', '.join(ACTIVATIONS)}.",
        **KEPT_IN_ADDRESS,
    )
    names = names_in(text)
    if unknown := [name for name in names if name not in ACTIVATIONS]:
        raise BadInputError(
            f"one activation a layer: there is no {unknown[0]!r}: give {', '.join(ACTIVATIONS)}"
        )
    return {"activations": names}


def _block_layers(_: NetworkRow, first_values: Values) -> dict[str, Any]:
    count = st.number_input(
        "Dense layers of a block",
        1,
        3,
        first_values["block_layers"],
        key="block_layers",
        help="With more than one a block has widths of its own inside.",
        **KEPT_IN_ADDRESS,
    )
    return {"block_layers": int(count)}


def _norm(_: NetworkRow, first_values: Values) -> dict[str, Any]:
    norm = st.toggle(
        "LayerNorm before every block, and before the outputs",
        first_values["norm"],
        key="norm",
        **KEPT_IN_ADDRESS,
    )
    return {"norm": norm}


def _features(_: NetworkRow, first_values: Values) -> dict[str, Any]:
    count = st.number_input(
        "Fourier features",
        1,
        4096,
        first_values["features"],
        key="features",
        help="Pairs of a cosine and a sine; they are fixed, and no layer prunes them.",
        **KEPT_IN_ADDRESS,
    )
    return {"features": int(count)}


def _frequency(row: NetworkRow, first_values: Values) -> dict[str, Any]:
    value = st.number_input(
        "Frequency",
        1e-6,
        1e6,
        first_values["frequency"],
        0.1,
        format="%g",
        key="frequency",
        placeholder=f"{shortest(row.frequency)}, as is usual for it",
        help="Of Fourier features their spread; of a siren the factor in its sines.",
        **KEPT_IN_ADDRESS,
    )
    return {"frequency": value}


def _trunk(_: NetworkRow, first_values: Values) -> dict[str, Any]:
    count = st.number_input(
        "Inputs of the trunk",
        1,
        4096,
        first_values["trunk"],
        key="trunk",
        help="The last ones, such as place and time; the others go into the branch.",
        **KEPT_IN_ADDRESS,
    )
    return {"trunk": int(count)}


OPTIONS: dict[str, Callable[[NetworkRow, Values], dict[str, Any]]] = {
    "activations": _activations,
    "block_layers": _block_layers,
    "norm": _norm,
    "features": _features,
    "frequency": _frequency,
    "trunk": _trunk,
}
