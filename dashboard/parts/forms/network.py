"""The dense network of a plan: trained anew, or imported from a checkpoint."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.parts import elements
from dashboard.parts.forms import widgets
from dashboard.parts.forms.address import KEPT_IN_ADDRESS, Values
from dashboard.parts.forms.upload import upload_form
from dashboard.parts.markdown import plain
from dashboard.reads import imported_network
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.spec import Scaling
from spinn_engine.vocabulary import ACTIVATIONS, NETWORK_FILES
from spinn_engine.words import counted, fixed, percent, widths

NEW, IMPORTED = "train a new one", "bring a checkpoint"
AS_STORED = "as the file says"
SCALINGS: dict[str, Scaling] = {
    "find out by R²": "auto",
    "as its file stores it": "stored",
    "inputs and targets": "both",
    "inputs only": "inputs",
    "targets only": "targets",
    "nothing": "none",
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
    return (
        widgets.network_form(source, first_values) if choice == NEW else imported_form(first_values)
    )


def imported_form(first_values: Values) -> dict[str, Any]:
    """A checkpoint, uploaded or on the server, and what it may not say itself.

    Raises:
        BadInputError: none is named.
    """
    upload_form(
        "Checkpoint",
        [suffix[1:] for suffix in NETWORK_FILES],
        key="checkpoint",
        keep=api.keep_upload,
        path_key="dense",
        about="A network of PyTorch, Keras, scikit-learn (skops), Flax or Equinox, or ONNX. No "
        "code in it is run.",
    )
    path = st.text_input(
        "Path of the checkpoint on the server",
        first_values["dense"],
        key="dense",
        placeholder="model.pt",
        help="An uploaded file is put here by itself.",
        **KEPT_IN_ADDRESS,
    )
    known = (AS_STORED, *ACTIVATIONS)
    activation = st.selectbox(
        "Its activation",
        known,
        known.index(first_values["dense_activation"]),
        key="dense_activation",
        **KEPT_IN_ADDRESS,
    )
    labels = tuple(SCALINGS)
    scaling = st.selectbox(
        "It takes and gives standardised",
        labels,
        labels.index(first_values["dense_scaling"]),
        key="dense_scaling",
        help="By the mean and spread of the training rows. A plain checkpoint does not say; the "
        "R² of every way is shown below.",
        **KEPT_IN_ADDRESS,
    )
    if not (path or "").strip():
        raise BadInputError("network: upload a checkpoint, or give its path")
    found: dict[str, Any] = {"dense": path.strip(), "dense_scaling": SCALINGS[scaling]}
    return found if activation == AS_STORED else {**found, "activation": activation}


def show_imported(found: imported_network.ImportedNetwork) -> None:
    """What the checkpoint holds, and how good its network is on this data, before anything runs."""
    model, dead = found.model, sum(found.dead)
    gone = f", {counted(dead, 'dead neuron')}" if dead else ""
    st.caption(
        f"{plain(found.format)}, {found.dtype}: {widths(model.hidden)}, {model.activation}; "
        f"{found.params:,} parameters, {percent(found.nonzero / found.params)} of them not zero"
        f"{gone}. {plain(' '.join(found.notes))}"
    )
    labels = {scaling: label for label, scaling in SCALINGS.items()}
    elements.table(
        [
            {
                "Standardised": labels[way] + TAKEN * (way == model.dense_scaling),
                **{f"R² {target}": _r2(value) for target, value in r2.items()},
            }
            for way, r2 in found.r2.items()
        ],
        alt="R2 of the imported network on the validation rows, for every way of scaling",
    )
    st.caption("R² on the validation rows, as the checkpoint is.")
    if found.mean_r2 is None or found.mean_r2 < LOW_R2:
        st.warning(
            "Its R² is low however it is scaled: were the columns in another order, or other "
            "columns, or other units when it was trained?"
        )


def _r2(value: float | None) -> str:
    return "not finite" if value is None else fixed(value)
