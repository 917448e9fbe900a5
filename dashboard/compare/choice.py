"""Which runs are chosen on Compare: kept in the address, so that a link shows the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import streamlit as st

from dashboard.parts.markdown import plain
from spinn_engine.words import counted

CHOSEN, GONE, ROUND = "compare_chosen", "compare_gone", "compare_round"
IN_ADDRESS = "runs"
BASELINE = "baseline"


def chosen_runs(known: Collection[str]) -> list[str]:
    """The runs that are chosen: those of the address on arrival, or as this visitor left them.

    Args:
        known: all finished runs; what is not among them is left out, and said.
    """
    state = st.session_state
    chosen: list[str] = state.get(CHOSEN, [])
    if state["page_entered"]:
        state[GONE] = []
        given = st.query_params.get(IN_ADDRESS)
        if given is not None:
            chosen = list(dict.fromkeys(name for name in given.split(",") if name))
        pinned = st.query_params.get(BASELINE)
        wanted = [*chosen, *([pinned] if pinned else [])]
        state[GONE] = [name for name in dict.fromkeys(wanted) if name not in known]
    remember([name for name in chosen if name in known])
    if state[GONE]:
        st.warning(
            f"The link names {counted(len(state[GONE]), 'run')} that this store does not have as "
            f"finished: {', '.join(plain(name[:80]) for name in state[GONE][:5])}. The rest is "
            "shown."
        )
    return list(state[CHOSEN])


def remember(chosen: Sequence[str]) -> None:
    """Remember what is chosen, here and in the address."""
    st.session_state[CHOSEN] = list(chosen)
    if chosen:
        st.query_params[IN_ADDRESS] = ",".join(chosen)
    else:
        st.query_params.pop(IN_ADDRESS, None)


def choose_instead(chosen: Iterable[str]) -> None:
    """Choose other runs than by the table's own boxes, which are drawn anew."""
    remember(list(dict.fromkeys(chosen)))
    st.session_state[ROUND] = table_round() + 1


def choose_more(more: Iterable[str]) -> None:
    """Choose some more."""
    choose_instead([*st.session_state.get(CHOSEN, []), *more])


def table_round() -> int:
    """A number that changes when the boxes of the table must be drawn anew."""
    return int(st.session_state.get(ROUND, 0))


def pin(run_id: str) -> None:
    """Make a run the baseline."""
    st.session_state[BASELINE] = run_id
