"""Jobs: the queue, the workers, and the runs under way; nothing here outlives the tab."""

import shlex
from pathlib import Path
from typing import Literal

import streamlit as st

from dashboard import cache, elements
from dashboard.charts.style import ARM_LABELS
from dashboard.formats import describe, duration, plain
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec

Colour = Literal["gray", "blue", "orange", "green", "red"]

SHOWN = 20
WAITING = (
    "Runs are waiting for a worker. One that was just started needs a few seconds to show up; "
    "if none does:"
)
STATES: dict[api.JobState, tuple[Colour, str]] = {
    api.JobState.RUNNING: ("blue", ":material/play_circle:"),
    api.JobState.CANCELLING: ("orange", ":material/pending:"),
    api.JobState.INTERRUPTED: ("orange", ":material/power_off:"),
    api.JobState.QUEUED: ("gray", ":material/schedule:"),
    api.JobState.FAILED: ("red", ":material/error:"),
    api.JobState.CANCELLED: ("gray", ":material/cancel:"),
    api.JobState.DONE: ("green", ":material/check_circle:"),
}
# What is under way is shown first; all that has ended follows, the newest first.
ORDER = {state: place for place, state in enumerate(STATES) if not state.is_finished()}


def start_worker() -> None:
    """Start a worker; what goes wrong is told on the page."""
    try:
        api.ensure_worker()
    except SpinnError as error:
        st.session_state["worker_fault"] = str(error)


def worker_command() -> str:
    """What to type for a worker on this store."""
    root = api.results_root()
    at = "" if root == Path("results").absolute() else f"SPINN_RESULTS={shlex.quote(str(root))} "
    return f"{at}python -m spinn_engine worker"


def show_workers(workers: list[api.Worker], waiting: bool) -> None:
    """Each live worker in one line, or how to get one."""
    fault = st.session_state.pop("worker_fault", None)
    if fault:
        elements.show_error(SpinnError(fault))
    alive = [worker for worker in workers if worker.alive]
    for worker in alive:
        doing = f"works on {worker.run_id}" if worker.run_id else "idle"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge("worker", icon=":material/memory:", color="green")
            st.markdown(
                f"**{plain(worker.slot)}** on {plain(worker.device or 'an unknown device')}, "
                f"torch {plain(worker.torch or 'not found')}, {plain(doing)}"
            )
    if alive:
        return
    with st.container(border=True, key="no_worker"):
        st.markdown(
            f"{WAITING if waiting else 'No worker is there:'} start one here, or in a terminal."
        )
        st.code(worker_command(), language="bash", wrap_lines=True)
        st.button(
            "Start a worker", icon=":material/play_arrow:", key="worker", on_click=start_worker
        )


def act(action: str, run_id: str) -> None:
    """Cancel, resume or delete; what goes wrong is told beside the job."""
    try:
        {"cancel": api.cancel, "resume": api.resume, "delete": api.delete}[action](run_id)
        if action == "resume":
            api.ensure_worker()
    except SpinnError as error:
        st.session_state["job_fault"] = (run_id, str(error))


def show_buttons(job: api.Job) -> None:
    """What can be done with a job in its state."""
    active = not job.state.is_finished() and job.state is not api.JobState.INTERRUPTED
    name = job.run_id
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(
            "app_pages/run.py",
            label="Open run",
            icon=":material/grain:",
            query_params={"run": name},
        )
        if active:
            st.button(
                "Cancel",
                icon=":material/cancel:",
                key=f"cancel_{name}",
                disabled=job.state is api.JobState.CANCELLING,
                on_click=act,
                args=("cancel", name),
            )
            return
        if job.state is not api.JobState.DONE:
            st.button(
                "Resume",
                icon=":material/resume:",
                key=f"resume_{name}",
                on_click=act,
                args=("resume", name),
            )
        with st.popover("Delete", icon=":material/delete:", key=f"ask_{name}"):
            st.markdown("This removes the run and all its files for good.")
            st.button(
                "Delete for good",
                type="primary",
                key=f"delete_{name}",
                on_click=act,
                args=("delete", name),
            )


def show_progress(job: api.Job, spec: RunSpec) -> None:
    """How far a job is, in epochs of all that it trains."""
    left = f", about {duration(job.eta_seconds)} left" if job.eta_seconds is not None else ""
    lines = cache.metrics(job.run_id)
    arm = f", {ARM_LABELS[lines[-1]['arm']]}" if lines else ""
    st.progress(
        share_done(spec, job, lines[-1]["arm"] if lines else "dense"),
        text=f"Stage {job.stage} of {job.stages}{arm}, epoch {job.epoch} of {job.epochs}{left}",
    )


def share_done(spec: RunSpec, job: api.Job, arm: str) -> float:
    """Epochs that have ended, of all epochs of all blocks of arms."""
    done = total = 0
    for stage in range(spec.prune.stages + 1):
        for block, arms in spec.blocks(stage).items():
            if stage == job.stage and arm in arms:
                done = total + job.epoch
            total += spec.block_epochs(stage, block)
    return min(done / max(total, 1), 1.0)


def show_job(job: api.Job) -> None:
    """One job: what it is, how far, its curves while it runs, and its buttons."""
    colour, icon = STATES[job.state]
    with st.container(border=True, key=f"job_{job.run_id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{job.run_id}**", width="content")
            st.badge(str(job.state), icon=icon, color=colour)
        fault_of, fault = st.session_state.get("job_fault", (None, ""))
        if fault_of == job.run_id:
            elements.show_error(SpinnError(fault))
            del st.session_state["job_fault"]
        try:
            spec = cache.run_spec(job.run_id)
        except SpinnError as error:
            elements.show_error(error)
        else:
            st.caption(describe(spec))
            show_state(job, spec)
        show_buttons(job)


def show_state(job: api.Job, spec: RunSpec) -> None:
    """Progress and curves of a job under way; why another one stopped."""
    if job.error:
        elements.show_error(SpinnError(job.error))
    if job.state is api.JobState.DONE:
        return
    if job.state is not api.JobState.QUEUED:
        show_progress(job, spec)
    if job.state in (api.JobState.RUNNING, api.JobState.CANCELLING):
        elements.learning_curves(job.run_id)
    if job.state is not api.JobState.QUEUED:
        with st.expander("Log", icon=":material/article:", key=f"log_{job.run_id}"):
            st.code(cache.log_tail(job.run_id) or "nothing yet", language=None, wrap_lines=True)


def panel() -> None:
    """All that moves; drawn anew every second while something is under way."""
    try:
        draw(api.jobs(), api.workers())
    except SpinnError as error:
        elements.show_error(error)


def draw(jobs: list[api.Job], workers: list[api.Worker]) -> None:
    """Workers, then jobs; a change of pace draws the whole page once more."""
    active = under_way(jobs)
    show_workers(workers, active)
    if active != st.session_state["jobs_active"]:
        st.rerun()
    if not jobs:
        with st.container(border=True):
            st.markdown("The queue is empty. A run that you start under **Plan** shows up here.")
            st.page_link("app_pages/plan.py", label="Plan a run", icon=":material/tune:")
    for job in sorted(jobs, key=lambda job: ORDER.get(job.state, len(ORDER)))[:SHOWN]:
        show_job(job)
    if len(jobs) > SHOWN:
        st.caption(f"{SHOWN} of {len(jobs)} jobs; every run is under Run.")


def under_way(jobs: list[api.Job]) -> bool:
    """Whether any job may still change by itself."""
    return any(not job.state.is_finished() for job in jobs)


st.title("Jobs", anchor=False)
try:
    active = under_way(api.jobs())
except SpinnError:
    active = False
st.session_state["jobs_active"] = active
st.fragment(panel, run_every=1.0 if active else 5.0)()
