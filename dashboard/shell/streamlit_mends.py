"""Streamlit, mended: all places that use its private parts, each for the one version here.

With another version they step aside, and the log says so. Whoever changes the version looks at
each again: whether it is still needed, and whether what it reaches into is still as it was.

- ``keep_drawn_pages``: a choice is lost when a fragment runs before the page around it was sent.
- ``keep_first_values``: what the address said is lost when one goes on without touching anything.
- ``load_scripts``: a widget's script is asked for only when a page first has such a widget.
- ``open_browser``: ``streamlit run`` opens no browser for an application as ``app.py`` has one.

Settings do two more, in ``.streamlit/config.toml`` beside ``app.py``: ``magicEnabled = false``, as
two visits whose pages are parsed at once fail in Python 3.11, and
``disableWidgetStateDuplicationWarning = true``, as another widget may set one that has a default.
"""

from __future__ import annotations

import json
import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

VERSION = "1.67.0"

SCRIPTS = (
    "Selectbox",
    "Slider",
    "ButtonGroup",
    "NumberInput",
    "TextInput",
    "Checkbox",
    "Multiselect",
    "DownloadButton",
    "DataFrame",
)
REST_MILLISECONDS = 450  # what the page that is looked at needs comes first

# One after the other, and only while nothing else is to be done. A script that cannot be had now is
# asked for again, and complained of, by the page that needs it.
LOADER = """<script>
(() => {
  const own = document.querySelector('script[type=module][src*="static/js/"]');
  const idle = window.requestIdleCallback ?? setTimeout;
  const scripts = %s;
  const next = () => {
    const script = scripts.shift();
    if (own && script) import(new URL(script, own.src)).then(() => idle(next), () => {});
  };
  setTimeout(() => idle(next), %d);
})();
</script>"""


@cache
def fit() -> bool:
    """Whether the mends are for the Streamlit that runs; where not, the log says so once."""
    if st.__version__ != VERSION:
        logging.getLogger(__name__).warning(
            "Streamlit is %s: the mends for %s are left out (%s)", st.__version__, VERSION, __file__
        )
    return st.__version__ == VERSION


def keep_drawn_pages() -> None:
    """Let every queue of this process keep a page that waits in it to be sent.

    Streamlit takes what a fragment has drawn out of its queue when the fragment is about to run
    again, for it will draw it anew. Where the page around it has just been drawn and nothing was
    sent yet, the browser then hears that the page is complete, does not find the fragment's widgets
    on it, and forgets what was chosen in them: they come back with their defaults, and no one is
    told. It happens to whoever moves a slider while the page still answers to another widget.
    """
    if not fit():
        return
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

    own = ForwardMsgQueue.clear

    def holds_page(queue: ForwardMsgQueue) -> bool:
        return any(
            message.WhichOneof("type") == "script_finished"
            and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            for message in queue._queue
        )

    def clear(
        queue: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        if retain_lifecycle_msgs and fragment_ids_this_run and holds_page(queue):
            queue._delta_index_map = {}  # what comes now is added, not put in the place of the old
        else:
            own(queue, retain_lifecycle_msgs, fragment_ids_this_run)

    ForwardMsgQueue.clear = clear  # type: ignore[assignment, method-assign]


def keep_first_values() -> None:
    """Let every visit of this process keep what its address put into a page that is left.

    Of the widgets that are to be kept over a change of page, Streamlit keeps the values that an
    earlier run of the page has left. One that came with the address in the page's only run is not
    among them yet: the next page then begins with the default, and as the same name was bound to
    the page before, it is taken out of a link's address, too. It happens to whoever opens a link
    to Data and presses *Plan with this data*.
    """
    if not fit():
        return
    from streamlit.runtime.state.session_state import SessionState

    own = SessionState._remove_stale_widgets

    def remove_stale_widgets(state: SessionState, active_widget_ids: frozenset[str]) -> None:
        fresh = state._query_param_bound_widget_ids & {*state._new_widget_state}
        for widget_id in fresh - {*active_widget_ids} - {*state._old_state}:
            state._old_state[widget_id] = state._new_widget_state[widget_id]
        own(state, active_widget_ids)

    SessionState._remove_stale_widgets = remove_stale_widgets  # type: ignore[assignment, method-assign]


@cache
def script_names() -> tuple[str, ...]:
    """The files of ``SCRIPTS``, as this version of Streamlit calls them."""
    from streamlit.file_util import get_static_dir

    folder = Path(get_static_dir()) / "static" / "js"
    return tuple(path.name for script in SCRIPTS for path in folder.glob(f"{script}.*.js"))


def load_scripts() -> None:
    """Have this visitor's browser load what other pages need, while one looks at this one.

    It shows nothing. A browser asks for the script of a widget when a page first has one, and for
    what that needs when it has it: on Plan that was a fifth of the time to open it
    (``tests.benchmarks.dashboard``).
    """
    if fit():
        loader = LOADER % (json.dumps(script_names()), REST_MILLISECONDS)
        st.html(loader, unsafe_allow_javascript=True)


def open_browser() -> None:
    """Show the first page to whoever started the server, unless it runs without a screen."""
    if st.get_option("server.headless") or not fit():
        return
    from streamlit import cli_util
    from streamlit.web.server import server_util

    host = server_util.get_display_address(st.get_option("server.address"))
    cli_util.open_browser(server_util.get_url(host))
