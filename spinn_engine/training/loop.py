"""The loop: all members of a stack learn at once, each from its own batches.

    fit(stack, data, members, settings, on_epoch)

leaves the stack at each member's best epoch on the validation rows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from spinn_engine.errors import TrainingDivergedError
from spinn_engine.training.data import PlacedData
from spinn_engine.training.network import Stack

WARM_UP_SHARE = 0.05
FINAL_RATE_SHARE = 0.01


@dataclass(frozen=True)
class Settings:
    """How one call of ``fit`` trains; each member draws its batch order from a seed of its own."""

    epochs: int
    learning_rate: float
    batch_size: int


@dataclass(frozen=True)
class Epoch:
    """One finished epoch; epoch 0 is the state before training. Lists have one entry a member.

    Losses are mean squared errors in standardised units; ``val_r2`` is the mean over targets.
    """

    epoch: int
    epochs: int
    train_loss: list[float] | None
    val_loss: list[float]
    val_r2: list[float]
    learning_rate: float
    seconds: float


def learning_rate_at(progress: float, peak: float) -> float:
    """Linear warm-up, then a cosine to a hundredth of the peak; ``progress`` runs from 0 to 1.

    The cosine is that of Loshchilov & Hutter 2017, *SGDR*, eq. 5, without restarts.
    """
    if progress < WARM_UP_SHARE:
        return peak * max(progress / WARM_UP_SHARE, FINAL_RATE_SHARE)
    cosine = 0.5 * (1 + math.cos(math.pi * (progress - WARM_UP_SHARE) / (1 - WARM_UP_SHARE)))
    return peak * (FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * cosine)


@dataclass(frozen=True)
class Members:
    """Who is in a stack, in its order.

    Attributes:
        folds: ``[M]`` which fold's rows a member learns from, on the device.
        batch_seeds: one a member.
        masks: per layer ``[M, in, out]``, or None: weights where the mask is zero stay zero.
    """

    folds: Tensor
    batch_seeds: Sequence[int]
    masks: Sequence[Tensor] | None = None


def fit(
    stack: Stack,
    data: PlacedData,
    members: Members,
    settings: Settings,
    on_epoch: Callable[[Epoch], None],
) -> None:
    """Train in place; each member ends with the weights of its best validation epoch.

    The state before training counts as an epoch, so training never makes a member worse on the
    validation rows. In an epoch every member sees as many rows as the largest fold has.

    Raises:
        TrainingDivergedError: a loss became NaN or infinite; the stack is then not to be used.
    """
    optimizer = torch.optim.Adam(stack.parameters(), lr=settings.learning_rate, fused=True)
    orders = [torch.Generator().manual_seed(seed) for seed in members.batch_seeds]
    steps = math.ceil(data.train.rows.shape[1] / settings.batch_size)
    best = _Best(stack)
    for epoch in range(settings.epochs + 1):
        start = time.perf_counter()
        train_loss, rate = None, 0.0
        if epoch:
            order = _draw_order(data, members, orders)  # [M, n]
            total = torch.zeros(stack.size, device=data.device)
            for step in range(steps):
                rows = order[:, step * settings.batch_size : (step + 1) * settings.batch_size]
                progress = (epoch - 1 + step / steps) / settings.epochs
                rate = learning_rate_at(progress, settings.learning_rate)
                loss = _step(stack, optimizer, data.take(members.folds, rows), members.masks, rate)
                total += loss * rows.shape[1]
            train_loss = (total / order.shape[1]).tolist()
        val_loss, val_r2 = validate(stack, data, members.folds)
        _check_finite([*(train_loss or []), *val_loss], epoch, settings.learning_rate)
        best.keep(stack, val_loss)
        seconds = round(time.perf_counter() - start, 4)
        on_epoch(Epoch(epoch, settings.epochs, train_loss, val_loss, val_r2, rate, seconds))
    best.restore(stack)


def _draw_order(data: PlacedData, members: Members, orders: Sequence[torch.Generator]) -> Tensor:
    """A fresh order of every member's own training rows ``[M, n]``.

    A member of a smaller fold goes through its rows again until it has as many.
    """
    length, drawn = data.train.rows.shape[1], []
    for fold, generator in zip(members.folds.tolist(), orders, strict=True):
        count, picked = data.train.counts[fold], torch.empty(0, dtype=torch.int64)
        while len(picked) < length:
            picked = torch.cat([picked, torch.randperm(count, generator=generator)])
        drawn.append(picked[:length])
    positions = torch.stack(drawn).to(data.device)
    return data.train.rows[members.folds].gather(1, positions)


def _step(
    stack: Stack,
    optimizer: torch.optim.Adam,
    batch: tuple[Tensor, Tensor],
    masks: Sequence[Tensor] | None,
    rate: float,
) -> Tensor:
    """One update on a batch of ``[M, B, in]`` and ``[M, B, out]``; returns each loss ``[M]``."""
    optimizer.param_groups[0]["lr"] = rate
    optimizer.zero_grad()
    error: Tensor = stack(batch[0]) - batch[1]  # [M, B, out]
    loss: Tensor = error.square().mean(dim=(1, 2))  # [M]
    torch.autograd.backward(loss.sum())  # members share no weight: no gradients are mixed
    optimizer.step()
    if masks is not None:
        with torch.no_grad():
            torch._foreach_mul_(list(stack.weights), list(masks))
    return loss.detach()


@torch.no_grad()
def validate(stack: Stack, data: PlacedData, folds: Tensor) -> tuple[list[float], list[float]]:
    """Mean squared error and mean R2 over targets of each member, in standardised units.

    Args:
        stack: ``M`` networks.
        data: the rows.
        folds: ``[M]`` whose validation rows a member is judged on.
    """
    x, y = data.take(folds, data.val.rows[folds])
    weight = data.val.weight[folds][:, :, None]  # [M, n, 1]
    squared = ((stack(x) - y).square() * weight).sum(dim=1)  # [M, out]
    mean = (y * weight).sum(dim=1, keepdim=True)
    variance = ((y - mean).square() * weight).sum(dim=1).clamp_min(1e-30)  # [M, out]
    return squared.mean(dim=1).tolist(), (1 - squared / variance).mean(dim=1).tolist()


class _Best:
    """A real copy of each member's weights at its lowest validation loss."""

    def __init__(self, stack: Stack) -> None:
        self.loss = [math.inf] * stack.size
        self.weights = [p.detach().clone() for p in stack.parameters()]

    @torch.no_grad()
    def keep(self, stack: Stack, val_loss: list[float]) -> None:
        for member, loss in enumerate(val_loss):
            if loss < self.loss[member]:
                self.loss[member] = loss
                for kept, now in zip(self.weights, stack.parameters(), strict=True):
                    kept[member] = now[member]

    @torch.no_grad()
    def restore(self, stack: Stack) -> None:
        for now, kept in zip(stack.parameters(), self.weights, strict=True):
            now.copy_(kept)


def _check_finite(losses: list[float], epoch: int, rate: float) -> None:
    if not all(map(math.isfinite, losses)):
        raise TrainingDivergedError(
            f"the loss is no longer a finite number in epoch {epoch} at learning rate {rate:g}: "
            "try a smaller one"
        )
