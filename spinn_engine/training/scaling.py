"""Standardisation: fitted on training rows in float64, so that clocks in seconds keep digits.

Where a new network has ends of its own, targets are laid over what these can give.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError
from spinn_engine.problems.matrix import Floats, Indices, Matrix, blocks_of_rows, ends_of
from spinn_engine.problems.problem import LEAST_SPREAD, Problem
from spinn_engine.spec import ModelSpec
from spinn_engine.spec.named import named_range
from spinn_engine.words import shortest, shown, shown_list

Centred = tuple[Floats, Floats]  # what columns are taken less, and what they are divided by


@dataclass(frozen=True)
class Scaler:
    """What inputs ``[in]`` and targets ``[out]`` are taken less and divided by, in raw units.

    Mean and standard deviation, where a network does not ask for others.
    """

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


def scaler_of(problem: Problem, train: Indices, model: ModelSpec | None = None) -> Scaler:
    """By training rows; a constant column has no spread: it is centred and divided by 1.

    Args:
        problem: the rows.
        train: those to fit on.
        model: a new network whose ends ask for other scales; else mean and standard deviation.

    Raises:
        BadInputError: as ``target_scale``.
    """
    model = model or ModelSpec()
    x = INPUT_SCALES[model.input_scale](problem.inputs, train)
    return Scaler(*x, *target_scale(problem, train, model))


def target_scale(problem: Problem, train: Indices, model: ModelSpec) -> Centred:
    """What targets ``[out]`` are taken less and divided by; arguments as of ``scaler_of``.

    Where a network's outputs have a least value or zeros of their own, targets are not centred, but
    laid over these. Those of an equation stay as they are: they are not to be known.

    Raises:
        BadInputError: a target of a training row is beyond what the network could give.
    """
    y = _standard(problem.targets, train)
    if problem.equation is not None:
        return np.zeros_like(y[0]), np.ones_like(y[1])
    if model.zero_at:
        y = np.zeros_like(y[0]), y[1]
    return OUTPUT_SCALES[model.output_function](problem, train, model, y)


def _standard(matrix: Matrix, rows: Indices) -> Centred:
    mean, spread, largest = moments(matrix, rows)
    return mean, _spread(mean, spread, largest)


def _symmetric(matrix: Matrix, rows: Indices) -> Centred:
    """Middle and half of the range."""
    low, high = ends_of(matrix, rows)
    middle, largest = (low + high) / 2, np.maximum(np.abs(low), np.abs(high))
    return middle, _spread(middle, (high - low) / 2, largest)


INPUT_SCALES: dict[str, Callable[[Matrix, Indices], Centred]] = {
    "z": _standard,
    "symmetric": _symmetric,
}


def check_zeros(problem: Problem, train: Indices, model: ModelSpec) -> None:
    """Refuse zeros of a network where targets are clearly none.

    Raises:
        BadInputError: in a training row at such a place a target is farther from zero than its
            standard deviation.
    """
    spread = problem.targets[train].std(axis=0)
    for column, place in model.ends_for(problem.input_names).zeros:
        there = train[np.asarray(problem.inputs[train, column]) == place]
        sizes = np.abs(problem.targets[there]).max(axis=0, initial=0.0)
        for name, size, usual in zip(problem.target_names, sizes, spread, strict=True):
            if problem.equation is None and size > usual:
                raise BadInputError(
                    f"zero_at: {shown(name)} reaches {shortest(size)} in training rows where "
                    f"{shown(problem.input_names[column])} is {shortest(place)}: leave that out"
                )


def _as_they_are(_: Problem, _train: Indices, _model: ModelSpec, y: Centred) -> Centred:
    return y


def _not_negative(problem: Problem, train: Indices, _: ModelSpec, y: Centred) -> Centred:
    """By the standard deviation alone."""
    low = problem.targets[train].min(axis=0)
    for name, least in zip(problem.target_names, low, strict=True):
        if least < 0:
            raise BadInputError(
                f"output_function: softplus gives nothing below 0, but {shown(name)} is "
                f"{shortest(least)} in a training row: leave it out"
            )
    return np.zeros_like(y[0]), y[1]


def _within(problem: Problem, train: Indices, model: ModelSpec, _: Centred) -> Centred:
    """The ranges of the targets become 0 to 1."""
    ranges = dict(map(named_range, model.output_range))
    if extra := [name for name in ranges if name not in problem.target_names]:
        known = shown_list(problem.target_names)
        raise BadInputError(f"output_range: there is no target {shown(extra[0])}: there is {known}")
    low, high = ends_of(problem.targets, train)
    for name, least, most in zip(problem.target_names, low, high, strict=True):
        if name not in ranges:
            raise BadInputError(
                f"output_range: sigmoid needs the lowest and highest value of {shown(name)}: give "
                f"{shown(name)}=LOW:HIGH"
            )
        if least < ranges[name][0] or most > ranges[name][1]:
            raise BadInputError(
                f"output_range: {shown(name)} goes from {shortest(least)} to {shortest(most)} in "
                "the training rows, which the range does not hold: give a wider one"
            )
    bounds = np.array([ranges[name] for name in problem.target_names])
    return bounds[:, 0], bounds[:, 1] - bounds[:, 0]


# By output function, how targets are scaled: to what it can give.
OUTPUT_SCALES: dict[str, Callable[[Problem, Indices, ModelSpec, Centred], Centred]] = {
    "identity": _as_they_are,
    "softplus": _not_negative,
    "sigmoid": _within,
}


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
