"""Every criterion against a slow loop in float64, and l1 against torch-pruning from end to end."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn

from spinn_engine.pruning.importance import CRITERIA, ScoringData, strongest
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.spec import Activation, Criterion
from spinn_engine.training.functions import FUNCTIONS as ACTIVATIONS
from spinn_engine.training.network import Stack
from tests.plain import biases_of, widths_of
from tests.pruning.test_surgery import NETWORKS, NOTHING, plain, random_stack

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch_pruning

Floats = NDArray[np.float64]
WEIGHT_SCORES: dict[Criterion, Callable[[Floats, Floats, Floats], float]] = {
    "l1": lambda incoming, bias, _: float(sum(map(abs, [*incoming, bias]))),
    "l1_out": lambda _, __, outgoing: float(sum(map(abs, outgoing))),
    "l1_in_out": lambda incoming, bias, outgoing: float(
        sum(map(abs, [*incoming, bias])) * sum(map(abs, outgoing))
    ),
    "l2": lambda incoming, bias, _: float(np.sqrt(sum(v * v for v in [*incoming, bias]))),
}


def arrays(stack: Stack, member: int) -> tuple[list[Floats], list[Floats]]:
    """Weights ``[in, out]`` and biases ``[out]`` of one member."""
    weights = [w[member].detach().double().numpy() for w in stack.weights]
    return weights, [b[member, 0].detach().double().numpy() for b in biases_of(stack)]


def outputs(stack: Stack, member: int, x: Floats) -> list[Floats]:
    """Outputs of every hidden layer ``[rows, width]``, in float64."""
    act, found = ACTIVATIONS[stack.graph.activation], []
    weights, biases = arrays(stack, member)
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = act(torch.from_numpy(x @ weight + bias)).numpy()
        found.append(x)
    return found


def row_losses(stack: Stack, member: int, layer: int, hidden: Floats, y: Floats) -> Floats:
    """Each row's squared error, mean over targets, from the outputs of a hidden layer on."""
    act = ACTIVATIONS[stack.graph.activation]
    weights, biases = arrays(stack, member)
    for later in range(layer + 1, len(weights)):
        hidden = hidden @ weights[later] + biases[later]
        if later < len(weights) - 1:
            hidden = act(torch.from_numpy(hidden)).numpy()
    return np.asarray(np.square(hidden - y).mean(axis=1))


def scoring_data(stack: Stack, rows: int, seed: int = 0) -> ScoringData:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(stack.size, rows, widths_of(stack)[0], generator=generator)
    y = torch.randn(stack.size, rows, widths_of(stack)[-1], generator=generator)
    return ScoringData(x, y, list(range(seed, seed + stack.size)))


@pytest.mark.parametrize("criterion", WEIGHT_SCORES)
def test_criteria_of_weights_equal_a_loop_over_neurons(criterion: Criterion) -> None:
    stack = random_stack([6, 5, 4], 3, 2, "tanh", members=2, seed=3)
    scores = CRITERIA[criterion](stack, NOTHING)
    for member in range(stack.size):
        weights, biases = arrays(stack, member)
        for layer, width in enumerate(stack.hidden):
            expected = [
                WEIGHT_SCORES[criterion](
                    weights[layer][:, neuron], biases[layer][neuron], weights[layer + 1][neuron]
                )
                for neuron in range(width)
            ]
            np.testing.assert_allclose(scores[layer][member], expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["tanh", "relu", "gelu", "silu", "sigmoid"])
def test_activation_is_the_spread_of_the_output_times_the_outgoing_norm(name: Activation) -> None:
    stack = random_stack([7, 5], 3, 2, name, members=2, seed=4)
    seen = scoring_data(stack, rows=60)
    scores = CRITERIA["activation"](stack, seen)
    for member in range(stack.size):
        weights, _ = arrays(stack, member)
        hidden = outputs(stack, member, seen.x[member].double().numpy())
        for layer, values in enumerate(hidden):
            spread = np.sqrt(np.mean((values - values.mean(axis=0)) ** 2, axis=0))
            expected = spread * np.abs(weights[layer + 1]).sum(axis=1)
            np.testing.assert_allclose(scores[layer][member], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["tanh", "gelu", "silu", "sigmoid"])
def test_taylor_agrees_with_finite_differences_of_the_loss(name: Activation) -> None:
    stack = random_stack([6, 5], 3, 2, name, members=2, seed=6)
    seen, h = scoring_data(stack, rows=20), 1e-5
    scores = CRITERIA["taylor"](stack, seen)
    for member in range(stack.size):
        y = seen.y[member].double().numpy()
        for layer, values in enumerate(outputs(stack, member, seen.x[member].double().numpy())):
            expected = []
            for neuron in range(values.shape[1]):
                step = h * np.eye(values.shape[1])[neuron]
                up = row_losses(stack, member, layer, values + step, y)
                down = row_losses(stack, member, layer, values - step, y)
                expected.append(np.abs(values[:, neuron] * (up - down) / (2 * h)).mean())
            np.testing.assert_allclose(scores[layer][member], expected, rtol=1e-3, atol=1e-6)


def test_taylor_leaves_no_gradient_behind_and_needs_none_to_be_on() -> None:
    stack = random_stack([6, 5], 3, 2, "tanh", seed=6)
    seen = scoring_data(stack, rows=20)
    usual = CRITERIA["taylor"](stack, seen)
    with torch.no_grad():
        again = CRITERIA["taylor"](stack, seen)
    assert all(torch.equal(a, b) for a, b in zip(usual, again, strict=True))
    assert all(p.grad is None for p in stack.parameters())


def test_random_differs_by_seed_and_not_by_company() -> None:
    stack = random_stack([30, 20], 3, 2, "tanh", members=3)
    scores = CRITERIA["random"](stack, ScoringData(NOTHING.x, NOTHING.y, [1, 2, 1]))
    alone = CRITERIA["random"](stack.subset([0]), ScoringData(NOTHING.x, NOTHING.y, [2]))
    for layer, both in enumerate(scores):
        assert torch.equal(both[0], both[2])
        assert not torch.equal(both[0], both[1])
        assert torch.equal(both[1], alone[layer][0])
        assert 0 <= float(both.min()) < float(both.max()) < 1
    assert not torch.equal(scores[0][0, :20], scores[1][0])


@pytest.mark.parametrize("criterion", CRITERIA)
def test_scores_of_a_member_do_not_depend_on_the_others(criterion: Criterion) -> None:
    stack = random_stack([9, 6], 4, 2, "tanh", members=3, seed=2)
    seen = scoring_data(stack, rows=40)
    together = CRITERIA[criterion](stack, seen)
    assert [s.shape for s in together] == [(3, 9), (3, 6)]
    for m in range(3):
        mine = ScoringData(seen.x[m : m + 1], seen.y[m : m + 1], seen.seeds[m : m + 1])
        alone = CRITERIA[criterion](stack.subset([m]), mine)
        for ours, theirs in zip(together, alone, strict=True):
            assert not ours.requires_grad
            torch.testing.assert_close(ours[m : m + 1], theirs, rtol=1e-5, atol=1e-7)


def theirs_of(stack: Stack, **settings_: object) -> list[torch.Tensor]:
    """torch-pruning's score of every hidden layer's neurons, one group a layer."""
    scorer = torch_pruning.importance.MagnitudeImportance(p=1, normalizer=None, **settings_)
    return by_group(stack, plain(stack, 0), scorer)


@given(NETWORKS)
@settings(max_examples=20)
def test_norms_agree_with_torch_pruning(network: dict[str, object]) -> None:
    """Its group of a layer holds the weights in, the bias, and the weights out; its sum, ours."""
    stack = random_stack(**(network | {"members": 1}))  # type: ignore[arg-type]
    incoming, outgoing = (CRITERIA[name](stack, NOTHING) for name in ("l1", "l1_out"))
    both = theirs_of(stack, group_reduction="sum", bias=True)
    for one, other, sums in zip(incoming, outgoing, both, strict=True):
        torch.testing.assert_close((one + other)[0], sums, rtol=1e-5, atol=1e-5)


def by_group(stack: Stack, network: nn.Sequential, scorer: Any) -> list[torch.Tensor]:
    """What a scorer of torch-pruning says of every hidden layer, one group a layer."""
    graph = torch_pruning.DependencyGraph()
    graph.build_dependency(network, example_inputs=torch.zeros(2, widths_of(stack)[0]))
    function = torch_pruning.prune_linear_out_channels
    return [
        scorer(graph.get_pruning_group(network[2 * layer], function, idxs=list(range(width))))
        for layer, width in enumerate(stack.hidden)
    ]


@given(NETWORKS)
@settings(max_examples=20)
def test_the_hessian_agrees_with_torch_pruning(network: dict[str, object]) -> None:
    """It is given the squared gradients of all rows: its own sum keeps those of the last alone."""
    stack = random_stack(**(network | {"members": 1}))  # type: ignore[arg-type]
    data, theirs = scoring_data(stack, 9), plain(stack, 0)
    scorer = torch_pruning.importance.GroupHessianImportance("sum", normalizer=None, bias=True)
    squares = [torch.zeros_like(p) for p in theirs.parameters()]
    for x, y in zip(data.x[0], data.y[0], strict=True):
        theirs.zero_grad()
        (theirs(x) - y).square().mean().backward()
        for total, p in zip(squares, theirs.parameters(), strict=True):
            assert p.grad is not None
            total += p.grad.square()
    scorer._accu_grad = dict(zip(theirs.parameters(), squares, strict=True))
    scorer._counter = dict.fromkeys(theirs.parameters(), len(data.x[0]))
    for mine, wanted in zip(
        CRITERIA["hessian"](stack, data), by_group(stack, theirs, scorer), strict=True
    ):
        torch.testing.assert_close(mine[0], wanted, rtol=1e-4, atol=1e-7)


@given(NETWORKS)
@settings(max_examples=20)
def test_lamp_agrees_with_torch_pruning(network: dict[str, object]) -> None:
    stack = random_stack(**(network | {"members": 1}))  # type: ignore[arg-type]
    scorer = torch_pruning.importance.LAMPImportance(bias=True)
    for mine, wanted in zip(
        CRITERIA["lamp"](stack, NOTHING), by_group(stack, plain(stack, 0), scorer), strict=True
    ):
        torch.testing.assert_close(mine[0], wanted, rtol=1e-4, atol=1e-7)


@given(NETWORKS)
@settings(max_examples=20)
def test_fpgm_agrees_with_torch_pruning(network: dict[str, object]) -> None:
    """Where no weight is negative: it measures between absolute values, the paper between them."""
    stack = random_stack(**(network | {"members": 1}))  # type: ignore[arg-type]
    for weight in stack.weights:
        weight.data.abs_()
    settings_ = {"p": 1, "group_reduction": "first", "normalizer": None}
    scorer = torch_pruning.importance.FPGMImportance(**settings_)
    for mine, wanted in zip(
        CRITERIA["fpgm"](stack, NOTHING), by_group(stack, plain(stack, 0), scorer), strict=True
    ):
        torch.testing.assert_close(mine[0], wanted, rtol=1e-3, atol=1e-3)


@given(NETWORKS)
@settings(max_examples=15, deadline=None)
def test_obs_of_the_last_layer_is_what_the_outputs_lose(network: dict[str, object]) -> None:
    """Nothing is felt to first order only there: the error is that of plain least squares."""
    stack = random_stack(**(network | {"members": 1}))  # type: ignore[arg-type]
    data, width = scoring_data(stack, 60), stack.hidden[-1]
    scores = CRITERIA["obs"](stack, data)[-1][0].double().numpy()
    (weights, _), taken = arrays(stack, 0), outputs(stack, 0, data.x[0].double().numpy())[-1]
    taken, lost = taken - taken.mean(axis=0), np.argsort(scores)[: width - 1]
    stay = np.argsort(scores)[width - 1 :]
    wanted = taken[:, lost] @ weights[-1][lost]
    change = np.linalg.lstsq(taken[:, stay], wanted)[0]
    error = np.square(wanted - taken[:, stay] @ change).mean()
    monotone = np.sort(scores)[:-1]  # a score is never below the one before it
    assert monotone.sum() >= error * (1 - 1e-3) - 1e-6


@given(NETWORKS, st.floats(0.1, 0.9))
@settings(max_examples=20)
def test_l1_prunes_as_torch_pruning_does(network: dict[str, object], ratio: float) -> None:
    """Its own pruner chooses and cuts; widths, kept sets and outputs are then ours too."""
    stack = random_stack(**(network | {"members": 1}))  # type: ignore[arg-type]
    for bias in biases_of(stack):
        bias.data.zero_()  # "first" counts the weights in alone
    x = torch.randn(7, widths_of(stack)[0], generator=torch.Generator().manual_seed(0))
    theirs = plain(stack, 0)
    pruner = torch_pruning.pruner.BasePruner(
        theirs,
        x,
        torch_pruning.importance.MagnitudeImportance(p=1, group_reduction="first", normalizer=None),
        pruning_ratio=ratio,
        ignored_layers=[theirs[-1]],
    )
    groups = list(pruner.step(interactive=True))  # all are chosen before the first is cut
    gone = {id(group[0].dep.target.module): set(group[0].idxs) for group in groups}
    for group in groups:
        group.prune()
    scores = CRITERIA["l1"](stack, NOTHING)
    kept = []
    for layer, (score, width) in enumerate(zip(scores, stack.hidden, strict=True)):
        wanted = sorted(set(range(width)) - gone.get(id(theirs[2 * layer]), set()))
        kept.append(strongest(score, len(wanted)))
        assert kept[-1].tolist() == [wanted]
    ours = remove_neurons(stack, kept)
    assert ours.hidden == tuple(layer.out_features for layer in list(theirs)[0:-1:2])
    torch.testing.assert_close(ours(x)[0], theirs(x), rtol=1e-5, atol=1e-5)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.data())
def test_strongest_keeps_the_highest_and_of_equals_the_first(
    values: list[int], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(values)))
    kept = strongest(torch.tensor([values], dtype=torch.float32), count)[0].tolist()
    by_hand = sorted(range(len(values)), key=lambda index: (-values[index], index))[:count]
    assert kept == sorted(by_hand)
    assert all(a < b for a, b in pairwise(kept))
