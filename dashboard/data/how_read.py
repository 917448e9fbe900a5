"""How the file is read, and why; its first lines as they stand beside the first rows as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from zlib import crc32

import streamlit as st

from dashboard.data import offers
from dashboard.parts import elements, markup
from dashboard.parts.columns import first_rows
from dashboard.parts.forms.reading_words import LABELS
from dashboard.parts.markdown import sentence
from dashboard.parts.widget_names import with_widgets
from dashboard.reads import data_source
from spinn_engine.errors import SpinnError
from spinn_engine.spec import DataSpec
from spinn_engine.words import counted

USUAL = {"encoding": "UTF-8", "header": "line 1", "decimal": "points", "delimiter": None}


def show_how_read(held: Mapping[str, Any]) -> None:
    """The facts and the first rows, folded away where there is nothing to look at."""
    files = [file for file in held["reading"] if file["facts"]]
    if not files:
        return
    is_open = not is_usual(held)
    elements.folded(
        "How the file is read",
        ":material/description:",
        f"how_read_{crc32(held['source'].encode())}_{is_open}",  # each file anew
        partial(_show_files, held, files),
        is_open,
    )


def is_usual(held: Mapping[str, Any]) -> bool:
    """Whether every program would read the file so, and there is nothing else to say of it."""
    facts = [fact for file in held["reading"] for fact in file["facts"]]
    as_usual = (USUAL.get(fact["field"], "") in (None, fact["value"]) for fact in facts)
    return not held["notes"] and not offers.doubtful(held["columns"]) and all(as_usual)


def _show_files(held: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> None:
    for file in files:
        elements.table(
            [
                {
                    file["name"] if len(files) > 1 else "What": LABELS[fact["field"]],
                    "Read as": fact["value"],
                    "Because": fact["why"],
                }
                for fact in file["facts"]
            ],
            alt=f"How {file['name']} is read",
        )
    left, right = st.columns(2)
    with left:
        for file in files:
            name = f" of {file['name']}" if len(files) > 1 else ""
            show_lines(file["first_lines"], f"First lines{name} as they stand")
    with right:
        st.markdown("**First rows as read**")
        first_rows(held)
    offers.show_offers(offers.of_sentence(" ".join(held["notes"])), "noted")


def show_lines(lines: Sequence[tuple[int, str]], title: str) -> None:
    """Lines of a file with their numbers, as they stand in it."""
    if lines:
        st.markdown(f"**{sentence(title)}**")
        st.html(markup.lines(lines, title))


def show_doubts(columns: Sequence[Mapping[str, Any]]) -> str:
    """Columns that cannot be read in one way alone, and what settles that; what is wrong."""
    doubtful = offers.doubtful(columns)
    if not doubtful:
        return ""
    first, others = doubtful[0], len(doubtful) - 1
    more = f" The same holds for {counted(others, 'more column')}." if others else ""
    told = f"Column {first['name']!r} {first['fault']}.{more}"
    with st.container(border=True, key="doubts"):
        st.error(sentence(with_widgets(told)), icon=":material/error:")
        settling = (offer for one in doubtful for offer in offers.of_sentence(one["fault"]))
        offers.show_offers(settling, "settle")
    return str(first["fault"])


def show_refusal(error: SpinnError, data: DataSpec | None) -> None:
    """Why a source cannot be had; of a file also its first lines, and what may settle it."""
    elements.show_error(error)
    settling = offers.of_sentence(str(error))
    start = None if data is None else _start_of(data)
    if start is not None:
        settling = offers.of_lines(start) or settling
    if settling:
        offers.show_offers(settling, "settle")
    if start is not None:
        show_lines(start["lines"], "First lines as they stand")


def _start_of(data: DataSpec) -> dict[str, Any] | None:
    """The first lines of a file, if it has any to show."""
    try:
        return data_source.first_lines(data)
    except SpinnError:
        return None
