"""Jobs as cards and rows: what each is, how far, and what can be done in its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard.parts import action_errors, elements, learning_curves
from dashboard.parts.markdown import plain
from dashboard.parts.spec_words import describe
from dashboard.people import rights
from dashboard.reads import growing_files, job_queue, run_files
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import ARMS, REFERENCE
from spinn_engine.words import duration

Colour = Literal["gray", "blue", "orange", "green", "red"]
State = api.JobState

STATES: dict[State, tuple[Colour, str]] = {
    State.RUNNING: ("blue", ":material/play_circle:"),
    State.CANCELLING: ("orange", ":material/pending:"),
    State.INTERRUPTED: ("orange", ":material/power_off:"),
    State.QUEUED: ("gray", ":material/schedule:"),
    State.FAILED: ("red", ":material/error:"),
    State.CANCELLED: ("gray", ":material/cancel:"),
    State.DONE: ("green", ":material/check_circle:"),
}
LIVE = (State.RUNNING, State.CANCELLING)  # drawn anew every second
OPEN, CLONE, CANCEL, DELETE = "Open run", "Clone with changes", "Cancel", "Delete"
INTERRUPTED = (
    "Its worker is gone. It goes on from its last finished stage when that worker is back or "
    "another one takes it over, which a live worker does within about ten seconds."
)
TO_DELETE = "asked_to_delete"


def show_card(job: api.Job) -> None:
    """A job that somebody should look at: running, stopping, interrupted or failed."""
    with st.container(border=True, key=f"job_{job.run_id}"):
        if (spec := spec_of(job)) is None:
            return
        show_head(job, describe(spec))
        if job.state is State.FAILED:
            show_failure(job)
        if job.state is State.INTERRUPTED:
            st.caption(INTERRUPTED)
        if job.state in LIVE or growing_files.metrics(job.run_id):
            show_progress(job, spec)
        if job.state in LIVE:
            learning_curves.show(job.run_id)
        show_log(job)


def spec_of(job: api.Job) -> RunSpec | None:
    """The spec of a job; where it cannot be read, the job's head and the reason are shown."""
    try:
        return run_files.run_spec(job.run_id)
    except SpinnError as error:
        show_head(job, "")
        elements.show_error(error)
        return None


def show_failure(job: api.Job) -> None:
    """Why it failed, and the two ways on."""
    elements.show_error(SpinnError(job.error or "it failed: see log.txt"))
    stage = first_open_stage(job)
    label = "Retry the evaluation" if stage is None else f"Retry from stage {stage}"
    with st.container(horizontal=True, gap="small"):
        button(label, ":material/replay:", job, resume, "primary")
        page_link("plan", CLONE, ":material/content_copy:", {"from": job.run_id})


def first_open_stage(job: api.Job) -> int | None:
    """The first stage that is not finished; None where only the evaluation is left."""
    folder = api.open_run(job.run_id)
    return next((k for k in range(job.stages + 1) if not folder.stage_is_done(k)), None)


def show_log(job: api.Job) -> None:
    """The end of its log; of a failed job it is open."""
    tail, failed = growing_files.last_log_lines(job.run_id), job.state is State.FAILED
    if not tail:
        return
    with st.expander("Log", expanded=failed, icon=":material/article:", key=f"log_{job.run_id}"):
        st.code(tail, language=None, wrap_lines=True)


def show_row(job: api.Job) -> None:
    """A job in two lines: queued, cancelled or done."""
    with st.container(key=f"job_{job.run_id}", gap="xsmall"):
        if (spec := spec_of(job)) is None:
            return
        stopped = f", stopped in stage {job.stage} of {job.stages}"
        show_head(job, describe(spec) + stopped * (job.state is State.CANCELLED))


def show_head(job: api.Job, about: str) -> None:
    """Name, state, sweep and buttons; below, what an action ran into."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        owner = plain(rights.by_name(job.owner))
        about = ",".join(filter(None, (about, owner)))
        words = f"{title(job)}  \n:small[:gray[{about}]]" if about else title(job)
        st.markdown(words, width="stretch")
        show_buttons(job)
    action_errors.show(job.run_id)


def title(job: api.Job) -> str:
    """Name, state and sweep of a job, in one line of Markdown."""
    colour, icon = STATES[job.state]
    state = str(job.state)
    if job.place is not None:
        state = "next" if job.place == 1 else f"number {job.place}"
    sweep = f" :violet-badge[sweep {plain(job.sweep[-6:])}]" if job.sweep else ""
    return f"**{plain(job.run_id)}** :{colour}-badge[{icon} {state}]{sweep}"


def show_buttons(job: api.Job) -> None:
    """What can be done with a job in its state: one button, and a menu for the rest."""
    state, name = job.state, job.run_id
    if state is State.QUEUED:
        priority_menu(job)
    elif state is State.RUNNING:
        button(CANCEL, ":material/cancel:", job, api.cancel)
    elif state is State.DONE:
        page_link("run", OPEN, ":material/grain:", {"run": name})
    elif state in (State.CANCELLED, State.INTERRUPTED):
        button("Resume", ":material/resume:", job, resume)
    with st.popover("More", type="tertiary", key=f"more_{name}"):
        show_more(job)


def show_more(job: api.Job) -> None:
    """What leads to another page, and what is done rarely."""
    state, name = job.state, job.run_id
    if state not in (State.QUEUED, State.DONE):
        page_link("run", OPEN, ":material/grain:", {"run": name})
    page_link("plan", CLONE, ":material/content_copy:", {"from": name})
    if state is State.QUEUED:
        button(CANCEL, ":material/cancel:", job, api.cancel)
    if not (state.is_finished() or state is State.INTERRUPTED):
        return
    if st.session_state.get(TO_DELETE) == name:
        show_delete_question(name)
    else:
        st.button(
            "Delete",
            icon=":material/delete:",
            key=f"ask_{name}",
            on_click=ask_to_delete,
            args=(name,),
            **elements.unless(rights.refusal(job.owner)),
        )


def ask_to_delete(run_id: str) -> None:
    """Show the question whether this run is to be deleted."""
    st.session_state[TO_DELETE] = run_id


def page_link(page: str, label: str, icon: str, query: dict[str, str]) -> None:
    """A way to another page.

    It is the browser that leaves: a script that leaves a page that is drawn anew every second may
    end on an empty one.
    """
    st.page_link(f"{page}/page.py", label=label, icon=icon, query_params=query)


def resume(run_id: str) -> None:
    """Queue it again, and see to a worker."""
    api.resume(run_id)
    api.ensure_worker()


def button(
    label: str,
    icon: str,
    job: api.Job,
    do: Callable[[str], object],
    kind: Literal["primary", "secondary"] = "secondary",
) -> None:
    """The button for the usual action in the job's state; disabled for who may not press it."""
    st.button(
        label,
        icon=icon,
        key=f"{label.partition(' ')[0].lower()}_{job.run_id}",
        type=kind,
        on_click=do_with_job,
        args=(job.run_id, do),
        **elements.unless(rights.refusal(job.owner)),
    )


def do_with_job(run_id: str, do: Callable[[str], object]) -> None:
    """Do something with a job, and show beside it what went wrong or is not allowed."""
    with action_errors.shown_beside(run_id):
        rights.check_run(run_id)
        do(run_id)
    forget_question()
    job_queue.look_again()


def forget_question() -> None:
    """Take the question about deleting back."""
    st.session_state.pop(TO_DELETE, None)


def priority_menu(job: api.Job) -> None:
    """Which queued jobs go first."""
    key = f"priority_{job.run_id}"

    def chosen() -> None:
        priority = api.Priority(st.session_state[key])
        do_with_job(job.run_id, lambda run_id: api.set_priority(run_id, priority))

    st.menu_button(
        job.priority.capitalize(),
        list(api.Priority),
        format_func=str.capitalize,
        key=key,
        **elements.unless(
            rights.refusal(job.owner), "Priority: it goes behind all others of the same"
        ),
        type="tertiary",
        on_click=chosen,
    )


def show_delete_question(run_id: str) -> None:
    """Ask whether the run is to be deleted for good."""
    st.markdown(f"Delete **{plain(run_id)}** and all its files for good?")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Delete for good",
            type="primary",
            icon=":material/delete:",
            key=f"delete_{run_id}",
            on_click=do_with_job,
            args=(run_id, api.delete),
        )
        st.button("Keep", key=f"keep_{run_id}", on_click=forget_question)


def show_progress(job: api.Job, spec: RunSpec) -> None:
    """How far a job is, in epochs of all that it trains."""
    left = f", about {duration(job.eta_seconds)} left" if job.eta_seconds is not None else ""
    lines = growing_files.metrics(job.run_id)
    arm = lines[-1]["arm"] if lines else REFERENCE
    st.progress(
        share_done(spec, job, arm),
        text=f"Stage {job.stage} of {job.stages}, {ARMS[arm].label}, epoch {job.epoch} of "
        f"{job.epochs}{left}",
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
