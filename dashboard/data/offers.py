"""What settles a doubt about how a file is read, at a press: buttons, each with what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from dashboard.parts.forms import reading
from dashboard.parts.forms.reading_words import LABELS, SIGNS, text_of, told, value_of
from dashboard.parts.markdown import sentence
from spinn_engine.words import capitalised, names_text

SIGN_WORDS = {sign: f"{label}s" for label, sign in SIGNS["thousands"].items()}
MOST_LINES = 4  # of which each may hold the names
_OPTION = "|".join(field.replace("_", "-") for field in LABELS)
_GIVEN = r"'[^']+'|\"[^\"]+\"|[^\w\s'\",)]|-?\d[\d.]*"
_SAID = re.compile(rf"--({_OPTION}) ((?:{_GIVEN})(?: or (?:{_GIVEN}))*)(?=[\s,;:.?)]|$)")
_UNEVEN = re.compile(r"\bline (\d+) has [\d,]+ cells? but the header has\b")


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
    return [
        column
        for column in columns
        if column["role"] != "left out" and column["fault"] and (column["ways"] or column["gaps"])
    ]


def of_columns(columns: Iterable[Mapping[str, Any]]) -> list[Offer]:
    """What settles how the numbers of columns are written, and what their words are."""
    offers = []
    for column in columns:
        offers += [_marks(**way) for way in column["ways"]]
        offers += [missing(word) for word in column["gaps"]]
    return list(dict.fromkeys(offers))


def _marks(decimal: str, thousands: str) -> Offer:
    """The marks of one way of reading a column's numbers."""
    if thousands in SIGN_WORDS:
        label = f"{capitalised(SIGN_WORDS[thousands])} between thousands"
        return Offer(label, (("thousands", text_of("thousands", thousands)),))
    label = f"{capitalised(SIGN_WORDS[decimal])} before decimals"
    return Offer(label, (("decimal", text_of("decimal", decimal)),))


def missing(code: str) -> Offer:
    """That a word or a number stands for a missing cell."""
    return Offer(f"Count {code} as missing", (("missing", names_text([code])),))


def of_findings(found: Iterable[Mapping[str, Any]]) -> list[Offer]:
    """What settles the numbers that look like a code for a missing cell."""
    codes = (one["value"] for one in found if one["check"] == "missing_code")
    return [missing(repr(code).removesuffix(".0")) for code in codes]


def of_sentence(text: str) -> list[Offer]:
    """What a sentence of the engine advises: options with what to give them, and a line too many.

    >>> [one.label for one in of_sentence("leave such lines out with --comment '#'")]
    ['Lines that begin with # left out']
    >>> of_sentence("line 9 has 1 cell but the header has 4 names")[0].taken
    (('drop_lines', '9'),)
    """
    offers = []
    for option, values in _SAID.findall(text):
        field = option.replace("-", "_")
        for given in re.findall(_GIVEN, values):
            value = value_of(field, given.strip("'\""))
            words = capitalised(told({field: value}))
            offers.append(Offer(words, ((field, text_of(field, value)),)))
    if not offers and (uneven := _UNEVEN.search(text)):
        offers.append(Offer(f"Leave line {uneven[1]} out", (("drop_lines", uneven[1]),)))
    return offers


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
