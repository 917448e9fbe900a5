"""How a table file is read, in the words of the pages. Imports no streamlit."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

from spinn_engine.words import listed, names_in, names_text, shown_list

FORM = "Change how it is read"
AS_FOUND = "as found"
LABELS = {
    "missing": "Counts as missing",
    "not_missing": "Not missing",
    "decimal": "Before decimals",
    "thousands": "Between thousands",
    "header": "Line of the names",
    "units_row": "Line of the units",
    "skip": "Lines to skip at the start",
    "drop_lines": "Lines that are no rows",
    "delimiter": "Between cells",
    "comment": "Comments begin with",
    "encoding": "Encoding",
    "sheet": "Sheet",
    "time_format": "Times are written as",
}
SIGNS: Mapping[str, Mapping[str, str]] = {
    "decimal": {"point": ".", "comma": ","},
    "thousands": {
        "point": ".",
        "comma": ",",
        "apostrophe": "'",
        "space": "space",
        "nothing": "none",
    },
    "delimiter": {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "bar": "|"},
}
LINES = ("header", "units_row", "skip")
LISTS = ("missing", "not_missing", "sheet")
_TOLD = {
    "missing": "{} as missing",
    "not_missing": "{} not as missing",
    "decimal": "{} before decimals",
    "thousands": "{} between thousands",
    "header": "names in line {}",
    "units_row": "units in line {}",
    "skip": "the first lines skipped up to line {}",
    "drop_lines": "lines {} left out",
    "delimiter": "{} between cells",
    "comment": "lines that begin with {} left out",
    "encoding": "letters as {}",
    "sheet": "sheet {}",
    "time_format": "times as {}",
}
_NONE = {"header": "no line of names", "units_row": "no line of units", "skip": "no line skipped"}

_OPTION = "|".join(sorted((field.replace("_", "-") for field in LABELS), key=len, reverse=True))
_GIVEN = r"""'[^']+'|"[^"]+"|-?\d[\d.]*(?:e[+-]?\d+)?|[^\w\s'",)]|,(?= |$)|\w[\w./-]*(?=, or |$)"""
_SAID = re.compile(
    r"(?<!leave out )--(?:missing (?P<words>[^()]+?)(?= if\b)|"
    rf"(?P<option>{_OPTION}) (?P<given>(?:{_GIVEN})(?: or (?:{_GIVEN}))*)(?=[\s,;:.?)]|$))"
)


class Said(NamedTuple):
    """An option that a sentence of the engine names, with what it says to give.

    Attributes:
        field: that the option sets.
        texts: each way to fill its widget.
        start: where it begins in the sentence.
        end: where what is given ends.
    """

    field: str
    texts: tuple[str, ...]
    start: int
    end: int


def said_in(text: str) -> list[Said]:
    """The options of a reading in a sentence that are named with what to give.

    >>> [one[:2] for one in said_in("say --decimal . for the first or --decimal , for the second")]
    [('decimal', ('point',)), ('decimal', ('comma',))]
    >>> [one[:2] for one in said_in("give --time-format '%d.%m.%y' or '%m.%d.%y'")]
    [('time_format', ('%d.%m.%y', '%m.%d.%y'))]
    >>> [one[:2] for one in said_in("choose one, as by --sheet data, or name several")]
    [('sheet', ('data',))]
    >>> said_in("or say --missing '****' if that stands for a missing cell")[0].texts
    ('****',)
    >>> said_in("(--header, 0 for none); --sheet names another; leave out --sheet 'a b'")
    []
    """
    return [
        Said("missing", (_as_typed(found["words"]),), *found.span())
        if found["words"]
        else _said(found["option"].replace("-", "_"), found)
        for found in _SAID.finditer(text)
    ]


def _as_typed(words: str) -> str:
    """Words without the quotes that a shell needs; as they are where these do not end."""
    try:
        return " ".join(shlex.split(words))
    except ValueError:
        return words


def _said(field: str, found: re.Match[str]) -> Said:
    quotes = "'" if field in LISTS else "'\""  # in a list they hold a name together
    given = (one.strip(quotes) for one in re.findall(_GIVEN, found["given"]))
    return Said(field, tuple(text_of(field, value_of(field, one)) for one in given), *found.span())


def text_of(field: str, value: Any) -> str:
    """A field of a spec as its widget and the address have it.

    >>> text_of("decimal", ","), text_of("decimal", None), text_of("missing", ("-9999", "bad"))
    ('comma', 'as found', '-9999, bad')
    """
    if field in SIGNS:
        labels = {sign: label for label, sign in SIGNS[field].items()}
        return AS_FOUND if value is None else labels.get(value, value)
    if field in LISTS:
        return names_text(value)
    return "" if value is None else str(value)


def value_of(field: str, text: str) -> Any:
    """The other way round; a line that is no number stays as it is, for the spec to refuse.

    >>> value_of("decimal", "comma"), value_of("decimal", "as found"), value_of("header", "0")
    (',', None, 0)
    """
    text = text.strip()
    if field in LISTS:
        return names_in(text)
    if text in ("", AS_FOUND):
        return None
    if field in LINES:
        return int(text) if text.isdecimal() else text
    return SIGNS.get(field, {}).get(text, text)


def told(reading: Mapping[str, Any]) -> str:
    """What a person asked for, in words; empty where everything is found in the file.

    >>> told(dict(decimal=",", header=0, missing=("-9999",), comment=None))
    '-9999 as missing, commas before decimals and no line of names'
    """
    return listed(
        _phrase(field, shown_list(value) if field in LISTS else text_of(field, value))
        for field in LABELS
        if (value := reading.get(field)) not in (None, ())
    )


def _phrase(field: str, text: str) -> str:
    if field in _NONE and text == "0":
        return _NONE[field]
    plural = field in SIGNS and text in SIGNS[field] and text != "nothing"
    words = f"{text}s" if plural else text
    if field == "drop_lines" and text.isdecimal():
        return f"line {text} left out"
    return _TOLD[field].format(words)
