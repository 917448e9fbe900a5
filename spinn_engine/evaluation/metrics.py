"""Errors in the targets' own units, and intervals over repetitions. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean over repetitions with its 95 % t interval; no interval when there is only one."""

    mean: float
    low: float | None
    high: float | None
    n: int
    per_seed: list[float]


def interval(values: Sequence[float] | Floats) -> dict[str, Any]:
    """Mean and two-sided 95 % Student t interval of ``values``, as plain data (see Interval)."""
    array = np.asarray(values, dtype=np.float64)
    mean, n = float(array.mean()), len(array)
    if n == 1:
        return asdict(Interval(mean, None, None, 1, array.tolist()))
    from scipy.special import stdtrit  # a fifth of a second to import, and not to read a result

    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * array.std(ddof=1) / np.sqrt(n))
    return asdict(Interval(mean, mean - half, mean + half, n, array.tolist()))


def relative_l2(predicted: Floats, target: Floats) -> float:
    """Euclidean norm of the error over that of the target, over all rows and targets."""
    return float(np.linalg.norm(predicted - target) / np.linalg.norm(target))


def regression_metrics(predicted: Floats, target: Floats) -> dict[str, Floats]:
    """``r2``, ``rmse`` and ``mae``, each ``[out]``, of predictions ``[rows, out]``.

    R2 is 1 - residual sum of squares / total sum of squares about the mean of these rows; RMSE and
    MAE are in the targets' units. A target that is constant on these rows has no R2 (NaN).
    """
    error = predicted - target
    total = np.square(target - target.mean(axis=0)).sum(axis=0)
    residual = np.square(error).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = np.where(total > 0, 1 - residual / total, np.nan)
    return {
        "r2": r2,
        "rmse": np.sqrt(np.square(error).mean(axis=0)),
        "mae": np.abs(error).mean(axis=0),
    }
