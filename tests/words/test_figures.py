"""Means with their intervals."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.words import (
    bounds,
    decimals_for,
    decimals_of,
    estimate,
    paired_difference,
    repetitions,
)
from tests.words.support import read

R2 = st.floats(-5, 1)


@given(R2, R2, R2)
def test_mean_and_interval_read_back(mean: float, low: float, high: float) -> None:
    text = estimate({"mean": mean, "low": low, "high": high}, 5)
    found = [float(read(part)) for part in re.split(r" \[|, |\]", text) if part]
    assert found == pytest.approx([mean, low, high], abs=5.1e-6)


def test_an_estimate_without_an_interval_is_its_mean() -> None:
    alone = {"mean": -0.00001, "low": None, "high": None}
    assert estimate(alone) == "0.0000"
    assert bounds(alone) == "–"
    assert estimate({"mean": -0.5, "low": -0.75, "high": -0.25}, 2) == "−0.50 [−0.75, −0.25]"


@given(st.floats(1e-8, 0.5))
def test_two_digits_of_the_distance_to_the_best_can_be_seen(distance: float) -> None:
    decimals = decimals_for([1 - distance, 0.3], best=1.0)
    apart = abs((1 - distance) - 1.0)
    assert decimals == 4 or 10 <= apart * 10**decimals < 100.0001
    assert decimals > 4 or apart >= 1e-3 * (1 - 1e-9)


def test_the_decimals_of_a_run_are_those_of_its_best_arm_or_stage() -> None:
    def row(*means: float) -> dict[str, object]:
        scored = {f"y{k}": {"r2": {"mean": mean}} for k, mean in enumerate(means)}
        return {"r2": {"mean": sum(means) / len(means)}, "per_output": scored}

    result = {"arms": [row(0.9, 0.7)], "stages": [row(0.99995, 0.7), row(1.0, 1.0)]}
    assert decimals_of(result) == 4
    assert decimals_of(result, target="y0") == 6
    assert decimals_of(result, target="y1") == 4


@pytest.mark.parametrize(
    ("mean", "low", "high", "text"),
    [
        (0.0123, -0.001, 0.03, "+0.0123 R2, 95 % interval −0.0010 to +0.0300, n = 5"),
        (3e-5, -2e-5, 8e-5, "+0.000030 R2, 95 % interval −0.000020 to +0.000080, n = 5"),
        (0.0, 0.0, 0.0, "0.0000 R2, 95 % interval 0.0000 to 0.0000, n = 5"),
    ],
)
def test_a_paired_difference(mean: float, low: float, high: float, text: str) -> None:
    assert paired_difference({"mean": mean, "low": low, "high": high, "n": 5}) == text


def test_what_was_repeated() -> None:
    found = [repetitions(seeds, folds) for seeds, folds in ((1, 1), (3, 1), (1, 5))]
    assert found == ["1 seed", "3 seeds", "1 seed × 5 folds"]


def test_one_that_is_best_but_for_rounding_does_not_lengthen_the_others() -> None:
    assert decimals_for([0.77, 1 - 7e-16], best=1.0) == 4
    assert decimals_for([0.77, 1 - 2e-9], best=1.0) == 9
