"""The arms against plain PyTorch: what they learn, what they leave alone, what they cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from spinn_engine.adaptation.arms import ARMS, Arm, Learning, activations
from spinn_engine.adaptation.rows import Rows, place_stream
from spinn_engine.adaptation.stream import Stream
from spinn_engine.artifacts.checkpoints import sequential_of
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.split import split_items
from spinn_engine.training.course import learning_rate_at
from spinn_engine.training.data import on_device
from spinn_engine.training.network import Stack, new_stack

WIDTHS = (3, 6, 5, 4, 2)
BATCHES = [range(0, 20), range(20, 50)]


@pytest.fixture
def rows(rng: np.random.Generator) -> Rows:
    def some(count: int) -> tuple[np.ndarray, np.ndarray]:
        inputs = rng.normal(3.0, 2.0, size=(count, 3))
        return inputs, np.column_stack([inputs.sum(axis=1), 100 * np.sin(inputs[:, 0])])

    inputs, targets = some(100)
    parts = split_items(100)
    problem = Problem("table:old.csv", ("a", "b", "c"), ("y", "z"), inputs, targets, None, *parts)
    stream = Stream("table:new.csv", *some(50), False, ())
    return place_stream(on_device(problem, torch.device("cpu")), stream, [0, 0])


@pytest.fixture
def stack() -> Stack:
    return new_stack(WIDTHS, "tanh", [5, 6])


def how(frozen: int) -> Learning:
    return Learning(2, 1e-2, 16, frozen, [11, 12])


def begin(name: str, stack: Stack, rows: Rows, frozen: int = 0) -> Arm:
    return ARMS[name](stack.subset(range(stack.size)), rows, how(frozen))


def layers(stack: Stack) -> list[tuple[Tensor, Tensor]]:
    return [(w.detach(), b.detach()) for w, b in zip(stack.weights, stack.biases, strict=True)]


def taught_plainly(network: nn.Sequential, rows: Rows, member: int, frozen: int) -> nn.Sequential:
    """The same, as PyTorch's users write it: the whole network, early layers without gradients."""
    linear = [module for module in network if isinstance(module, nn.Linear)]
    for module in linear[:frozen]:
        module.requires_grad_(False)
    x, y = (part[member] for part in rows.old())
    generator = torch.Generator().manual_seed(how(frozen).seeds[member])
    for batch in BATCHES:
        new_x, new_y = (part[member] for part in rows.new(batch))
        x, y = torch.cat([x, new_x]), torch.cat([y, new_y])
        optimizer = torch.optim.Adam(p for m in linear[frozen:] for p in m.parameters())
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


@pytest.mark.parametrize(("name", "frozen"), [("full", 0), ("frozen", 1), ("frozen", 3)])
def test_it_learns_as_a_plain_network_does(
    stack: Stack, rows: Rows, name: str, frozen: int
) -> None:
    arm = begin(name, stack, rows, frozen)
    for batch in BATCHES:
        arm.update(batch)
    x = rows.new(range(50))[0]
    for member in range(2):
        plain = taught_plainly(sequential_of(stack, member).train(), rows, member, frozen)
        assert not torch.allclose(plain(x[member]), stack(x)[member], atol=1e-2)
        torch.testing.assert_close(arm.stack(x)[member], plain(x[member]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("name", "frozen"), [("frozen", 2), ("frozen", 3), ("last_layer", 3)])
def test_frozen_layers_stay_to_the_bit_and_the_others_move(
    stack: Stack, rows: Rows, name: str, frozen: int
) -> None:
    arm = begin(name, stack, rows, frozen)
    for batch in BATCHES:
        arm.update(batch)
    for number, (before, after) in enumerate(zip(layers(stack), layers(arm.stack), strict=True)):
        for was, now in zip(before, after, strict=True):
            assert torch.equal(was, now) == (number < frozen)


def test_none_changes_nothing(stack: Stack, rows: Rows) -> None:
    arm = begin("none", stack, rows)
    assert [arm.update(batch) for batch in BATCHES] == [0, 0]
    for before, after in zip(stack.parameters(), arm.stack.parameters(), strict=True):
        assert torch.equal(before, after)


def test_arms_do_not_touch_the_networks_they_were_made_from(stack: Stack, rows: Rows) -> None:
    before = [p.detach().clone() for p in stack.parameters()]
    for name in ARMS:
        begin(name, stack, rows, 1).update(BATCHES[0])
    assert all(map(torch.equal, before, stack.parameters()))


def test_activations_in_parts_are_those_of_the_plain_network(
    stack: Stack, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spinn_engine.adaptation.arms.CHUNK", 7)
    x = rows.new(range(50))[0]
    assert torch.equal(activations(stack, x, 0), x)
    for member in range(2):
        plain = sequential_of(stack, member)[:4]  # two layers, each with its tanh
        found = activations(stack, x, 2)[member]
        torch.testing.assert_close(found, plain(x[member]))


def test_updated_parameters(stack: Stack, rows: Rows) -> None:
    def counted(parts: Sequence[int]) -> int:
        return sum((a + 1) * b for a, b in zip(parts, parts[1:], strict=False))

    assert begin("none", stack, rows).updated_params == 0
    assert begin("full", stack, rows).updated_params == counted(WIDTHS)
    assert begin("frozen", stack, rows, 2).updated_params == counted(WIDTHS[2:])
    assert begin("last_layer", stack, rows).updated_params == counted(WIDTHS[-2:]) == 5 * 2


def test_macs_by_hand(stack: Stack, rows: Rows) -> None:
    first, second, third, last = 3 * 6, 6 * 5, 5 * 4, 4 * 2
    forward, old = first + second + third + last, 70
    full = begin("full", stack, rows)
    assert full.setup_macs == 0
    gone_through = 2 * (old + 20)  # epochs times rows
    assert full.update(BATCHES[0]) == gone_through * (3 * forward - first)
    frozen = begin("frozen", stack, rows, 2)
    assert frozen.setup_macs == old * (first + second)
    learned = gone_through * (3 * (third + last) - third)
    assert frozen.update(BATCHES[0]) == 20 * (first + second) + learned
    solved = begin("last_layer", stack, rows)
    below = first + second + third
    assert solved.setup_macs == old * (below + 5 * 5 + 5 * 2)
    factor, triangles = 5**3 // 6, 5 * 5 * 2
    assert solved.update(BATCHES[0]) == 20 * (below + 5 * 5 + 5 * 2) + factor + triangles


@pytest.mark.parametrize(("name", "frozen"), [("full", 0), ("frozen", 1), ("frozen", 3)])
def test_macs_are_those_that_torch_counts(stack: Stack, rows: Rows, name: str, frozen: int) -> None:
    with FlopCounterMode(display=False) as counter:
        arm = begin(name, stack, rows, frozen)
    assert counter.get_total_flops() == 2 * arm.setup_macs * stack.size
    for batch in BATCHES:
        with FlopCounterMode(display=False) as counter:
            counted = arm.update(batch)
        assert counter.get_total_flops() == 2 * counted * stack.size
