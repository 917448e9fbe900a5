"""The findings of the checks of a data source, and a button that does what they advise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.data import roles
from dashboard.data.offers import of_sentence, show_offers
from dashboard.parts.forms import initial
from dashboard.parts.markdown import plain, sentence
from dashboard.parts.widget_names import with_widgets
from spinn_engine.spec import DataSpec
from spinn_engine.vocabulary import CHECKS, source_of
from spinn_engine.words import counted, listed

SIGNS = {
    "error": (":material/error:", "red"),
    "warning": (":material/warning:", "orange"),
    "info": (":material/info:", "blue"),
}
WORDS = {"error": "error", "warning": "warning", "info": "for information"}
BEFORE = "findings_before"  # source, number of findings, and what was left out then


def show_findings(data: DataSpec, found: Sequence[dict[str, Any]]) -> None:
    """All findings, the worst first, with what to leave out at a press."""
    st.header("Checks", anchor=False)
    show_what_is_left(data, found)
    if not found:
        st.success("The checks found nothing.", icon=":material/check_circle:")
        return
    counts = {severity: sum(one["severity"] == severity for one in found) for severity in SIGNS}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for severity, count in counts.items():
            if count:
                icon, colour = SIGNS[severity]
                noun = WORDS[severity]
                words = f"{count} {noun}" if severity == "info" else counted(count, noun)
                st.badge(words, icon=icon, color=colour)  # type: ignore[arg-type]
        leave_out_button(data, found)
    show_offers((offer for one in found for offer in of_sentence(one["advice"])), "advised")
    for one in found:
        show_finding(one)


def advised(found: Sequence[dict[str, Any]]) -> list[str]:
    """The columns that are better left out, each once."""
    return list(dict.fromkeys(name for one in found for name in one["drop"]))


def leave_out_button(data: DataSpec, found: Sequence[dict[str, Any]]) -> None:
    """A button that leaves out every column that the checks advise to leave out."""
    source, names = source_of(data.source), advised(found)
    if not names or source is None or source.equation:
        return
    label = "Leave this column out" if len(names) == 1 else f"Leave these {len(names)} columns out"
    st.button(
        label,
        key="leave_out",
        type="primary",
        icon=":material/playlist_remove:",
        help=f"They are no inputs then: {plain(listed(names))}",
        on_click=_leave_out,
        args=(data, tuple(names), len(found)),
    )


def _leave_out(data: DataSpec, names: Sequence[str], count: int) -> None:
    roles.leave_out(data.source.partition(":")[0], names, initial.InitialPlan().values())
    st.session_state[BEFORE] = data.source, count, tuple(names)


def show_what_is_left(data: DataSpec, found: Sequence[dict[str, Any]]) -> None:
    """After columns were left out: which, and how many findings that leaves."""
    source, before, names = st.session_state.get(BEFORE, ("", 0, ()))
    if source != data.source or not set(names) <= set(data.drop):
        return
    st.success(
        f"Left out: {plain(listed(names))}. {counted(len(found), 'finding')} left, of {before} "
        "before.",
        icon=":material/playlist_add_check:",
    )


def show_finding(one: dict[str, Any]) -> None:
    """How bad it is in a sign and a word, what was found, and what to do."""
    icon, colour = SIGNS[one["severity"]]
    check = CHECKS[one["check"]]
    with st.container(border=True):
        st.markdown(
            f":{colour}-badge[{icon} {WORDS[one['severity']]}] **{plain(check.name)}**  \n"
            f"{_readable(one['message'])}  \n:material/arrow_forward: {_readable(one['advice'])}",
            help=f"{check.label}: {check.help}.",
        )


def _readable(text: str) -> str:
    return sentence(with_widgets(text))
