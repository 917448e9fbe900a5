"""A problem on the device: standardised once a fold, then only sliced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spinn_engine.problems.matrix import Floats, blocks_of, ends_of
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.split import Split, cross_validation
from spinn_engine.spec import ModelSpec
from spinn_engine.training.scaling import Scaler, scaler_of

CALIBRATION_ROWS = 4096
HELD_OUT_ROWS = 2048

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """Row numbers of one split, and the standardisation that its training rows give."""

    train: Indices
    val: Indices
    test: Indices
    scaler: Scaler


@dataclass(frozen=True)
class Part:
    """One part of the split in all folds, padded to the largest.

    Attributes:
        rows: ``[F, n]`` row numbers; a shorter fold repeats its own.
        weight: ``[F, n]`` one over the fold's count, zero where rows are repeated.
        counts: rows of each fold.
    """

    rows: Tensor
    weight: Tensor
    counts: tuple[int, ...]


@dataclass(frozen=True)
class PlacedData:
    """All rows on the device, standardised as each fold would.

    Attributes:
        problem: where the rows come from.
        folds: the splits; one, the problem's own, unless there is cross-validation.
        x: ``[F, N, in]`` standardised inputs.
        y: ``[F, N, out]`` standardised targets.
        input_ends: smallest and largest input ``[2, in]`` of the first fold's training rows, raw.
        train: rows that training may see.
        val: rows for every selection.
        calibration: training rows ``[F, n]`` to score neurons and to reconstruct on.
        held_out: training rows ``[F, n]`` of other groups, to pick the ridge on.
    """

    problem: Problem
    folds: tuple[Fold, ...]
    x: Tensor
    y: Tensor
    input_ends: Floats
    train: Part
    val: Part
    calibration: Tensor
    held_out: Tensor

    @property
    def ends(self) -> tuple[int, int]:
        """Numbers of inputs and outputs."""
        return int(self.x.shape[2]), int(self.y.shape[2])

    @property
    def device(self) -> torch.device:
        """Where the rows are."""
        return self.x.device

    def take(self, folds: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs ``[M, n, in]`` and targets of ``rows`` ``[M, n]`` as each one's fold has them."""
        return self.x[folds[:, None], rows], self.y[folds[:, None], rows]


def on_device(
    problem: Problem, device: torch.device, folds: int = 1, model: ModelSpec | None = None
) -> PlacedData:
    """Split, standardise by training rows as the network asks, and put on the device.

    Raises:
        BadInputError: as ``cross_validation`` and ``scaler_of``.
    """
    made = []
    for train, val, test in splits_of(problem, folds):
        made.append(Fold(train, val, test, scaler_of(problem, train, model)))
    input_ends = ends_of(problem.inputs, made[0].train)
    calibration = [calibration_split(problem, fold.train) for fold in made]  # before rows are held
    y = np.stack([fold.scaler.targets(problem.targets) for fold in made])
    x = _standardised(problem, [fold.scaler for fold in made])
    return PlacedData(
        problem=problem,
        folds=tuple(made),
        x=torch.from_numpy(x).to(device),
        y=torch.from_numpy(y).to(device),
        input_ends=input_ends,
        train=_part([fold.train for fold in made], device),
        val=_part([fold.val for fold in made], device),
        calibration=_shortest([fit for fit, _ in calibration], device),
        held_out=_shortest([other for _, other in calibration], device),
    )


def splits_of(problem: Problem, folds: int) -> list[Split]:
    """Train, validation and test rows of every fold: of one, the problem's own.

    Raises:
        BadInputError: as ``cross_validation``.
    """
    if folds > 1:
        return cross_validation(problem, folds)
    return [(problem.train, problem.val, problem.test)]


def _standardised(problem: Problem, scalers: Sequence[Scaler]) -> NDArray[np.float32]:
    """Inputs ``[F, N, in]`` as each scaler has them; the raw ones are looked at block by block."""
    found = np.empty((len(scalers), *problem.inputs.shape), dtype=np.float32)
    start = 0
    for block in blocks_of(problem.inputs):
        for own, scaler in zip(found, scalers, strict=True):
            own[start : start + len(block)] = scaler.inputs(block)
        start += len(block)
    return found


def calibration_split(problem: Problem, train: Indices) -> tuple[Indices, Indices]:
    """Training rows to reconstruct on, and others to pick the ridge on.

    The others are whole groups (every fourth) where there are at least two, else a fourth of the
    rows. Drawn the same way every time; at most 4,096 and 2,048 rows.
    """
    order = np.random.default_rng(0).permutation(train)
    held_out = np.zeros(len(order), dtype=bool)
    held_out[3::4] = True
    if problem.groups is not None:
        names = np.unique(problem.groups[order])
        if len(names) > 1:
            held_out = np.isin(problem.groups[order], names[1::4])
    if not held_out.any():  # fewer than four rows
        held_out[-1:] = True
    fit, other = order[~held_out][:CALIBRATION_ROWS], order[held_out][:HELD_OUT_ROWS]
    return np.sort(fit), np.sort(other)


def _part(rows: Sequence[Indices], device: torch.device) -> Part:
    longest = max(map(len, rows))
    if len(rows) == 1:  # nothing to pad: nothing is copied
        alike = torch.full((1, 1), 1 / longest, device=device).expand(1, longest)
        return Part(torch.from_numpy(rows[0])[None].to(device), alike, (longest,))
    padded = np.stack([np.resize(one, longest) for one in rows])
    weight = np.stack([(np.arange(longest) < len(one)) / len(one) for one in rows])
    return Part(
        torch.from_numpy(padded).to(device),
        torch.from_numpy(weight.astype(np.float32)).to(device),
        tuple(map(len, rows)),
    )


def _shortest(rows: Sequence[Indices], device: torch.device) -> Tensor:
    count = min(map(len, rows))
    return torch.from_numpy(np.stack([one[:count] for one in rows])).to(device)
