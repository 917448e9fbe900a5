"""How names out of a file are shown: on one line, short, and with nothing that a terminal obeys."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_SHOWN = 100
NAMES_SHOWN = 4


def one_line(text: object) -> str:
    """Text with a question mark for every letter that cannot be printed."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(text))


def shown(name: object) -> str:
    """A name from a file, fit for a sentence."""
    clean = one_line(str(name)[: LONGEST_SHOWN + 1])
    return clean if len(clean) <= LONGEST_SHOWN else clean[:LONGEST_SHOWN] + "..."


def listed(names: Iterable[object]) -> str:
    """Some names from a file, and how many more there are."""
    every = list(names)
    more = len(every) - NAMES_SHOWN
    some = ", ".join(shown(name) for name in every[:NAMES_SHOWN])
    return some + (f" and {more} more" if more > 0 else "")
