"""Tags and note of a run, changed in a dialog that asks before it overwrites another's words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import action_errors, elements
from dashboard.parts.markdown import plain
from dashboard.people import rights
from spinn_engine import api

SEEN, OTHERS, SAVED = "remarks_seen", "remarks_of_others", "remarks_saved"
SUBJECT = "remarks"  # of what goes wrong with it


def show_tags(tags: Sequence[str]) -> None:
    """Tags as badges, their text as it is."""
    if tags:
        st.markdown(" ".join(f":violet-badge[{plain(tag)}]" for tag in tags), width="content")


def edit_button(run_id: str, known: Sequence[str]) -> None:
    """Opens the dialog of a run, for who may change it."""
    if st.button(
        "Tags and note",
        icon=":material/edit_note:",
        key=f"remarks_{run_id}",
        type="tertiary",
        **elements.unless(rights.refusal(rights.owner_of(run_id))),
    ):
        begin_editing(run_id)
        st.dialog("Tags and note", width="medium")(remarks_form)(run_id, known)


def begin_editing(run_id: str) -> None:
    """Both stand as they are now, until they are saved; whoever saves meanwhile is noticed.

    Raises:
        SpinnError: they cannot be read.
    """
    state = st.session_state
    state[SEEN], state[OTHERS], state[SAVED] = api.remarks(run_id), None, False


def remarks_form(run_id: str, known: Sequence[str]) -> None:
    """Tags and note to be changed.

    Args:
        run_id: the run.
        known: tags of other runs, to choose from.
    """
    state = st.session_state
    if state[SAVED]:
        state[SAVED] = False
        st.rerun()
    seen: api.Remarks = state[SEEN]
    others: api.Remarks | None = state[OTHERS]
    keys = f"tags_of_{run_id}_{seen.stamp}", f"note_of_{run_id}_{seen.stamp}"
    st.caption(f"Run {plain(run_id)}. They change no result.")
    st.multiselect(
        "Tags",
        list(dict.fromkeys([*seen.tags, *known])),
        default=seen.tags,
        key=keys[0],
        accept_new_options=True,
        max_selections=api.MOST_TAGS,
        placeholder="Choose or write",
        help=f"Up to {api.MOST_TAGS}, each of up to {api.LONGEST_TAG} characters.",
    )
    st.text_area("Note", seen.note, key=keys[1], max_chars=api.LONGEST_NOTE, height=140)
    if others is not None:
        show_others(others)
    action_errors.show(SUBJECT)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Save" if others is None else "Save mine over theirs",
            type="primary",
            icon=":material/save:",
            key="save_remarks",
            on_click=save,
            args=(run_id, *keys),
        )
        if others is not None:
            st.button("Take theirs", key="take_theirs", on_click=take_theirs)


def show_others(others: api.Remarks) -> None:
    """What somebody else has saved meanwhile."""
    st.warning(
        "Somebody else has changed them since you opened this, so yours are not saved. Theirs:"
    )
    show_tags(others.tags)
    st.text(others.note or "no note")


def save(run_id: str, tags_key: str, note_key: str) -> None:
    """Save the form, unless somebody else has saved since this visitor opened it."""
    state = st.session_state
    with action_errors.shown_beside(SUBJECT):
        rights.check_run(run_id)
        seen = state[OTHERS] or state[SEEN]
        try:
            api.set_remarks(run_id, state[tags_key], state[note_key], seen.stamp)
        except api.RemarksChangedError as error:
            state[OTHERS] = error.now
        else:
            state[SAVED] = True


def take_theirs() -> None:
    """Give up the own changes, and show what the other person saved."""
    st.session_state[SEEN], st.session_state[OTHERS] = st.session_state[OTHERS], None
