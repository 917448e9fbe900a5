"""The verdict of a finished run in words."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.parts.markdown import plain, sentence
from dashboard.parts.widget_names import with_widgets
from spinn_engine import api
from spinn_engine.vocabulary import OUTCOMES, QUESTIONS


def show_verdict(result: dict[str, Any]) -> None:
    """The headline, then every question: the question, the outcome, the sentence."""
    with st.container(border=True, key="verdict"):
        st.header("Verdict", anchor=False)
        st.markdown(f"**{sentence(api.headline(result))}**")
        show_answers(result["verdict"])
        for remark in api.training_remarks(result):
            st.markdown(f":material/info: {sentence(with_widgets(remark))}")


def show_answers(verdict: dict[str, Any]) -> None:
    """Every question that the controls answer, and what pruning cost target by target."""
    parts = api.answered(verdict)
    if not parts:
        st.markdown(
            "No control was run beside the pruned network, so what pruning itself cost cannot be "
            "told: choose some under **Comparison** when you plan a run."
        )
    for name, part in parts.items():
        show_part(QUESTIONS[name].label, part)
        if QUESTIONS[name].answer == "margin":
            st.markdown("\n".join(_target(one) for one in verdict.get("targets", ())))


def show_part(question: str, part: dict[str, Any]) -> None:
    """One question, with a badge where there is an outcome."""
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{question}**", width="content")
            if "outcome" in part:
                row = OUTCOMES[part["outcome"]]
                st.badge(row.label, icon=row.icon, color=row.colour)
        st.markdown(sentence(part["sentence"]))


def _target(cost: dict[str, Any]) -> str:
    """What pruning cost for one target, as an entry of a list."""
    label = OUTCOMES[cost["outcome"]].label
    which = ", the worst target" if cost["worst"] else ""
    return f"- {plain(cost['target'])}{which}: {label}, {sentence(cost['numbers'])}"
