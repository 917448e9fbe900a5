"""Folds: what is tested, what the scaler sees, and members that do not notice each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.split import cross_validation
from spinn_engine.training.course import Fixed
from spinn_engine.training.data import calibration_split, on_device
from spinn_engine.training.loop import Epoch, Members, Settings, fit
from spinn_engine.training.network import Stack
from spinn_engine.training.validation import validate
from tests.plain import plain_stack

CPU = torch.device("cpu")


def problem(groups: NDArray[np.int64] | None, rows: int, seed: int = 0) -> Problem:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3)) * [1.0, 50.0, 0.01] + [0.0, 1000.0, 5.0]
    y = np.column_stack([np.sin(x[:, 0]), x[:, 1] + x[:, 2]])
    train, val, test = np.split(np.arange(rows), [rows // 2, 3 * rows // 4])
    return Problem("made", ("a", "b", "c"), ("y", "z"), x, y, groups, train, val, test)


def uneven(groups: int, seed: int = 0) -> NDArray[np.int64]:
    """Groups of 5 to 30 rows each, mixed."""
    rng = np.random.default_rng(seed)
    return rng.permutation(np.repeat(np.arange(groups), rng.integers(5, 30, size=groups)))


@given(st.integers(3, 8), st.integers(0, 12), st.integers(0, 99), st.booleans())
@settings(max_examples=60)
def test_every_row_is_tested_once_and_no_group_is_in_two_parts(
    folds: int, more: int, seed: int, grouped: bool
) -> None:
    groups = uneven(folds + more, seed) if grouped else None
    data = problem(groups, 100 if groups is None else len(groups), seed)
    splits = cross_validation(data, folds)
    tested = np.concatenate([test for _, _, test in splits])
    assert sorted(tested) == list(range(len(data.inputs)))
    assert sorted(np.concatenate([val for _, val, _ in splits])) == sorted(tested)
    for train, val, test in splits:
        assert sorted([*train, *val, *test]) == sorted(tested)
        if groups is not None:
            parts = [set(groups[rows]) for rows in (train, val, test)]
            assert len(set.union(*parts)) == sum(map(len, parts))


def test_folds_are_the_same_every_time() -> None:
    data = problem(uneven(10), len(uneven(10)))
    for once, again in zip(cross_validation(data, 5), cross_validation(data, 5), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))


@pytest.mark.parametrize("folds", [1, 4])
def test_the_scaler_sees_the_training_rows_of_its_fold_alone(folds: int) -> None:
    data = problem(uneven(12), len(uneven(12)))
    placed = on_device(data, CPU, folds)
    assert placed.x.shape == (folds, len(data.inputs), 3)
    for number, fold in enumerate(placed.folds):
        for values, ours in ((data.inputs, placed.x), (data.targets, placed.y)):
            theirs = StandardScaler().fit(values[fold.train]).transform(values)
            np.testing.assert_allclose(ours[number], theirs, rtol=1e-4, atol=1e-4)


def test_parts_are_padded_with_rows_of_their_own_that_do_not_count() -> None:
    placed = on_device(problem(uneven(7), len(uneven(7))), CPU, 3)
    for part, name in ((placed.train, "train"), (placed.val, "val")):
        for number, fold in enumerate(placed.folds):
            own = getattr(fold, name)
            assert part.counts[number] == len(own)
            assert part.rows[number, : len(own)].tolist() == own.tolist()
            assert set(part.rows[number].tolist()) == set(own.tolist())
            assert float(part.weight[number].sum()) == pytest.approx(1.0, abs=1e-5)
            assert int(part.weight[number].count_nonzero()) == len(own)


@pytest.mark.parametrize("folds", [1, 4])
def test_calibration_rows_are_training_rows_and_the_held_out_of_other_groups(folds: int) -> None:
    groups = uneven(16)
    placed = on_device(problem(groups, len(groups)), CPU, folds)
    for number, fold in enumerate(placed.folds):
        fit_rows, others = (set(t[number].tolist()) for t in (placed.calibration, placed.held_out))
        assert fit_rows | others <= set(fold.train.tolist())
        assert not set(groups[list(fit_rows)]) & set(groups[list(others)])


@given(st.integers(2, 40), st.integers(1, 5))
def test_calibration_always_has_rows_of_both_kinds(rows: int, groups: int) -> None:
    data = problem(np.arange(rows) % groups, rows)
    fit_rows, others = calibration_split(data, np.arange(rows))
    assert len(fit_rows) >= 1
    assert len(others) >= 1
    assert sorted([*fit_rows, *others]) == list(range(rows))


@pytest.mark.parametrize("folds", [2, 0, -1])
def test_fewer_than_three_folds_are_refused(folds: int) -> None:
    with pytest.raises(BadInputError, match=f"at least 3 but got {folds}"):
        cross_validation(problem(None, 50), folds)


@pytest.mark.parametrize(("grouped", "what"), [(True, "9 groups"), (False, "30 rows")])
def test_fewer_groups_than_folds_are_refused(grouped: bool, what: str) -> None:
    data = problem(np.arange(30) % 9 if grouped else None, 30)
    with pytest.raises(BadInputError, match=f"folds is 31 but the data has only {what}"):
        cross_validation(data, 31)


def test_a_fold_without_an_r2_is_refused_before_anything_is_trained() -> None:
    with pytest.raises(BadInputError, match=r"target 'y' is constant in the 1 row of the val"):
        cross_validation(problem(None, 20), 20)
    data = problem(np.arange(40) % 8, 40)
    data.targets[data.groups == 3, 1] = 7.0
    with pytest.raises(BadInputError, match="target 'z' is constant in the 5"):
        cross_validation(data, 8)
    assert len(cross_validation(data, 4)) == 4


def test_members_of_different_folds_learn_as_each_would_alone() -> None:
    """Three folds of unequal size in one stack, against a stack of one for each."""
    groups = np.repeat(np.arange(9), [30, 5, 12, 40, 8, 21, 16, 33, 7])
    data = problem(groups, len(groups), seed=3)
    placed, how = on_device(data, CPU, 3), Settings(Fixed(5), learning_rate=3e-3, batch_size=16)
    assert len(set(placed.train.counts)) == 3

    def learned(folds: list[int], seeds: list[int]) -> tuple[Stack, list[Epoch]]:
        stack, seen = plain_stack((3, 10, 6, 2), "tanh", seeds), list[Epoch]()
        fit(stack, placed, Members(torch.tensor(folds), seeds), how, seen.append)
        return stack, seen

    together, told = learned([0, 1, 2], [4, 5, 6])
    losses = validate(together, placed, torch.tensor([0, 1, 2]))[0]
    for fold in range(3):
        alone, heard = learned([fold], [4 + fold])
        for ours, theirs in zip(together.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(ours[fold], theirs[0], rtol=1e-4, atol=1e-5)
        for mine, own in zip(told, heard, strict=True):
            assert mine.val_loss[fold] == pytest.approx(own.val_loss[0], rel=1e-4)
        rows = torch.from_numpy(placed.folds[fold].val)
        residual = together.subset([fold])(placed.x[fold, rows])[0] - placed.y[fold, rows]
        assert losses[fold] == pytest.approx(residual.square().mean().item(), rel=1e-4)
