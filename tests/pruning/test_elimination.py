"""Backward elimination against brute force, least squares on rows, and its own prefix property."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spinn_engine.pruning.elimination import (
    RIDGE,
    Taker,
    directions,
    eliminate,
    order_for,
)

Doubles = NDArray[np.float64]
ROWS, NEURONS = 400, 8
KINDS: dict[str, Callable[[np.random.Generator], Doubles]] = {
    "tanh": lambda rng: np.tanh(_sums(rng)),
    "relu": lambda rng: np.maximum(_sums(rng), 0.0),
    "normal": lambda rng: (
        rng.standard_normal((ROWS, NEURONS)) @ rng.standard_normal((NEURONS, NEURONS))
    ),
}


def _sums(rng: np.random.Generator) -> Doubles:
    x, weight = rng.standard_normal((ROWS, 4)), rng.standard_normal((4, NEURONS))
    return x @ weight + rng.standard_normal(NEURONS)


def taker_of(hidden: Doubles, weight: Doubles) -> Taker:
    """A layer of these weights ``[neurons, out]`` on these rows ``[rows, neurons]``."""
    centred = hidden - hidden.mean(axis=0)
    covariance = centred.T @ centred / len(centred)
    return Taker(covariance, weight, [np.arange(hidden.shape[1])])


def error_on_rows(hidden: Doubles, weight: Doubles, gone: tuple[int, ...]) -> float:
    """What is left of the layer's output when others take over, by plain least squares on rows.

    The ridge stands as one more row for each neuron, as elimination has it.
    """
    centred = hidden - hidden.mean(axis=0)
    ridge = np.sqrt(RIDGE * np.square(centred).mean(axis=0).mean() * len(centred))
    rows = np.concatenate([centred, ridge * np.eye(hidden.shape[1])])
    stay = np.setdiff1d(np.arange(hidden.shape[1]), gone)
    change = np.linalg.lstsq(rows[:, stay], rows[:, list(gone)] @ weight[list(gone)])[0]
    missed = rows[:, list(gone)] @ weight[list(gone)] - rows[:, stay] @ change
    return float(np.square(missed).sum() / len(centred))


@pytest.mark.parametrize("keep", [2, 4, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_what_stays_is_hardly_worse_than_the_best_of_all_subsets(kind: str, keep: int) -> None:
    near = worse_than_l1 = worse_than_random = 0
    for case in range(100):
        rng = np.random.default_rng(1000 + case)
        hidden, weight = KINDS[kind](rng), rng.standard_normal((NEURONS, 3))
        found = order_for([taker_of(hidden, weight)], NEURONS, keep)
        errors = {
            gone: error_on_rows(hidden, weight, gone)
            for gone in combinations(range(NEURONS), NEURONS - keep)
        }
        mine = errors[tuple(sorted(found.order[: NEURONS - keep]))]
        l1 = np.argsort(np.abs(weight).sum(axis=1))[: NEURONS - keep]
        near += mine <= 1.05 * min(errors.values())
        worse_than_l1 += mine > 1.000001 * errors[tuple(sorted(l1))]
        worse_than_random += bool(mine > np.mean(list(errors.values())))
    assert near >= 95
    assert worse_than_l1 == worse_than_random == 0


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    neurons=st.integers(2, 40),
    outputs=st.integers(1, 6),
    keep=st.integers(1, 39) | st.none(),
)
def test_the_cost_is_the_rise_of_the_least_squares_error(
    seed: int, neurons: int, outputs: int, keep: int | None
) -> None:
    rng = np.random.default_rng(seed)
    hidden = np.tanh(
        rng.standard_normal((200, 3)) @ rng.standard_normal((3, neurons))
        + rng.standard_normal(neurons)
    )
    weight = rng.standard_normal((neurons, outputs))
    found = order_for([taker_of(hidden, weight)], neurons, keep)
    assert sorted(found.order) == list(range(neurons))
    for gone in range(1, neurons):
        real = error_on_rows(hidden, weight, tuple(found.order[:gone]))
        assert found.costs[:gone].sum() == pytest.approx(real, rel=1e-6, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), neurons=st.integers(1, 30))
def test_the_highest_scores_are_what_elimination_keeps_at_every_width(
    seed: int, neurons: int
) -> None:
    rng = np.random.default_rng(seed)
    hidden = rng.standard_normal((50, neurons)) * (rng.random(neurons) > 0.3)  # some never change
    found = eliminate([taker_of(hidden, rng.standard_normal((neurons, 2)))], neurons)
    falling = np.argsort(-found.scores(), kind="stable")
    assert falling.tolist() == found.order[::-1].tolist()
    assert len(set(found.scores().tolist())) == neurons


def test_of_two_that_do_the_same_one_costs_nothing() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((300, 4))
    hidden[:, 2] = -hidden[:, 0]
    found = eliminate([taker_of(hidden, np.eye(4))], 4)
    assert found.order[0] in (0, 2)
    assert found.costs[0] < 1e-5 < 0.1 < found.costs[1]


def test_what_two_layers_lose_is_summed() -> None:
    rng = np.random.default_rng(1)
    one, two = rng.standard_normal((2, 300, 6))
    weights = rng.standard_normal((2, 6, 3))
    found = order_for([taker_of(one, weights[0]), taker_of(two, weights[1])], 6, 3)
    gone = tuple(found.order[:3])
    real = error_on_rows(one, weights[0], gone) + error_on_rows(two, weights[1], gone)
    assert found.costs[:3].sum() == pytest.approx(real, rel=1e-6)


def test_columns_that_never_go_take_over_too() -> None:
    rng = np.random.default_rng(2)
    fixed = rng.standard_normal((300, 2))
    neurons = np.column_stack([fixed.sum(axis=1), rng.standard_normal((300, 3))])
    hidden = np.column_stack([fixed, neurons])
    whole = taker_of(hidden, rng.standard_normal((6, 2)))
    taker = Taker(whole.covariance, whole.felt, [np.arange(2, 6)])
    assert order_for([taker], 4, 3).order[0] == 0


def test_what_the_outputs_do_not_feel_costs_nothing() -> None:
    rng = np.random.default_rng(3)
    hidden, weight = rng.standard_normal((300, 5)), np.eye(5)
    gradients = rng.standard_normal((300, 5)) * [1, 1, 0, 1, 1]
    felt = directions(gradients.T @ gradients / 300)
    assert eliminate([taker_of(hidden, weight @ felt)], 5).order[0] == 2
