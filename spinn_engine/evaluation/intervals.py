"""Intervals over seeds and folds, whose coverage was simulated. Imports no torch.

Seeds times folds are not that many repetitions: every seed is tested on the same folds, and every
fold is learned by the same seeds. Both are factors of a two-way layout without replication, each
drawn at random; more seeds do not narrow what folds make wide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
EQUAL = 1e-6  # values that differ by less, relative to the largest, are one: stacks round by 3e-8


def interval(
    values: ArrayLike,
    confidence: float = CONFIDENCE,
    least: float = -np.inf,
    most: float = np.inf,
    unit: float = 0.0,
) -> dict[str, Any]:
    """Mean and two-sided interval of ``values`` ``[seeds]`` or ``[seeds, folds]``, as plain data.

    With one fold it is Student's t interval over the seeds: how another training on this split
    would do. With several folds, by the mean squares of seeds, folds and rest, the variance of the
    mean is ``(MS seeds + MS folds - MS rest) / (seeds * folds)``, with Satterthwaite's degrees of
    freedom (Satterthwaite 1946), and never less than what the larger factor gives alone.

    Seeds that all gave the same are one repetition, and so are folds: equal numbers say nothing of
    how others would differ.

    Args:
        values: one number of each repetition.
        confidence: of the interval.
        least: what the true mean cannot be below, as an error cannot below zero: the interval ends
            there, which takes nothing from its coverage.
        most: the same above, as 1 for R2.
        unit: how large the numbers are that ``values`` are differences of, as 1 for R2: values
            that rounding keeps apart are told by the larger of it and of themselves. Zero for what
            is no difference: an error of 1e-9 rounds by its own size.

    Returns:
        ``mean``; ``low`` and ``high``, None where there is only one repetition; ``seeds`` and
        ``folds``, those that differ; ``n``, the number of folds where there are several, else of
        seeds; ``confidence``; ``per_seed``, each the mean over its folds; and, with several
        folds, all ``values``.
    """
    every = np.asarray(values, dtype=np.float64)
    every = every[:, None] if every.ndim == 1 else every
    differing = _differing(every, unit)
    seeds, folds = differing.shape
    half = _half_width(differing, confidence)
    mean = float(every.mean())
    return {
        "mean": mean,
        "low": None if half is None else max(mean - half, least),
        "high": None if half is None else min(mean + half, most),
        "n": folds if folds > 1 else seeds,
        "seeds": seeds,
        "folds": folds,
        "confidence": confidence,
        "per_seed": every.mean(axis=1).tolist(),
        **({"values": every.tolist()} if every.shape[1] > 1 else {}),
    }


def repetitions_of(figure: Mapping[str, Any]) -> Floats:
    """The values ``[seeds, folds]`` that a figure of ``interval`` was made from.

    A figure of a result from before ``values`` were kept has one column, whatever its folds.
    """
    kept = figure["values"] if "values" in figure else [[value] for value in figure["per_seed"]]
    return np.asarray(kept, dtype=np.float64)


def of_members(values: Sequence[float], folds: int) -> dict[str, Any]:
    """The interval of one number a member, ordered by seed and then fold."""
    return interval(np.reshape(values, (-1, folds)))


def mean_squares(values: Floats) -> tuple[float, float, float]:
    """Mean squares of seeds, folds and rest, of values ``[seeds, folds]``, two or more of each."""
    seeds, folds = values.shape
    of_seeds, of_folds = values.mean(axis=1), values.mean(axis=0)
    rest = values - of_seeds[:, None] - of_folds[None, :] + values.mean()
    return (
        folds * float(of_seeds.var(ddof=1)),
        seeds * float(of_folds.var(ddof=1)),
        float(np.square(rest).sum()) / ((seeds - 1) * (folds - 1)),
    )


def variance_of_mean(values: Floats) -> tuple[float, float] | None:
    """Variance of the mean of ``[seeds, folds]``, and its degrees of freedom; None of one value."""
    seeds, folds = values.shape
    if min(seeds, folds) == 1:
        n = values.size
        return None if n == 1 else (float(values.var(ddof=1)) / n, float(n - 1))
    of_seeds, of_folds, rest = squares = mean_squares(values)
    larger, degrees = (of_seeds, seeds - 1) if of_seeds > of_folds else (of_folds, folds - 1)
    together = of_seeds + of_folds - rest
    if together <= larger:
        return larger / values.size, float(degrees)
    freedom = (seeds - 1, folds - 1, (seeds - 1) * (folds - 1))
    spread = sum(square**2 / df for square, df in zip(squares, freedom, strict=True))
    return together / values.size, min(max(together**2 / spread, 1.0), float(degrees))


def _differing(values: Floats, unit: float) -> Floats:
    """``values`` with seeds, and then folds, that are all equal counted once."""
    room = EQUAL * max(float(np.abs(values).max()), unit)
    if np.ptp(values, axis=0).max() <= room:
        values = values[:1]
    if np.ptp(values, axis=1).max() <= room:
        values = values[:, :1]
    return values


def _half_width(values: Floats, confidence: float) -> float | None:
    found = variance_of_mean(values)
    if found is None:
        return None
    from scipy.special import stdtrit  # a fifth of a second to import, and not to read a result

    variance, degrees = found
    return float(stdtrit(degrees, (1 + confidence) / 2) * np.sqrt(variance))


def seeds_that_exclude(
    values: Floats, border: float, most: int = 100, confidence: float = CONFIDENCE
) -> int | None:
    """How many seeds it would take for the interval not to hold ``border``.

    The mean and the variance components are taken to stay as they are in ``values``
    ``[seeds, folds]``, which has two seeds or more that differ; the folds stay too.

    Args:
        values: one number of each repetition.
        border: what the interval is not to hold.
        most: how many seeds are tried at most.
        confidence: of the interval.

    Returns:
        The number of seeds in all; None where not even ``most`` would do.
    """
    from scipy.special import stdtrit

    distance = abs(float(values.mean()) - border)
    folds = values.shape[1]
    if folds == 1:
        of_seeds, fold_part, rest = float(values.var(ddof=1)), 0.0, 0.0
    else:
        squares = mean_squares(values)
        rest = squares[2]
        of_seeds = max(squares[0] - rest, 0.0) / folds
        fold_part = max(squares[1] - rest, 0.0) / len(values)
    for seeds in range(len(values) + 1, most + 1):
        variance = of_seeds / seeds + fold_part / folds + rest / (seeds * folds)
        degrees = seeds - 1 if folds == 1 else min(seeds, folds) - 1
        if float(stdtrit(degrees, (1 + confidence) / 2)) * variance**0.5 < distance:
            return seeds
    return None
