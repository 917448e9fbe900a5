"""The stacked loop against a plain one written with torch's own classes."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spinn_engine.errors import TrainingDivergedError
from spinn_engine.problems.problem import Problem
from spinn_engine.training.course import Fixed, learning_rate_at
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.loop import (
    Epoch,
    Members,
    Settings,
    fit,
)
from spinn_engine.training.network import Stack
from spinn_engine.training.validation import validate
from tests.plain import plain_stack
from tests.pruning.test_surgery import plain

SETTINGS = Settings(Fixed(4), learning_rate=3e-3, batch_size=32)
SEEDS = [11, 12]


@dataclass(frozen=True)
class Rows:
    x: Tensor
    y: Tensor


def rows(count: int, seed: int) -> Rows:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 3, generator=generator)
    return Rows(x, torch.stack([x[:, 0].sin(), x[:, 1] * x[:, 2]], dim=1))


def placed(train: Rows, val: Rows) -> PlacedData:
    """Rows that are standardised already, as one fold."""
    whole = [torch.cat(pair).double().numpy() for pair in ((train.x, val.x), (train.y, val.y))]
    parts = np.split(np.arange(len(whole[0])), [len(train.x)])
    names = ("a", "b", "c"), ("y", "z")
    split = parts[0], parts[1], parts[1]
    problem = Problem("rows", *names, whole[0], whole[1], None, *split)
    data = on_device(problem, torch.device("cpu"))
    x, y = (torch.from_numpy(part).float()[None] for part in whole)
    return replace(data, x=x, y=y)


def train_stack(stack: Stack, train: Rows, val: Rows, settings: Settings = SETTINGS) -> list[Epoch]:
    """``fit`` with every member on the one fold; what it reported."""
    seen: list[Epoch] = []
    folds = torch.zeros(stack.size, dtype=torch.int64)
    fit(stack, placed(train, val), Members(folds, SEEDS[: stack.size]), settings, seen.append)
    return seen


def judge(stack: Stack, val: Rows) -> tuple[list[float], list[float]]:
    return validate(stack, placed(val, val), torch.zeros(stack.size, dtype=torch.int64))


def plain_loop(
    network: nn.Sequential, train: Rows, val: Rows, seed: int
) -> tuple[nn.Module, float]:
    """One network, torch's Adam, a loop over batches, the best epoch kept by deepcopy."""
    optimizer = torch.optim.Adam(network.parameters())
    order = torch.Generator().manual_seed(seed)
    best = copy.deepcopy(network)
    best_loss = nn.functional.mse_loss(network(val.x), val.y).item()
    batches = -(-len(train.x) // SETTINGS.batch_size)
    for epoch in range(SETTINGS.course.epochs):
        permutation = torch.randperm(len(train.x), generator=order)
        for step in range(batches):
            picked = permutation[step * SETTINGS.batch_size : (step + 1) * SETTINGS.batch_size]
            progress = (epoch + step / batches) / SETTINGS.course.epochs
            optimizer.param_groups[0]["lr"] = learning_rate_at(progress, SETTINGS.learning_rate)
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(network(train.x[picked]), train.y[picked])
            torch.autograd.backward(loss)
            optimizer.step()
        now = nn.functional.mse_loss(network(val.x), val.y).item()
        if now < best_loss:
            best, best_loss = copy.deepcopy(network), now
    return best, best_loss


def test_each_member_learns_as_it_would_alone_in_plain_torch() -> None:
    train, val = rows(150, 1), rows(60, 2)
    stack = plain_stack((3, 16, 8, 2), "tanh", [0, 1])
    alone = [plain_loop(plain(stack, m), train, val, SEEDS[m]) for m in range(2)]
    train_stack(stack, train, val)
    for member, (network, loss) in enumerate(alone):
        expected: Tensor = network(val.x)
        torch.testing.assert_close(stack(val.x)[member], expected, rtol=1e-3, atol=1e-4)
        assert judge(stack, val)[0][member] == pytest.approx(loss, rel=1e-3)


def test_weights_end_at_the_best_epoch_and_are_a_copy() -> None:
    train, val = rows(40, 1), rows(30, 5)
    stack = plain_stack((3, 32, 32, 2), "relu", [0, 1])
    seen = train_stack(stack, train, val, Settings(Fixed(25), learning_rate=2e-2, batch_size=8))
    assert [e.epoch for e in seen] == list(range(26))
    assert seen[0].train_loss is None
    for member, loss in enumerate(judge(stack, val)[0]):
        losses = [e.val_loss[member] for e in seen]
        assert loss == pytest.approx(min(losses))
        assert min(losses) < losses[-1]  # it was not simply the last


def test_no_epochs_leaves_the_network_as_it_was() -> None:
    stack = plain_stack((3, 4, 2), "tanh", [0])
    before = [p.detach().clone() for p in stack.parameters()]
    train_stack(stack, rows(20, 1), rows(10, 2), Settings(Fixed(0), 1e-3, 8))
    assert all(torch.equal(a, b) for a, b in zip(before, stack.parameters(), strict=True))


def test_same_seeds_same_bytes() -> None:
    def train() -> list[Tensor]:
        stack = plain_stack((3, 16, 8, 2), "tanh", [0, 1])
        train_stack(stack, rows(150, 1), rows(60, 2))
        return [p.detach() for p in stack.parameters()]

    assert all(torch.equal(a, b) for a, b in zip(train(), train(), strict=True))


def test_a_diverging_loss_is_named_with_epoch_and_rate() -> None:
    stack = plain_stack((3, 8, 2), "relu", [0])
    settings = Settings(Fixed(30), learning_rate=1e30, batch_size=8)
    with pytest.raises(TrainingDivergedError, match=r"epoch \d+ at learning rate 1e30"):
        train_stack(stack, rows(40, 1), rows(20, 2), settings)


def test_r2_equals_that_of_scikit_learn() -> None:
    from sklearn.metrics import r2_score

    val = rows(60, 2)
    stack = plain_stack((3, 16, 8, 2), "tanh", [0, 1])
    predicted = stack(val.x).detach()
    for member, r2 in enumerate(judge(stack, val)[1]):
        assert r2 == pytest.approx(r2_score(val.y, predicted[member]), rel=1e-4)


def test_a_member_starts_the_same_whatever_stands_beside_it() -> None:
    alone, beside = plain_stack((3, 5, 2), "tanh", [7]), plain_stack((3, 5, 2), "tanh", [1, 7, 9])
    assert all(torch.equal(a[0], b[1]) for a, b in zip(alone.weights, beside.weights, strict=True))
