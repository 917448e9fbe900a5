"""Masks against torch's own global unstructured pruning, and what fine-tuning does to them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils import prune

from spinn_engine.pruning.magnitude import global_masks
from spinn_engine.training.course import Fixed
from spinn_engine.training.loop import Members, Settings, fit
from tests.pruning.test_surgery import NETWORKS, plain, random_stack
from tests.training.test_loop import placed, rows


@given(NETWORKS, st.floats(0.02, 0.98))
@settings(max_examples=40)
def test_masks_equal_those_of_torch(network: dict[str, object], share: float) -> None:
    stack = random_stack(**network)  # type: ignore[arg-type]
    total = sum(w[0].numel() for w in stack.weights)
    left = max(1, round(total * share))
    masks = global_masks(stack, range(stack.size), left)
    for member in range(stack.size):
        theirs = plain(stack, member)
        linear = [layer for layer in theirs if isinstance(layer, torch.nn.Linear)]
        prune.global_unstructured(
            [(layer, "weight") for layer in linear],
            pruning_method=prune.L1Unstructured,
            amount=total - left,
        )
        for mask, layer in zip(masks, linear, strict=True):
            buffer = dict(layer.named_buffers()).get("weight_mask", torch.ones_like(layer.weight))
            assert torch.equal(mask[member].T, buffer)


@given(NETWORKS, st.data())
@settings(max_examples=40)
def test_counts_are_exact_and_other_members_keep_everything(
    network: dict[str, object], data: st.DataObject
) -> None:
    stack = random_stack(**network)  # type: ignore[arg-type]
    total = sum(w[0].numel() for w in stack.weights)
    left = data.draw(st.integers(1, total + 5))
    member = data.draw(st.integers(0, stack.size - 1))
    before = [w.detach().clone() for w in stack.weights]
    masks = global_masks(stack, [member], left)
    assert all(torch.equal(a, b) for a, b in zip(before, stack.weights, strict=True))
    for one in range(stack.size):
        count = sum(int(mask[one].sum()) for mask in masks)
        assert count == (min(left, total) if one == member else total)
    assert all(bool(((mask == 0) | (mask == 1)).all()) for mask in masks)


def test_tied_weights_still_give_the_exact_count() -> None:
    stack = random_stack([8, 8], 3, 2, "relu")
    for weight in stack.weights:
        weight.data.fill_(0.5)
    assert sum(int(m.sum()) for m in global_masks(stack, [0], 33)) == 33


def test_zeros_stay_zero_through_training_and_the_other_arm_trains_freely() -> None:
    stack = random_stack([16, 8], 3, 2, "tanh", members=2, seed=1)
    masks = global_masks(stack, [1], 60)
    with torch.no_grad():
        for weight, mask in zip(stack.weights, masks, strict=True):
            weight *= mask
    start = [w.detach().clone() for w in stack.weights]
    members = Members(torch.zeros(2, dtype=torch.int64), [5, 5], masks)
    fit(
        stack,
        placed(rows(150, 1), rows(60, 2)),
        members,
        Settings(Fixed(4), 3e-3, 32),
        lambda _: None,
    )
    assert sum(int(w[1].count_nonzero()) for w in stack.weights) == 60
    for weight, mask, old in zip(stack.weights, masks, start, strict=True):
        assert torch.equal(weight[1] != 0, mask[1] == 1)
        assert not torch.equal(weight[1], old[1])  # what was left has learned
        assert int(weight[0].count_nonzero()) == weight[0].numel()


def test_a_second_stage_prunes_inside_the_first() -> None:
    stack = random_stack([16, 8], 3, 2, "tanh", seed=2)
    first = global_masks(stack, [0], 100)
    with torch.no_grad():
        for weight, mask in zip(stack.weights, first, strict=True):
            weight *= mask
    second = global_masks(stack, [0], 40)
    assert all(bool((b <= a).all()) for a, b in zip(first, second, strict=True))
    assert sum(int(mask.sum()) for mask in second) == 40


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_masked_member_learns_as_it_would_alone(activation: str) -> None:
    both = random_stack([12, 6], 3, 2, activation, members=2, seed=7)
    alone = both.subset([1])
    data, how = placed(rows(150, 1), rows(60, 2)), Settings(Fixed(3), 3e-3, 32)
    for stack, members in ((both, [1]), (alone, [0])):
        masks = global_masks(stack, members, 50)
        seeds = [4, 9][-stack.size :]
        who = Members(torch.zeros(stack.size, dtype=torch.int64), seeds, masks)
        fit(stack, data, who, how, lambda _: None)
    for ours, theirs in zip(both.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(ours[1], theirs[0], rtol=1e-4, atol=1e-5)
