"""The one sentence that a finished run comes to, the same wherever it is shown. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spinn_engine.evaluation.outcomes import COST
from spinn_engine.evaluation.scales import by_error, scale_of
from spinn_engine.evaluation.skill import no_better_than_the_mean
from spinn_engine.vocabulary import OUTCOMES, QUESTIONS
from spinn_engine.words import listed, percent, shown_list

COSTLY = "inferior"  # an outcome of the cost
UNSAID = next(name for name, outcome in OUTCOMES.items() if outcome.unsaid)


def headline(result: Mapping[str, Any]) -> str:
    """How small, at what cost, what it cannot predict, and whether a line or chance does as well.

    Args:
        result: ``spinn_structured_metrics.json``; of an older one as far as it goes.
    """
    if "headline" in result:
        return str(result["headline"])
    verdict = result["verdict"]
    fewer = f"{percent(result['parameter_reduction'])} fewer parameters"
    parts = [f"{fewer}{_cost(result)}{_unsaid(verdict)}", *no_better_than_the_mean(result)]
    for name, question in QUESTIONS.items():
        part = verdict.get(name)
        if part is None or question is COST:
            continue
        if part.get("outcome") in question.headline and part["outcome"] != UNSAID:
            parts.append(question.headline[part["outcome"]])
        if part.get("worse_for"):
            parts.append(f"for {shown_list(part['worse_for'])} {question.headline['worse']}")
    return f"{'; '.join(parts)}."


def _unsaid(verdict: Mapping[str, Any]) -> str:
    """What there are too few repetitions to say beside, or instead of, what pruning cost."""
    parts = {name: verdict.get(name) or {} for name in QUESTIONS}
    unsaid = [
        question.headline[UNSAID]
        for name, question in QUESTIONS.items()
        if question is not COST and parts[name].get("outcome") == UNSAID and question.headline
    ]
    if not unsaid:
        return ""
    if parts[COST.name].get("outcome") == UNSAID:
        return "".join(f", nor {words}" for words in unsaid)
    return f"; there are too few repetitions to say {listed(unsaid)}"


def _cost(result: Mapping[str, Any]) -> str:
    """What the smaller network cost against the fair control, with its interval."""
    verdict = result["verdict"]
    part = verdict[COST.name]
    if part is None:
        return f"; what they cost is not known, for {COST.other} was not run"
    scale = scale_of(by_error(result))
    told = COST.headline[part["outcome"]].format(
        margin=f"the margin of {scale.told_margin(verdict['margin'])}",
        against=f"against {COST.other}",
    )
    each = _costly(verdict, part["outcome"])
    return f"{told} ({scale.told(part['difference'])}){each}"


def _costly(verdict: Mapping[str, Any], outcome: str) -> str:
    """The targets that are shown to have cost more than the margin, where the mean hides it."""
    if outcome == COSTLY:
        return ""
    names = [one["target"] for one in verdict.get("targets", ()) if one["outcome"] == COSTLY]
    return f"; for {shown_list(names)} they cost more than the margin" if names else ""
