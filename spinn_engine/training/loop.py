"""The loop: all members of a stack learn at once, each from its own batches.

    fit(stack, data, settings, on_epoch)

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
from spinn_engine.training.network import Stack

WARM_UP_SHARE = 0.05
FINAL_RATE_SHARE = 0.01


@dataclass(frozen=True)
class Rows:
    """Standardised rows on the device: ``x`` ``[N, in]`` and ``y`` ``[N, out]``."""

    x: Tensor
    y: Tensor


@dataclass(frozen=True)
class Settings:
    """How one call of ``fit`` trains; one batch order a member is drawn from its seed."""

    epochs: int
    learning_rate: float
    batch_size: int
    batch_seeds: Sequence[int]


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


def fit(
    stack: Stack, train: Rows, val: Rows, settings: Settings, on_epoch: Callable[[Epoch], None]
) -> None:
    """Train in place; each member ends with the weights of its best validation epoch.

    The state before training counts as an epoch, so training never makes a member worse on the
    validation rows.

    Raises:
        TrainingDivergedError: a loss became NaN or infinite; the stack is then not to be used.
    """
    optimizer = torch.optim.Adam(stack.parameters(), lr=settings.learning_rate, fused=True)
    orders = [torch.Generator().manual_seed(seed) for seed in settings.batch_seeds]
    steps = math.ceil(len(train.x) / settings.batch_size)
    best = _Best(stack)
    for epoch in range(settings.epochs + 1):
        start = time.perf_counter()
        train_loss = None
        rate = 0.0
        if epoch:
            drawn = [torch.randperm(len(train.x), generator=g) for g in orders]
            order = torch.stack(drawn).to(train.x.device)  # [S, N]
            total = torch.zeros(stack.size, device=train.x.device)
            for step in range(steps):
                rows = order[:, step * settings.batch_size : (step + 1) * settings.batch_size]
                progress = (epoch - 1 + step / steps) / settings.epochs
                rate = learning_rate_at(progress, settings.learning_rate)
                loss = _step(stack, optimizer, train, rows, rate)  # [S]
                total += loss * rows.shape[1]
            train_loss = (total / len(train.x)).tolist()
        val_loss, val_r2 = validate(stack, val)
        _check_finite([*(train_loss or []), *val_loss], epoch, settings.learning_rate)
        best.keep(stack, val_loss)
        seconds = time.perf_counter() - start
        on_epoch(
            Epoch(epoch, settings.epochs, train_loss, val_loss, val_r2, rate, round(seconds, 4))
        )
    best.restore(stack)


def _step(
    stack: Stack, optimizer: torch.optim.Adam, train: Rows, rows: Tensor, rate: float
) -> Tensor:
    """One update on ``rows`` ``[S, B]``; returns the loss of each member ``[S]``."""
    optimizer.param_groups[0]["lr"] = rate
    optimizer.zero_grad()
    error: Tensor = stack(train.x[rows]) - train.y[rows]  # [S, B, out]
    loss: Tensor = error.square().mean(dim=(1, 2))  # [S]
    torch.autograd.backward(loss.sum())  # members share no weight: no gradients are mixed
    optimizer.step()
    return loss.detach()


@torch.no_grad()
def validate(stack: Stack, rows: Rows) -> tuple[list[float], list[float]]:
    """Mean squared error and mean R2 over targets of each member, in standardised units."""
    squared = (stack(rows.x) - rows.y).square().mean(dim=1)  # [S, out]
    variance = rows.y.var(dim=0, correction=0).clamp_min(1e-30)  # [out]
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
