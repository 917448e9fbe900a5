"""Networks that are taught as PyTorch's users do it, and the rows for that."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from spinn_engine.adaptation.arms import ARMS, Arm, Learning
from spinn_engine.adaptation.rows import Rows, place_stream
from spinn_engine.adaptation.stream import Stream
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.split import split_items
from spinn_engine.training.course import learning_rate_at
from spinn_engine.training.data import on_device
from spinn_engine.training.network import Stack

BATCHES = [range(0, 20), range(20, 50)]


def some_rows(rng: np.random.Generator) -> Rows:
    """70 rows to train on of three inputs and two targets, and 50 new ones."""

    def some(count: int) -> tuple[np.ndarray, np.ndarray]:
        inputs = rng.normal(3.0, 2.0, size=(count, 3))
        return inputs, np.column_stack([inputs.sum(axis=1), 100 * np.sin(inputs[:, 0])])

    inputs, targets = some(100)
    parts = split_items(100)
    problem = Problem("table:old.csv", ("a", "b", "c"), ("y", "z"), inputs, targets, None, *parts)
    stream = Stream("table:new.csv", *some(50), False, ())
    return place_stream(on_device(problem, torch.device("cpu")), stream, [0, 0])


def how(frozen: int) -> Learning:
    return Learning(2, 1e-2, 16, frozen, [11, 12])


def begin(name: str, stack: Stack, rows: Rows, frozen: int = 0) -> Arm:
    return ARMS[name](stack.subset(range(stack.size)), rows, how(frozen))


def taught_plainly(network: nn.Module, rows: Rows, member: int, frozen: Sequence[str]) -> nn.Module:
    """The same, as PyTorch's users write it: the whole network, some modules without gradients."""
    for name in frozen:
        network.get_submodule(name).requires_grad_(False)
    x, y = (part[member] for part in rows.old())
    generator = torch.Generator().manual_seed(how(0).seeds[member])
    for batch in BATCHES:
        new_x, new_y = (part[member] for part in rows.new(batch))
        x, y = torch.cat([x, new_x]), torch.cat([y, new_y])
        optimizer = torch.optim.Adam(p for p in network.parameters() if p.requires_grad)
        steps = math.ceil(len(x) / 16)
        for epoch in range(2):
            order = torch.randperm(len(x), generator=generator)
            for step in range(steps):
                at = order[16 * step : 16 * (step + 1)]
                optimizer.param_groups[0]["lr"] = learning_rate_at((epoch + step / steps) / 2, 1e-2)
                optimizer.zero_grad()
                torch.autograd.backward(nn.functional.mse_loss(network(x[at]), y[at]))
                optimizer.step()
    return network
