"""How long is trained, and how often: the ``train`` part of a spec, and its seeds."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.parts.forms.address import KEPT_IN_ADDRESS, Values
from dashboard.parts.forms.widgets import key_of
from spinn_engine.vocabulary import source_of

ENDS = {
    "validation": "when validation stops improving",
    "epochs": "after so many epochs",
}
BY_VALIDATION = {
    "max_updates": "Most updates of the dense network",
    "fine_tune_max_updates": "Most updates of fine-tuning a stage",
}
BY_EPOCHS = {
    "epochs": "Epochs of the dense network",
    "fine_tune_epochs": "Fine-tuning epochs a stage",
}
OF_EQUATIONS = {
    "lbfgs_iterations": "L-BFGS iterations after them",
    "fine_tune_lbfgs_iterations": "L-BFGS iterations a stage",
}
MOST = {"max_updates": 10_000_000, "fine_tune_max_updates": 10_000_000}
HELP = (
    "By validation: at full rate until the loss on the validation rows has stopped falling, then "
    "on with a falling rate; every network keeps its best epoch, and every control trains as long "
    "as the pruned network did."
)


def training_form(source: str, first_values: Values) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The ``train`` part of a spec, and its seeds."""
    row = source_of(source)
    equation = row is not None and row.equation
    until = "epochs" if equation else _until(first_values)
    labels = BY_VALIDATION if until == "validation" else BY_EPOCHS
    labels = {**labels, **OF_EQUATIONS} if equation else labels
    found: dict[str, Any] = {"until": until}
    for name, label in labels.items():
        key = key_of(name, source)
        found[name] = st.number_input(
            label,
            1 if name in ("epochs", "max_updates") else 0,
            max(MOST.get(name, 100_000), first_values[key]),
            first_values[key],
            key=key,
            **KEPT_IN_ADDRESS,
        )
    if not equation:
        found["derivatives"] = st.number_input(
            "Weight of derivatives",
            0.0,
            1e6,
            first_values["derivatives"],
            0.1,
            format="%g",
            key="derivatives",
            help="In later stages: of what the outputs change with the inputs, against the dense "
            "network's own. 0 leaves it out.",
            **KEPT_IN_ADDRESS,
        )
    seeds = st.number_input(
        "Seeds",
        1,
        256,
        first_values["seeds"],
        key="seeds",
        help="Independent repetitions, trained together; intervals need at least 2, a "
        "verdict at least 3.",
        **KEPT_IN_ADDRESS,
    )
    return found, tuple(range(int(seeds)))


def _until(first_values: Values) -> str:
    """What ends the training; an address with epochs and no word of it means epochs."""
    names = {label: name for name, label in ENDS.items()}
    by_hand = bool({"epochs", "fine_tune_epochs"} & set(st.query_params.keys()))
    first = ENDS["epochs"] if by_hand else first_values["until"]
    chosen = st.segmented_control(
        "Training ends",
        tuple(names),
        default=first,
        required=True,
        key="until",
        help=HELP,
        **KEPT_IN_ADDRESS,
    )
    return names[str(chosen)]
