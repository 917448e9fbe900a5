"""Do physics terms help where data are few? ``python -m tests.benchmarks.physics``.

Trains the reference network on a tenth of the training lives of ``milling-sim``, five draws of
lives and three seeds each, without and with physics terms; the test lives are the usual. Prints
the test R2 and the paired differences, one pair a draw (a draw's seeds are averaged: they share
their data).
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import torch

from spinn_engine.evaluation.intervals import interval
from spinn_engine.evaluation.tested import evaluate_networks
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.terms import terms_of
from spinn_engine.spec import DataSpec, ModelSpec, PhysicsSpec
from spinn_engine.training.course import Fixed
from spinn_engine.training.data import on_device
from spinn_engine.training.device import keep_freed_memory
from spinn_engine.training.loop import Members, Settings, fit
from spinn_engine.training.objective import objective_of
from tests.plain import plain_stack

DRAWS, SEEDS, EPOCHS = range(5), (0, 1, 2), 150
WAYS = {
    "no physics": PhysicsSpec(),
    "non_negative 0.1": PhysicsSpec(non_negative=0.1),
    "monotone 0.001": PhysicsSpec(monotone=0.001),
    "laws 0.0001": PhysicsSpec(wear_law=0.0001, heat_balance=0.0001),
    "laws 0.001": PhysicsSpec(wear_law=0.001, heat_balance=0.001),
    "laws 0.01": PhysicsSpec(wear_law=0.01, heat_balance=0.01),
    "laws 0.001, fitted": PhysicsSpec(wear_law=0.001, heat_balance=0.001, fit_coefficients=True),
    "heat balance 0.01": PhysicsSpec(heat_balance=0.01),
    "all": PhysicsSpec(non_negative=0.1, monotone=0.001, wear_law=0.001, heat_balance=0.001),
}


def fewer(problem: Problem, draw: int) -> Problem:
    """A tenth of the training groups, validation and test as they are."""
    assert problem.groups is not None
    lives = np.unique(problem.groups[problem.train])
    kept = np.random.default_rng(draw).choice(lives, round(len(lives) / 10), replace=False)
    train = problem.train[np.isin(problem.groups[problem.train], kept)]
    return replace(problem, train=train)


def scores(problem: Problem, physics: PhysicsSpec) -> dict[str, float]:
    """Mean test R2 of each target over the seeds, and how far from the terms."""
    data = on_device(problem, torch.device("cpu"))
    widths = (data.ends[0], *ModelSpec().hidden, data.ends[1])
    stack = plain_stack(widths, "tanh", SEEDS)
    folds = torch.zeros(len(SEEDS), dtype=torch.int64)
    objective = objective_of(data, physics, len(SEEDS), {})
    members = Members(folds, [100 + seed for seed in SEEDS])
    fit(stack, data, members, Settings(Fixed(EPOCHS), 1e-3, 256), lambda _: None, objective)
    terms = terms_of(problem, physics)
    found = evaluate_networks(stack, [0] * len(SEEDS), data, terms, objective.coefficients())
    r2 = found.metrics["r2"][:, 0].mean(axis=0)
    return {
        **dict(zip(problem.target_names, map(float, r2), strict=True)),
        **{name: float(values.mean()) for name, values in found.violations.items()},
    }


def main() -> None:
    """Print one line a way."""
    keep_freed_memory()
    problem = load_problem(DataSpec())
    chosen = sys.argv[1:] or list(WAYS)
    found = {way: [scores(fewer(problem, draw), WAYS[way]) for draw in DRAWS] for way in chosen}
    for way, draws in found.items():
        shown = []
        for name in draws[0]:
            values = np.array([one[name] for one in draws])
            text = f"{name} {values.mean():.4f}"
            if name in problem.target_names and way != chosen[0]:
                base = np.array([one[name] for one in found[chosen[0]]])
                pair = interval(values - base)
                text += f" ({pair['mean']:+.4f} [{pair['low']:+.4f}, {pair['high']:+.4f}])"
            shown.append(text)
        sys.stdout.write(f"{way}: {'; '.join(shown)}\n")


if __name__ == "__main__":
    main()
