"""Pieces of Streamlit's own script that other pages need, loaded while one looks at this one.

A browser asks for the script of a widget when a page first has one, and for what that needs when
it has it: on Plan that was a fifth of the time to open it (``tests.benchmarks.dashboard``).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.file_util import get_static_dir

PIECES = (
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

# One after the other, and only while nothing else is to be done. A piece that cannot be had now is
# asked for again, and complained of, by the page that needs it.
SCRIPT = """<script>
(() => {
  const own = document.querySelector('script[type=module][src*="static/js/"]');
  const idle = window.requestIdleCallback ?? setTimeout;
  const pieces = %s;
  const next = () => {
    const piece = pieces.shift();
    if (own && piece) import(new URL(piece, own.src)).then(() => idle(next), () => {});
  };
  setTimeout(() => idle(next), %d);
})();
</script>"""


@cache
def names() -> tuple[str, ...]:
    """The files of the pieces, as this version of Streamlit calls them."""
    folder = Path(get_static_dir()) / "static" / "js"
    return tuple(path.name for piece in PIECES for path in folder.glob(f"{piece}.*.js"))


def load() -> None:
    """Have this visitor's browser load what the other pages need; it shows nothing."""
    st.html(SCRIPT % (json.dumps(names()), REST_MILLISECONDS), unsafe_allow_javascript=True)
