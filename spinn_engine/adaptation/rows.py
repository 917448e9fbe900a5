"""All rows on the device, those of the run and the new ones, standardised as the run did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from spinn_engine.adaptation.stream import Stream
from spinn_engine.problems.problem import Floats
from spinn_engine.training.data import PlacedData

CHUNK = 8192  # rows that go through a network at once


@dataclass(frozen=True)
class Rows:
    """What ``M`` networks, each of one fold, may learn from.

    Attributes:
        data: the run's rows.
        stream: the new rows.
        folds: ``[M]`` whose training rows and standardisation a network has.
        x: ``[F, S, in]`` standardised inputs of the new rows, as each fold has them.
        y: ``[F, S, out]`` their standardised targets.
    """

    data: PlacedData
    stream: Stream
    folds: Tensor
    x: Tensor
    y: Tensor

    @property
    def count(self) -> int:
        """Number of new rows."""
        return int(self.x.shape[1])

    def new(self, rows: range) -> tuple[Tensor, Tensor]:
        """Inputs ``[M, n, in]`` and targets of a batch of new rows."""
        part = slice(rows.start, rows.stop)
        return self.x[self.folds, part], self.y[self.folds, part]

    def old(self) -> tuple[Tensor, Tensor]:
        """Inputs ``[M, n, in]`` and targets of the run's training rows.

        A smaller fold repeats its own rows until it has as many.
        """
        return self.data.take(self.folds, self.data.train.rows[self.folds])

    def old_counts(self) -> Tensor:
        """``[M, n]`` one for each training row, zero where it is a repetition."""
        return (self.data.train.weight[self.folds] > 0).to(self.x.dtype)

    def raw(self, outputs: Tensor) -> Floats:
        """Standardised outputs ``[M, n, out]`` in the units of the targets."""
        scalers = [self.data.folds[fold].scaler for fold in self.folds.tolist()]
        mean, std = (
            np.stack([getattr(one, name) for one in scalers])[:, None]
            for name in ("y_mean", "y_std")
        )
        return np.asarray(outputs.cpu().double().numpy() * std + mean)


def place_stream(data: PlacedData, stream: Stream, folds: Sequence[int]) -> Rows:
    """Standardise the new rows by the run's scalers, and put them on the device."""
    x = np.stack([fold.scaler.inputs(stream.inputs) for fold in data.folds])
    y = np.stack([fold.scaler.targets(stream.targets) for fold in data.folds])
    return Rows(
        data=data,
        stream=stream,
        folds=torch.tensor(folds, device=data.device),
        x=torch.from_numpy(x).to(data.device),
        y=torch.from_numpy(y).to(data.device),
    )
