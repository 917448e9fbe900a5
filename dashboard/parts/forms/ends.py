"""Widgets for what stands fixed before and behind a network that is trained anew."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.parts.forms.address import KEPT_IN_ADDRESS, Values
from spinn_engine.vocabulary import INPUT_SCALES, OUTPUT_FUNCTIONS, by_label, glossary
from spinn_engine.words import names_in


def ends_form(first_values: Values) -> dict[str, Any]:
    """How inputs are scaled, which are periodic, and what outputs can be: fields of a model."""
    with st.expander("Inputs and outputs of the network", icon=":material/vertical_align_center:"):
        scales, functions = by_label(INPUT_SCALES), by_label(OUTPUT_FUNCTIONS)
        scale = st.selectbox(
            "Inputs are scaled by",
            scales,
            list(scales).index(first_values["input_scale"]),
            key="input_scale",
            help=glossary(INPUT_SCALES.values()),
            **KEPT_IN_ADDRESS,
        )
        periodic = _texts(
            "Periodic inputs (optional)",
            "periodic",
            "angle=360",
            "Inputs that come round again, with their periods in their own units: in the place of "
            "each the network takes its sine and its cosine.",
            first_values,
        )
        function = st.selectbox(
            "Function behind the outputs",
            functions,
            list(functions).index(first_values["output_function"]),
            key="output_function",
            help=glossary(OUTPUT_FUNCTIONS.values()),
            **KEPT_IN_ADDRESS,
        )
        row = OUTPUT_FUNCTIONS[functions[function]]
        found: dict[str, Any] = {
            "input_scale": scales[scale],
            "periodic": periodic,
            "output_function": row.name,
        }
        if row.bounded:
            found["output_range"] = _texts(
                "Ranges of the targets",
                "output_range",
                "wear=0:1",
                "The lowest and highest value that each target can have, in its unit.",
                first_values,
            )
        zero_at = _texts(
            "Outputs are zero at (optional)",
            "zero_at",
            "x=0, x=1",
            "Values of inputs, in their own units, where every output is exactly zero.",
            first_values,
        )
    return {**found, "zero_at": zero_at}


def _texts(label: str, key: str, example: str, about: str, first_values: Values) -> tuple[str, ...]:
    text = st.text_input(
        label, first_values[key], key=key, placeholder=example, help=about, **KEPT_IN_ADDRESS
    )
    return names_in(text)
