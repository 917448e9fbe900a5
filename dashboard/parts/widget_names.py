"""Sentences of the engine on a page: what it calls by a command's option is a widget here."""

from __future__ import annotations

import re

from dashboard.parts.forms.reading_words import FORM, LABELS, said_in
from spinn_engine.vocabulary import SPLITS

WIDGETS = {
    "targets": "“Targets”",
    "group": "“Group column”",
    "keep-group": "“The group column is an input too”",
    "time": "“Time column”",
    "drop": "“Columns to leave out”",
    "split": "“Split”",
    "activation": "“Its activation”",
    "dense-scaling": "“How its rows were scaled”",
    "dense-reading": "“Its reading”",
    "folds": "“Folds” under “Comparison” on Plan",
    "max-updates": "“Most updates of the dense network” under “Training” on Plan",
    "fine-tune-max-updates": "“Most updates of fine-tuning a stage” under “Training” on Plan",
}
_READING = {field.replace("_", "-"): f"“{label}”" for field, label in LABELS.items()}
_OPTION = re.compile(rf"--({'|'.join(WIDGETS)})\b(?!-)")
_ASIDE = re.compile(rf"\(({_OPTION.pattern}[^()]*)\)")
_OF_READING = re.compile(rf"--({'|'.join(_READING)})\b(?!-)")
_LABEL = re.compile("|".join(_READING.values()))


def with_widgets(text: str) -> str:
    """The same sentence for who has widgets instead of options.

    >>> with_widgets("split by it (--group run --split block), or leave --time out")
    'split by it (“Group column”: run, “Split”: blocks of rows), or leave “Time column” out'
    >>> with_widgets("say --decimal . for the first")
    'say “Before decimals” under “Change how it is read” on Data: point for the first'
    """
    for said in reversed(said_in(text)):
        option, given = said.field.replace("_", "-"), " or ".join(said.texts)
        text = f"{text[: said.start]}--{option}: {given}{text[said.end :]}"
    text = _OF_READING.sub(lambda found: _READING[found[1]], text)
    text = _LABEL.sub(lambda found: f"{found[0]} under “{FORM}” on Data", text, count=1)
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
        told.append(f"{WIDGETS[name]}: {value}" if value else WIDGETS[name])
    return ", ".join(told)
