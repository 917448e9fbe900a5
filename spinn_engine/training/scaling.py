"""Standardisation: fitted on training rows in float64, so that clocks in seconds keep digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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


def _spread(values: Floats) -> Floats:
    spread = values.std(axis=0)
    tiny = 1e-12 * np.maximum(np.abs(values).max(axis=0), 1e-300)
    return np.where(spread > tiny, spread, 1.0)
