"""Errors in the targets' own units. Imports no torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BOUNDS = {"r2": (-np.inf, 1.0), "rmse": (0.0, np.inf), "mae": (0.0, np.inf)}  # least and most


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
