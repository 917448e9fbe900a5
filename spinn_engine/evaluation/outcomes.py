"""What an interval of a difference allows to be said: an outcome and a sentence. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spinn_engine.evaluation.intervals import repetitions_of, seeds_that_exclude
from spinn_engine.evaluation.scales import Scale
from spinn_engine.vocabulary import QUESTIONS
from spinn_engine.words import capitalised, counted, percent, repeated

COST = next(question for question in QUESTIONS.values() if question.answer == "margin")
LEAST_PAIRS = 3
LEAST_SEEDS = 3  # where there are folds: coverage was simulated from there on
MOST_SEEDS = 100  # beyond, a number of seeds is no advice
TOO_FEW = "not enough repetitions to say"

Difference = Mapping[str, Any]  # as ``intervals.interval`` gives it
Outcome = tuple[str, str]  # a name of OUTCOMES, and the sentence


def cost_of_pruning(difference: Difference, scale: Scale, margin: float) -> Outcome:
    """Non-inferiority by the lower end of the interval (Piaggio et al. 2012, CONSORT).

    A cost is shown where the whole interval lies below zero, be it smaller than the margin or not.
    """
    if too_few(difference):
        return "unknown", told_too_few(f"what pruning cost against {COST.other}", difference)
    numbers, border = scale.told(difference), scale.border(margin)
    than, against = f"the margin of {scale.told_margin(margin)}", f"against {COST.other}"
    low, high = difference["low"], difference["high"]
    if high < border:
        return "inferior", f"Pruning cost more than {than} {against}: {numbers}."
    if low > border and high < 0:
        return "small_cost", f"Pruning cost something {against}, but less than {than}: {numbers}."
    if low > border:
        return "non_inferior", f"Pruning cost no more than {than} {against}: {numbers}."
    more = _seeds_to_decide(difference, border)
    if high < 0:
        told = f"Pruning cost something {against}; whether more than {than} is undecided"
        return "cost", f"{told}: {numbers}. {more}"
    told = f"Whether pruning cost more than {than} {against} is undecided"
    return "inconclusive", f"{told}: {numbers}. {more}"


def against(difference: Difference, scale: Scale, other: str) -> Outcome:
    """Whether the pruned network is better than another; never that both are the same."""
    if too_few(difference):
        return "unknown", told_too_few(f"the pruned network against {other}", difference)
    numbers = scale.told(difference)
    if difference["low"] > 0:
        return "better", f"The pruned network beat {other}: {numbers}."
    if difference["high"] < 0:
        return "worse", f"The pruned network did worse than {other}: {numbers}."
    told = f"No difference shown between the pruned network and {other}"
    return "no_difference_seen", f"{told}: {numbers}."


def gain_of_training(
    gain: Difference, extra: Difference, ahead: Difference, scale: Scale
) -> tuple[float | None, str]:
    """The share of the gain over the dense network that training on has too, and the sentence.

    There is a share only where intervals show a gain, and whether training on alone gave none of
    it, a part, or all.

    Args:
        gain: the pruned network against the dense one.
        extra: the dense network trained on against the same.
        ahead: the pruned network against the one trained on.
        scale: of all three.
    """
    if too_few(gain):
        return None, told_too_few("any gain over the dense network", gain)
    numbers = scale.told(gain)
    if gain["high"] < 0:
        return None, f"The pruned network did worse than the dense one: {numbers}."
    if gain["low"] <= 0:
        return None, f"No gain over the dense network is shown: {numbers}."
    told = f"the pruned network's gain over the dense one ({numbers})"
    if too_few(extra):
        return None, told_too_few(f"how much of {told} the extra training alone gives", extra)
    part, alone = extra["mean"] / gain["mean"], scale.told(extra)
    if extra["high"] < 0:
        return part, f"None of {told} comes with the extra training alone, which lost: {alone}."
    if extra["low"] <= 0:
        return None, f"How much of {told} the extra training alone gives is undecided: {alone}."
    return _part_or_all(part, told, alone, ahead)


def _part_or_all(part: float, told: str, alone: str, ahead: Difference) -> tuple[float | None, str]:
    """Where training on alone is shown to give something: how much, by what pruning is ahead."""
    if not too_few(ahead) and ahead["high"] <= 0:
        as_much = f"the dense network trained on gained as much: {alone}"
        return part, f"All of {told} comes with the extra training: {as_much}."
    if not too_few(ahead) and ahead["low"] > 0:
        share = percent(part, 0)
        return part, f"Of {told}, the extra training alone gives a part, about {share}: {alone}."
    undecided = "whether a part or all is undecided"
    return None, f"Of {told}, the extra training alone gives something; {undecided}: {alone}."


def too_few(difference: Difference) -> bool:
    """Whether nothing can be said: fewer than three repetitions that differ, or too few seeds.

    With folds two seeds have an interval too, and one has: but not one whose coverage is known.
    """
    return bool(
        difference["n"] < LEAST_PAIRS or difference["low"] is None or _lacks_seeds(difference)
    )


def told_too_few(subject: str, difference: Difference) -> str:
    """That there are too few, and whether that is because several gave the same number."""
    n, every = difference["n"], repetitions_of(difference).size
    if n == 1 and every > 1:
        return (
            f"{capitalised(subject)}: {TOO_FEW} (all {every} repetitions gave the same number, "
            "which counts once)."
        )
    if _lacks_seeds(difference):
        few = f"{repeated(difference)}, at least {LEAST_SEEDS} seeds that differ are needed"
        return f"{capitalised(subject)}: {TOO_FEW} ({few})."
    pairs = "pair" if n == 1 else "pairs"
    return f"{capitalised(subject)}: {TOO_FEW} ({n} {pairs}, at least {LEAST_PAIRS} are needed)."


def _lacks_seeds(difference: Difference) -> bool:
    return bool(difference["folds"] > 1 and difference["seeds"] < LEAST_SEEDS)


def _seeds_to_decide(difference: Difference, border: float) -> str:
    values = repetitions_of(difference)
    needed = seeds_that_exclude(values, border, MOST_SEEDS, difference["confidence"])
    rows = "with these folds" if values.shape[1] > 1 else "on this split"
    if needed is None:
        return f"Not even {MOST_SEEDS} seeds {rows} would decide, if they spread as these."
    return f"About {counted(needed, 'seed')} {rows} would decide, if they spread as these."
