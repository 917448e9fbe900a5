"""The arms against plain PyTorch: what they learn, what they leave alone, what they cost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from spinn_engine.adaptation.arms import ARMS, kept_values
from spinn_engine.adaptation.rows import Rows
from spinn_engine.graph.cuts import early_frozen
from spinn_engine.graph.kinds import mlp
from spinn_engine.training.modules import module_of_member
from spinn_engine.training.network import Stack, new_stack
from tests.adaptation.plain import BATCHES, begin, taught_plainly

WIDTHS = (3, 6, 5, 4, 2)


@pytest.fixture
def stack() -> Stack:
    return new_stack(mlp(WIDTHS[1:-1], WIDTHS[0], WIDTHS[-1]), [5, 6])


def layers(stack: Stack) -> list[list[Tensor]]:
    tensors, graph = stack.tensors, stack.graph
    return [[tensors[p.name].detach() for p in graph.parameters_of(op)] for op in graph.dense]


def first_linear(network: nn.Module, count: int) -> list[str]:
    named = [name for name, module in network.named_modules() if isinstance(module, nn.Linear)]
    return named[:count]


@pytest.mark.parametrize(("name", "frozen"), [("full", 0), ("frozen", 1), ("frozen", 3)])
def test_it_learns_as_a_plain_network_does(
    stack: Stack, rows: Rows, name: str, frozen: int
) -> None:
    arm = begin(name, stack, rows, frozen)
    for batch in BATCHES:
        arm.update(batch)
    x = rows.new(range(50))[0]
    for member in range(2):
        network = module_of_member(stack, member)
        plain = taught_plainly(network, rows, member, first_linear(network, frozen))
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
    (inputs,) = kept_values(stack, early_frozen(stack.graph, 0), x).values()
    assert torch.equal(inputs, x)
    (found,) = kept_values(stack, early_frozen(stack.graph, 2), x).values()
    for member in range(2):
        network = module_of_member(stack, member)
        assert isinstance(network, nn.Sequential)
        plain = network[:4]  # two layers, each with its tanh
        torch.testing.assert_close(found[member], plain(x[member]))


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
