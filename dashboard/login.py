"""Log-in, switched on by an ``[auth]`` section in ``.streamlit/secrets.toml``."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError


def guarded(pages: list[st.Page]) -> dict[str, list[st.Page]]:
    """The pages, in sections of the navigation; whoever is logged in is one, with a way out.

    A visitor who has to log in first is shown that and no more: this does not return.
    """
    if not _is_on():
        return {"": pages}
    if not st.user.get("is_logged_in", False):
        _ask()
    who = str(st.user.get("name") or st.user.get("email") or "Logged in")
    return {"": pages, who: [st.Page(st.logout, title="Log out", url_path="log-out")]}


def _is_on() -> bool:
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError as error:
        if error.error_id == "no-secrets-found":
            return False
        st.error("The secrets of this dashboard cannot be read. Its log says why.")
        st.stop()


def _ask() -> None:
    st.title("SPINN Explorer")
    st.markdown("Log in to see the runs and to start new ones.")
    st.button("Log in", key="log_in", type="primary", on_click=st.login)
    st.stop()
