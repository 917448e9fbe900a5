"""Which physics terms a problem has, and how far predictions are from obeying them.

A term is 0 where it is obeyed. ``non_negative`` is the share of predictions below zero;
``monotone`` the way fallen, over the whole way that the target should have risen; a law's term the
root mean square of what is not as the law says, over that of what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Floats, Indices, Problem, RateLaw
from spinn_engine.problems.steps import next_rows, within
from spinn_engine.spec import PhysicsSpec
from spinn_engine.words import listed

MEANING = {
    "non_negative": "share of predictions below zero",
    "monotone": "way fallen over way risen",
    "wear_law": "error of the rate over the rate",
    "heat_balance": "error of the rate over the rate",
}


@dataclass(frozen=True)
class Term:
    """A physics term: its name, the targets it is about, and for a law the law."""

    name: str
    targets: tuple[str, ...]
    law: RateLaw | None = None


def terms_of(problem: Problem, physics: PhysicsSpec) -> list[Term]:
    """The terms that can be told for a problem, whatever weight they have.

    Raises:
        BadInputError: a term has a weight but the problem does not have it, or a target of
            ``physics.targets`` is none.
    """
    for name in physics.targets:
        if name not in problem.target_names:
            raise BadInputError(
                f"physics.targets: {name!r} is no target, which are {listed(problem.target_names)}"
            )
    found = [
        Term("non_negative", physics.targets or problem.never_negative),
        Term("monotone", physics.targets or problem.never_falling),
        *(Term(law.name, (law.target,), law) for law in problem.laws),
    ]
    if problem.times is None:
        del found[1]
    found = [term for term in found if term.targets]
    for name in physics.weights():
        if name not in [term.name for term in found]:
            raise BadInputError(f"physics.{name}: {_why_not(name, problem)}")
    return found


def _why_not(name: str, problem: Problem) -> str:
    if name == "monotone" and problem.times is None:
        return f"{problem.source} has no times, name the time column (--time)"
    if name in ("non_negative", "monotone"):
        return (
            f"no target of {problem.source} obeys it on the training rows, name those that must "
            "in physics.targets"
        )
    laws = [law.name for law in problem.laws]
    return f"{problem.source} does not know this law, only {listed(laws) if laws else 'no law'}"


def violations(
    problem: Problem,
    terms: Sequence[Term],
    rows: Indices,
    predicted: Floats,
    coefficients: Mapping[str, float],
) -> dict[str, float | None]:
    """How far predictions are from each term; None where no step or no rise is there to judge.

    Args:
        problem: where the rows come from.
        terms: what to judge.
        rows: row numbers ``[n]``.
        predicted: targets of these rows ``[n, out]`` in their units.
        coefficients: by law, where it was fitted; else the law's own.
    """
    if not terms:
        return {}
    values = np.full((len(problem.inputs), predicted.shape[1]), np.nan)
    values[rows] = predicted
    steps = within(rows, next_rows(problem))
    return {
        term.name: _violation(problem, term, rows, values, steps, coefficients) for term in terms
    }


def _violation(
    problem: Problem,
    term: Term,
    rows: Indices,
    values: Floats,
    steps: tuple[Indices, Indices],
    coefficients: Mapping[str, float],
) -> float | None:
    columns = [problem.target_names.index(name) for name in term.targets]
    if term.name == "non_negative":
        return float((values[rows][:, columns] < 0).mean())
    first, second = steps
    change = (values[second] - values[first])[:, columns]
    if term.law is None:
        rise = np.diff(_ends(problem, rows, steps), axis=0)[0][columns].sum()
        return float(-np.minimum(change, 0.0).sum() / rise) if rise > 0 else None
    factor = coefficients.get(term.name, term.law.coefficient)
    if factor is None or not len(first):
        return None
    expected = factor * law_change(problem, term.law, values[:, columns[0]], steps)
    size = np.sqrt(np.square(expected).mean())
    return float(np.sqrt(np.square(change[:, 0] - expected).mean()) / size) if size > 0 else None


def _ends(problem: Problem, rows: Indices, steps: tuple[Indices, Indices]) -> Floats:
    """Measured targets summed over rows that start a series, and over those that end one."""
    first, second = steps
    starts = np.setdiff1d(first, second)
    ends = np.setdiff1d(second, first)
    return np.stack([problem.targets[starts].sum(axis=0), problem.targets[ends].sum(axis=0)])


def law_change(
    problem: Problem, law: RateLaw, values: Floats, steps: tuple[Indices, Indices]
) -> Floats:
    """What a law says of each step for a coefficient of one, by the trapezium rule ``[steps]``.

    Args:
        problem: for the times.
        law: the law.
        values: the law's target ``[rows]``.
        steps: first and second rows.
    """
    assert problem.times is not None
    rates = law.gain - law.loss * values
    first, second = steps
    passed = problem.times[second] - problem.times[first]
    return np.asarray(0.5 * passed * (rates[first] + rates[second]))
