"""The stacked loop against a plain one written with torch's own classes."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from spinn_engine.errors import TrainingDivergedError
from spinn_engine.training.loop import (
    Epoch,
    Rows,
    Settings,
    fit,
    learning_rate_at,
    validate,
)
from spinn_engine.training.network import new_stack
from tests.pruning.test_surgery import plain

SETTINGS = Settings(epochs=4, learning_rate=3e-3, batch_size=32, batch_seeds=[11, 12])


def rows(count: int, seed: int) -> Rows:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 3, generator=generator)
    return Rows(x, torch.stack([x[:, 0].sin(), x[:, 1] * x[:, 2]], dim=1))


def plain_loop(
    network: nn.Sequential, train: Rows, val: Rows, seed: int
) -> tuple[nn.Module, float]:
    """One network, torch's Adam, a loop over batches, the best epoch kept by deepcopy."""
    optimizer = torch.optim.Adam(network.parameters())
    order = torch.Generator().manual_seed(seed)
    best = copy.deepcopy(network)
    best_loss = nn.functional.mse_loss(network(val.x), val.y).item()
    batches = -(-len(train.x) // SETTINGS.batch_size)
    for epoch in range(SETTINGS.epochs):
        permutation = torch.randperm(len(train.x), generator=order)
        for step in range(batches):
            picked = permutation[step * SETTINGS.batch_size : (step + 1) * SETTINGS.batch_size]
            progress = (epoch + step / batches) / SETTINGS.epochs
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
    stack = new_stack((3, 16, 8, 2), "tanh", [0, 1])
    alone = [plain_loop(plain(stack, m), train, val, SETTINGS.batch_seeds[m]) for m in range(2)]
    fit(stack, train, val, SETTINGS, lambda epoch: None)
    for member, (network, loss) in enumerate(alone):
        expected: Tensor = network(val.x)
        torch.testing.assert_close(stack(val.x)[member], expected, rtol=1e-3, atol=1e-4)
        assert validate(stack, val)[0][member] == pytest.approx(loss, rel=1e-3)


def test_weights_end_at_the_best_epoch_and_are_a_copy() -> None:
    train, val = rows(40, 1), rows(30, 5)
    seen: list[Epoch] = []
    stack = new_stack((3, 32, 32, 2), "relu", [0, 1])
    settings = Settings(epochs=25, learning_rate=2e-2, batch_size=8, batch_seeds=[0, 1])
    fit(stack, train, val, settings, seen.append)
    assert [e.epoch for e in seen] == list(range(26))
    assert seen[0].train_loss is None
    for member, loss in enumerate(validate(stack, val)[0]):
        losses = [e.val_loss[member] for e in seen]
        assert loss == pytest.approx(min(losses))
        assert min(losses) < losses[-1]  # it was not simply the last


def test_no_epochs_leaves_the_network_as_it_was() -> None:
    stack = new_stack((3, 4, 2), "tanh", [0])
    before = [p.detach().clone() for p in stack.parameters()]
    fit(stack, rows(20, 1), rows(10, 2), Settings(0, 1e-3, 8, [0]), lambda epoch: None)
    assert all(torch.equal(a, b) for a, b in zip(before, stack.parameters(), strict=True))


def test_same_seeds_same_bytes() -> None:
    def train() -> list[Tensor]:
        stack = new_stack((3, 16, 8, 2), "tanh", [0, 1])
        fit(stack, rows(150, 1), rows(60, 2), SETTINGS, lambda epoch: None)
        return [p.detach() for p in stack.parameters()]

    assert all(torch.equal(a, b) for a, b in zip(train(), train(), strict=True))


def test_a_diverging_loss_is_named_with_epoch_and_rate() -> None:
    stack = new_stack((3, 8, 2), "relu", [0])
    settings = Settings(epochs=30, learning_rate=1e30, batch_size=8, batch_seeds=[0])
    with pytest.raises(TrainingDivergedError, match=r"epoch \d+ at learning rate 1e\+30"):
        fit(stack, rows(40, 1), rows(20, 2), settings, lambda epoch: None)


def test_r2_equals_that_of_scikit_learn() -> None:
    from sklearn.metrics import r2_score

    val = rows(60, 2)
    stack = new_stack((3, 16, 8, 2), "tanh", [0, 1])
    predicted = stack(val.x).detach()
    for member, r2 in enumerate(validate(stack, val)[1]):
        assert r2 == pytest.approx(r2_score(val.y, predicted[member]), rel=1e-4)


def test_a_member_starts_the_same_whatever_stands_beside_it() -> None:
    alone, beside = new_stack((3, 5, 2), "tanh", [7]), new_stack((3, 5, 2), "tanh", [1, 7, 9])
    assert all(torch.equal(a[0], b[1]) for a, b in zip(alone.weights, beside.weights, strict=True))
