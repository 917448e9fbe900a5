"""Text for Streamlit's Markdown: shown as it is, whatever it holds. Imports no streamlit."""

from __future__ import annotations

import re

from spinn_engine.words import typeset

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])")


def plain(text: str) -> str:
    """Text from a file or a person, escaped so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\1", text)


def sentence(text: str) -> str:
    """A sentence of the engine, typeset and escaped."""
    return plain(typeset(text))
