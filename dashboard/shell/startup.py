"""What the server does once when it starts, so that its first visitor waits no longer than others.

Everything that a page imports took a second of the first visit. ``streamlit run`` finds the
application in ``app.py``, imports it and calls ``begin`` before the server takes a connection.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import walk_packages
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware

import dashboard
from dashboard.shell import door, streamlit_mends
from spinn_engine import api
from spinn_engine.errors import BadInputError

IMPORTED_FIRST = ("scipy.special", "scipy.linalg")  # to predict, which Plan does
# It takes half a second, for jobs alone: not beside the first pages.
IMPORTED_LATER, LATER_SECONDS = "dbos", 5.0


def door_first() -> list[Middleware]:
    """What stands before Streamlit; the process ends where ``SPINN_HOSTS`` is wrong."""
    try:
        return [Middleware(door.Door, names=door.named_hosts())]
    except BadInputError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(2)


@asynccontextmanager
async def begin(app: st.App) -> AsyncIterator[None]:
    """Import what pages need, and what takes longest a little later."""
    door.say_who_gets_in(door.named_hosts())
    streamlit_mends.keep_drawn_pages()
    streamlit_mends.keep_first_values()
    own = [one.name for one in walk_packages(dashboard.__path__, "dashboard.")]
    scripts = [name for name in own if name.endswith((".page", ".app"))]
    for module in (*(name for name in own if name not in scripts), *IMPORTED_FIRST):
        import_module(module)
    Thread(target=import_later, daemon=True).start()
    # when it takes connections
    asyncio.get_running_loop().call_later(0.1, streamlit_mends.open_browser)
    yield


def import_later() -> None:
    """Start the process that reads files, and import what only jobs need, beside the first page."""
    api.warm_up()
    time.sleep(LATER_SECONDS)
    import_module(IMPORTED_LATER)
