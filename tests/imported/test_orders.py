"""Columns that stand in another order than in training: the right order is found, or none taken."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import pearsonr
from torch import nn

from spinn_engine.artifacts.imported_dense import ImportedNetwork, import_network
from spinn_engine.errors import BadInputError
from spinn_engine.imported.network import plain
from spinn_engine.imported.search import orders
from spinn_engine.imported.search.readings import line_r2, mean_r2
from spinn_engine.imported.search.structures import Structure
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import RunSpec

Floats = np.ndarray[Any, np.dtype[np.float64]]
ACTIVATIONS = (nn.Tanh, nn.ReLU, nn.SiLU)
NEAR = 0.01  # of R2
HARD = (18,)  # of which no order is certain


def law(seed: int) -> tuple[Floats, Floats]:
    """Rows of 6 to 12 inputs, and what follows from them by waves, squares and products."""
    draw = np.random.default_rng(seed)
    count = int(draw.integers(6, 13))
    x = draw.normal(size=(700, count))
    if seed % 3 == 0:  # inputs that have to do with each other
        x = x @ (np.eye(count) + 0.3 * draw.normal(size=(count, count)))
        x /= x.std(axis=0)
    size, turn = draw.uniform(0.2, 1.0, count), draw.uniform(0, 1.5, count)
    waves = np.where(np.arange(count) % 2, np.sin(1.3 * x + turn), np.square(x) / 2) * size
    y = waves.sum(axis=1) + 0.5 * x[:, 0] * x[:, 1]
    y += (0.0, 0.1, 0.3)[seed % 3] * y.std() * draw.normal(size=len(y))
    return x * draw.uniform(0.1, 100, count) + draw.uniform(-50, 50, count), y[:, None]


def trained(x: Floats, y: Floats, seed: int) -> tuple[nn.Module, Floats]:
    """A network of these rows, scaled in a usual way, and what it says of them."""
    by_range = seed % 4 == 1
    low, size = (x.min(axis=0), np.ptp(x, axis=0)) if by_range else (x.mean(axis=0), x.std(axis=0))
    middle, spread = (y.mean(), y.std()) if seed % 2 else (0.0, 1.0)
    torch.manual_seed(seed)
    kind = ACTIVATIONS[seed % 3]
    layers = [nn.Linear(x.shape[1], 24), kind(), nn.Linear(24, 24), kind(), nn.Linear(24, 1)]
    network = nn.Sequential(*layers)
    rows, wanted = torch.tensor((x - low) / size).float(), torch.tensor((y - middle) / spread)
    optimizer = torch.optim.Adam(network.parameters(), 5e-3)
    for _ in range(400):
        optimizer.zero_grad()
        nn.functional.mse_loss(network(rows), wanted.float()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    with torch.no_grad():
        return network, network(rows).double().numpy() * spread + middle


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.slow] * (seed > 4)) for seed in range(20)]
)
def test_it_is_read_in_the_right_order_or_refused(seed: int, tmp_path: Path) -> None:
    x, y = law(seed)
    turned = np.random.default_rng(seed + 100).permutation(x.shape[1])
    problem, spec, right = brought(x, y, turned, seed, tmp_path)
    rows = problem.train
    line = line_r2(x[rows], y[rows])
    if right < line + 0.25 * (1 - line) or seed in HARD:  # it may be refused
        with suppress(BadInputError):
            check(import_network(spec, problem), problem, right)
        return
    found = import_network(spec, problem)
    check(found, problem, right)
    if seed < 2:  # a run that has taken it finds it again, by its name alone
        again = import_network(found.spec, problem)
        assert again.spec == found.spec
        assert again.reading.order == found.reading.order
        assert any("the order of its inputs" in note for note in found.notes)


def check(found: ImportedNetwork, problem: Problem, right: float) -> None:
    """It is as good on the training rows as the network was."""
    rows = problem.train
    assert (
        mean_r2(found.reading.predicted(problem.inputs[rows]), problem.targets[rows]) > right - NEAR
    )


def brought(
    x: Floats, y: Floats, turned: Floats, seed: int, folder: Path
) -> tuple[Problem, RunSpec, float]:
    """The rows as a table of turned columns, a network of its training rows, and its R2 there."""
    frame = pd.DataFrame(x[:, turned], columns=[f"x{number}" for number in turned])
    frame["y"] = y
    frame.to_csv(folder / "rows.csv", index=False)
    data = {"source": f"table:{folder / 'rows.csv'}", "targets": ["y"], "split": "row"}
    spec = RunSpec.from_dict({"data": data, "model": {"dense": str(folder / "net.pt")}})
    problem = load_problem(spec.data)
    rows = problem.train
    network, said = trained(x[rows], y[rows], seed)
    torch.save(network.state_dict(), folder / "net.pt")
    return problem, spec, mean_r2(said, y[rows])


def test_two_columns_that_are_nearly_one_are_told_and_not_turned(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(2500, 5))
    x[:, 4] = x[:, 3] + 0.3 * x[:, 4]
    y = np.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3] + 0.5 * x[:, 3:4]
    y += 0.5 * draw.normal(size=(2500, 1))
    problem, spec, right = brought(x, y, np.array([0, 1, 2, 4, 3]), 4, tmp_path)
    rows = problem.train
    found = import_network(spec, problem)
    assert found.reading.order is None
    assert mean_r2(found.reading.predicted(problem.inputs[rows]), y[rows]) < right - NEAR
    [note] = [one for one in found.notes if "in another order than the columns" in one]
    assert "inputs in the order x0, x1, x2, x3 and x4" in note
    assert list(found.r2)[1].endswith("inputs in the order x0, x1, x2, x3 and x4")


def taker(weight: Floats, rows: Floats, targets: Floats) -> orders.Taker:
    """Of a layer alone."""
    graph, arrays = plain([weight.astype(np.float32)], [None], "tanh")
    single = rows.astype(np.float32), targets.astype(np.float32)
    return orders.Taker(Structure((), graph, arrays), "z", *single)


def test_a_fit_is_the_squared_correlation_of_scipy() -> None:
    draw = np.random.default_rng(0)
    rows, weight = draw.normal(size=(300, 4)), draw.normal(size=(4, 2))
    targets = draw.normal(size=(300, 2)) + rows @ weight
    one = taker(weight, rows, targets)
    ways = [(0, 1, 2, 3), (3, 1, 0, 2)]
    for order, fit in zip(ways, one.fits(ways), strict=True):
        given = rows[:, list(order)] @ weight
        each = [pearsonr(given[:, at], targets[:, at])[0] for at in range(2)]
        assert fit == pytest.approx(np.mean([r * abs(r) for r in each]), abs=1e-5)


@pytest.mark.parametrize("count", [2, 5, 7])
def test_of_a_sum_of_effects_the_assignment_is_exact(count: int) -> None:
    draw = np.random.default_rng(count)
    rows, weight = draw.normal(size=(4000, count)), np.arange(1.0, count + 1)[:, None]
    right = tuple(draw.permutation(count).tolist())
    one = taker(weight, rows, rows[:, list(right)] @ weight)
    assert one.assigned() == right
    assert orders.search([one]) == ([right], True)


def test_a_network_that_is_too_large_is_not_turned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "WORK", 1e5)
    rows = np.random.default_rng(0).normal(size=(300, 6))
    assert orders.search([taker(np.ones((6, 1)), rows, rows[:, :1])]) == ([], False)
