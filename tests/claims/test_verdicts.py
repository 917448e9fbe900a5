"""What an interval makes of a claim: confirmed only in whole, contradicted only in whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from spinn_engine.evaluation.intervals import interval
from tests.claims.support import R2, checked, small_result


def t_interval(values: Any) -> tuple[float, float]:
    """The textbook's, by SciPy's own distribution object."""
    low, high = stats.t.interval(
        0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values)
    )
    return float(low), float(high)


def test_r2_is_held_against_its_interval() -> None:
    low, high = t_interval(R2["structured"])
    row = checked(small_result(), quantity="r2", value="0.90")
    assert row["verdict"] == "undecided"
    assert row["found"] == pytest.approx(0.9)
    assert row["interval"] == pytest.approx([low, high])
    assert row["n"] == 3
    assert row["why"] == (
        f"R2 of structured on the test rows is 0.9000, 95 % interval {low:.4f} to {high:.4f}, "
        "over 3 seeds on one split; only part of it lies within 0.90 (give or take 0.005), so the "
        "run cannot tell: "
        f"half the interval is {(high - low) / 2 / 0.005:.1f} times the tolerance."
    )
    row = checked(small_result(), quantity="r2", value="0.9")
    assert row["verdict"] == "confirmed"
    assert row["why"].endswith(
        "over 3 seeds on one split; all of it lies within 0.9 (give or take 0.05)."
    )
    row = checked(small_result(), quantity="r2", value="0.8")
    assert row["verdict"] == "contradicted"
    assert row["why"].endswith(
        "over 3 seeds on one split; none of it lies within 0.8 (give or take 0.05)."
    )


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("side", [-1, 1])
def test_the_edges_of_an_interval_and_of_a_tolerance(end: int, side: int) -> None:
    """A millionth to either side of where the verdict turns."""
    ends = t_interval(R2["structured"])
    outwards, width = (-1) ** (end + 1), ends[1] - ends[0]
    for tolerance in (0.0, 0.01):  # the band touches the interval from without
        value = f"{ends[end] + outwards * (tolerance + side * 1e-6):.12f}"
        row = checked(small_result(), quantity="r2", value=value, tolerance=tolerance)
        assert row["verdict"] == ("contradicted" if side > 0 else "undecided")
    for tolerance in (width / 2 + 1e-3, width):  # the band ends where the interval does
        value = f"{ends[end] + outwards * (tolerance - width + side * 1e-6):.12f}"
        row = checked(small_result(), quantity="r2", value=value, tolerance=f"{tolerance:.12f}")
        assert row["verdict"] == ("undecided" if side > 0 else "confirmed")


@given(
    values=st.lists(st.floats(0, 1), min_size=2, max_size=5),
    claimed=st.floats(-1, 2),
    further=st.floats(0.001, 1),
    tolerances=st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)),
)
def test_of_two_claims_further_apart_than_their_tolerances_one_at_most_is_confirmed(
    values: list[float], claimed: float, further: float, tolerances: tuple[float, float]
) -> None:
    result = small_result()
    result["arms"][1]["r2"] = interval(values)
    apart = claimed + sum(tolerances) + further
    rows = [
        checked(result, quantity="r2", value=f"{value:.9f}", tolerance=f"{tolerance:.9f}")
        for value, tolerance in zip((claimed, apart), tolerances, strict=True)
    ]
    assert [row["verdict"] for row in rows].count("confirmed") <= 1


def test_one_repetition_decides_nothing() -> None:
    for value in ("0.88", "0.1"):
        row = checked(small_result(seeds=1), quantity="r2", value=value)
        assert (row["verdict"], row["interval"], row["n"]) == ("undecided", None, 1)
    assert row["why"] == (
        "R2 of structured on the test rows is 0.8800, measured once, so without an interval: the "
        "run cannot tell whether it is 0.1 (give or take 0.05)."
    )


def test_equal_repetitions_are_one() -> None:
    result = small_result()
    result["arms"][1]["r2"] = interval([0.9, 0.9, 0.9])
    assert checked(result, quantity="r2", value="0.9")["verdict"] == "undecided"


@pytest.mark.parametrize(
    ("seeds", "folds", "decided"),
    [(3, 1, True), (2, 1, False), (3, 5, True), (2, 5, False), (1, 5, False)],
)
def test_what_is_too_little_for_a_verdict_is_too_little_for_a_claim(
    seeds: int, folds: int, decided: bool
) -> None:
    result = small_result()
    for arm, high in zip(result["arms"], (0.5, 0.9, 0.6, 0.4), strict=True):
        rng = np.random.default_rng(len(arm["arm"]))
        arm["r2"] = interval(high + 0.001 * rng.normal(size=(seeds, folds)))
    for claim in (
        {"quantity": "r2", "value": "0.9"},
        {"quantity": "r2_difference", "value": "0.4", "tolerance": 0.05},
    ):
        row = checked(result, **claim)
        assert row["verdict"] == ("confirmed" if decided else "undecided")
        assert (row["interval"] is not None) is decided
        times = f"{seeds} seeds × {folds} folds" if folds > 1 else f"{seeds} seeds on one split"
        told = "5 folds with one seed" if seeds == 1 else times
        assert (f"over {told}" if decided else f"only {told}, so without an interval") in row["why"]


def test_a_difference_that_rounding_makes_is_no_repetition() -> None:
    """As in a verdict: stacks round by 3e-8 of R2, and three such differences are one."""
    result = small_result()
    result["arms"][1]["r2"] = interval([0.9, 0.9 + 1e-8, 0.9 - 1e-8])
    result["arms"][2]["r2"] = interval([0.9, 0.9, 0.9])
    row = checked(result, quantity="r2_difference", value="0", against="dense_longer")
    assert (row["verdict"], row["n"]) == ("undecided", 1)


@pytest.mark.parametrize(
    ("ends", "value", "verdict"),
    [
        (None, "100", "undecided"),
        ([99.0, 102.0], "100", "undecided"),
        ([99.6, 100.4], "100", "confirmed"),
        ([99.0, 102.0], "98", "contradicted"),
    ],
)
def test_a_latency_is_held_against_the_interval_of_its_rounds(
    ends: list[float] | None, value: str, verdict: str
) -> None:
    result = small_result()
    result["arms"][1]["latency_us"]["1"]["interval"] = ends
    row = checked(result, quantity="latency", value=value, batch=1, unit="us")
    assert (row["verdict"], row["found"], row["n"]) == (verdict, 100, 9)
    assert row["interval"] == ends


def test_a_tolerance_of_zero_holds_no_interval() -> None:
    row = checked(small_result(), quantity="r2", value="0.9", tolerance=0)
    assert row["verdict"] == "undecided"
    assert row["why"].endswith("half the interval is 0.04968 and the tolerance is zero.")


def test_whether_two_networks_differ_at_all_is_told_beside() -> None:
    result = small_result()
    row = checked(result, quantity="r2_difference", value="-0.01")
    assert row["verdict"] == "undecided"
    assert "and not even whether it is above or below 0 is known." in row["why"]
    row = checked(result, quantity="r2_difference", value="0.09", against="scratch")
    assert row["verdict"] == "undecided"
    assert row["why"].endswith("though that it is above 0 is sure.")
    row = checked(result, quantity="speed_up", value="2.5", arm="scratch", batch=64)
    assert row["why"].endswith("though that it is above 1 is sure.")
