"""The arms: ways in which networks learn from a batch of new rows. ``ARMS`` has them by name.

Every arm has copies of the networks of its own, so that all meet the same rows side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from spinn_engine.adaptation.closed_form import LeastSquares
from spinn_engine.adaptation.costs import (
    forward_macs,
    gathering_macs,
    solving_macs,
    training_macs,
)
from spinn_engine.adaptation.rows import CHUNK, Rows
from spinn_engine.pruning.sizes import parameter_count
from spinn_engine.training.course import learning_rate_at
from spinn_engine.training.network import Stack


class Arm(Protocol):
    """What adaptation needs to know of an arm.

    Attributes:
        stack: ``M`` networks as they are now.
        setup_macs: what one network costs before the first batch.
        updated_params: of one network, how many parameters change.
    """

    stack: Stack
    setup_macs: int
    updated_params: int

    def update(self, batch: range) -> int:
        """Learn from new rows, the next ones; returns the multiply-accumulates of one network."""


@dataclass(frozen=True)
class Learning:
    """How the arms that learn by gradients do it; ``seeds`` has one for each network."""

    epochs: int
    learning_rate: float
    batch_size: int
    frozen_layers: int
    seeds: Sequence[int]


class Unchanged:
    """``none``: the networks stay as they are."""

    def __init__(self, stack: Stack, rows: Rows, how: Learning) -> None:
        self.stack, self.setup_macs, self.updated_params = stack, 0, 0

    def update(self, batch: range) -> int:
        """See ``Arm``."""
        return 0


class Retrained:
    """``full`` and ``frozen``: Adam goes on from the weights of before, on all rows so far.

    These are the run's training rows and all new rows that have come, so nothing is to be
    forgotten; rate, schedule and epochs are those with which the run fine-tuned. That costs a
    fraction of training new networks after each batch, and is what warm-started retraining does
    (Ash and Adams 2020, *On warm-starting neural network training*, NeurIPS 33). The loss is the
    squared error alone: new rows come without the laws that physics terms need. Of frozen layers
    the activations of a row are calculated once and kept.
    """

    def __init__(self, stack: Stack, rows: Rows, how: Learning) -> None:
        self.stack, self.rows, self.how = stack, rows, how
        frozen, widths = how.frozen_layers, stack.widths
        self.learning = _upper(stack, frozen)
        self.updated_params = parameter_count(widths[frozen:])
        self.orders = [torch.Generator().manual_seed(seed) for seed in how.seeds]
        old, targets = rows.old()
        self.come = old.shape[1]  # rows so far
        self.features = old.new_empty(stack.size, self.come + rows.count, widths[frozen])
        self.targets = targets.new_empty(stack.size, self.come + rows.count, widths[-1])
        self.features[:, : self.come], self.targets[:, : self.come] = (
            activations(stack, old, frozen),
            targets,
        )
        self.setup_macs = forward_macs(widths, frozen, self.come)

    def update(self, batch: range) -> int:
        """See ``Arm``."""
        widths, frozen, end = self.stack.widths, self.how.frozen_layers, self.come + len(batch)
        x, y = self.rows.new(batch)
        self.features[:, self.come : end] = activations(self.stack, x, frozen)
        self.targets[:, self.come : end] = y
        self.come = end
        self._train()
        return forward_macs(widths, frozen, len(batch)) + training_macs(
            widths, frozen, self.how.epochs * end
        )

    def _train(self) -> None:
        how, optimizer = self.how, torch.optim.Adam(self.learning.parameters(), fused=True)
        members = torch.arange(self.stack.size, device=self.features.device)[:, None]
        steps = math.ceil(self.come / how.batch_size)
        for epoch in range(how.epochs):
            order = torch.stack([torch.randperm(self.come, generator=g) for g in self.orders])
            order = order.to(self.features.device)  # [M, n]
            for step in range(steps):
                at = order[:, step * how.batch_size : (step + 1) * how.batch_size]
                progress = (epoch + step / steps) / how.epochs
                optimizer.param_groups[0]["lr"] = learning_rate_at(progress, how.learning_rate)
                optimizer.zero_grad()
                off = self.learning(self.features[members, at]) - self.targets[members, at]
                torch.autograd.backward(off.square().mean(dim=(1, 2)).sum())  # [M] apart
                optimizer.step()


class LastLayer:
    """``last_layer``: the last layer is solved again in closed form after every batch.

    See ``closed_form``; the layers before it stay as they are, so the last hidden activations of
    a row are calculated once and never needed again.
    """

    def __init__(self, stack: Stack, rows: Rows, how: Learning) -> None:
        self.stack, self.rows, widths = stack, rows, stack.widths
        self.updated_params = parameter_count(widths[-2:])
        last = torch.cat([stack.weights[-1], stack.biases[-1]], dim=1)  # [M, w + 1, out]
        self.solver = LeastSquares(last.detach().cpu().double())
        old, counts = rows.old()[0], rows.old_counts()[..., None]
        for start in range(0, old.shape[1], CHUNK):
            part = slice(start, start + CHUNK)
            self.solver.remember(self._features(old[:, part]) * counts[:, part].cpu())
        layers = len(stack.weights) - 1
        count = old.shape[1]
        self.setup_macs = forward_macs(widths, layers, count) + gathering_macs(widths, count)

    def update(self, batch: range) -> int:
        """See ``Arm``."""
        widths, layers = self.stack.widths, len(self.stack.weights) - 1
        x, y = self.rows.new(batch)
        self.solver.learn(self._features(x), y.cpu().double())
        solved = self.solver.solve().to(self.stack.weights[-1])  # [M, w + 1, out]
        with torch.no_grad():
            self.stack.weights[-1].copy_(solved[:, :-1])
            self.stack.biases[-1].copy_(solved[:, -1:])
        gathered = forward_macs(widths, layers, len(batch)) + gathering_macs(widths, len(batch))
        return gathered + solving_macs(widths)

    def _features(self, x: Tensor) -> Tensor:
        """The last hidden activations and a one, ``[M, n, w + 1]``, in double precision."""
        hidden = activations(self.stack, x, len(self.stack.weights) - 1).cpu().double()
        return torch.cat([hidden, torch.ones_like(hidden[..., :1])], dim=2)


@torch.no_grad()
def activations(stack: Stack, x: Tensor, layers: int) -> Tensor:
    """What comes out of the first layers, ``[M, n, width]``, of ``x`` ``[M, n, in]``.

    With no layers these are the inputs themselves.
    """
    found, act = [], ACTIVATIONS[stack.activation]
    below = list(zip(stack.weights, stack.biases, strict=True))[:layers]
    for part in torch.split(x, CHUNK, dim=1):
        for weight, bias in below:
            part = act(torch.baddbmm(bias, part, weight))
        found.append(part)
    return torch.cat(found, dim=1)


def _upper(stack: Stack, frozen: int) -> Stack:
    """The layers after the frozen ones; their parameters are those of the whole stack."""
    weights = [weight.detach() for weight in stack.weights][frozen:]
    biases = [bias.detach() for bias in stack.biases][frozen:]
    return Stack(weights, biases, stack.activation)


ARMS: dict[str, Callable[[Stack, Rows, Learning], Arm]] = {
    "none": Unchanged,
    "full": Retrained,
    "frozen": Retrained,
    "last_layer": LastLayer,
}
