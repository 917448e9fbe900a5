"""Leaks: a target that was computed from inputs, one alone or several together.

Everything is judged on rows of groups that the fit has not seen. This reads the targets of all
rows, test rows too: it says how the data came about, and chooses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from spinn_engine.problems.checks.evidence import LEAST_GROUPS, SEED, Evidence
from spinn_engine.problems.checks.finding import Finding, Severity
from spinn_engine.problems.checks.least_squares import LeastSquares
from spinn_engine.problems.checks.runs import label_runs
from spinn_engine.problems.checks.steps import state_by_target
from spinn_engine.problems.problem import Floats, Indices, Problem
from spinn_engine.words import listed, percent

FOLDS = 5
EXACT = 0.999  # R2 from which on a target counts as computed
ALMOST = 0.99
ROUNDING = 1e-9  # share of a variance that may be due to rounded sums
CANDIDATE = 0.95  # R2 that neighbours reach, below which no curve is fitted
KNOTS = 500
LEAST_ROWS = 20


def leak(evidence: Evidence) -> list[Finding]:
    """Inputs that alone give a target almost exactly, then targets computed from several."""
    if len(evidence.sample) < LEAST_ROWS:
        return []
    folds = _folds(evidence)
    fit = LeastSquares(evidence.inputs, evidence.targets, folds)
    curves = _curves(evidence, folds)
    alone = list(_alone(evidence.problem, fit, curves))
    sums = list(_together(evidence.problem, fit, alone, "a weighted sum"))
    powers = _powers(evidence, folds)
    products = _together(evidence.problem, powers, [*alone, *sums], "a product of powers")
    found = [*alone, *sums, *products]
    steps = state_by_target(evidence) if found else {}
    return [_unless_a_step(one, steps, fit, evidence.problem) for one in found]


def _unless_a_step(
    finding: Finding, steps: Mapping[str, str], fit: LeastSquares, problem: Problem
) -> Finding:
    """A target that is an input one step later follows from it by right, with others or alone.

    So it does from what tells it no better than that input, as the input of a step before.
    """
    *names, target = finding.columns
    state = steps.get(target)
    if state is None:
        return finding
    if state not in names:
        at, out = problem.input_names.index(state), problem.target_names.index(target)
        if len(names) > 1 or finding.value > fit.correlation(at, out) ** 2:
            return finding
    return replace(
        finding,
        severity="info",
        message=f"{finding.message} {target} is {state} one step later: a step of a system that "
        "follows a law.",
        advice=f"Hold a network against the step that changes nothing ({target} = {state}).",
        drop=(),
    )


def _folds(evidence: Evidence) -> Indices:
    """``[sample]`` fold of each sampled row; rows that may depend on each other are in one."""
    units = evidence.units or next(filter(None, label_runs(evidence)), None)
    codes = np.arange(len(evidence.sample))
    if units is not None and units.count >= LEAST_GROUPS:
        codes = units.codes[evidence.sample]
    order = np.random.default_rng(SEED).permutation(int(codes.max()) + 1)
    return np.asarray(order[codes] % FOLDS)


def _alone(
    problem: Problem, fit: LeastSquares, curves: dict[tuple[int, int], float]
) -> Iterator[Finding]:
    for out, target in enumerate(problem.target_names):
        for at, name in enumerate(problem.input_names):
            curve = curves.get((at, out), -np.inf)
            line = fit.r2([at], out) if fit.correlation(at, out) ** 2 >= CANDIDATE else -np.inf
            best = max(line, curve)
            if best < ALMOST:
                continue
            severity: Severity = "error" if best >= EXACT else "warning"
            how = "a straight line" if line >= EXACT or line >= curve else "a curve"
            yield Finding(
                "leak",
                severity,
                (name, target),
                best,
                f"{name} alone predicts {target}: {how} through it explains {percent(best, 4)} of "
                "its variance in rows that the fit has not seen.",
                f"Drop {name} unless it was measured independently: {target} was most likely "
                "computed from it, or it from the target."
                if best >= EXACT
                else f"Find out how {name} and {target} were measured, and drop {name} if one was "
                "computed from the other.",
                (name,) if best >= EXACT else (),
            )


def _together(
    problem: Problem, fit: LeastSquares, known: list[Finding], how: str
) -> Iterator[Finding]:
    """Targets that a fit on several inputs gives, without those that are known to leak it."""
    for out, target in enumerate(problem.target_names):
        exact = [one for one in known if one.severity == "error" and target in one.columns]
        taken = {name for one in exact for name in one.columns}
        left = [at for at in fit.columns if problem.input_names[at] not in taken]
        most = fit.r2(left, out)
        if most < EXACT:
            continue
        nearly_most = 1 - max(ROUNDING, 10 * (1 - most))
        chosen = fit.fewest(left, out, max(EXACT, nearly_most))
        names = tuple(problem.input_names[at] for at in chosen)
        found = fit.r2(chosen, out)
        yield Finding(
            "leak",
            "error",
            (*names, target),
            found,
            f"{target} is {how} of {listed(names)}: least squares explains {percent(found, 4)} of "
            "its variance in rows that the fit has not seen.",
            f"Find out how {target} was made: if it was computed from these inputs drop them, and "
            "if it is truly such a law use it instead of a network.",
            names if len(names) < len(problem.input_names) else (),
        )


def _powers(evidence: Evidence, folds: Indices) -> LeastSquares:
    """Fits between logarithms; columns that are not positive everywhere explain nothing."""
    inputs, targets = (
        np.log(np.where(part.min(axis=0) > 0, part, 1.0))
        for part in (evidence.inputs, evidence.targets)
    )
    return LeastSquares(inputs, targets, folds)


def _curves(evidence: Evidence, folds: Indices) -> dict[tuple[int, int], float]:
    """R2 of the curves through single inputs that may give a target: by input and target.

    The higher of the R2 of a target's values and of their ranks, so that long tails hide nothing.
    With a single input there is nothing else that a network could learn from, so none is judged.
    """
    if np.count_nonzero(~evidence.is_constant) < 2:
        return {}
    targets = evidence.targets
    both = np.concatenate(
        [targets, pd.DataFrame(targets).rank().to_numpy()], axis=1
    )  # [sample, 2 out]
    both = (both - both.mean(axis=0)) / np.where(np.ptp(both, axis=0) > 0, both.std(axis=0), 1.0)
    found = {}
    for at in np.flatnonzero(~evidence.is_constant):
        likely = _neighbours_r2(evidence.inputs[:, at], both).reshape(2, -1).max(axis=0)
        for out in np.flatnonzero(likely >= CANDIDATE):
            own = both[:, [out, out + targets.shape[1]]]
            found[int(at), int(out)] = _curve_r2(evidence.inputs[:, at], own, folds)
    return found


def _neighbours_r2(values: Floats, targets: Floats) -> Floats:
    """What rows that are next to each other in ``values`` share of the targets, ``[columns]``.

    Half the mean squared difference of neighbours is the variance that no smooth curve explains
    (Rice, J. (1984). Bandwidth choice for nonparametric regression. Annals of Statistics).
    ``targets`` ``[rows, columns]`` have variance 1.
    """
    ordered = targets[np.argsort(values, kind="stable")]
    return np.asarray(1 - np.square(np.diff(ordered, axis=0)).mean(axis=0) / 2)


def _curve_r2(values: Floats, targets: Floats, folds: Indices) -> float:
    """The best R2 over ``targets`` ``[rows, columns]`` of a curve fitted on the other folds.

    Only rows within the range of the curve are judged.
    """
    predicted = np.full_like(targets, np.nan)
    for fold in range(FOLDS):
        own, others = folds == fold, folds != fold
        if not own.any() or not others.any():
            continue
        knots, heights = _curve(values[others], targets[others])
        for column, height in enumerate(heights.T):
            predicted[own, column] = np.interp(
                values[own], knots, height, left=np.nan, right=np.nan
            )
    judged = np.isfinite(predicted).all(axis=1)
    if judged.sum() < LEAST_ROWS:
        return -np.inf
    left_over = np.square(targets[judged] - predicted[judged]).mean(axis=0)
    variance = targets[judged].var(axis=0)
    return float((1 - left_over / np.where(variance > 0, variance, np.nan)).max())


def _curve(values: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Knots ``[knots]``, rising, and heights ``[knots, columns]``: means of bins of equal size."""
    order = np.argsort(values, kind="stable")
    values, targets = values[order], targets[order]
    different = np.concatenate([[True], np.diff(values) > 0])
    rank = np.cumsum(different) - 1  # [rows] number of each row's value
    bins = rank * min(KNOTS, rank[-1] + 1) // (rank[-1] + 1)
    starts = np.flatnonzero(np.concatenate([[True], np.diff(bins) > 0]))
    sizes = np.diff([*starts, len(values)])
    knots = np.add.reduceat(values, starts) / sizes
    return knots, np.add.reduceat(targets, starts, axis=0) / sizes[:, None]
