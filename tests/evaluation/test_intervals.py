"""Intervals against SciPy, a simulation with known components, and what they must never do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from spinn_engine.evaluation.intervals import (
    Floats,
    interval,
    mean_squares,
    of_members,
    repetitions_of,
    seeds_that_exclude,
    variance_of_mean,
)


def drawn(
    rng: np.random.Generator, shape: tuple[int, int], spread: tuple[float, float, float]
) -> Floats:
    """Values around zero of a two-way layout: standard deviations of seeds, folds and rest."""
    seeds, folds = shape
    return (
        rng.normal(0, spread[0], (seeds, 1))
        + rng.normal(0, spread[1], (1, folds))
        + rng.normal(0, spread[2], shape)
    )


@given(st.lists(st.floats(-5, 1), min_size=2, max_size=30))
def test_over_seeds_it_is_students(values: list[float]) -> None:
    found = interval(values)
    assert found["mean"] == pytest.approx(np.mean(values))
    assert found["per_seed"] == values
    assert "values" not in found
    if np.ptp(values) > 1e-5:
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
        assert (found["low"], found["high"]) == pytest.approx((low, high), rel=1e-9, abs=1e-12)
        assert found["n"] == found["seeds"] == len(values)


def test_folds_are_the_units_where_there_is_one_seed(rng: np.random.Generator) -> None:
    values = rng.normal(0.8, 0.1, 5)
    found = interval(values[None, :])
    assert (found["low"], found["high"]) == (interval(values)["low"], interval(values)["high"])
    assert (found["n"], found["seeds"], found["folds"]) == (5, 1, 5)
    assert found["per_seed"] == [pytest.approx(values.mean())]
    assert found["values"] == [values.tolist()]


def test_one_repetition_has_no_interval() -> None:
    found = interval([0.25])
    assert (found["mean"], found["low"], found["high"], found["n"]) == (0.25, None, None, 1)


@pytest.mark.parametrize("values", [[0.3] * 3, [[0.1, 0.1], [0.1, 0.1]], [0.01, 0.01 + 1e-16]])
def test_identical_repetitions_are_one(values: list[float]) -> None:
    found = interval(values)
    assert (found["low"], found["high"], found["n"]) == (None, None, 1)


@pytest.mark.parametrize(("apart", "n"), [(3e-8, 1), (4e-7, 1), (6e-7, 3), (1e-4, 3)])
@pytest.mark.parametrize("size", [0.6, 0.05, 0.0])
def test_what_rounding_keeps_apart_is_one_repetition(size: float, apart: float, n: int) -> None:
    """Differences of R2, by the size of R2: networks of other stacks differ by 3e-8."""
    found = interval([size, size + apart, size - apart], unit=1.0)
    assert (found["n"], found["low"] is None) == (n, n == 1)


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e6])
def test_a_small_error_is_told_apart_by_its_own_size(size: float) -> None:
    assert interval([size, size * (1 + 3e-8), size])["n"] == 1
    assert interval([size, size * (1 + 1e-5), size])["n"] == 3


def test_equal_seeds_leave_the_folds_and_equal_folds_leave_the_seeds() -> None:
    row = [0.1, 0.3, 0.8]
    by_fold, by_seed = interval([row] * 4), interval(np.array([row] * 4).T)
    assert (by_fold["n"], by_fold["low"]) == (3, pytest.approx(interval(row)["low"]))
    assert (by_seed["n"], by_seed["low"]) == (3, pytest.approx(interval(row)["low"]))


def test_mean_squares_are_those_of_a_textbook_table() -> None:
    """Two-way layout without replication, by the sums of squares of its definition."""
    values = np.array([[1.0, 2.0, 6.0], [2.0, 5.0, 5.0]])
    total = np.square(values - 3.5).sum()
    seeds = 3 * ((3 - 3.5) ** 2 + (4 - 3.5) ** 2)
    folds = 2 * ((1.5 - 3.5) ** 2 + 0 + (5.5 - 3.5) ** 2)
    assert mean_squares(values) == pytest.approx((seeds, folds / 2, (total - seeds - folds) / 2))


@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 2**31))
def test_more_seeds_do_not_narrow_what_folds_make_wide(seeds: int, folds: int, seed: int) -> None:
    """Never narrower than the interval over fold means, nor than that over seed means."""
    values = drawn(np.random.default_rng(seed), (seeds, folds), (0.02, 0.3, 0.05))
    found = interval(values)
    width = found["high"] - found["low"]
    for axis in (0, 1):
        means = values.mean(axis=axis)
        alone = variance_of_mean(means[:, None])
        both = variance_of_mean(values)
        assert alone is not None
        assert both is not None
        assert both[0] >= alone[0] * (1 - 1e-9)
    assert width > 0


@pytest.mark.parametrize("spread", [(0, 0, 1), (0, 3, 1), (0.7, 0, 1), (0.7, 2, 1)])
@pytest.mark.parametrize("shape", [(3, 3), (3, 5), (10, 5)])
def test_it_covers_the_truth(
    shape: tuple[int, int], spread: tuple[float, float, float], rng: np.random.Generator
) -> None:
    """Of 600 draws at least 93 in a hundred; three standard errors are allowed for."""
    ends = [interval(drawn(rng, shape, spread)) for _ in range(600)]
    held = np.mean([found["low"] <= 0 <= found["high"] for found in ends])
    assert held > 0.93 - 3 * np.sqrt(0.93 * 0.07 / 600)


def test_members_are_ordered_by_seed_and_then_fold() -> None:
    found = of_members([0.1, 0.2, 0.5, 0.4], folds=2)
    assert found["values"] == [[0.1, 0.2], [0.5, 0.4]]
    assert repetitions_of(found).tolist() == found["values"]
    assert repetitions_of({"per_seed": [0.1, 0.3]}).tolist() == [[0.1], [0.3]]


@pytest.mark.parametrize("confidence", [0.95, 1 - 0.05 / 3])
def test_how_many_seeds_would_decide_is_the_first_number_that_does(confidence: float) -> None:
    """With the spread of these values, by the interval itself."""
    values = np.array([[-0.012], [0.004], [0.002]])
    wanted = seeds_that_exclude(values, 0.01, confidence=confidence)
    assert wanted is not None
    spread = values.std(ddof=1)

    def half(n: int) -> float:
        return float(stats.t.ppf((1 + confidence) / 2, n - 1) * spread / np.sqrt(n))

    distance = abs(values.mean() - 0.01)
    assert half(wanted) < distance <= half(wanted - 1)


def test_no_number_of_seeds_decides_what_the_folds_leave_open(rng: np.random.Generator) -> None:
    values = drawn(rng, (3, 4), (0.001, 1.0, 0.001))
    assert seeds_that_exclude(values, float(values.mean()) + 0.01) is None
    assert seeds_that_exclude(values[:, :1], float(values[:, 0].mean()) + 1e-9, most=20) is None


def test_an_interval_ends_where_its_figure_does() -> None:
    r2 = interval([0.81, 0.81, 0.55], most=1.0)
    free = interval([0.81, 0.81, 0.55])
    assert (free["high"] > 1, r2["high"], r2["low"]) == (True, 1.0, free["low"])
    error = interval([0.1, 0.9, 0.1], least=0.0)
    assert (error["low"], error["high"]) == (0.0, interval([0.1, 0.9, 0.1])["high"])
    assert interval([0.5, 0.51, 0.52], most=1.0) == interval([0.5, 0.51, 0.52])


def test_ending_there_takes_nothing_from_its_coverage(rng: np.random.Generator) -> None:
    draws = 1 - np.abs(rng.normal(0, 0.3, (2000, 3)))
    truth = 1 - 0.3 * np.sqrt(2 / np.pi)
    held = [interval(one, most=1.0) for one in draws]
    without = [interval(one) for one in draws]
    assert [h["low"] <= truth <= h["high"] for h in held] == [
        w["low"] <= truth <= w["high"] for w in without
    ]
