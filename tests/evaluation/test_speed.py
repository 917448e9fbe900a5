"""Speed-ups: their intervals hold the truth, and equal work that took unequal times is seen."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.evaluation.speed import equal_work, ratio_of, speed_ups

TIMES = st.lists(st.floats(1.0, 1e5), min_size=1, max_size=40)


def by_hand(ratios: list[float], alpha: float) -> tuple[float, float] | None:
    """The narrowest pair of order statistics that are as far from both ends, by counting."""
    n, found = len(ratios), None
    for k in range(1, n // 2 + 1):
        below = sum(comb(n, j) for j in range(k)) / 2**n
        if 2 * below <= alpha:
            found = sorted(ratios)[k - 1], sorted(ratios)[n - k]
    return found


@settings(max_examples=60)
@given(times=TIMES, alpha=st.sampled_from([0.05, 0.002]))
def test_the_interval_is_the_binomial_one(times: list[float], alpha: float) -> None:
    found = ratio_of(times, [2.0] * len(times), alpha)
    halves = [value / 2 for value in times]
    right = by_hand(halves, alpha)
    assert found.median == pytest.approx(np.median(halves))
    assert found.interval == (None if right is None else pytest.approx(right))


@pytest.mark.parametrize("rounds", [11, 30, 200])
def test_an_interval_holds_the_median_as_often_as_it_says(rounds: int) -> None:
    """Heavy tails and a drift that hurts both arms alike, as on a busy machine."""
    rng, hits, draws = np.random.default_rng(0), 0, 2000
    for _ in range(draws):
        load = np.exp(np.cumsum(rng.normal(0.0, 0.3, rounds)))
        mine = load * (1 + 0.2 * rng.pareto(1.5, rounds))
        other = 2 * load * (1 + 0.2 * rng.pareto(1.5, rounds))
        found = ratio_of(list(other), list(mine))
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 2 <= found.high
    assert hits / draws >= 0.94


def test_a_slow_round_for_all_changes_no_ratio() -> None:
    dense = [100.0, 101.0, 99.0, 100.0, 100.5, 99.5, 100.0]
    arm = [value / 2 for value in dense]
    busy = [value * 50 for value in dense[:3]] + dense[3:]
    arm_busy = [value * 50 for value in arm[:3]] + arm[3:]
    for one, other in ((dense, arm), (busy, arm_busy)):
        found = speed_ups({"8": one}, {"8": other})
        assert found == {"speed_up": {"8": 2.0}, "speed_up_interval": {"8": [2.0, 2.0]}}


def test_few_rounds_have_no_interval() -> None:
    assert ratio_of([2.0] * 5, [1.0] * 5).interval is None
    assert ratio_of([2.0] * 6, [1.0] * 6).interval == [2.0, 2.0]
    assert speed_ups({"1": [3.0]}, {"1": [1.0]})["speed_up_interval"] == {"1": None}


WIDTHS = {"dense": [9, 9], "longer": [9, 9], "small": [3, 3], "random": [3, 3], "linear": []}


def drawn(seed: int, slower: dict[tuple[str, str], float]) -> dict[str, dict[str, list[float]]]:
    """Times of five arms; by arm and batch, how much slower than equal ones it is."""
    rng = np.random.default_rng(seed)
    return {
        arm: {
            batch: list((1 + len(WIDTHS[arm])) * slower.get((arm, batch), 1.0)
                        * rng.lognormal(0.0, 0.05, rounds))
            for batch, rounds in (("1", 200), ("64", 100), ("8192", 11))
        }
        for arm in WIDTHS
    }  # fmt: skip


def test_equal_work_in_equal_time_is_usable() -> None:
    calls = [equal_work(drawn(seed, {}), WIDTHS) for seed in range(100)]
    unusable = sum(not one["usable"] for found in calls for one in (found or {}).values())
    assert unusable == 0  # of 300, at 5 % a run at the most, and 5 % of room


@pytest.mark.parametrize(("arm", "pair"), [("longer", "dense"), ("random", "small")])
@pytest.mark.parametrize("batch", ["1", "8192"])
def test_equal_work_in_unequal_time_is_unusable(arm: str, pair: str, batch: str) -> None:
    for factor in (0.7, 1.4):
        found = equal_work(drawn(3, {(arm, batch): factor}), WIDTHS)
        assert found is not None
        assert {name for name, one in found.items() if not one["usable"]} == {batch}
        worst = found[batch]["worst"]
        assert worst["arms"] == [pair, arm]
        assert worst["interval"][0] <= worst["ratio"] <= worst["interval"][1]
        assert worst["ratio"] == pytest.approx(1 / factor, rel=0.1)


def test_a_difference_of_less_than_a_twentieth_is_no_reason_for_doubt() -> None:
    for factor, usable in ((1.04, True), (1.06, False)):
        times = {"a": {"1": [factor] * 50}, "b": {"1": [1.0] * 50}}
        for first, second in (("a", "b"), ("b", "a")):
            both = {name: times[name] for name in (first, second)}
            found = equal_work(both, {"a": [4], "b": [4]})
            assert found is not None
            assert found["1"]["usable"] == usable


def test_the_interval_is_of_all_pairs_and_batches_at_once() -> None:
    times = drawn(5, {})
    found = equal_work(times, WIDTHS)
    assert found is not None
    for batch, one in found.items():
        a, b = one["worst"]["arms"]
        wide = ratio_of(times[a][batch], times[b][batch], 0.05 / 6)  # two pairs, three batches
        assert one["worst"]["interval"] == wide.interval


def test_where_rounds_are_too_few_all_that_was_seen_is_the_interval() -> None:
    times = {"a": {"1": [1.0, 3.0, 2.0]}, "b": {"1": [1.0, 1.0, 1.0]}}
    found = equal_work(times, {"a": [4], "b": [4]})
    assert found == {
        "1": {"usable": True, "worst": {"arms": ["a", "b"], "ratio": 2.0, "interval": [1.0, 3.0]}}
    }


def test_no_two_alike_leave_nothing_to_compare() -> None:
    times = {"a": {"1": [1.0]}, "b": {"1": [2.0]}}
    assert equal_work(times, {"a": [4], "b": [3]}) is None
