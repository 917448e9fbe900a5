"""A problem on the device: standardised once, then only sliced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spinn_engine.problems.problem import Problem
from spinn_engine.training.loop import Rows
from spinn_engine.training.scaling import Scaler, fit_scaler

CALIBRATION_ROWS = 4096
HELD_OUT_ROWS = 2048


@dataclass(frozen=True)
class PlacedData:
    """What training, selection and reconstruction may see; the test rows are not among it.

    Attributes:
        problem: where the rows come from.
        scaler: fitted on the training rows.
        train: standardised training rows on the device.
        val: standardised validation rows on the device.
        calibration: training inputs ``[rows, in]`` to reconstruct on.
        held_out: training inputs of other groups, to pick the ridge on.
    """

    problem: Problem
    scaler: Scaler
    train: Rows
    val: Rows
    calibration: Tensor
    held_out: Tensor

    @property
    def ends(self) -> tuple[int, int]:
        """Numbers of inputs and outputs."""
        return len(self.problem.input_names), len(self.problem.target_names)

    @property
    def device(self) -> torch.device:
        """Where the rows are."""
        return self.train.x.device

    def test_inputs(self) -> Tensor:
        """Standardised test inputs ``[rows, in]``; read once, when a run ends."""
        x = self.scaler.inputs(self.problem.inputs[self.problem.test])
        return torch.from_numpy(x).to(self.device)


def place(problem: Problem, device: torch.device) -> PlacedData:
    """Standardise a problem by its training rows and put it on the device."""
    scaler = fit_scaler(problem.inputs[problem.train], problem.targets[problem.train])

    def rows(index: NDArray[np.int64]) -> Rows:
        x, y = scaler.inputs(problem.inputs[index]), scaler.targets(problem.targets[index])
        return Rows(torch.from_numpy(x).to(device), torch.from_numpy(y).to(device))

    train = rows(problem.train)
    fit, held_out = calibration_split(problem)
    return PlacedData(problem, scaler, train, rows(problem.val), train.x[fit], train.x[held_out])


def calibration_split(problem: Problem) -> tuple[Tensor, Tensor]:
    """Positions among the training rows to reconstruct on, and of others to pick the ridge on.

    The others are whole groups (every fourth) where there are at least two, else a fourth of the
    rows. Drawn the same way every time; at most 4,096 and 2,048 rows.
    """
    rng = np.random.default_rng(0)
    order = rng.permutation(len(problem.train))
    held_out = np.arange(len(order)) % 4 == 3
    if problem.groups is not None:
        groups = problem.groups[problem.train][order]
        names = np.unique(groups)
        if len(names) > 1:
            held_out = np.isin(groups, names[1::4])
    if not held_out.any():  # fewer than four rows
        held_out[-1:] = True
    fit = order[~held_out][:CALIBRATION_ROWS]
    other = order[held_out][:HELD_OUT_ROWS]
    return torch.from_numpy(np.sort(fit)), torch.from_numpy(np.sort(other))
