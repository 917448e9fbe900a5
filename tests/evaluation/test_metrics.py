"""Metrics against scikit-learn, intervals against scipy, and the folds of an arm put together."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from spinn_engine.evaluation.metrics import regression_metrics
from spinn_engine.evaluation.tested import evaluate_networks, fit_linear
from spinn_engine.training.data import PlacedData, on_device
from tests.plain import plain_stack
from tests.training.test_data import CPU, problem, uneven


@given(st.integers(2, 60), st.integers(1, 4), st.integers(0, 999))
def test_metrics_equal_those_of_scikit_learn(rows: int, outputs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    target = rng.normal(size=(rows, outputs)) * 10 ** rng.uniform(-3, 6, size=outputs) + 50
    predicted = target + rng.normal(size=target.shape) * target.std(axis=0) * rng.uniform(0.01, 3)
    ours = regression_metrics(predicted, target)
    raw = {"multioutput": "raw_values"}
    for name, theirs in (
        ("r2", r2_score),
        ("rmse", root_mean_squared_error),
        ("mae", mean_absolute_error),
    ):
        np.testing.assert_allclose(ours[name], theirs(target, predicted, **raw), rtol=1e-6)


def test_a_constant_target_has_no_r2() -> None:
    ours = regression_metrics(np.ones((4, 1)), np.full((4, 1), 2.0))
    assert np.isnan(ours["r2"]).all()
    assert ours["rmse"].tolist() == ours["mae"].tolist() == [1.0]


@pytest.fixture
def folded() -> PlacedData:
    return on_device(problem(uneven(9), len(uneven(9)), seed=2), CPU, 3)


def test_folds_are_tested_on_their_own_rows_and_pooled(folded: PlacedData) -> None:
    stack = plain_stack((3, 8, 2), "tanh", range(6))  # two seeds of three folds
    tested = evaluate_networks(stack, [0, 1, 2, 0, 1, 2], folded)
    assert tested.metrics["rmse"].shape == (2, 3, 2)
    for seed in range(2):
        pooled = []
        for number, fold in enumerate(folded.folds):
            standard = stack(folded.x[number, torch.from_numpy(fold.test)])[3 * seed + number]
            raw = standard.detach().double().numpy() * fold.scaler.y_std + fold.scaler.y_mean
            target = folded.problem.targets[fold.test]
            assert tested.r2()[seed, number] == pytest.approx(r2_score(target, raw), rel=1e-6)
            wanted = mean_absolute_error(target, raw, multioutput="raw_values")
            np.testing.assert_allclose(tested.metrics["mae"][seed, number], wanted, rtol=1e-6)
            pooled.append(raw)
        whole = np.concatenate([folded.problem.targets[fold.test] for fold in folded.folds])
        together = r2_score(whole, np.concatenate(pooled), multioutput="raw_values")
        np.testing.assert_allclose(tested.pooled_r2[seed], together, rtol=1e-6)
    told = tested.summary(("y", "z"))
    assert told["per_fold_r2"] == pytest.approx(tested.r2().mean(axis=0).tolist())
    assert told["pooled_r2"]["n"] == 2
    assert told["r2"]["values"] == tested.r2().tolist()
    assert told["r2"]["per_seed"] == pytest.approx(tested.r2().mean(axis=1).tolist())


def test_linear_is_scikit_learns_in_every_fold(folded: PlacedData) -> None:
    stack = fit_linear(folded)
    tested = evaluate_networks(stack, range(3), folded)
    x, y = folded.problem.inputs, folded.problem.targets
    for number, fold in enumerate(folded.folds):
        theirs = LinearRegression().fit(x[fold.train], y[fold.train])
        wanted = r2_score(y[fold.test], theirs.predict(x[fold.test]))
        assert tested.r2()[0, number] == pytest.approx(wanted, abs=1e-5)
