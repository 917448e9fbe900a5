"""What the arms show, in words and in numbers, from paired repetitions. Imports no torch.

A pair is the same seed (and fold) in two arms: what the seed does to both cancels out. Nothing is
said with fewer than three repetitions that differ, nor of several folds with fewer seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import ArrayLike

from spinn_engine.evaluation.intervals import CONFIDENCE, interval
from spinn_engine.evaluation.outcomes import COST, against, cost_of_pruning, gain_of_training
from spinn_engine.evaluation.scales import R2Scale, Scale
from spinn_engine.vocabulary import OUTCOMES, QUESTIONS, SUBJECT, QuestionRow
from spinn_engine.words import shown

Scores = Mapping[str, ArrayLike]  # by arm, [seeds] or [seeds, folds]
R2: Scale = R2Scale()


def verdict(
    scores: Scores,
    margin: float,
    scale: Scale = R2,
    per_target: Mapping[str, Scores] | None = None,
) -> dict[str, Any]:
    """Compare the arms of a run.

    Args:
        scores: per arm, the mean test score over targets of each repetition. Has at least
            ``dense`` and ``structured``; an arm without seeds has one row.
        margin: how much ``structured`` may lose against ``dense_longer`` and still count as no
            worse, in units of the scale.
        scale: what the scores are, and how two are compared.
        per_target: the same scores of each target, where there are several.

    Returns:
        ``margin``; ``scale``; for every question of the vocabulary its answer, with the paired
        ``difference``, an ``outcome``, a ``sentence`` and, of several targets, those that it did
        ``worse_for`` than a rival that decides first; or None where its arm was not run; in
        ``extra_epochs`` instead the ``share`` of the gain over ``dense`` that ``dense_longer`` has
        too, where intervals show it; ``targets``, what pruning cost for each target; and ``words``,
        all sentences in reading order.
    """
    ways: dict[str, Callable[[QuestionRow], dict[str, Any] | None]] = {
        "margin": lambda _: _cost(scores, margin, scale),
        "share": lambda question: _extra_training(scores, question, scale),
        "difference": lambda question: _against(scores, question, scale, per_target or {}),
    }
    answers = {name: ways[question.answer](question) for name, question in QUESTIONS.items()}
    targets = _targets(per_target or {}, margin, scale)
    return {
        "margin": margin,
        "scale": scale.name,
        **answers,
        "targets": targets,
        "words": reading_order(answers, targets),
    }


def reading_order(answers: Mapping[str, Any], targets: list[dict[str, Any]]) -> list[str]:
    """All sentences: first what makes the rest matter less, each target's line after the cost."""
    given = {name: one for name, one in answers.items() if one is not None}
    first = [
        name
        for name, one in given.items()
        if QUESTIONS[name].first and OUTCOMES[one["outcome"]].unbeaten
    ]
    found = []
    for name in [*first, *(name for name in given if name not in first)]:
        found.append(str(given[name]["sentence"]))
        if QUESTIONS[name] is COST:
            found += [one["sentence"] for one in targets if one["worst"]]
            found += [_line(one) for one in targets if not one["worst"]]
    return found


def _paired(
    scores: Scores, mine: str, other: str, scale: Scale, confidence: float = CONFIDENCE
) -> dict[str, Any]:
    """The interval of one arm's differences to another.

    On either scale they are to be told from 1: R2 is, and in powers of ten an error's rounding is.
    """
    return interval(scale.difference(scores[mine], scores[other]), confidence, unit=1.0)


def _cost(
    scores: Scores, margin: float, scale: Scale, confidence: float = CONFIDENCE
) -> dict[str, Any] | None:
    if COST.arm not in scores:
        return None
    difference = _paired(scores, SUBJECT, COST.arm, scale, confidence)
    outcome, sentence = cost_of_pruning(difference, scale, margin)
    return {"difference": difference, "outcome": outcome, "sentence": sentence}


def _against(
    scores: Scores, question: QuestionRow, scale: Scale, per_target: Mapping[str, Scores]
) -> dict[str, Any] | None:
    if question.arm not in scores:
        return None
    difference = _paired(scores, SUBJECT, question.arm, scale)
    outcome, sentence = against(difference, scale, question.other)
    worse = [] if OUTCOMES[outcome].lost else _worse_for(question, scale, per_target)
    told = (f"For {shown(one['target'])} it did worse: {one['numbers']}" for one in worse)
    return {
        "difference": difference,
        "outcome": outcome,
        "sentence": " ".join([sentence, *told]),
        "worse_for": [one["target"] for one in worse],
    }


def _worse_for(
    question: QuestionRow, scale: Scale, per_target: Mapping[str, Scores]
) -> list[dict[str, Any]]:
    """The targets for which the mean over all hides that a rival which decides first did better."""
    if not question.first or len(per_target) < 2:
        return []
    found = []
    for name, scores in per_target.items():
        difference = _paired(scores, SUBJECT, question.arm, scale, _simultaneous(per_target))
        if OUTCOMES[against(difference, scale, question.other)[0]].lost:
            found.append({"target": name, "numbers": f"{scale.told(difference)}."})
    return found


def _simultaneous(per_target: Mapping[str, Scores]) -> float:
    """The confidence of each of several intervals that are all to hold (Bonferroni)."""
    return 1 - (1 - CONFIDENCE) / max(len(per_target), 1)


def _extra_training(scores: Scores, question: QuestionRow, scale: Scale) -> dict[str, Any] | None:
    """How much of what ``structured`` gains over ``dense`` training on gives by itself."""
    if COST.arm not in scores:
        return None
    gain = _paired(scores, SUBJECT, question.arm, scale)
    extra = _paired(scores, COST.arm, question.arm, scale)
    ahead = _paired(scores, SUBJECT, COST.arm, scale)
    share, sentence = gain_of_training(gain, extra, ahead, scale)
    return {"gain": gain, "gain_of_extra_epochs": extra, "share": share, "sentence": sentence}


def _targets(per_target: Mapping[str, Scores], margin: float, scale: Scale) -> list[dict[str, Any]]:
    """What pruning cost for each of several targets, with simultaneous intervals."""
    confidence = _simultaneous(per_target)
    found = []
    for name, scores in per_target.items():
        cost = _cost(scores, margin, scale, confidence)
        if cost is not None and len(per_target) > 1:
            found.append({"target": name, **cost})
    worst = min((one["difference"]["mean"] for one in found), default=None)
    for one in found:
        one["worst"] = one["difference"]["mean"] == worst
        which = "the worst target, " if one["worst"] else ""
        one["sentence"] = f"For {which}{shown(one['target'])}: {_lowered(one['sentence'])}"
        one["numbers"] = f"{scale.told(one['difference'])}."
    return found


def _line(target: Mapping[str, Any]) -> str:
    """What pruning cost for a target that is not the worst, in few words."""
    label = OUTCOMES[target["outcome"]].label
    return f"For {shown(target['target'])}: {label}, {target['numbers']}"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
