"""Recursive least squares against one ridge regression over all rows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from spinn_engine.adaptation.closed_form import RIDGE, LeastSquares


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    members=st.integers(1, 3),
    features=st.integers(1, 12),
    outputs=st.integers(1, 3),
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
def test_batch_by_batch_equals_one_ridge_regression(
    seed: int, members: int, features: int, outputs: int, cuts: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    start = rng.normal(size=(members, features, outputs))
    old = rng.normal(size=(members, 80, features))
    new, targets = rng.normal(size=(members, 60, features)), rng.normal(size=(members, 60, outputs))
    solver = LeastSquares(torch.from_numpy(start))
    solver.remember(torch.from_numpy(old[:, :50]))
    solver.remember(torch.from_numpy(old[:, 50:]))
    edges = [0, *sorted(cuts), 60]
    for begin, end in zip(edges, edges[1:], strict=False):
        solver.learn(torch.from_numpy(new[:, begin:end]), torch.from_numpy(targets[:, begin:end]))
    solved = solver.solve().numpy()
    for member in range(members):
        alpha = RIDGE * np.square(old[member]).sum(axis=0).mean()
        rows = np.vstack([old[member], new[member]])
        missed = np.vstack([np.zeros((80, outputs)), targets[member] - new[member] @ start[member]])
        ridge = Ridge(alpha, fit_intercept=False, solver="svd").fit(rows, missed)
        expected = start[member] + ridge.coef_.reshape(outputs, features).T
        np.testing.assert_allclose(solved[member], expected, rtol=1e-7, atol=1e-9)


def test_without_new_rows_nothing_changes_by_a_bit(rng: np.random.Generator) -> None:
    start = torch.from_numpy(rng.normal(size=(2, 6, 2)))
    solver = LeastSquares(start)
    solver.remember(torch.from_numpy(rng.normal(size=(2, 30, 6))))
    assert torch.equal(solver.solve(), start)


def test_rows_that_the_layer_explains_leave_it_as_it_is(rng: np.random.Generator) -> None:
    start = torch.from_numpy(rng.normal(size=(1, 6, 2)))
    solver = LeastSquares(start)
    solver.remember(torch.from_numpy(rng.normal(size=(1, 30, 6))))
    rows = torch.from_numpy(rng.normal(size=(1, 40, 6)))
    solver.learn(rows, rows @ start)
    assert solver.solve().numpy() == pytest.approx(start.numpy(), abs=1e-12)


def test_features_that_never_vary_can_be_solved(rng: np.random.Generator) -> None:
    """Neurons that are dead or copies of others leave the information matrix singular."""
    start = torch.from_numpy(rng.normal(size=(1, 4, 1)))
    one = torch.from_numpy(rng.normal(size=(1, 30, 1)))
    rows = torch.cat([one, one, torch.zeros_like(one), torch.ones_like(one)], dim=2)
    solver = LeastSquares(start)
    solver.remember(rows)
    solver.learn(rows, rows @ start + 1)
    assert torch.isfinite(solver.solve()).all()
    assert (rows @ solver.solve() - rows @ start).mean().item() == pytest.approx(0.5, abs=1e-3)


def test_rows_beside_which_no_other_counts_are_refused(rng: np.random.Generator) -> None:
    solver = LeastSquares(torch.from_numpy(rng.normal(size=(1, 4, 1))))
    solver.remember(torch.from_numpy(rng.normal(size=(1, 30, 4))))
    one = torch.from_numpy(1e200 * rng.normal(size=(1, 3, 4)))
    solver.learn(one, torch.ones(1, 3, 1, dtype=torch.float64))
    with pytest.raises(ArithmeticError, match="cannot be factorised"):
        solver.solve()
