"""Physics: the weights of the terms on Plan, and on Run how far every arm is from each term."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.parts import elements, finished_run, markup
from dashboard.parts.forms.address import KEPT_IN_ADDRESS, Values
from dashboard.parts.markdown import plain
from spinn_engine.vocabulary import ARMS
from spinn_engine.words import DASH, estimate, fixed, listed, shortest

LABELS = {
    "non_negative": "Never below zero",
    "monotone": "Never falls",
    "wear_law": "Wear law",
    "heat_balance": "Heat balance",
}

MEASURED = (
    "Measured with a tenth of the training lives of milling-sim (n = 5 draws): both laws at 0.01 "
    "raised the test R² of thermal displacement by 0.15 [0.01, 0.28]; they did not help tool wear."
)


def physics_form(
    terms: Sequence[tuple[str, tuple[str, ...]]], first_values: Values
) -> dict[str, Any]:
    """Weights of the terms that the data knows; gives the ``physics`` part of a spec."""
    found: dict[str, Any] = {}
    for name, targets in terms:
        found[name] = st.number_input(
            f"{LABELS[name]}: {plain(listed(targets))}",
            0.0,
            max(1000.0, first_values[f"physics_{name}"]),
            first_values[f"physics_{name}"],
            0.001,
            format="%.4f",
            key=f"physics_{name}",
            help="Weight in the loss, in typical steps of the target squared; 0 leaves it out, and "
            "every arm is judged by it still. 0.001 to 0.01 is a usual start.",
            **KEPT_IN_ADDRESS,
        )
    if any(name in ("wear_law", "heat_balance") for name in found):
        found["fit_coefficients"] = st.toggle(
            "Fit the laws' coefficients",
            first_values["fit_coefficients"],
            key="fit_coefficients",
            help="Learn the factor of each law with the network, within the law's bounds.",
            **KEPT_IN_ADDRESS,
        )
        st.caption(MEASURED)
    return found


def show_physics(result: dict[str, Any]) -> None:
    """How far every arm is from every physics term."""
    terms = result["physics"]
    if not terms:
        return
    with st.expander("Physics: did pruning break it?", icon=":material/balance:", key="physics"):
        elements.table(
            [arm_row(arm, terms) for arm in result["arms"]],
            alt="How far every arm is from each physics term",
        )
        st.caption(
            f"On the {finished_run.tested_rows(result)}; 0 is obeyed, less is better. "
            + " ".join(map(sentence, terms))
        )


def arm_row(arm: dict[str, Any], terms: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """An arm's figures, a dash where no step could be judged."""
    row = {
        markup.ARM: arm["arm"],
        "Arm": ARMS[arm["arm"]].label,
    }
    for term in terms:
        figure = arm["physics"][term["term"]]
        row[LABELS[term["term"]]] = DASH if figure is None else estimate(figure, 3)
    return row


def sentence(term: dict[str, Any]) -> str:
    """What a term's number is, what was measured itself, and what weight it had."""
    parts = [f"**{LABELS[term['term']]}** ({plain(listed(term['targets']))}): {term['meaning']}"]
    if term["law"]:
        parts.append(plain(term["law"]))
    if term["measured"] is not None:
        parts.append(f"the measured targets with their noise give {fixed(term['measured'], 3)}")
    parts.append(f"weight {shortest(term['weight'])}" if term["weight"] else "not in the loss")
    if term["coefficient"]:
        parts.append(f"fitted coefficient {estimate(term['coefficient'], 3)}")
    return "; ".join(parts) + "."
