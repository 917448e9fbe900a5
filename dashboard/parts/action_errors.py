"""What an action ran into, told beside what it was about for a while, then forgotten."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.parts import elements
from spinn_engine.errors import SpinnError

KEY = "fault"
NO_WORKER = "no worker"  # the place beside the button that starts one
_TOLD_SECONDS = 20.0


@contextmanager
def told_at(place: str) -> Iterator[None]:
    """Do something for a visitor; what goes wrong is told at ``place``, e.g. a run's id."""
    st.session_state.pop(KEY, None)
    try:
        yield
    except SpinnError as error:
        st.session_state[KEY] = place, str(error), time.monotonic()


def show(place: str) -> None:
    """The fault of this place, if there was one just now."""
    of, sentence, since = st.session_state.get(KEY, ("", "", 0.0))
    if of == place and time.monotonic() - since < _TOLD_SECONDS:
        elements.show_error(SpinnError(sentence))
