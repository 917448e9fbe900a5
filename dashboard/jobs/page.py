"""Jobs: the workers, what is under way, and the queue; nothing here outlives the tab."""

from collections.abc import Hashable, Sequence
from contextlib import suppress

import streamlit as st

from dashboard.jobs.cards import LIVE, show_card, show_row
from dashboard.jobs.workers import show_workers
from dashboard.parts import background_work, elements
from dashboard.parts.run_choice import plan_link
from dashboard.reads import job_queue
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.words import counted

State = api.JobState
Jobs = Sequence[api.Job]

FEW_QUEUED, MOST_QUEUED, MOST_ENDED = 10, 100, 20
DRAWN = "jobs_drawn"  # the state in which the page was last drawn as a whole


def still_state(jobs: Jobs) -> Hashable:
    """All that the still part of the page depends on."""
    return tuple(
        (job.run_id, job.state, job.place, job.priority) for job in jobs if job.state not in LIVE
    ), under_way(jobs)


def under_way(jobs: Jobs) -> bool:
    """Whether any job may still change by itself."""
    return any(not job.state.is_finished() for job in jobs)


def draw_live() -> None:
    """The part that is drawn anew every second; the whole page, when the rest has changed."""
    try:
        jobs, workers = job_queue.queue()
    except SpinnError as error:
        elements.show_error(error)
        return
    if still_state(jobs) != st.session_state[DRAWN]:
        st.rerun()  # before a job is drawn here that is still drawn there
    show_workers(workers, any(job.state is State.QUEUED for job in jobs))
    for job in jobs:
        if job.state in LIVE:
            show_card(job)


def draw_still(jobs: Jobs) -> None:
    """The part that changes only when somebody acts, or a run starts or ends."""
    if not jobs:
        with st.container(border=True):
            st.markdown("The queue is empty. A run that you start under **Plan** shows up here.")
            plan_link()
    for job in jobs:
        if job.state is State.INTERRUPTED:
            show_card(job)
    show_queued(sorted((job for job in jobs if job.place), key=lambda job: job.place or 0))
    stopped = (State.FAILED, State.CANCELLED)
    show_ended("Stopped", [job for job in jobs if job.state in stopped])
    show_ended("Done", [job for job in jobs if job.state is State.DONE])


def show_queued(jobs: Jobs) -> None:
    """The first of the queue, the one that the address names, or all of it."""
    if not jobs:
        return
    st.header(f"Queued: {counted(len(jobs), 'run')}", anchor=False)
    most = MOST_QUEUED if st.session_state.get("all_queued") else FEW_QUEUED
    for job in jobs:
        if (job.place or 0) <= most or job.run_id == st.query_params.get("run"):
            show_row(job)
    if len(jobs) > FEW_QUEUED:
        st.toggle(f"Show all {min(len(jobs), MOST_QUEUED)}", key="all_queued", bind="query-params")


def show_ended(title: str, jobs: Jobs) -> None:
    """What has ended, the newest first."""
    if not jobs:
        return
    st.header(title, anchor=False)
    for job in jobs[:MOST_ENDED]:
        if job.state is State.FAILED:
            show_card(job)
        else:
            show_row(job)
    if len(jobs) > MOST_ENDED:
        st.caption(f"{MOST_ENDED} of {len(jobs):,}; every run is under Run.")


st.title("Jobs", anchor=False)
found: Jobs | None = None
with suppress(SpinnError):  # told by the part that tries again
    found = job_queue.queue()[0]
st.session_state[DRAWN] = None if found is None else still_state(found)
st.fragment(draw_live, run_every=1.0 if found and under_way(found) else 5.0)()
if found is not None:
    background_work.show_of_all_runs()
    draw_still(found)
