"""What settles a doubt about how a file is read, at a press: buttons, each with what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from dashboard.parts.forms import reading
from dashboard.parts.forms.reading_words import said_in, told, value_of
from dashboard.parts.markdown import sentence
from spinn_engine.words import capitalised, names_in, shown_list

MOST_LINES = 4  # of which each may hold the names


class Offer(NamedTuple):
    """A button: what stands on it, and what goes into which fields of the form."""

    label: str
    taken: tuple[reading.Taken, ...]


def show_offers(offers: Iterable[Offer], key: str) -> None:
    """A button for each, side by side as there is room.

    Args:
        offers: one that is there twice is shown once.
        key: of the buttons, each behind its number.
    """
    with st.container(horizontal=True, gap="small"):
        for number, offer in enumerate(dict.fromkeys(offers)):
            st.button(
                sentence(offer.label),
                key=f"{key}_{number}",
                icon=":material/check:",
                on_click=reading.take,
                args=(offer.taken,),
            )


def doubtful(columns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The columns of a preview that are used, and that something here settles."""
    used = (column for column in columns if column["role"] != "left out" and column["fault"])
    return [column for column in used if of_sentence(column["fault"])]


def of_sentence(text: str) -> list[Offer]:
    """The options of a reading that a sentence of the engine names with what to give them.

    >>> [one.label for one in of_sentence("leave it out (--comment '#')")]
    ['Lines that begin with # left out']
    >>> of_sentence("say --missing bad if it is")[0].taken
    (('missing', 'bad'),)
    """
    said = [(one.field, given) for one in said_in(text) for given in one.texts]
    return [Offer(_label(field, given), ((field, given),)) for field, given in said]


def _label(field: str, given: str) -> str:
    if field == "missing":
        return f"Count {shown_list(names_in(given))} as missing"
    return capitalised(told({field: value_of(field, given)}))


def of_lines(start: Mapping[str, Any]) -> list[Offer]:
    """Which line holds the names, or that none does, where that is what is not known.

    Args:
        start: as ``api.first_lines`` tells it.
    """
    rows_from = start["rows_from"]
    if rows_from is None:
        return []
    named = [
        Offer(f"Names in line {line}", (("header", str(line)),))
        for line in start["names_in"][-MOST_LINES:]
    ]
    above = (("skip", str(rows_from - 1)),) if rows_from > 1 else ()
    label = f"No names, rows from line {rows_from} on"
    return [*named, Offer(label, (("header", "0"), *above))]
