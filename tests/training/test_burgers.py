"""The equation as a loss, against ``torch.func`` and against sums made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.func import grad, vmap

from spinn_engine.graph.fixed_ends import Ends, with_ends
from spinn_engine.graph.kinds import KINDS, Layout
from spinn_engine.problems import load_problem
from spinn_engine.problems.burgers import density
from spinn_engine.spec import Activation, DataSpec, PhysicsSpec
from spinn_engine.training.burgers import Burgers, residual
from spinn_engine.training.course import Fixed
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.jets import DERIVATIVES, propagate
from spinn_engine.training.loop import Epoch, Members, Settings, fit
from spinn_engine.training.network import Stack
from spinn_engine.training.objective import objective_of
from tests.export.kinds import random_stack
from tests.plain import biases_of, plain_stack

CPU = torch.device("cpu")
NU = 0.01 / np.pi
BURGERS = DataSpec(source="burgers")


@pytest.fixture(scope="module")
def data() -> PlacedData:
    return on_device(load_problem(BURGERS), CPU)


def networks(members: int, activation: Activation = "tanh", seed: int = 0) -> Stack:
    """In float64, with biases that are not zero."""
    stack = plain_stack((2, 9, 7, 1), activation, range(seed, seed + members))
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for bias in biases_of(stack):
            bias.copy_(0.5 * torch.randn(bias.shape, generator=generator))
    return stack


def raw_solution(stack: Stack, member: int, data: PlacedData) -> Callable[[Tensor, Tensor], Tensor]:
    """u(x, t) of one member, of scalars in raw units."""
    one, scaler = stack.subset([member]).double(), data.folds[0].scaler
    mean, std = torch.from_numpy(scaler.x_mean), torch.from_numpy(scaler.x_std)

    def u(x: Tensor, t: Tensor) -> Tensor:
        value: Tensor = one((torch.stack([x, t]) - mean).div(std)[None])[0, 0, 0]
        return value

    return u


def raw_points(data: PlacedData, rows: Tensor) -> tuple[Tensor, Tensor]:
    x, t = torch.from_numpy(data.problem.inputs[rows.numpy()].T.copy())
    return x, t


def residuals(stack: Stack, member: int, data: PlacedData, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Residual and u_x ``[B]`` by ``torch.func``, derivative of derivative."""
    u = raw_solution(stack, member, data)
    u_x, u_t = grad(u, 0), grad(u, 1)
    u_xx = grad(u_x, 0)
    x, t = raw_points(data, rows)

    def residual(x: Tensor, t: Tensor) -> Tensor:
        left_over: Tensor = u_t(x, t) + u(x, t) * u_x(x, t) - NU * u_xx(x, t)
        return left_over

    return vmap(residual)(x, t), vmap(u_x)(x, t)


def expected_loss(stack: Stack, member: int, data: PlacedData, rows: Tensor) -> float:
    """The loss as its docstring says, from raw units."""
    left_over, u_x = residuals(stack, member, data, rows)
    x, _ = raw_points(data, rows)
    counts = 1 / torch.from_numpy(density(x.numpy())) / (1 + 0.1 * u_x.abs())
    u = vmap(raw_solution(stack, member, data))
    line, times = torch.linspace(-1, 1, 129).double(), torch.linspace(0, 1, 65).double()
    begin = u(line, torch.zeros(129).double()) + torch.sin(torch.pi * line)
    sides = [u(torch.full((65,), side).double(), times) for side in (-1.0, 1.0)]
    edges = begin.square().mean() + torch.cat(sides).square().mean()
    return float(((left_over.square() * counts).mean() + 10 * edges).detach())


@pytest.mark.parametrize("activation", list(DERIVATIVES))
def test_derivatives_are_those_of_torch_func(data: PlacedData, activation: Activation) -> None:
    stack = networks(2, activation).double()
    objective = Burgers(data)
    rows = data.train.rows[:, :40].repeat(2, 1)
    x = data.x[0, rows].double()
    jet = propagate(stack, x, objective.scale.double().repeat(2, 1))[stack.graph.ops[-1].name]
    for member in range(2):
        left_over, u_x = residuals(stack, member, data, rows[member])
        torch.testing.assert_close(residual(jet)[member], left_over, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(jet.slope[member, :, 0], u_x, rtol=1e-5, atol=1e-6)


ENDS = {
    "periodic": Ends(periodic=((0, 2.0),)),
    "walls": Ends(zeros=((0, -1.0), (0, 1.0))),
    "both": Ends(periodic=((0, 2.0),), zeros=((1, 0.0),)),
}


@pytest.mark.parametrize("kind", [name for name in KINDS if name != "heads"])
@pytest.mark.parametrize("name", ENDS)
def test_derivatives_go_through_fixed_ends(data: PlacedData, kind: str, name: str) -> None:
    ends, layout = ENDS[name], Layout((5, 5), frequency=0.5, features=4)
    core = KINDS[kind](layout, 2 + len(ends.periodic), 1)
    stack = random_stack(with_ends(core, 2, ends)).double()
    rows = data.train.rows[:, :30]
    scaler = data.folds[0].scaler
    x = (np.asarray(data.problem.inputs)[rows.numpy()] - scaler.x_mean) / scaler.x_std
    scale = torch.from_numpy(1 / scaler.x_std)[None]
    jet = propagate(stack, torch.from_numpy(x), scale)[stack.graph.ops[-1].name]
    left_over, u_x = residuals(stack, 0, data, rows[0])
    torch.testing.assert_close(residual(jet)[0], left_over, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(jet.slope[0, :, 0].expand(30), u_x, rtol=1e-5, atol=1e-6)


def test_the_loss_is_the_sum_that_it_says(data: PlacedData) -> None:
    stack, folds = networks(3, seed=4), torch.zeros(3, dtype=torch.int64)
    rows = torch.stack([data.train.rows[0, k : k + 50] for k in (0, 100, 200)])
    loss = Burgers(data).loss(stack, folds, rows)
    expected = [expected_loss(stack, m, data, rows[m]) for m in range(3)]
    np.testing.assert_allclose(loss.detach(), expected, rtol=1e-4)


def test_the_best_epoch_is_picked_by_the_loss_on_validation_points(data: PlacedData) -> None:
    stack = networks(1, seed=2)
    loss, r2 = Burgers(data).validate(stack, torch.zeros(1, dtype=torch.int64))
    assert loss[0] == pytest.approx(expected_loss(stack, 0, data, data.val.rows[0]), rel=1e-4)
    u = vmap(raw_solution(stack, 0, data))(*raw_points(data, data.val.rows[0])).detach().numpy()
    exact = data.problem.targets[data.problem.val, 0]
    spread = ((exact - exact.mean()) ** 2).sum()
    assert r2[0] == pytest.approx(1 - ((u - exact) ** 2).sum() / spread, rel=1e-4)


def trained(
    data: PlacedData, stack: Stack, settings: Settings, masks: list[Tensor] | None = None
) -> tuple[Stack, list[Epoch]]:
    epochs: list[Epoch] = []
    folds = torch.zeros(stack.size, dtype=torch.int64)
    objective = objective_of(data, PhysicsSpec(), stack.size, {})
    members = Members(folds, [7 + member for member in range(stack.size)], masks)
    fit(stack, data, members, settings, epochs.append, objective)
    return stack, epochs


def test_nothing_is_learned_from_the_reference_solution(data: PlacedData) -> None:
    wrong = replace(data.problem, targets=np.random.default_rng(0).normal(5, 3, (27_648, 1)))
    settings = Settings(Fixed(2), 1e-2, 256, lbfgs_iterations=30)
    right_one, _ = trained(data, networks(1), settings)
    wrong_one, _ = trained(on_device(wrong, CPU), networks(1), settings)
    for ours, theirs in zip(right_one.parameters(), wrong_one.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_lbfgs_goes_on_after_adam_in_epochs_of_twenty(data: PlacedData) -> None:
    stack, epochs = trained(data, networks(2), Settings(Fixed(3), 1e-2, 256, lbfgs_iterations=50))
    assert [e.epoch for e in epochs] == list(range(7))
    assert {e.epochs for e in epochs} == {6}
    for member in range(2):
        losses = [e.val_loss[member] for e in epochs]
        assert losses[6] < 0.7 * losses[3] < losses[0]
        assert epochs[4].train_loss is not None
        assert epochs[5].train_loss is not None
        assert epochs[5].train_loss[member] < epochs[4].train_loss[member]
    final = Burgers(data).validate(stack, torch.zeros(2, dtype=torch.int64))[0]
    best = np.min([e.val_loss for e in epochs], axis=0)
    np.testing.assert_allclose(final, best, rtol=1e-5)


def test_a_member_learns_the_same_whatever_stands_beside_it(data: PlacedData) -> None:
    settings = Settings(Fixed(0), 1e-2, 256, lbfgs_iterations=40)
    both, _ = trained(data, networks(2), settings)
    alone, _ = trained(data, networks(2).subset([1]), settings)
    for pair, single in zip(both.parameters(), alone.parameters(), strict=True):
        assert torch.equal(pair[1], single[0])


def test_masked_weights_stay_zero_under_lbfgs(data: PlacedData) -> None:
    stack = networks(1)
    generator = torch.Generator().manual_seed(1)
    masks = [(torch.rand(w.shape, generator=generator) > 0.3).float() for w in stack.weights]
    with torch.no_grad():
        for weight, mask in zip(stack.weights, masks, strict=True):
            weight *= mask
    before = [w.detach().clone() for w in stack.weights]
    trained(data, stack, Settings(Fixed(0), 1e-2, 256, lbfgs_iterations=20), masks)
    for weight, mask, was in zip(stack.weights, masks, before, strict=True):
        assert (weight[mask == 0] == 0).all()
        assert (weight != was)[mask == 1].float().mean() > 0.5  # others lead nowhere


def test_effects_are_how_the_loss_changes_with_a_factor_before_a_neuron(data: PlacedData) -> None:
    stack, folds = networks(1, seed=3), torch.zeros(1, dtype=torch.int64)
    rows = data.train.rows[:, :30]
    effects = Burgers(data).effects(stack, folds, rows)
    assert [e.shape for e in effects] == [(1, 30, 9), (1, 30, 7)]
    x, _ = raw_points(data, rows[0])
    share = 1 / torch.from_numpy(density(x.numpy()))

    def squares(layer: int, neuron: int, factor: float) -> Tensor:
        """The rows' losses when a neuron's output, and so its outgoing weights, are multiplied."""
        changed = stack.subset([0]).double()
        with torch.no_grad():
            changed.weights[layer + 1][0, neuron] *= factor
        left_over, u_x = residuals(changed, 0, data, rows[0])
        return (left_over.square() * share / (1 + 0.1 * u_x.abs())).detach()

    h = 1e-5
    for layer, neuron in ((0, 0), (0, 8), (1, 3)):
        slope = (squares(layer, neuron, 1 + h) - squares(layer, neuron, 1 - h)) / (2 * h)
        found = effects[layer][0, :, neuron].double()
        torch.testing.assert_close(found, slope, rtol=2e-3, atol=1e-4 * float(slope.abs().max()))


def test_targets_are_not_scaled_by_a_solution_that_is_not_to_be_known(data: PlacedData) -> None:
    scaler = data.folds[0].scaler
    assert scaler.y_mean.tolist() == [0.0]
    assert scaler.y_std.tolist() == [1.0]
