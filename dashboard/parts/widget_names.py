"""Sentences of the engine on a page: what it calls by a command's option is a widget here."""

from __future__ import annotations

import re

from dashboard.parts.forms.reading_words import FORM, LABELS, SIGNS, text_of
from spinn_engine.vocabulary import SPLITS

WIDGETS = {
    "targets": "“Targets”",
    "group": "“Group column”",
    "time": "“Time column”",
    "drop": "“Columns to leave out”",
    "split": "“Split”",
    "folds": "“Folds” under “Comparison” on Plan",
    "max-updates": "“Most updates of the dense network” under “Training” on Plan",
    "fine-tune-max-updates": "“Most updates of fine-tuning a stage” under “Training” on Plan",
    **{
        field.replace("_", "-"): f"“{label}” under “{FORM}” on Data"
        for field, label in LABELS.items()
    },
}
_NAMES = "|".join(sorted(WIDGETS, key=len, reverse=True))  # drop-lines before drop
_OPTION = re.compile(rf"--({_NAMES})\b")
_ASIDE = re.compile(rf"\(({_OPTION.pattern}[^()]*)\)")


def with_widgets(text: str) -> str:
    """The same sentence for who has widgets instead of options.

    >>> with_widgets("split by it (--group run --split block), or leave --time out")
    'split by it (“Group column”: run, “Split”: blocks of rows), or leave “Time column” out'
    """
    aside = _ASIDE.sub(lambda found: f"({_settings(found[1])})", text)
    return _OPTION.sub(lambda found: WIDGETS[found[1]], aside)


def _settings(options: str) -> str:
    """``--group run --folds 5`` as the widgets with what to put into them."""
    pieces = _OPTION.split(options)[1:]
    told = []
    for name, given in zip(pieces[::2], pieces[1::2], strict=True):
        value = given.strip()
        if name == "split" and value in SPLITS:
            value = SPLITS[value].label
        value = text_of(name, value) if name in SIGNS else value
        colon = "" if value[:1] in ("", ",") else ": "
        told.append(f"{WIDGETS[name]}{colon}{value}")
    return ", ".join(told)
