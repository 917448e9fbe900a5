"""The one sentence that a finished run comes to, the same wherever it is shown. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spinn_engine.evaluation.outcomes import COST
from spinn_engine.evaluation.scales import by_error, scale_of
from spinn_engine.evaluation.skill import no_better_than_the_mean
from spinn_engine.vocabulary import QUESTIONS
from spinn_engine.words import percent, shown_list


def headline(result: Mapping[str, Any]) -> str:
    """How small, at what cost, what it cannot predict, and whether a line or chance does as well.

    Args:
        result: ``spinn_structured_metrics.json``; of an older one as far as it goes.
    """
    if "headline" in result:
        return str(result["headline"])
    verdict = result["verdict"]
    parts = [f"{percent(result['parameter_reduction'])} fewer parameters{_cost(result)}"]
    parts += no_better_than_the_mean(result)
    for name, question in QUESTIONS.items():
        part = verdict.get(name)
        if part is None or question is COST:
            continue
        if part.get("outcome") in question.headline:
            parts.append(question.headline[part["outcome"]])
        if part.get("worse_for"):
            parts.append(f"for {shown_list(part['worse_for'])} {question.headline['worse']}")
    return f"{'; '.join(parts)}."


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
    return f"{told} ({scale.told(part['difference'])})"
