"""The workers on the Jobs page: what each is and does, and what people may want of it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.parts import action_errors, elements
from dashboard.parts.markdown import plain
from dashboard.people import rights
from dashboard.reads import job_queue
from spinn_engine import api
from spinn_engine.words import duration, size

RUNS_WAIT = (
    "Runs are waiting for a worker. One that was just started needs a few seconds to show up; "
    "if none does, start one here, or in a terminal."
)
NO_WORKER = "No worker is there: start one here, or in a terminal."
PAUSE, CONTINUE, DRAIN = (
    "Pause: take no further run",
    "Continue",
    "Drain: finish this run, then end",
)
WANTED = {PAUSE: api.Wanted.PAUSE, CONTINUE: api.Wanted.SERVE, DRAIN: api.Wanted.DRAIN}
MENUS = {
    api.Wanted.SERVE: (PAUSE, DRAIN),
    api.Wanted.PAUSE: (CONTINUE, DRAIN),
    api.Wanted.DRAIN: (CONTINUE, PAUSE),
}


def show_workers(workers: Sequence[api.Worker], waiting: bool) -> None:
    """Each worker in one line, and how to get one where none lives."""
    for worker in workers:
        if worker.alive:
            show_worker(worker)
        else:
            st.caption(
                f":material/memory: {plain(worker.slot)} on {plain(worker.device)} is gone; last "
                f"heard from {duration(worker.seconds_since_heartbeat)} ago."
            )
    if not any(worker.alive for worker in workers):
        show_no_worker(waiting)


def show_worker(worker: api.Worker) -> None:
    """A live worker: what it is, what it does, and its menu."""
    action_errors.show(worker.slot)
    with st.container(
        horizontal=True, wrap=False, vertical_alignment="center", key=f"worker_{worker.slot}"
    ):
        colour = "green" if worker.wanted is api.Wanted.SERVE else "orange"
        st.markdown(
            f":{colour}-badge[:material/memory: {plain(worker.slot)}] {doing(worker)}  \n"
            f":small[:gray[{plain(about(worker))}]]",
            width="stretch",
        )
        key = f"want_{worker.slot}"
        st.menu_button(
            "More",
            MENUS[worker.wanted],
            key=key,
            type="tertiary",
            on_click=_set_wanted,
            args=(worker.slot, key),
            **elements.unless(rights.refusal_unless_admin()),
        )


def doing(worker: api.Worker) -> str:
    """What a worker does, and will do."""
    if worker.run_id:
        then = {api.Wanted.PAUSE: ", then pauses", api.Wanted.DRAIN: ", then ends"}
        return f"works on {worker.run_id}{then.get(worker.wanted, '')}"
    return {
        api.Wanted.SERVE: "idle",
        api.Wanted.PAUSE: "paused, takes no run",
        api.Wanted.DRAIN: "ends",
    }[worker.wanted]


def about(worker: api.Worker) -> str:
    """Device, memory, torch, and how old this knowledge is."""
    return (
        f"{worker.device}, {size(worker.memory_bytes)} of memory, "
        f"torch {worker.torch or 'not found'}, heard from "
        f"{duration(worker.seconds_since_heartbeat)} ago"
    )


def _set_wanted(slot: str, key: str) -> None:
    with action_errors.shown_beside(slot):
        rights.check(rights.refusal_unless_admin())
        api.ask_worker(slot, WANTED[st.session_state[key]])
    job_queue.look_again()


def show_no_worker(waiting: bool) -> None:
    """How to get a worker."""
    action_errors.show(action_errors.NO_WORKER)
    with st.container(border=True, key="no_worker"):
        st.markdown(RUNS_WAIT if waiting else NO_WORKER)
        st.code(worker_command(), language=None, wrap_lines=True)
        st.button("Start a worker", icon=":material/play_arrow:", key="worker", on_click=_start)


def worker_command() -> str:
    """What to type for a worker on this store."""
    store = api.store_name()
    usual = store == str(Path("results").absolute())
    at = "" if usual else f"SPINN_RESULTS={shlex.quote(store)} "
    return f"{at}python -m spinn_engine worker"


def _start() -> None:
    with action_errors.shown_beside(action_errors.NO_WORKER):
        api.ensure_worker()
    job_queue.look_again()
