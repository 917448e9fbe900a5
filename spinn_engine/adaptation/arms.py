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
from spinn_engine.graph.cuts import Cut, Last, NoLastLayer, before_last, early_frozen, last_layers
from spinn_engine.graph.ops import INPUTS
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
    """How the arms that learn by gradients do it.

    Attributes:
        epochs: after each batch.
        learning_rate: its peak.
        batch_size: rows of an update.
        frozen_layers: how many layers stay, as near as it can be had (``early_frozen``).
        seeds: one for each network.
    """

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
    squared error alone: new rows come without the laws that physics terms need. What no learning
    changes, the activations of frozen layers, is calculated once a row and kept.
    """

    def __init__(self, stack: Stack, rows: Rows, how: Learning) -> None:
        self.stack, self.rows, self.how = stack, rows, how
        self.cut = early_frozen(stack.graph, how.frozen_layers)
        self.above = {op.name for op in self.cut.above}
        for name, parameter in stack.named_learned():
            parameter.requires_grad_(name.rpartition(".")[0] in self.cut.learning)
        self.updated_params = self.cut.params
        self.orders = [torch.Generator().manual_seed(seed) for seed in how.seeds]
        old, targets = rows.old()
        self.come, count = old.shape[1], old.shape[1] + rows.count  # rows so far, and in all
        self.features = {
            name: old.new_empty(stack.size, count, stack.graph.columns(stack.graph.dims[name]))
            for name in self.cut.kept
        }
        self.targets = targets.new_empty(stack.size, count, stack.graph.outputs)
        self._take(old, targets, 0)
        self.setup_macs = forward_macs(self.cut, self.come)

    def update(self, batch: range) -> int:
        """See ``Arm``."""
        x, y = self.rows.new(batch)
        self._take(x, y, self.come)
        self.come += len(batch)
        self._train()
        return forward_macs(self.cut, len(batch)) + training_macs(
            self.cut, self.how.epochs * self.come
        )

    def _take(self, x: Tensor, y: Tensor, start: int) -> None:
        """Keep what is needed of rows, from a place on."""
        part = slice(start, start + x.shape[1])
        for name, found in kept_values(self.stack, self.cut, x).items():
            self.features[name][:, part] = found
        self.targets[:, part] = y

    def _train(self) -> None:
        how, learned = self.how, [p for p in self.stack.parameters() if p.requires_grad]
        optimizer, last = torch.optim.Adam(learned, fused=True), self.stack.graph.ops[-1].name
        members = torch.arange(self.stack.size, device=self.targets.device)[:, None]
        steps = math.ceil(self.come / how.batch_size)
        for epoch in range(how.epochs):
            order = torch.stack([torch.randperm(self.come, generator=g) for g in self.orders])
            order = order.to(self.targets.device)  # [M, n]
            for step in range(steps):
                at = order[:, step * how.batch_size : (step + 1) * how.batch_size]
                progress = (epoch + step / steps) / how.epochs
                optimizer.param_groups[0]["lr"] = learning_rate_at(progress, how.learning_rate)
                optimizer.zero_grad()
                given = {name: kept[members, at] for name, kept in self.features.items()}
                off = self.stack.onward(given, self.above)[last] - self.targets[members, at]
                torch.autograd.backward(off.square().mean(dim=(1, 2)).sum())  # [M] apart
                optimizer.step()


class LastLayer:
    """``last_layer``: the last layer is solved again in closed form after every batch.

    See ``closed_form``; the layers before it stay as they are, so what it takes of a row is
    calculated once and never needed again. Of several heads each is solved by itself, and a fixed
    scale behind a layer is undone in the targets.
    """

    def __init__(self, stack: Stack, rows: Rows, how: Learning) -> None:
        self.stack, self.rows, self.last = stack, rows, last_layers(stack.graph)
        self.cut = before_last(stack.graph, self.last)
        self.updated_params = self.cut.params
        self.solvers = [LeastSquares(_columns_of(stack, one)) for one in self.last]
        old, counts = rows.old()[0], rows.old_counts()[..., None]
        for start in range(0, old.shape[1], CHUNK):
            part = slice(start, start + CHUNK)
            found = self._features(old[:, part])
            for solver, features in zip(self.solvers, found, strict=True):
                solver.remember(features * counts[:, part].cpu())
        self.setup_macs = self._gathering(old.shape[1])

    def update(self, batch: range) -> int:
        """See ``Arm``."""
        x, y = self.rows.new(batch)
        for one, solver, features in zip(self.last, self.solvers, self._features(x), strict=True):
            solver.learn(features, _before_scales(self.stack, one, y.cpu().double()))
            self._write(one, solver.solve())
        return self._gathering(len(batch)) + solving_macs(self.stack.graph, self.last)

    def _gathering(self, rows: int) -> int:
        graph = self.stack.graph
        return forward_macs(self.cut, rows) + gathering_macs(graph, self.last, rows)

    @torch.no_grad()
    def _write(self, one: Last, solved: Tensor) -> None:
        """Put in place the columns ``[M, w + 1, out]`` of a layer."""
        tensors, columns = self.stack.tensors, list(one.columns)
        weight = tensors[f"{one.op.name}.weight"]
        solved = solved.to(weight)
        weight[..., columns] = solved[:, : weight.shape[1]]
        if one.op.bias:
            tensors[f"{one.op.name}.bias"][..., columns] = solved[:, -1:]

    def _features(self, x: Tensor) -> list[Tensor]:
        """What each layer takes and, for a bias, a one: ``[M, n, w + 1]``, in double precision."""
        kept = kept_values(self.stack, self.cut, x)
        found = [kept[one.op.inputs[0]].cpu().double() for one in self.last]
        return [
            torch.cat([taken, torch.ones_like(taken[..., :1])], dim=2) if one.op.bias else taken
            for one, taken in zip(self.last, found, strict=True)
        ]


def no_closed_form(stack: Stack) -> str | None:
    """Why the last layer of these networks cannot be solved in closed form; None where it can."""
    try:
        last = last_layers(stack.graph)
    except NoLastLayer as error:
        return str(error)
    for name, _ in (scale for one in last for chain in one.scales for scale in chain):
        if (stack.tensors[f"{name}.scale"] == 0).any():
            return f"the scale {name} multiplies an output by zero"
    return None


def _columns_of(stack: Stack, one: Last) -> Tensor:
    """The columns ``[M, w + 1, out]`` of a layer that are outputs, in double precision."""
    tensors = [stack.tensors[p.name] for p in stack.graph.parameters_of(one.op)]
    return torch.cat(tensors, dim=1)[..., list(one.columns)].detach().cpu().double()


def _before_scales(stack: Stack, one: Last, targets: Tensor) -> Tensor:
    """What a layer's columns ``[M, n, out]`` have to be so that the outputs are the targets."""
    wanted = targets[..., list(one.outputs)]
    for place, chain in enumerate(one.scales):
        for name, column in reversed(chain):
            scale, shift = (
                stack.tensors[f"{name}.{kind}"][:, :, column].detach().cpu().double()
                for kind in ("scale", "shift")
            )
            wanted[..., place] = (wanted[..., place] - shift) / scale
    return wanted


@torch.no_grad()
def kept_values(stack: Stack, cut: Cut, x: Tensor) -> dict[str, Tensor]:
    """The values that a cut keeps, ``[M, n, width]``, of rows ``x`` ``[M, n, in]``."""
    below = {op.name for op in cut.below}
    parts = [stack.onward({INPUTS: part}, below) for part in torch.split(x, CHUNK, dim=1)]
    return {name: torch.cat([part[name] for part in parts], dim=1) for name in cut.kept}


ARMS: dict[str, Callable[[Stack, Rows, Learning], Arm]] = {
    "none": Unchanged,
    "full": Retrained,
    "frozen": Retrained,
    "last_layer": LastLayer,
}
