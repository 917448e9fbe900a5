"""Standardisation: fitted on training rows in float64, so that clocks in seconds keep digits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spinn_engine.problems.problem import LEAST_SPREAD, Floats, Indices, Problem


@dataclass(frozen=True)
class Scaler:
    """Mean and spread of inputs ``[in]`` and targets ``[out]``, in raw units."""

    x_mean: Floats
    x_std: Floats
    y_mean: Floats
    y_std: Floats

    def inputs(self, x: Floats) -> NDArray[np.float32]:
        """Standardised inputs ``[rows, in]``."""
        return ((x - self.x_mean) / self.x_std).astype(np.float32)

    def targets(self, y: Floats) -> NDArray[np.float32]:
        """Standardised targets ``[rows, out]``."""
        return ((y - self.y_mean) / self.y_std).astype(np.float32)


def fit_scaler(x: Floats, y: Floats) -> Scaler:
    """Fit on training rows ``x`` ``[rows, in]`` and ``y`` ``[rows, out]``.

    A constant column has no spread; it is centred and divided by 1.
    """
    return Scaler(x.mean(axis=0), _spread(x), y.mean(axis=0), _spread(y))


def scaler_of(problem: Problem, train: Indices) -> Scaler:
    """By training rows; of an equation the targets stay as they are: they are not to be known."""
    scaler = fit_scaler(problem.inputs[train], problem.targets[train])
    if problem.equation is None:
        return scaler
    return replace(scaler, y_mean=np.zeros_like(scaler.y_mean), y_std=np.ones_like(scaler.y_std))


def _spread(values: Floats) -> Floats:
    spread = values.std(axis=0)
    tiny = LEAST_SPREAD * np.maximum(np.abs(values).max(axis=0), 1e-300)
    return np.where(spread > tiny, spread, 1.0)
