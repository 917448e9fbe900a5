"""The verdict of a finished run in words."""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from dashboard.parts.markdown import sentence
from spinn_engine.vocabulary import RIVALS

Colour = Literal["gray", "blue", "orange", "green", "red"]

OUTCOMES: dict[str, tuple[str, Colour, str]] = {
    "non_inferior": ("no worse", "green", ":material/check_circle:"),
    "inferior": ("worse", "red", ":material/cancel:"),
    "inconclusive": ("open", "orange", ":material/help:"),
    "better": ("better", "green", ":material/check_circle:"),
    "worse": ("worse", "red", ":material/cancel:"),
    "no_difference_seen": ("no difference seen", "gray", ":material/drag_handle:"),
    "unknown": ("too few repetitions", "gray", ":material/help:"),
}
PARTS = {
    "cost_of_pruning": "What pruning cost",
    "extra_epochs": "The extra epochs",
    **{arm.verdict_part: f"Against {arm.opponent}" for arm in RIVALS.values()},
}


def show_verdict(result: dict[str, Any]) -> None:
    """Every question that the controls answer: the question, the outcome, the sentence."""
    parts = answered(result["verdict"])
    with st.container(border=True, key="verdict"):
        st.header("Verdict", anchor=False)
        if not parts:
            st.markdown(
                "No control was run beside the pruned network, so what pruning itself cost cannot "
                "be told: choose some under **Comparison** when you plan a run."
            )
        for name, part in parts.items():
            show_part(PARTS[name], part)


def answered(verdict: dict[str, Any]) -> dict[str, Any]:
    """The parts of a verdict that its run can tell, by name."""
    return {name: verdict[name] for name in PARTS if verdict.get(name) is not None}


def show_part(question: str, part: dict[str, Any]) -> None:
    """One question, with a badge where there is an outcome."""
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{question}**", width="content")
            if "outcome" in part:
                words, colour, icon = OUTCOMES[part["outcome"]]
                st.badge(words, icon=icon, color=colour)
        st.markdown(sentence(part["sentence"]))
