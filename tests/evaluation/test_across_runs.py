"""Runs against each other: paired only where that is fair, and then as scipy pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from spinn_engine.evaluation.across_runs import Scored, r2_difference, scored


def made(r2: list[float], data: str = "a", seeds: tuple[int, ...] = (), folds: int = 1) -> Scored:
    seeds = seeds or tuple(range(len(r2)))
    return Scored(data, seeds, folds, float(np.mean(r2)), tuple((one,) for one in r2))


@pytest.mark.parametrize("seeds", [3, 5, 20])
def test_the_interval_is_that_of_scipys_paired_test(seeds: int, rng: np.random.Generator) -> None:
    base = rng.normal(0.9, 0.02, seeds)
    other = base + rng.normal(0.003, 0.001, seeds)
    expected = stats.ttest_rel(other, base).confidence_interval(0.95)
    found = r2_difference(made(other.tolist()), made(base.tolist()))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert found.mean == pytest.approx((other - base).mean())
    assert (found.pairs, found.unlike) == (seeds, ())


def test_what_is_too_little_for_a_verdict_has_no_interval() -> None:
    two = r2_difference(made([0.5, 0.6]), made([0.4, 0.55]))
    assert (two.low, two.high, two.pairs) == (None, None, 2)
    one_seed = [Scored("a", (0,), 5, 0.5, ((0.5, 0.6, 0.4, 0.5, 0.45 + k),)) for k in (0, 0.1)]
    folds = r2_difference(*one_seed)
    assert (folds.low, folds.high, folds.pairs) == (None, None, 5)


def test_pairs_tell_more_than_two_means(rng: np.random.Generator) -> None:
    base = rng.normal(0.9, 0.05, 5)
    found = r2_difference(made((base + 0.01 + 1e-4 * base).tolist()), made(base.tolist()))
    assert found.low == pytest.approx(0.0101, abs=1e-4)
    assert found.high == pytest.approx(0.0101, abs=1e-4)


@pytest.mark.parametrize(
    ("other", "unlike"),
    [
        (made([0.5, 0.6], data="b"), ("data",)),
        (made([0.5, 0.6], seeds=(0, 2)), ("seeds",)),
        (made([0.5, 0.6], seeds=(1, 0)), ("seeds",)),
        (made([0.5, 0.6], folds=5), ("folds",)),
        (made([0.5, 0.6, 0.7], data="b", folds=2), ("data", "seeds", "folds")),
    ],
)
def test_what_is_not_like_is_not_paired(other: Scored, unlike: tuple[str, ...]) -> None:
    found = r2_difference(other, made([0.4, 0.4]))
    assert found.mean == pytest.approx(other.mean - 0.4)
    assert (found.low, found.high, found.pairs, found.unlike) == (None, None, 0, unlike)


def test_one_seed_has_no_interval() -> None:
    found = r2_difference(made([0.5]), made([0.4]))
    assert (found.low, found.high, found.pairs) == (None, None, 1)
    assert found.mean == pytest.approx(0.1)


def test_the_pruned_network_of_a_result_is_what_counts() -> None:
    arms: list[dict[str, Any]] = [
        {"arm": "dense", "r2": {"mean": 0.1, "per_seed": [0.1, 0.1]}},
        {"arm": "structured", "r2": {"mean": 0.3, "per_seed": [0.2, 0.4]}},
    ]
    found = scored({"data": {"sha256": "a"}, "seeds": [3, 1], "folds": 2, "arms": arms})
    assert found == Scored("a", (3, 1), 2, 0.3, ((0.2,), (0.4,)))
