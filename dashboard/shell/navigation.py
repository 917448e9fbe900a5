"""A visit: look, logo, log-in, navigation, and the page that it asks for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from dashboard.parts import elements
from dashboard.people import login
from dashboard.shell import address, streamlit_mends
from spinn_engine import api
from spinn_engine.errors import BadInputError

ASSETS = api.application_folder() / "assets"


def draw() -> None:
    """The whole page, as every visit gets it."""
    icon = str(ASSETS / "icon.svg")
    st.set_page_config(page_title="SPINN Explorer", page_icon=icon, layout="wide")
    st.html(Path(__file__).with_name("look.css"))
    is_dark = st.context.theme.type == "dark"
    if is_dark:
        st.html(Path(__file__).with_name("dark.css"))
    st.logo(str(ASSETS / ("logo_dark.svg" if is_dark else "logo_light.svg")), size="large")
    pages = [
        st.Page("overview/page.py", title="Overview", url_path="overview", default=True),
        st.Page("plan/page.py", title="Plan", url_path="plan"),
        st.Page("data/page.py", title="Data", url_path="data"),
        st.Page("jobs/page.py", title="Jobs", url_path="jobs"),
        st.Page("run/page.py", title="Run", url_path="run"),
        st.Page("compare/page.py", title="Compare", url_path="compare"),
        st.Page("adapt/page.py", title="Adapt", url_path="adapt"),
        st.Page("report/page.py", title="Report", url_path="report"),
        st.Page("help/page.py", title="Help", url_path="help"),
    ]
    page = st.navigation(guarded(pages), position="top")
    address.forget_unusable()
    st.session_state["page_entered"] = st.session_state.get("page") != page.url_path
    st.session_state["page"] = page.url_path
    page.run()
    streamlit_mends.load_scripts()


def guarded(pages: list[st.Page]) -> dict[str, list[st.Page]]:
    """The pages, in sections of the navigation; whoever is logged in is one, with a way out.

    A visitor who has to log in first is shown that and no more: this does not return.
    """
    if not needs_login():
        return {"": pages}
    if not st.user.get("is_logged_in", False):
        st.title("SPINN Explorer")
        st.markdown("Log in to see the runs and to start new ones.")
        st.button("Log in", key="log_in", type="primary", on_click=st.login)
        st.stop()
    return {"": pages, login.name(): [st.Page(st.logout, title="Log out", url_path="log-out")]}


def needs_login() -> bool:
    """Whether people have to log in; the page ends here where the secrets cannot be read."""
    try:
        if login.is_on():
            login.admins()
            return True
    except StreamlitSecretNotFoundError:
        st.error("The secrets of this dashboard cannot be read. Its log says why.")
        st.stop()
    except BadInputError as error:
        elements.show_error(error)
        st.stop()
    return False
