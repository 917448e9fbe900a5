"""Least squares on a support, against every column solved by itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.pruning.magnitude import global_masks, reconstruct_masked
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.training.network import Stack
from tests.plain import biases_of, plain_stack


def masked(stack: Stack, left: int) -> tuple[Stack, list[torch.Tensor]]:
    """A copy with so many weights left in each network, and its masks."""
    masks = global_masks(stack, range(stack.size), left)
    copy = stack.subset(list(range(stack.size)))
    with torch.no_grad():
        for weight, mask in zip(copy.weights, masks, strict=True):
            weight.mul_(mask)
    return copy, masks


def rows(count: int, seed: int, members: int = 1) -> torch.Tensor:
    return torch.randn(members, count, 6, generator=torch.Generator().manual_seed(seed))


def test_one_layer_is_ordinary_least_squares_of_every_output_on_its_own_support() -> None:
    dense = plain_stack((6, 4), "tanh", [3])
    pruned, masks = masked(dense, 12)
    x = rows(200, 1)
    reconstruct_masked(dense, pruned, masks, Calibration(x, x), steps=(30,))
    wanted = (x[0] @ dense.weights[0][0] + biases_of(dense)[0][0]).detach().double().numpy()
    design = x[0].double().numpy()
    for output in range(4):
        support = masks[0][0, :, output].bool().numpy()
        columns = np.column_stack([design[:, support], np.ones(200)])
        solved = np.linalg.lstsq(columns, wanted[:, output], rcond=None)[0]
        ours = pruned.weights[0][0, :, output].detach().numpy()
        assert ours[support] == pytest.approx(solved[:-1], abs=1e-4)
        assert not ours[~support].any()
        assert float(biases_of(pruned)[0][0, 0, output].detach()) == pytest.approx(
            solved[-1], abs=1e-4
        )


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_zeroed_networks_come_nearer_to_what_they_were_on_rows_that_nobody_saw(
    activation: str,
) -> None:
    dense = plain_stack((6, 24, 16, 2), activation, [0, 1])
    pruned, masks = masked(dense, 200)
    zeros = [(weight == 0).clone() for weight in pruned.weights]
    coming = rows(500, 9, 2)
    with torch.no_grad():
        before = (pruned(coming) - dense(coming)).square().mean(dim=(1, 2))
        reconstruct_masked(dense, pruned, masks, Calibration(rows(400, 1, 2), rows(200, 2, 2)))
        after = (pruned(coming) - dense(coming)).square().mean(dim=(1, 2))
    assert (after < 0.7 * before).all()
    for weight, zero in zip(pruned.weights, zeros, strict=True):
        assert not weight[zero].any()


def test_without_steps_only_the_biases_are_solved() -> None:
    dense = plain_stack((6, 8, 1), "tanh", [4])
    pruned, masks = masked(dense, 20)
    weights = [weight.detach().clone() for weight in pruned.weights]
    reconstruct_masked(dense, pruned, masks, Calibration(rows(100, 1), rows(100, 1)), steps=())
    assert all(torch.equal(a, b) for a, b in zip(weights, pruned.weights, strict=True))


def test_an_input_that_never_varies_is_left_alone() -> None:
    dense = plain_stack((6, 8, 1), "tanh", [4])
    pruned, masks = masked(dense, 40)
    x = rows(100, 1)
    x[:, :, 2] = 1.5
    before = pruned.weights[0][0, 2].detach().clone()
    reconstruct_masked(dense, pruned, masks, Calibration(x, x))
    assert torch.equal(pruned.weights[0][0, 2], before)
    assert all(bool(weight.isfinite().all()) for weight in pruned.weights)


@settings(max_examples=60, deadline=None)
@given(
    activation=st.sampled_from(["tanh", "relu", "silu"]),
    inputs=st.integers(1, 3),
    left=st.integers(10, 300),
    seed=st.integers(0, 2**32 - 1),
    scale=st.sampled_from([0.01, 1.0, 30.0]),
)
def test_neurons_that_nearly_repeat_each_other_get_no_huge_weights(
    activation: str, inputs: int, left: int, seed: int, scale: float
) -> None:
    """More neurons than the inputs can tell apart: what there is to solve is nearly singular."""
    dense = plain_stack((inputs, 24, 16, 2), activation, [seed])
    with torch.no_grad():
        for bias in biases_of(dense):
            bias.zero_()
    pruned, masks = masked(dense, left)
    only_biases = pruned.subset([0])
    generator = torch.Generator().manual_seed(seed)
    fit, held_out = (scale * torch.randn(1, n, inputs, generator=generator) for n in (300, 100))
    reconstruct_masked(dense, only_biases, masks, Calibration(fit, held_out), steps=())
    reconstruct_masked(dense, pruned, masks, Calibration(fit, held_out))
    largest = max(float(weight.detach().abs().max()) for weight in dense.weights)
    assert all(float(weight.detach().abs().max()) < 1e4 * largest for weight in pruned.weights)
    with torch.no_grad():
        wanted = dense(held_out)
        error, simple = ((one(held_out) - wanted).square().mean() for one in (pruned, only_biases))
    assert float(error) <= 2 * float(simple) + 1e-9
