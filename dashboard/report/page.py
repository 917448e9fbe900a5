"""Report (``?run=``): claims held against a run, its report, and its files in other formats."""

import streamlit as st

from dashboard.parts import elements
from dashboard.parts.presentation import navigation
from dashboard.parts.run_choice import choose_run
from dashboard.report.claims import show_claims
from dashboard.report.document import show_report
from dashboard.report.exports import show_exports
from spinn_engine import api
from spinn_engine.errors import SpinnError


def any_finished() -> bool:
    """Whether any run has ended well; the demo has."""
    return api.demo_run() is not None or any(folder.is_complete() for folder in api.list_runs())


st.title("Report", anchor=False)
try:
    if any_finished():
        run = choose_run(finished=True)
        navigation.show_entry_links(run.run_id)
        show_report(run)
        show_claims(run.run_id)
        show_exports(run)
    else:
        show_claims(None)
        choose_run(finished=True)
except SpinnError as error:
    elements.show_error(error)
