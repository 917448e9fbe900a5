"""Lists, counted nouns, and text that others wrote."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from unicodedata import category

from spinn_engine.vocabulary import CHECKS
from spinn_engine.words.numbers import MINUS, TIMES, count

NO_BREAK = "\N{NO-BREAK SPACE}"

MOST_LISTED = 12
LONGEST_SHOWN = 100
MOST_WIDTHS = 6  # more layers than that are counted where they are equal

# Unicode's general categories: controls, marks without a form (that order text, too), half pairs,
# private ones, and ends of lines and paragraphs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NEGATIVE = re.compile(r"(?<![\w.)])-(?=\d)")
_BEFORE_UNIT = re.compile(rf"(?<=\d) (?=(?:%|[kMGT]B|bytes?|µs|ms|s|min|h|d|{TIMES})(?!\w))")


def listed(words: Iterable[str], most: int = MOST_LISTED) -> str:
    """Words with commas and an ``and``; those beyond ``most`` are counted.

    >>> listed("a"), listed("ab"), listed("abc"), listed("abcde", most=3)
    ('a', 'a and b', 'a, b and c', 'a, b, c and 2 more')
    """
    every = list(words)
    told = every if len(every) <= most else [*every[:most], f"{count(len(every) - most)} more"]
    return " and ".join(part for part in (", ".join(told[:-1]), *told[-1:]) if part)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number of things.

    >>> counted(1, "stage"), counted(1800, "stage"), counted(2, "entry", "entries")
    ('1 stage', '1,800 stages', '2 entries')
    """
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def widths(hidden: Sequence[int]) -> str:
    """Hidden widths from the inputs on; equal ones are counted where there are many layers.

    >>> widths((512, 512, 512, 256)), widths([48] * 12 + [24]), widths([])
    ('512-512-512-256', '12×48-24', 'none')
    """
    if len(hidden) <= MOST_WIDTHS:
        return "-".join(map(str, hidden)) or "none"
    runs = [(len(list(equal)), width) for width, equal in groupby(hidden)]
    return "-".join(f"{n}{TIMES}{width}" if n > 1 else str(width) for n, width in runs)


def visible(text: str) -> str:
    r"""Text of any length with nothing that a terminal obeys or that turns its lines around.

    >>> visible("one\x1b[2J\ntwo\u202egpj.exe")
    'one?[2J\ntwo?gpj.exe'
    """
    if text.isprintable():
        return text
    return "".join("?" if category(one) in _UNSEEN and one not in "\n\t" else one for one in text)


def harmless_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula, with an apostrophe before it where one might.

    >>> harmless_cell("=HYPERLINK(1)"), harmless_cell("wear = 3")
    ("'=HYPERLINK(1)", 'wear = 3')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def shown(name: object) -> str:
    r"""A name that others wrote: on one line, short, and with nothing that a terminal obeys.

    >>> shown("wear\x1b[31m mm")
    'wear?[31m mm'
    """
    short = str(name)[: LONGEST_SHOWN + 1]
    clean = "".join(letter if letter.isprintable() else "?" for letter in short)
    return clean if len(clean) <= LONGEST_SHOWN else clean[:LONGEST_SHOWN] + "..."


def shown_list(names: Iterable[object], most: int = 4) -> str:
    """Names that others wrote, the first few of them; one with a comma in quotes.

    >>> shown_list(["a", "b", "c, mm", "d", "e"])
    'a, b, "c, mm", d and 1 more'
    """
    return listed((_quoted(shown(name)) for name in names), most)


def listed_as(text: str, names: Sequence[str]) -> tuple[int, ...] | None:
    """In which order ``shown_list`` has listed all of the names; None where it is no such list.

    >>> listed_as("b, c and a", ["a", "b", "c"])
    (1, 2, 0)
    """
    told = [_quoted(shown(name)) for name in names]

    def rest_of(text: str, left: frozenset[int]) -> tuple[int, ...] | None:
        between = {0: "", 1: " and "}.get(len(left) - 1, ", ")
        for at in sorted(left):
            begins = told[at] + between
            if len(left) == 1 and text == begins:
                return (at,)
            if len(left) > 1 and text.startswith(begins):
                more = rest_of(text[len(begins) :], left - {at})
                if more is not None:
                    return (at, *more)
        return None

    return rest_of(text, frozenset(range(len(names))))


def _quoted(name: str) -> str:
    """A name as one of a list: in quotes where it has a comma or quotes."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"' if re.search('[",]', name) else name


def names_text(names: Iterable[str]) -> str:
    """Names as they are typed in a list, and as ``names_in`` reads them.

    >>> names_text(["wear, mm", "drift"])
    '"wear, mm", drift'
    """
    return ", ".join(map(_quoted, names))


def names_in(text: str | None) -> tuple[str, ...]:
    """The names of a list with commas; a name with a comma is in quotes.

    >>> names_in('"wear, mm", drift')
    ('wear, mm', 'drift')
    """
    rows = csv.reader([text or ""], skipinitialspace=True)
    return tuple(name.strip() for row in rows for name in row if name.strip())


def errors_of(checks: Iterable[Mapping[str, Any]]) -> str:
    """What the checks of the data call errors, in a sentence without its end; empty without any.

    >>> errors_of([{"check": "leak", "severity": "error", "columns": ["heat", "y"]}])
    'The checks find 1 error in the data: leak (heat and y)'
    """
    errors = [one for one in checks if one["severity"] == "error"]
    if not errors:
        return ""
    about = (f" ({shown_list(one['columns'])})" if one["columns"] else "" for one in errors)
    found = [f"{CHECKS[one['check']].label}{of}" for one, of in zip(errors, about, strict=True)]
    return f"The checks find {counted(len(found), 'error')} in the data: {listed(found)}"


def capitalised(sentence: str) -> str:
    """A sentence that begins with a capital letter; the other letters stay.

    >>> capitalised("the R2 of structured")
    'The R2 of structured'
    """
    return sentence[:1].upper() + sentence[1:]


def typeset(sentence: str) -> str:
    """A sentence of the engine as a page sets it: R², and true minus signs before numbers.

    >>> typeset("cost -0.0001 R2 in run 2026-11-28")
    'cost −0.0001 R² in run 2026-11-28'
    """
    return _NEGATIVE.sub(MINUS, sentence.replace("R2", "R²"))


def tied(text: str) -> str:
    """Text of any kind whose numbers and units stay on one line.

    >>> tied("95 % within 12 min 30 s").replace(NO_BREAK, "~")
    '95~% within 12~min 30~s'
    """
    return _BEFORE_UNIT.sub(NO_BREAK, text)
