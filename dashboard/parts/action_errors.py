"""Errors of a pressed button, shown for a while beside what the button was about."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.parts import elements
from spinn_engine.errors import SpinnError

KEY = "action_error"
NO_WORKER = "no worker"  # the subject of the button that starts one
_SHOWN_SECONDS = 20.0


@contextmanager
def shown_beside(subject: str) -> Iterator[None]:
    """Do something for a visitor; what goes wrong is shown beside ``subject``, e.g. a run's id."""
    st.session_state.pop(KEY, None)
    try:
        yield
    except SpinnError as error:
        st.session_state[KEY] = subject, str(error), time.monotonic()


def show(subject: str) -> None:
    """What just went wrong with this subject, if anything did."""
    of, sentence, since = st.session_state.get(KEY, ("", "", 0.0))
    if of == subject and time.monotonic() - since < _SHOWN_SECONDS:
        elements.show_error(SpinnError(sentence))
