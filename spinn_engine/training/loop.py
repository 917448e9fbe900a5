"""The loop: all members of a stack learn at once, each from its own batches.

    fit(stack, data, members, settings, on_epoch, objective)

leaves the stack at each member's best epoch on the validation rows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from spinn_engine.errors import TrainingDivergedError
from spinn_engine.spec import ITERATIONS_AN_EPOCH
from spinn_engine.training.course import Course, Taken
from spinn_engine.training.data import PlacedData
from spinn_engine.training.lbfgs import Lbfgs
from spinn_engine.training.network import Stack
from spinn_engine.training.objective import Objective, Supervised
from spinn_engine.words import shortest

COEFFICIENT_RATE = 20.0  # times the networks' rate: a coefficient has a long way to go


@dataclass(frozen=True)
class Settings:
    """How one call of ``fit`` trains; each member draws its batch order from a seed of its own."""

    course: Course
    learning_rate: float
    batch_size: int
    lbfgs_iterations: int = 0

    def all_epochs(self) -> int:
        """Those of Adam and, ``ITERATIONS_AN_EPOCH`` iterations each, of L-BFGS; as known now."""
        return self.course.epochs + math.ceil(self.lbfgs_iterations / ITERATIONS_AN_EPOCH)


@dataclass(frozen=True)
class Trained:
    """What a call of ``fit`` did.

    Attributes:
        taken: the course of Adam.
        updates_an_epoch: of Adam.
        kept: the epoch whose weights each member ended with; 0 is the state before training.
    """

    taken: Taken
    updates_an_epoch: int
    kept: list[int]


@dataclass(frozen=True)
class Epoch:
    """One finished epoch; epoch 0 is the state before training. Lists have one entry a member.

    Losses are mean squared errors in standardised units, or the objective's own; ``val_r2`` is the
    mean over targets. The training loss of an epoch of L-BFGS is that at its start, and its rate 1.
    """

    epoch: int
    epochs: int
    train_loss: list[float] | None
    val_loss: list[float]
    val_r2: list[float]
    learning_rate: float
    seconds: float


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
    objective: Objective | None = None,
) -> Trained:
    """Train in place; each member ends with the weights of its best validation epoch.

    The state before training counts as an epoch, so training never makes a member worse on the
    validation rows. In an epoch every member sees as many rows as the largest fold has. After Adam
    comes L-BFGS, if it is asked for. Without an objective the squared error of the targets is the
    loss.

    Raises:
        TrainingDivergedError: a loss became NaN or infinite; the stack is then not to be used.
    """
    objective = objective or Supervised(data, None)
    learned = [*stack.parameters(), *objective.learned()]
    optimizer = _adam(stack, objective)
    orders = [torch.Generator().manual_seed(seed) for seed in members.batch_seeds]
    steps = math.ceil(data.train.rows.shape[1] / settings.batch_size)
    best, lbfgs, course = _Best(learned), None, settings.course
    epoch = -1
    while (epoch := epoch + 1) <= settings.all_epochs():
        start = time.perf_counter()
        train_loss, rate = None, 0.0
        if epoch > course.epochs:
            lbfgs = lbfgs or Lbfgs(stack, data, members.folds, members.masks, objective)
            done = (epoch - course.epochs - 1) * ITERATIONS_AN_EPOCH
            left = settings.lbfgs_iterations - done
            train_loss, rate = lbfgs.run(min(ITERATIONS_AN_EPOCH, left)), 1.0
        elif epoch:
            order = _draw_order(data, members, orders)  # [M, n]
            own = members.folds[:, None]
            total = torch.zeros(stack.size, device=data.device)
            for step in range(steps):
                part = slice(step * settings.batch_size, (step + 1) * settings.batch_size)
                rows = data.train.rows[own, order[:, part].long()]  # [M, B]
                rate = settings.learning_rate * course.rate(epoch, step / steps)
                loss = _step(stack, objective, optimizer, members, rows, rate)
                total += loss * rows.shape[1]
            train_loss = (total / order.shape[1]).tolist()
            del order  # of many rows as much as validation takes
        val_loss, val_r2 = objective.validate(stack, members.folds)
        _check_finite([*(train_loss or []), *val_loss], epoch, settings.learning_rate)
        best.keep(val_loss, epoch)
        if course.ended(epoch, best.loss):
            best.restore()
        seconds = round(time.perf_counter() - start, 4)
        on_epoch(Epoch(epoch, settings.all_epochs(), train_loss, val_loss, val_r2, rate, seconds))
    best.restore()
    return Trained(course.taken(), steps, best.epoch)


def _draw_order(data: PlacedData, members: Members, orders: Sequence[torch.Generator]) -> Tensor:
    """A fresh order of every member's own training rows: positions ``[M, n]`` among them.

    A member of a smaller fold goes through its rows again until it has as many.
    """
    length = data.train.rows.shape[1]
    drawn = torch.empty(len(orders), length, dtype=torch.int32)  # half of what numbers of rows take
    for own, fold, generator in zip(drawn, members.folds.tolist(), orders, strict=True):
        count, done = data.train.counts[fold], 0
        while done < length:
            fits = done + count <= length
            part = own[done : done + count] if fits else torch.empty(count, dtype=own.dtype)
            torch.randperm(count, generator=generator, out=part)
            if not fits:
                own[done:] = part[: length - done]
            done += count
    return drawn.to(data.device)


def _adam(stack: Stack, objective: Objective) -> torch.optim.Adam:
    """One group for the networks and one, where something else is learned, for the coefficients."""
    groups: list[dict[str, Any]] = [{"params": list(stack.parameters()), "faster": 1.0}]
    if coefficients := list(objective.learned()):
        groups.append({"params": coefficients, "faster": COEFFICIENT_RATE})
    return torch.optim.Adam(groups, fused=True)


def _step(
    stack: Stack,
    objective: Objective,
    optimizer: torch.optim.Adam,
    members: Members,
    rows: Tensor,
    rate: float,
) -> Tensor:
    """One update on the rows ``[M, B]``; returns each loss ``[M]``."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group["faster"]
    optimizer.zero_grad()
    loss = objective.loss(stack, members.folds, rows)  # [M]
    torch.autograd.backward(loss.sum())  # members share no weight: no gradients are mixed
    optimizer.step()
    if members.masks is not None:
        with torch.no_grad():
            torch._foreach_mul_(list(stack.weights), list(members.masks))
    return loss.detach()


class _Best:
    """A real copy of what each member had learned at its lowest validation loss."""

    def __init__(self, learned: Sequence[Tensor]) -> None:
        self.learned = learned  # each [M, ...]
        self.loss = [math.inf] * len(learned[0])
        self.epoch = [0] * len(learned[0])
        self.kept = [p.detach().clone() for p in learned]

    @torch.no_grad()
    def keep(self, val_loss: list[float], epoch: int) -> None:
        for member, loss in enumerate(val_loss):
            if loss < self.loss[member]:
                self.loss[member], self.epoch[member] = loss, epoch
                for kept, now in zip(self.kept, self.learned, strict=True):
                    kept[member] = now[member]

    @torch.no_grad()
    def restore(self) -> None:
        for now, kept in zip(self.learned, self.kept, strict=True):
            now.copy_(kept)


def _check_finite(losses: list[float], epoch: int, rate: float) -> None:
    if not all(map(math.isfinite, losses)):
        raise TrainingDivergedError(
            f"the loss is no longer a finite number in epoch {epoch} at learning rate "
            f"{shortest(rate)}: try a smaller one"
        )
