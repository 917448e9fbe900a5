"""What all tables share: a row has a name, a label and a help text; tables are dicts by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar


@dataclass(frozen=True, kw_only=True)
class Row:
    """One word of the vocabulary.

    Attributes:
        name: as specs, files, the command line and addresses have it; it never changes.
        label: as pages, pictures and tables show it.
        help: what it is, as a phrase that goes on after the label and a colon.
    """

    name: str
    label: str
    help: str


AnyRow = TypeVar("AnyRow", bound=Row)


def table(*rows: AnyRow) -> dict[str, AnyRow]:
    """The rows by their names, in the order in which choices are shown."""
    return {row.name: row for row in rows}


def by_label(rows: Mapping[str, Row]) -> dict[str, str]:
    """The names by their labels: what a form offers, and what is meant."""
    return {row.label: name for name, row in rows.items()}


def glossary(rows: Iterable[Row]) -> str:
    """The rows as Markdown, one a line: what the help of a choice says."""
    return "  \n".join(f"{row.label}: {row.help}." for row in rows)


def unknown(kind: str, name: str, known: Collection[str]) -> str:
    """One sentence about a name that none has: what there is, and what may have been meant."""
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"unknown {kind} {name!r}: use one of {', '.join(known)}{meant}"
