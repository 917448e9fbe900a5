"""The queue of jobs and its workers; all visitors share a look at it."""

from __future__ import annotations

import streamlit as st

from spinn_engine import api

_looks = [0]  # the number of the look at the queue that counts


def queue() -> tuple[list[api.Job], list[api.Worker]]:
    """All jobs and workers, as they were at most half a second ago.

    Raises:
        SpinnError: the job database cannot be used.
    """
    return _queue(_looks[0])


@st.cache_data(ttl=0.5, max_entries=2, show_spinner=False)
def _queue(look: int) -> tuple[list[api.Job], list[api.Worker]]:
    return api.jobs(), api.workers()


def look_again() -> None:
    """Read the queue anew, so that a visitor sees at once what they have just done."""
    _looks[0] += 1
