"""Whether a straight-line fit is as good as a network: before a run, and after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spinn_engine.problems.checks.evidence import Evidence, sample_rows, thinned
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.matrix import Indices
from spinn_engine.vocabulary import SUBJECT
from spinn_engine.words import fixed, listed, shortest

MOST_JUDGED = 100_000  # validation rows


def linear_enough(evidence: Evidence) -> list[Finding]:
    """What least squares on the training rows explains of the validation rows."""
    problem = evidence.problem
    train = thinned(problem.train, sample_rows(problem))
    if len(train) < 2 or len(problem.val) < 2:
        return []
    val = thinned(problem.val, MOST_JUDGED)
    seen, judged = problem.inputs[train], problem.inputs[val]
    middle, spread = seen.mean(axis=0), seen.std(axis=0)
    varies = spread > 0
    seen, judged = ((x[:, varies] - middle[varies]) / spread[varies] for x in (seen, judged))
    mean = problem.targets[train].mean(axis=0)
    weights = np.linalg.lstsq(seen, problem.targets[train] - mean, rcond=None)[0]
    truth = problem.targets[val]
    left_over = np.square(truth - mean - judged @ weights).mean(axis=0)
    variance = truth.var(axis=0)
    scores = {
        name: 1 - float(left / own)
        for name, left, own in zip(problem.target_names, left_over, variance, strict=True)
        if own > 0
    }
    if not scores:
        return []
    each = listed([f"{fixed(score)} for {name}" for name, score in scores.items()])
    return [
        Finding(
            "linear_enough",
            "info",
            tuple(scores),
            float(np.mean(list(scores.values()))),
            f"A straight-line fit (least squares on all inputs, {len(train):,} training rows"
            f"{_judged_on(val, problem.val)}) "
            f"reaches a validation R2 of {each}.",
            "A network is worth its parameters only where it does clearly better: keep the arm "
            "linear among the controls.",
        )
    ]


def _judged_on(rows: Indices, val: Indices) -> str:
    return (
        f", judged on {len(rows):,} of {len(val):,} validation rows" if len(rows) < len(val) else ""
    )


def linear_against_network(arms: Mapping[str, dict[str, Any]], margin: float) -> list[Finding]:
    """The same after a run, on the test rows: the linear arm against the pruned network.

    Args:
        arms: the arms of the result by name, each with its ``per_output``; where ``linear`` is not
            among them nothing is said.
        margin: how much R2 a network must be better by.
    """
    if "linear" not in arms:
        return []
    scores = {
        name: (arms["linear"]["per_output"][name]["r2"]["mean"], network["r2"]["mean"])
        for name, network in arms[SUBJECT]["per_output"].items()
    }
    enough = tuple(name for name, (line, network) in scores.items() if network < line + margin)
    each = listed([f"{n} against {fixed(line)} for {name}" for name, (line, n) in _shown(scores)])
    value = float(np.mean([network - line for line, network in scores.values()]))
    if not enough:
        return [
            Finding(
                "linear_enough",
                "info",
                tuple(scores),
                value,
                f"By the means, the pruned network is ahead of a linear fit by more than "
                f"{shortest(margin)} R2 on every target (the verdict says what is shown): test R2 "
                f"{each}.",
                "Show the linear fit beside the network.",
            )
        ]
    return [
        Finding(
            "linear_enough",
            "warning",
            enough,
            value,
            f"By the means, the pruned network is not ahead of a linear fit by {shortest(margin)} "
            f"R2 on {listed(enough)} (the verdict says what is shown): test R2 {each}.",
            "Report the linear fit for these targets, or bring data that need a network.",
        )
    ]


def _shown(scores: dict[str, tuple[float, float]]) -> list[tuple[str, tuple[float, str]]]:
    return [(name, (line, fixed(network))) for name, (line, network) in scores.items()]
