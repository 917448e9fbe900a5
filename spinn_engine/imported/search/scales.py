"""Ways of scaling columns, fitted to the training rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spinn_engine.training.scaling import Scaler
from spinn_engine.vocabulary import SCALES

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scale:
    """``(value - shift) / scale`` of every column, after a logarithm if ``log``.

    Attributes:
        name: of ``SCALES``, or ``stored``.
        shift: ``[columns]``.
        scale: ``[columns]``, never zero.
        log: whether the logarithm is scaled.
    """

    name: str
    shift: Floats
    scale: Floats
    log: bool = False

    def apply(self, values: Floats) -> Floats:
        """Scaled rows ``[rows, columns]``."""
        return ((np.log(values) if self.log else values) - self.shift) / self.scale

    def back(self, values: Floats) -> Floats:
        """Rows in their own units."""
        values = values * self.scale + self.shift
        return np.exp(values) if self.log else values


Moments = tuple[Floats, Floats]


def _raw(rows: Floats) -> Moments:
    return np.zeros(rows.shape[1]), np.ones(rows.shape[1])


def _z(rows: Floats) -> Moments:
    return rows.mean(axis=0), rows.std(axis=0)


def _minmax(rows: Floats) -> Moments:
    return rows.min(axis=0), np.ptp(rows, axis=0)


def _symmetric(rows: Floats) -> Moments:
    return (rows.min(axis=0) + rows.max(axis=0)) / 2, np.ptp(rows, axis=0) / 2


def _largest(rows: Floats) -> Moments:
    return np.zeros(rows.shape[1]), np.abs(rows).max(axis=0)


def _robust(rows: Floats) -> Moments:
    low, middle, high = np.quantile(rows, (0.25, 0.5, 0.75), axis=0)
    return middle, high - low


FITTED: dict[str, Callable[[Floats], Moments]] = {
    "z": _z,
    "raw": _raw,
    "minmax": _minmax,
    "symmetric": _symmetric,
    "largest": _largest,
    "robust": _robust,
    "log": _raw,
    "log_z": _z,
}


def fit_scale(name: str, rows: Floats) -> Scale | None:
    """One way of scaling, fitted to rows ``[rows, columns]``; None where they do not allow it."""
    log = SCALES[name].log
    if log and rows.min() <= 0:
        return None
    with np.errstate(divide="ignore"):
        shift, scale = FITTED[name](np.log(rows) if log else rows)
    return Scale(name, shift, np.where(scale == 0, 1.0, scale), log)


def input_scales(rows: Floats) -> list[Scale]:
    """All that is tried for inputs ``[rows, in]``."""
    found = (fit_scale(name, rows) for name, row in SCALES.items() if row.of_inputs)
    return [scale for scale in found if scale is not None]


def target_scales(rows: Floats) -> list[Scale]:
    """All that is tried for targets ``[rows, out]``."""
    found = (fit_scale(name, rows) for name, row in SCALES.items() if row.of_targets)
    return [scale for scale in found if scale is not None]


def stored_scales(scaler: Scaler) -> tuple[Scale, Scale]:
    """Those of a checkpoint that has them."""
    return (
        Scale("stored", scaler.x_mean, scaler.x_std),
        Scale("stored", scaler.y_mean, scaler.y_std),
    )
