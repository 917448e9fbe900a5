"""Adaptations and exports under way: started here, left, found again, stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress

import streamlit as st

from dashboard.parts import action_errors, elements
from dashboard.parts.markdown import plain
from dashboard.people import login, rights
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.words import duration

State = api.WorkState
Kind = api.WorkKind

UNDER_WAY: dict[Kind, str] = {"adapt": "Adapting", "export": "Exporting"}
NOUNS: dict[Kind, str] = {"adapt": "The adaptation", "export": "The export"}
OPTION_WORDS = {
    "--frozen": "share of the layers frozen: {}",
    "--batch-rows": "rows a batch: {}",
    "--data": "{}",
    "--format": "{}",
}
PAGES: dict[Kind, tuple[str, str]] = {"adapt": ("adapt", "adaptation"), "export": ("report", "")}
LOG_LINES = 40
LATELY_SECONDS = 24 * 3600
MOST_DONE = 5  # of all runs together


def start(run_id: str, kind: Kind, words: Sequence[str]) -> None:
    """Start it, or point at the same work already under way; errors are shown beside ``kind``."""
    with action_errors.shown_beside(kind):
        if api.start_work(run_id, kind, words, login.visitor()).existing:
            st.toast("The same is under way already.", icon=":material/content_copy:")


def newest_done(run_id: str, kind: Kind) -> api.Work | None:
    """The work of this kind that ended last with a result."""
    found = [one for one in api.works(run_id) if (one.kind, one.state) == (kind, State.DONE)]
    return max(found, key=lambda work: work.began + work.seconds, default=None)


def show(run_id: str, kind: Kind) -> None:
    """Work of this kind that is under way or failed; drawn again while it runs.

    Once something ends, the whole page is drawn anew, as its result is to be seen elsewhere on it.
    """
    action_errors.show(kind)
    drawn = _states(run_id, kind)

    def live() -> None:
        if _states(run_id, kind) != drawn:
            st.rerun()
        for work in _works(run_id, kind):
            if work.state is not State.DONE:
                _show_one(work)

    moves = any(work.state is State.RUNNING for work in _works(run_id, kind))
    st.fragment(live, run_every=1.0 if moves else 5.0)()


def show_of_all_runs() -> None:
    """Work of all runs that is under way, failed or recently done; drawn again while it runs."""
    drawn = _any_runs(api.all_works())

    def live() -> None:
        works = api.all_works()
        if _any_runs(works) != drawn:
            st.rerun()  # it is looked at more or less often from now on
        wanted = [work for work in works if work.state is not State.DONE] + _done_lately(works)
        if wanted:
            st.header("Adaptations and exports", anchor=False)
        for work in wanted:
            if work.state is State.DONE:
                _show_done(work)
            else:
                _show_one(work, linked=True)

    st.fragment(live, run_every=1.0 if drawn else 5.0)()


def _any_runs(works: Sequence[api.Work]) -> bool:
    return any(work.state is State.RUNNING for work in works)


def _done_lately(works: Sequence[api.Work]) -> list[api.Work]:
    since = time.time() - LATELY_SECONDS
    done = [one for one in works if one.state is State.DONE and one.began + one.seconds > since]
    return done[:MOST_DONE]


def _show_done(work: api.Work) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"work_{_key(work)}"
    ):
        st.markdown(
            f":material/check_circle: {NOUNS[work.kind]}{_options_in_words(work)} was done in "
            f"{duration(work.seconds)}{plain(rights.by_name(work.owner))}",
            width="stretch",
        )
        _link(work)


def _link(work: api.Work) -> None:
    """A link to the page that shows the work, with the work chosen there."""
    page, field = PAGES[work.kind]
    query = {"run": work.run_id}
    with suppress(SpinnError):  # what it printed was meddled with
        name = api.work_result(work).get("name") if field and work.state is State.DONE else None
        query |= {field: name} if isinstance(name, str) else {}
    st.page_link(
        f"{page}/page.py",
        label=work.run_id,
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params=query,
    )


def _key(work: api.Work) -> str:
    """A key of its own: the same command about another run has the same name."""
    return f"{work.run_id}_{work.name}"


def _works(run_id: str, kind: Kind) -> list[api.Work]:
    return [work for work in api.works(run_id) if work.kind == kind]


def _states(run_id: str, kind: Kind) -> Hashable:
    return tuple((work.name, work.began, work.state) for work in _works(run_id, kind))


def _show_one(work: api.Work, linked: bool = False) -> None:
    """Work that is under way or failed; ``linked`` where the page is not about its run."""
    with st.container(border=True, key=f"work_{_key(work)}"):
        if work.state is State.RUNNING:
            _show_running(work)
        else:
            _show_ended(work)
        action_errors.show(_key(work))
        if linked:
            _link(work)
        elif work.state is State.RUNNING:
            st.caption("You may leave this page: it goes on, and is here when you come back.")


def _show_running(work: api.Work) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.markdown(
            f":material/autorenew: **{UNDER_WAY[work.kind]}**{_options_in_words(work)}, for "
            f"{duration(work.seconds)}{plain(rights.by_name(work.owner))}",
            width="stretch",
        )
        _button(work, "Stop", ":material/stop_circle:", api.stop_work)
    if work.of:
        st.progress(work.done / work.of, text=f"Batch {work.done} of {work.of}")


def _show_ended(work: api.Work) -> None:
    if work.state is State.STOPPED:
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
            st.markdown(
                f"{NOUNS[work.kind]}{_options_in_words(work)} was stopped.", width="stretch"
            )
            _button(work, "Dismiss", ":material/close:", api.forget_work)
        return
    elements.show_error(SpinnError(work.error or "it failed: see its log"))
    log = work.log_path.read_text("utf-8", "replace") if work.log_path.exists() else ""
    if len(log.splitlines()) > 1:
        with st.expander("Log", icon=":material/article:"):
            lines = log.splitlines()[-LOG_LINES:]
            st.code("\n".join(lines), language=None, wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{NOUNS[work.kind]}{_options_in_words(work)}", width="stretch")
        _button(work, "Dismiss", ":material/close:", api.forget_work)


def _options_in_words(work: api.Work) -> str:
    """What was asked for, in small print; empty where that is no longer recorded."""
    options = zip(work.words[::2], work.words[1::2], strict=False)
    words = ", ".join(OPTION_WORDS.get(option, "{}").format(value) for option, value in options)
    return f" :small[:gray[({plain(words)})]]" if words else ""


def _button(work: api.Work, label: str, icon: str, do: Callable[[str, str], object]) -> None:
    """Its buttons, for whoever started it and for the owner of its run."""
    st.button(
        label,
        icon=icon,
        key=f"{label.lower()}_{_key(work)}",
        on_click=_act,
        args=(work, do),
        **elements.unless(rights.refusal(work.owner, rights.owner_of(work.run_id))),
    )


def _act(drawn: api.Work, do: Callable[[str, str], object]) -> None:
    with action_errors.shown_beside(_key(drawn)):
        work = api.find_work(drawn.run_id, drawn.name)
        rights.check(rights.refusal(work.owner, rights.owner_of(work.run_id)))
        do(work.run_id, work.name)
