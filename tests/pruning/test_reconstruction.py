"""Reconstruction against a slow solver, and on real data with nothing else done to the network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.func import jacrev, vmap

from spinn_engine.evaluation.tested import evaluate_networks
from spinn_engine.problems import load_problem
from spinn_engine.pruning.importance import l1, strongest
from spinn_engine.pruning.reconstruction import Calibration, reconstruct
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.spec import DataSpec, Reconstruction
from spinn_engine.training.course import Fixed
from spinn_engine.training.data import on_device
from spinn_engine.training.functions import FUNCTIONS as ACTIVATIONS
from spinn_engine.training.functions import signs
from spinn_engine.training.loop import Members, Settings, fit
from spinn_engine.training.network import Stack
from tests.plain import biases_of, plain_stack, pre_activations
from tests.pruning.test_surgery import NOTHING, random_stack


def one_layer_pruned(members: int, seed: int) -> tuple[Stack, Stack, list[Tensor], Calibration]:
    dense = random_stack([20, 12], 5, 3, "tanh", members=members, seed=seed)
    kept = [strongest(l1(dense, NOTHING)[0], 8), torch.arange(12).repeat(members, 1)]
    generator = torch.Generator().manual_seed(seed)
    shapes = ((members, 300, 5), (members, 150, 5))
    fit, held_out = (torch.randn(shape, generator=generator) for shape in shapes)
    rows = Calibration(fit, held_out)
    return dense, remove_neurons(dense, kept), kept, rows


def hidden_and_target(
    dense: Stack, kept: list[Tensor], x: Tensor, member: int
) -> tuple[np.ndarray, np.ndarray]:
    """Activations that are left of layer 0, and the pre-activations that layer 1 had."""
    with torch.no_grad():
        first, second, _ = pre_activations(dense, x)
    left = torch.tanh(first[member])[:, kept[0][member]]
    return left.double().numpy(), second[member].double().numpy()


@pytest.mark.parametrize("member", [0, 1])
def test_solution_equals_that_of_a_ridge_by_stacked_least_squares(
    member: int,
) -> None:
    dense, pruned, kept, rows = one_layer_pruned(members=2, seed=5)
    sliced = pruned.weights[1][member].detach().double().numpy()
    assert reconstruct(dense, pruned, kept, rows, ridges=(1e-2,))[0][member] == 1e-2
    h, z = hidden_and_target(dense, kept, rows.fit, member)
    n, k = h.shape
    ridge = 1e-2 * np.square(h - h.mean(axis=0)).sum(axis=0).mean()
    system = np.block([[h, np.ones((n, 1))], [np.sqrt(ridge) * np.eye(k), np.zeros((k, 1))]])
    wanted = np.vstack([z, np.sqrt(ridge) * sliced])
    solution = np.linalg.lstsq(system, wanted, rcond=None)[0]
    np.testing.assert_allclose(pruned.weights[1][member].detach(), solution[:-1], atol=2e-4)
    np.testing.assert_allclose(biases_of(pruned)[1][member, 0].detach(), solution[-1], atol=2e-4)


def test_derivatives_count_as_further_rows() -> None:
    """NumPy's own least squares on values and on derivatives along a direction of each row."""
    dense, pruned, kept, rows = one_layer_pruned(members=1, seed=4)
    x, weight = rows.fit, 0.3
    reconstruct(dense, pruned, kept, Calibration(x, x, weight), ridges=(1e-9,))
    h, z = hidden_and_target(dense, kept, x, 0)
    along = signs(x.shape[1:], torch.Generator().manual_seed(0))

    def values(row: Tensor) -> tuple[Tensor, Tensor]:
        first, second, _ = pre_activations(dense, row[None, None])
        return torch.tanh(first[0, 0])[kept[0][0]], second[0, 0]

    h_along, z_along = (
        torch.einsum("boi,bi->bo", one, along).detach().double().numpy()
        for one in vmap(jacrev(values))(x[0])
    )
    ones, root = np.ones((len(h), 1)), np.sqrt(weight)
    design = np.vstack([np.hstack([h, ones]), root * np.hstack([h_along, 0 * ones])])
    solution = np.linalg.lstsq(design, np.vstack([z, root * z_along]), rcond=None)[0]
    mine = np.vstack([pruned.weights[1][0].detach(), biases_of(pruned)[1][0].detach()])
    np.testing.assert_allclose(design @ mine, design @ solution, atol=1e-4)


@pytest.mark.parametrize("seed", range(10))
def test_the_held_out_error_never_grows(seed: int) -> None:
    dense, pruned, kept, rows = one_layer_pruned(members=2, seed=seed)
    plain = remove_neurons(dense, kept)
    reconstruct(dense, pruned, kept, rows)
    for member in range(2):
        h, z = hidden_and_target(dense, kept, rows.held_out, member)
        errors = []
        for stack in (pruned, plain):
            weight, bias = (
                p[1][member].detach().double().numpy() for p in (stack.weights, biases_of(stack))
            )
            errors.append(np.square(z - h @ weight - bias).mean())
        assert errors[0] <= errors[1] * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_least_squares_is_no_worse_than_bias_and_bias_no_worse_than_none(seed: int) -> None:
    """Another network and other, correlated rows each time; fewer rows than neurons, too."""
    rng = np.random.default_rng(seed)
    inputs, width, nxt = (int(v) for v in rng.integers((3, 12, 4), (9, 40, 20)))
    activation = str(rng.choice(["tanh", "relu", "gelu", "silu", "sigmoid"]))
    dense = random_stack([width, nxt], inputs, 2, activation, members=2, seed=seed)
    mixing = rng.normal(size=(inputs, inputs))
    counts = int(rng.integers(10, 400)), int(rng.integers(10, 200))
    fit_rows, held_out = (
        torch.from_numpy(rng.normal(size=(2, n, inputs)) @ mixing).float() for n in counts
    )
    rows = Calibration(fit_rows, held_out)
    hidden = (int(rng.integers(1, width)), nxt)
    ways: tuple[Reconstruction, ...] = ("none", "bias", "least_squares")
    kept = select(l1(dense, NOTHING), hidden)
    done = [prune_stage(dense, kept, how, rows) for how in ways]
    for member in range(2):
        errors = []
        for stack in done:
            h, z = left_and_wanted(dense, kept, held_out, member)
            weight, bias = (p[1][member].detach().double().numpy() for p in parts(stack))
            errors.append(np.square(z - h @ weight - bias).mean())
        none, bias_only, solved = errors
        assert solved <= bias_only * (1 + 1e-4)
        assert bias_only <= none * (1 + 1e-4)


def parts(stack: Stack) -> tuple[list[Tensor], list[Tensor]]:
    return list(stack.weights), list(biases_of(stack))


def left_and_wanted(
    dense: Stack, kept: list[Tensor], x: Tensor, member: int
) -> tuple[np.ndarray, np.ndarray]:
    """As ``hidden_and_target``, for any activation."""
    with torch.no_grad():
        first, second, _ = pre_activations(dense, x)
    left = ACTIVATIONS[dense.graph.activation](first[member])[:, kept[0][member]]
    return left.double().numpy(), second[member].double().numpy()


def test_bias_takes_over_the_mean_of_what_is_gone() -> None:
    dense, pruned, kept, _ = one_layer_pruned(members=1, seed=3)
    x = torch.randn(1, 200, 5, generator=torch.Generator().manual_seed(1)) + 0.5
    picked = reconstruct(dense, pruned, kept, Calibration(x, x), ridges=())
    assert picked[0].tolist() == [float("inf")]
    plain = remove_neurons(dense, kept)
    torch.testing.assert_close(pruned.weights[1], plain.weights[1])
    gone = sorted(set(range(20)) - set(kept[0][0].tolist()))
    with torch.no_grad():
        mean = torch.tanh(pre_activations(dense, x)[0])[0].mean(dim=0)[gone]
        shift = mean @ dense.weights[1][0][gone]
        torch.testing.assert_close(
            biases_of(pruned)[1][0, 0], biases_of(plain)[1][0, 0] + shift, rtol=1e-4, atol=1e-5
        )


def test_neurons_that_never_change_leave_the_weights_alone() -> None:
    """Dead units: the Gram matrix is zero, and no ridge can be solved."""
    dense = random_stack([10, 6], 3, 2, "relu", members=1, seed=2)
    biases_of(dense)[0].data.fill_(-100.0)
    rows = Calibration(torch.randn(1, 50, 3), torch.randn(1, 20, 3))
    pruned = prune_stage(dense, select(l1(dense, NOTHING), (5, 6)), "least_squares", rows)
    x = torch.randn(1, 30, 3)
    torch.testing.assert_close(pruned(x), dense(x))


def test_nothing_lost_nothing_changed() -> None:
    dense = random_stack([9, 7], 4, 2, "relu", members=2, seed=1)
    kept = [torch.arange(w).repeat(2, 1) for w in dense.hidden]
    same = remove_neurons(dense, kept)
    ridges = reconstruct(
        dense, same, kept, Calibration(torch.randn(2, 50, 4), torch.randn(2, 20, 4))
    )
    assert all(r.isnan().all() for r in ridges)
    for before, after in zip(dense.parameters(), same.parameters(), strict=True):
        assert torch.equal(before, after)


def test_fewer_rows_than_neurons_still_helps() -> None:
    dense = random_stack([64, 64], 6, 2, "tanh", members=1, seed=8)
    rows = Calibration(torch.randn(1, 30, 6), torch.randn(1, 15, 6))
    kept = select(l1(dense, NOTHING), (48, 48))
    pruned = prune_stage(dense, kept, "least_squares", rows)
    plain = remove_neurons(dense, kept)
    x = torch.randn(500, 6)
    assert (pruned(x) - dense(x)).square().mean() < (plain(x) - dense(x)).square().mean()


@pytest.mark.slow
def test_one_shot_to_an_eighth_on_the_real_data(nasa_folder: Path) -> None:
    """512/512/512/256 to 64/64/64/32 in one cut: reconstructed it lives, sliced alone it dies."""
    data = DataSpec(
        source=f"table:{nasa_folder}",
        targets=("tool_wear", "thermal_displacement"),
        group="experiment_id",
    )
    placed = on_device(load_problem(data), torch.device("cpu"))
    stack = plain_stack((placed.ends[0], 512, 512, 512, 256, 2), "tanh", [0])
    settings = Settings(Fixed(6), learning_rate=1e-3, batch_size=256)
    first = torch.zeros(1, dtype=torch.int64)
    on_train = replace(placed, val=placed.train)  # the validation groups are of another kind
    fit(stack, on_train, Members(first, [0]), settings, lambda epoch: None)
    rows = Calibration(
        placed.take(first, placed.calibration)[0], placed.take(first, placed.held_out)[0]
    )

    def r2(network: Stack) -> float:
        return float(evaluate_networks(network, [0], placed).r2()[0, 0])

    kept = select(l1(stack, NOTHING), (64, 64, 64, 32))
    ways: tuple[Reconstruction, ...] = ("none", "least_squares")
    left = {how: r2(prune_stage(stack, kept, how, rows)) for how in ways}
    assert r2(stack) > 0.6
    assert left["least_squares"] > r2(stack) - 0.05
    assert left["none"] < 0.2
