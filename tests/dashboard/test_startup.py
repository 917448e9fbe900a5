"""The server finds the application, and imports what pages need."""

from __future__ import annotations

import runpy
import subprocess
import sys

import streamlit as st  # noqa: TID251
from streamlit.web.server.app_discovery import discover_asgi_app  # noqa: TID251

from tests.dashboard.support import APP

BEGUN = """
import asyncio, sys, time
import streamlit as st
from dashboard.shell import startup

async def served():
    async with startup.begin(st.App("app.py")):
        print("dashboard.parts" in sys.modules, "dashboard.plan.amount" in sys.modules)
        print("spinn_engine.api" in sys.modules, "torch" in sys.modules)
        print(all(name in sys.modules for name in startup.IMPORTED_FIRST))
        while startup.IMPORTED_LATER not in sys.modules:
            await asyncio.sleep(0.05)

asyncio.run(served())
"""


def test_streamlit_finds_the_application() -> None:
    assert discover_asgi_app(APP).import_string == "app:app"
    app = runpy.run_path(str(APP), run_name="app")["app"]
    assert isinstance(app, st.App)
    assert app.script_path == APP


def test_what_pages_need_is_imported_and_no_torch() -> None:
    command = [sys.executable, "-c", BEGUN]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["True", "True", "True", "False", "True"]
