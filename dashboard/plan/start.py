"""Start on Plan: into the queue, or to the run that the same spec has already."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import action_errors, elements
from dashboard.people import login
from dashboard.reads import job_queue, run_files
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec

NOT_QUEUED = "not in the queue"
KEY = "submitted_before"  # the spec that was refused, and the run that it has


def submit(spec: RunSpec, again: bool = False) -> None:
    """Put the run into the queue, see to a worker, and go to the jobs."""
    try:
        with st.spinner("Putting the run into the queue ..."):
            submission = api.submit(spec, again, owner=login.visitor())
    except SpinnError as error:
        elements.show_error(error)
        return
    if submission.existing:
        st.session_state[KEY] = spec, submission.run_id
        return
    st.session_state.pop(KEY, None)
    job_queue.look_again()
    with action_errors.shown_beside(action_errors.NO_WORKER):
        api.ensure_worker()
    st.switch_page("jobs/page.py", query_params={"run": submission.run_id})


def was_refused(spec: RunSpec | None) -> bool:
    """Whether this plan was the last that was submitted, and had a run already."""
    return spec is not None and spec == st.session_state.get(KEY, (None, ""))[0]


def show_same(spec: RunSpec) -> None:
    """Where the shown plan was submitted before: the run that it became, and another one."""
    if not was_refused(spec):
        return
    run_id = st.session_state[KEY][1]
    state = state_of(run_id)
    page = "run" if state in (str(api.JobState.DONE), NOT_QUEUED) else "jobs"
    with st.container(border=True, key="same"):
        st.markdown(
            f":material/content_copy: This spec was submitted before as **{run_id}** ({state})."
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(
                f"{page}/page.py",
                label="Open run" if page == "run" else "See it under Jobs",
                icon=":material/arrow_forward:",
                query_params={"run": run_id},
            )
            pressed = st.button("Start it again", key="start_again", icon=":material/replay:")
    if pressed:
        submit(spec, again=True)


def state_of(run_id: str) -> str:
    """The state of a run, in a word or two."""
    try:
        for job in job_queue.queue()[0]:
            if job.run_id == run_id:
                return str(job.state)
        return str(api.JobState.DONE) if run_files.result(run_id) else NOT_QUEUED
    except SpinnError:
        return "it cannot be read"
