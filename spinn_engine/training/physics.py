"""Physics terms of the loss, on consecutive rows of a group.

For a fourth of a batch the row that follows in time is run through the network as well, so terms
about change see real steps of time, never shuffled rows. A term counts in typical steps of its
target (``problems.steps``), squared, on average over the rows or steps that it can judge.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from spinn_engine.problems.problem import Floats, RateLaw
from spinn_engine.problems.steps import next_rows, typical_step, within
from spinn_engine.spec import PhysicsSpec
from spinn_engine.training.data import PlacedData

STEPS_SHARE = 4  # one row of so many is followed by the next


class PhysicsTerms:
    """The terms that a spec gives a weight, for one stack.

    Attributes:
        fitted: for each law whose coefficient is fitted, ``[M]``: the logit of where it stands
            between its bounds.
    """

    def __init__(
        self, data: PlacedData, physics: PhysicsSpec, members: int, start: dict[str, list[float]]
    ) -> None:
        self.data, self.physics = data, physics
        problem, device = data.problem, data.device
        following = next_rows(problem)
        self.following = torch.full((len(data.folds), len(following)), -1)  # [F, N]
        scales = []
        for number, fold in enumerate(data.folds):
            steps = within(fold.train, following)
            self.following[number, torch.from_numpy(steps[0])] = torch.from_numpy(steps[1])
            scales.append(typical_step(problem, steps))
        self.following = self.following.to(device)
        self.scale = _placed(np.stack(scales), data)  # [F, out]
        self.mean = _placed(np.stack([fold.scaler.y_mean for fold in data.folds]), data)
        self.std = _placed(np.stack([fold.scaler.y_std for fold in data.folds]), data)
        names = problem.target_names
        self.positive = [names.index(n) for n in physics.targets or problem.never_negative]
        self.rising = [names.index(n) for n in physics.targets or problem.never_falling]
        self.times = None if problem.times is None else torch.from_numpy(problem.times).to(device)
        self.laws = [law for law in problem.laws if getattr(physics, law.name) > 0]
        self.fitted: list[Tensor] = []
        self.rates = {
            law.name: (_placed(law.gain, data), _placed(law.loss, data)) for law in self.laws
        }
        for law in self.laws:
            if physics.fit_coefficients or law.coefficient is None:
                first = torch.tensor(start.get(law.name, [math.nan] * members))
                low, high = law.bounds
                share = ((first - low) / (high - low)).nan_to_num(0.5).clamp(1e-3, 1 - 1e-3)
                self.fitted.append(share.logit().to(device).requires_grad_())

    def rows_after(self, folds: Tensor, rows: Tensor) -> Tensor:
        """The rows ``[M, Q]`` that follow the first ``Q`` of ``rows`` ``[M, B]``.

        A row that none follows stands for itself, and counts for nothing.
        """
        first = rows[:, : math.ceil(rows.shape[1] / STEPS_SHARE)]
        after = self.following[folds[:, None], first]
        return torch.where(after < 0, first, after)

    def coefficients(self) -> dict[str, Tensor]:
        """The coefficient of each law that is fitted, ``[M]``."""
        logits = iter(self.fitted)
        return {
            law.name: law.bounds[0] + (law.bounds[1] - law.bounds[0]) * next(logits).sigmoid()
            for law in self.laws
            if self.physics.fit_coefficients or law.coefficient is None
        }

    def loss(self, predicted: Tensor, folds: Tensor, rows: Tensor, after: Tensor) -> Tensor:
        """The weighted sum of the terms, ``[M]``.

        Args:
            predicted: standardised outputs ``[M, B + Q, out]`` of ``rows``, then of ``after``.
            folds: ``[M]``.
            rows: ``[M, B]``.
            after: ``[M, Q]`` as ``rows_after`` gives them.
        """
        first = rows[:, : after.shape[1]]
        counts = (first != after).to(predicted.dtype)  # [M, Q]
        counts = counts / counts.sum(dim=1, keepdim=True).clamp_min(1.0)
        raw = predicted * self.std[folds][:, None] + self.mean[folds][:, None]
        scale = self.scale[folds][:, None]  # [M, 1, out]
        earlier, later = raw[:, : after.shape[1]], raw[:, rows.shape[1] :]  # [M, Q, out]
        total = torch.zeros_like(counts[:, 0])
        if self.physics.non_negative and self.positive:
            below = (raw / self.std[folds][:, None])[:, :, self.positive].clamp_max(0.0)
            total = total + self.physics.non_negative * below.square().mean(dim=(1, 2))
        if self.physics.monotone and self.rising:
            fall = (
                ((later - earlier) / scale)[:, :, self.rising].clamp_max(0.0).square().mean(dim=2)
            )
            total = total + self.physics.monotone * (fall * counts).sum(dim=1)
        fitted = self.coefficients()
        for law in self.laws:
            target = self.data.problem.target_names.index(law.target)
            start, stop = earlier[..., target], later[..., target]  # [M, Q]
            expected = self._change(law, start, stop, first, after)
            expected = expected * (
                fitted[law.name][:, None] if law.name in fitted else law.coefficient or 0.0
            )
            off = (stop - start - expected) / scale[..., target]
            weight = getattr(self.physics, law.name)
            total = total + weight * (off.square() * counts).sum(dim=1)
        return total

    def _change(
        self, law: RateLaw, start: Tensor, stop: Tensor, first: Tensor, after: Tensor
    ) -> Tensor:
        """What the law says for a coefficient of one: its rate over the step, by the trapezium."""
        assert self.times is not None
        gain, loss = self.rates[law.name]
        rates = gain[first] - loss[first] * start + gain[after] - loss[after] * stop
        passed = (self.times[after] - self.times[first]).to(start.dtype)
        return 0.5 * passed * rates


def _placed(values: Floats, data: PlacedData) -> Tensor:
    return torch.from_numpy(values.astype(np.float32)).to(data.device)
