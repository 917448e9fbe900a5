"""What a pruned network does not predict better than a constant does. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spinn_engine.evaluation.scales import by_error
from spinn_engine.vocabulary import SUBJECT
from spinn_engine.words import fixed, listed, shown

MOST_NAMED = 3  # targets; the others are counted


def no_better_than_the_mean(result: Mapping[str, Any]) -> list[str]:
    """The targets with an R2 that is not above zero, or not shown to be, as parts of a sentence.

    An R2 of zero is that of one number for all test rows, their mean. An equation is judged by its
    error, and has none.

    Args:
        result: ``spinn_structured_metrics.json``.
    """
    subject = next((arm for arm in result.get("arms", ()) if arm["arm"] == SUBJECT), None)
    if subject is None or by_error(result):
        return []
    figures = {name: scores["r2"] for name, scores in subject["per_output"].items()}
    below = {name: one for name, one in figures.items() if one["mean"] <= 0}
    unclear = {
        name: one for name, one in figures.items() if _lowest(one) <= 0 and name not in below
    }
    told = []
    if below:
        told.append(f"it predicts {_named(below)} no better than the mean of the test rows")
    if unclear:
        told.append(
            f"that it predicts {_named(unclear)} better than the mean of the test rows is not shown"
        )
    return told


def _lowest(figure: Mapping[str, Any]) -> float:
    return float(figure["mean"] if figure["low"] is None else figure["low"])


def _named(figures: Mapping[str, Mapping[str, Any]]) -> str:
    each = (f"{shown(name)} (R2 {fixed(one['mean'], 2)})" for name, one in figures.items())
    return listed(each, MOST_NAMED)
