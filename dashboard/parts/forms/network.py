"""The dense network of a plan: trained anew, or imported from a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts import elements
from dashboard.parts.forms.address import KEPT_IN_ADDRESS, Values
from dashboard.parts.forms.new_network import new_network_form
from dashboard.parts.forms.upload import upload_form
from dashboard.parts.markdown import plain
from dashboard.reads import imported_network
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.spec import Scaling
from spinn_engine.vocabulary import ACTIVATIONS, SCALES
from spinn_engine.vocabulary.networks import NETWORK_FILES, USUAL_PAIRS
from spinn_engine.words import capitalised, counted, fixed, percent, widths

NEW, IMPORTED = "train a new one", "bring a checkpoint"
AS_STORED = "as the file says, or found out"
SCALINGS: dict[str, Scaling] = {
    "find out by R²": "auto",
    "as its file stores it": "stored",
    "inputs and targets standardised": "both",
    "inputs standardised": "inputs",
    "targets standardised": "targets",
    "nothing scaled": "none",
    **{
        f"inputs: {x.label}; targets: {y.label}": f"{x.name}/{y.name}"
        for x in SCALES.values()
        for y in SCALES.values()
        if x.of_inputs and y.of_targets and (x.name, y.name) not in USUAL_PAIRS.values()
    },
}
TAKEN = " ✓ taken"
LOW_R2 = 0.5  # below this something is likely to be mixed up


def network_form(source: str, first_values: Values) -> dict[str, Any]:
    """Which dense network is pruned; gives the ``model`` part of a spec.

    Raises:
        BadInputError: the widths are not whole numbers, or no checkpoint is named.
    """
    choice = st.segmented_control(
        "Dense network",
        (NEW, IMPORTED),
        default=first_values["network"],
        required=True,
        key="network",
        **KEPT_IN_ADDRESS,
    )
    return new_network_form(source, first_values) if choice == NEW else imported_form(first_values)


def imported_form(first_values: Values) -> dict[str, Any]:
    """A checkpoint, uploaded or on the server, and what it may not say itself.

    Raises:
        BadInputError: none is named.
    """
    upload_form(
        "Checkpoint",
        [suffix[1:] for suffix in NETWORK_FILES],
        key="checkpoint",
        keep=_keep_network,
        path_key="dense",
        about="What it computes is read, and no code in it is run. What a file of bare numbers "
        "does not say is found out on the training rows.",
    )
    path = st.text_input(
        "Path of the checkpoint on the server",
        first_values["dense"],
        key="dense",
        placeholder="model.pt",
        help="An uploaded file is put here by itself.",
        on_change=_take_best,
        **KEPT_IN_ADDRESS,
    )
    known = (AS_STORED, *ACTIVATIONS)
    activation = st.selectbox(
        "Its activation",
        known,
        known.index(first_values["dense_activation"]),
        key="dense_activation",
        on_change=_take_best,
        **KEPT_IN_ADDRESS,
    )
    labels = tuple(SCALINGS)
    scaling = st.selectbox(
        "How its rows were scaled",
        labels,
        labels.index(first_values["dense_scaling"]),
        key="dense_scaling",
        help="By the training rows; standardised: less the mean, by the spread. A file of bare "
        "numbers does not say; the R² of the best ways is shown below.",
        on_change=_take_best,
        **KEPT_IN_ADDRESS,
    )
    reading = st.text_input(
        "Its reading",
        first_values["dense_reading"],
        key="dense_reading",
        placeholder="the best",
        help="The name of one of the readings that are shown, to take it all the same.",
        **KEPT_IN_ADDRESS,
    )
    if not (path or "").strip():
        raise BadInputError("network: upload a checkpoint, or give its path")
    found: dict[str, Any] = {"dense": path.strip(), "dense_scaling": SCALINGS[scaling]}
    if name := (reading or "").strip():
        found["dense_reading"] = name
    return found if activation == AS_STORED else {**found, "activation": activation}


def _take_best() -> None:
    """What was said of the reading was said of another file, or of other ways."""
    st.session_state["dense_reading"] = ""


def _keep_network(name: str, content: bytes) -> Path:
    """Keep an uploaded file; the reading of another is none of this one."""
    path = api.keep_upload(name, content)
    _take_best()
    return path


def show_imported(found: imported_network.ImportedNetwork) -> None:
    """What the checkpoint holds, and how good its network is on this data, before anything runs."""
    model, dead = found.model, sum(found.dead)
    gone = f", {counted(dead, 'dead neuron')}" if dead else ""
    st.caption(
        f"{plain(found.format)}, {found.dtype}: {widths(model.hidden)}, {model.activation}; "
        f"{found.params:,} parameters, {percent(found.nonzero / found.params)} of them not zero"
        f"{gone}. {plain(' '.join(found.notes))}"
    )
    elements.table(
        [
            {
                "It is read": capitalised(api.reading_words(name))
                + TAKEN * (name == model.dense_reading),
                **{f"R² {target}": _r2(value) for target, value in r2.items()},
            }
            for name, r2 in found.r2.items()
        ],
        alt="R2 of the imported network on the validation rows, for its best readings",
    )
    st.caption(
        "R² on the validation rows, as the checkpoint is; the reading is chosen by R² on "
        "the training rows."
    )
    others = [name for name in found.r2 if name != model.dense_reading]
    if others:
        with st.container(horizontal=True, gap="small", key="other_readings"):
            for number, name in enumerate(others):
                st.button(
                    f"Take it {plain(api.reading_words(name))}",
                    key=f"take_reading_{number}",
                    on_click=_take,
                    args=(name,),
                )
    if found.mean_r2 is None or found.mean_r2 < LOW_R2:
        st.warning(
            "Its R² is low as it is read: were the columns in another order, or other columns, or "
            "other units when it was trained?"
        )


def show_stored(found: imported_network.StoredFile) -> None:
    """What the file of a checkpoint holds, and what it leaves open, while no data is at hand."""
    activation = found.activation or "activation not stored"
    st.caption(
        f"{plain(found.kind)}, {plain(found.format)}, {found.dtype}: "
        f"{counted(found.inputs, 'input')}, {widths(found.hidden)}, "
        f"{counted(found.outputs, 'output')}, {activation}; {found.params:,} parameters. "
        f"{plain(' '.join(found.notes))}"
    )
    if found.undecided:
        open_points = "\n".join(f"- {plain(words)}" for words in found.undecided)
        st.info(
            "The file does not decide, and training rows of the data it was trained on will:\n\n"
            f"{open_points}",
            icon=":material/help:",
        )


def _take(name: str) -> None:
    st.session_state["dense_reading"] = name


def _r2(value: float | None) -> str:
    return "not finite" if value is None else fixed(value)
