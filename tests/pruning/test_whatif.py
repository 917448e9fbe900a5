"""What-if against torch: the same activations, really pruned networks, and a slow ridge."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch

from spinn_engine.graph.functions import FUNCTIONS as IN_NUMPY
from spinn_engine.problems.problem import Problem
from spinn_engine.pruning.facts import DenseFacts
from spinn_engine.pruning.importance import CRITERIA, ScoringData
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.pruning.whatif import curve, predict, sensitivity
from spinn_engine.spec import Criterion, Reconstruction
from spinn_engine.training.course import Fixed
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.functions import FUNCTIONS as ACTIVATIONS
from spinn_engine.training.loop import Members, Settings, fit
from spinn_engine.training.network import Stack
from spinn_engine.training.validation import validate
from tests.plain import biases_of, plain_facts, plain_moments, plain_stack, pre_activations

FIRST = torch.zeros(1, dtype=torch.int64)
WAYS: list[Reconstruction] = ["none", "bias", "least_squares"]


@dataclass(frozen=True)
class Trained:
    stack: Stack
    data: PlacedData
    facts: DenseFacts
    scores: dict[Criterion, list[torch.Tensor]]

    def really(self, hidden: tuple[int, ...], criterion: Criterion, how: Reconstruction) -> float:
        """Validation R2 of the network that is cut and mended as a run does it."""
        rows = Calibration(
            self.data.take(FIRST, self.data.calibration)[0],
            self.data.take(FIRST, self.data.held_out)[0],
        )
        pruned = prune_stage(self.stack, select(self.scores[criterion], hidden), how, rows)
        return validate(pruned, self.data, FIRST)[1][0]


def problem(rng: np.random.Generator) -> Problem:
    x = rng.normal(size=(2000, 4))
    y = np.column_stack([np.sin(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2], 30 + np.tanh(x[:, 3]) * 5])
    train, val, test = np.split(np.arange(2000), [1400, 1700])
    groups = np.repeat(np.arange(100), 20)
    return Problem("made", ("a", "b", "c", "d"), ("y", "z"), x, y, groups, train, val, test)


@pytest.fixture(scope="module")
def trained() -> Trained:
    """A network of 64, 48 and 32 neurons that has learned."""
    data = on_device(problem(np.random.default_rng(5)), torch.device("cpu"))
    stack = plain_stack((4, 64, 48, 32, 2), "tanh", [0])
    fit(stack, data, Members(FIRST, [0]), Settings(Fixed(40), 3e-3, 64), lambda _: None)
    seen = ScoringData(*data.take(FIRST, data.calibration), [0])
    scores = {name: score(stack, seen) for name, score in CRITERIA.items()}
    weights = [w[0].detach().numpy() for w in stack.weights]
    biases = [b[0, 0].detach().numpy() for b in biases_of(stack)]
    x, y = (part[0].numpy() for part in data.take(FIRST, data.val.rows))
    known = [
        plain_moments(weights, biases, "tanh", data.x[0, rows].numpy())
        for rows in (data.calibration[0], data.held_out[0])
    ]
    facts = plain_facts(
        weights=weights,
        biases=biases,
        activation="tanh",
        scores={name: [layer[0].numpy() for layer in s] for name, s in scores.items()},
        fit=known[0],
        held_out=known[1],
        x=x,
        y=y,
        seed=0,
        targets=data.problem.target_names,
    )
    return Trained(stack, data, facts, scores)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_numpy_activations_equal_those_of_torch(name: Any) -> None:
    x = torch.linspace(-20, 20, 2001)
    mine = IN_NUMPY[name](x.numpy())
    np.testing.assert_allclose(mine, ACTIVATIONS[name](x).numpy(), rtol=1e-5, atol=1e-6)
    assert mine.dtype == np.float32


def test_moments_equal_numpys_own(trained: Trained) -> None:
    rows = trained.data.x[0, trained.data.calibration[0]][None]
    with torch.no_grad():
        hidden = pre_activations(trained.stack, rows)[:-1]
    for values, known in zip(hidden, trained.facts.fit.values(), strict=True):
        activations = torch.tanh(values[0]).double().numpy()
        np.testing.assert_allclose(known.mean, activations.mean(axis=0), atol=1e-5)
        covariance = np.cov(activations, rowvar=False, bias=True)
        np.testing.assert_allclose(known.covariance, covariance, atol=1e-5)


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("hidden", [(64, 48, 32), (40, 48, 32), (30, 20, 10), (1, 1, 1)])
def test_without_reconstruction_it_is_the_pruned_network(
    trained: Trained, hidden: tuple[int, ...], criterion: Criterion
) -> None:
    found = predict(trained.facts, hidden, criterion, "none")
    if hidden == trained.stack.hidden:
        real = validate(trained.stack, trained.data, FIRST)[1][0]
    else:
        real = trained.really(hidden, criterion, "none")
    assert found.r2 == pytest.approx(real, rel=1e-3, abs=1e-4)
    assert found.hidden == hidden
    assert found.r2 == pytest.approx(np.mean(list(found.by_target.values())))
    assert list(found.by_target) == ["y", "z"]


@pytest.mark.parametrize("criterion", ["l1", "activation", "taylor", "random"])
@pytest.mark.parametrize("share", [0.9, 0.75, 0.56])
def test_with_least_squares_it_is_within_two_hundredths(
    trained: Trained, share: float, criterion: Criterion
) -> None:
    """0.56 of every layer is 68.5 % fewer parameters; harder cuts are predicted too low."""
    hidden = tuple(round(width * share) for width in trained.stack.hidden)
    found = predict(trained.facts, hidden, criterion, "least_squares")
    assert found.r2 == pytest.approx(trained.really(hidden, criterion, "least_squares"), abs=0.02)


def test_least_squares_helps_most(trained: Trained) -> None:
    none, bias, solved = (predict(trained.facts, (36, 27, 18), "l1", how).r2 for how in WAYS)
    assert solved > max(none, bias) + 0.2
    assert bias != none


def test_the_curve_falls_from_the_dense_network(trained: Trained) -> None:
    found = curve(trained.facts, points=12)
    dense = predict(trained.facts, (64, 48, 32), "l1", "none")
    assert found[0].hidden == (64, 48, 32)
    assert found[0].r2 == pytest.approx(dense.r2)
    assert len({one.hidden for one in found}) == len(found) == 12
    widths = [sum(one.hidden) for one in found]
    assert widths == sorted(widths, reverse=True)
    assert found[-1].r2 < found[0].r2 - 0.2
    alone = predict(trained.facts, found[5].hidden, "l1", "least_squares")
    assert found[5].r2 == pytest.approx(alone.r2, abs=1e-5)


def test_sensitivity_prunes_one_layer_at_a_time(trained: Trained) -> None:
    found = sensitivity(trained.facts, shares=(0.25, 0.9))
    assert [[one.hidden for one in layer] for layer in found] == [
        [(48, 48, 32), (6, 48, 32)],
        [(64, 12 * 3, 32), (64, 5, 32)],
        [(64, 48, 24), (64, 48, 3)],
    ]
    assert all(mild.r2 > hard.r2 for mild, hard in found)


def test_dead_neurons_and_a_network_of_single_neurons_are_predicted_too() -> None:
    """Kept neurons whose output never changes: no ridge can be solved, and none is needed."""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=s).astype(np.float32) for s in ((3, 8), (8, 6), (6, 1))]
    biases = [np.full(8, -100, np.float32), np.zeros(6, np.float32), np.zeros(1, np.float32)]
    x, y = (rng.normal(size=(50, n)).astype(np.float32) for n in (3, 1))
    known = plain_moments(weights, biases, "relu", x)
    scores = {"l1": [np.ones(8, np.float32), np.ones(6, np.float32)]}
    facts = plain_facts(weights, biases, "relu", scores, known, known, x, y, 0, ("t",))
    assert np.isfinite(predict(facts, (4, 3), "l1", "least_squares").r2)
    assert all(np.isfinite(one.r2) for one in curve(facts))


@pytest.mark.parametrize("module", ["spinn_engine.pruning.whatif", "spinn_engine.artifacts.whatif"])
def test_torch_is_not_loaded(module: str) -> None:
    code = f"import sys, {module}; assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
