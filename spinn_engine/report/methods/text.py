"""The methods of a run in words, from its spec and its result: what was done, and only that."""

from __future__ import annotations

import textwrap

from spinn_engine.report.facts import Facts
from spinn_engine.report.methods.data import data_sentences
from spinn_engine.report.methods.training import pruning_sentences, training_sentences
from spinn_engine.report.methods.trial import comparison_sentences, measuring_sentences

LINE = 88


def methods(facts: Facts) -> list[str]:
    """Paragraphs: the data, the dense network, the pruning, the comparison, the measurements."""
    parts = (
        data_sentences(facts),
        training_sentences(facts),
        pruning_sentences(facts),
        comparison_sentences(facts),
        measuring_sentences(facts),
    )
    return [" ".join(sentences) for sentences in parts]


def as_text(paragraphs: list[str]) -> bytes:
    """The paragraphs as a text file."""
    filled = (textwrap.fill(one, LINE, break_long_words=False) for one in paragraphs)
    return ("\n\n".join(filled) + "\n").encode()
