"""Standardisation: fitted on training rows in float64, so that clocks in seconds keep digits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spinn_engine.problems.matrix import Floats, Indices, Matrix, blocks_of_rows
from spinn_engine.problems.problem import LEAST_SPREAD, Problem


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


def scaler_of(problem: Problem, train: Indices) -> Scaler:
    """By training rows; of an equation the targets stay as they are: they are not to be known.

    A constant column has no spread; it is centred and divided by 1.
    """
    x, y = moments(problem.inputs, train), moments(problem.targets, train)
    scaler = Scaler(x[0], _spread(*x), y[0], _spread(*y))
    if problem.equation is None:
        return scaler
    return replace(scaler, y_mean=np.zeros_like(scaler.y_mean), y_std=np.ones_like(scaler.y_std))


def moments(matrix: Matrix, rows: Indices) -> tuple[Floats, Floats, Floats]:
    """Mean, standard deviation and largest size ``[columns]`` of some rows, which are not copied.

    Rows are added one after the other, as NumPy does along the first axis: to the same bits.
    """
    if matrix.shape[1] == 1:  # which it adds otherwise
        matrix, rows = matrix[:, 0][rows][:, None], np.arange(len(rows))
        return matrix.mean(axis=0), matrix.std(axis=0), np.abs(matrix).max(axis=0)
    total, largest = np.zeros(0), np.zeros(matrix.shape[1])
    for block in blocks_of_rows(matrix, rows):
        total = _added(total, block)
        largest = np.maximum(largest, np.abs(block).max(axis=0))
    mean, square = total / len(rows), np.zeros(0)
    for block in blocks_of_rows(matrix, rows):
        square = _added(square, np.square(block - mean))
    return mean, np.sqrt(square / len(rows)), largest


def _added(total: Floats, block: Floats) -> Floats:
    """A sum ``[columns]``, empty at first, and then the rows of a block, one after the other."""
    return np.asarray((np.vstack([total, block]) if len(total) else block).sum(axis=0))


def _spread(mean: Floats, spread: Floats, largest: Floats) -> Floats:
    tiny = LEAST_SPREAD * np.maximum(largest, 1e-300)
    return np.where(spread > tiny, spread, 1.0)
