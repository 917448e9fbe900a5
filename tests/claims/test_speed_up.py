"""A claimed speed-up against the interval over rounds, and against what equal work took."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claims.support import checked, small_result


@pytest.mark.parametrize(
    ("value", "tolerance", "verdict"),
    [("2.5", "0.25", "confirmed"), ("2.5", "0.1", "undecided"), ("2.2", "0.1", "contradicted")],
)
def test_a_speed_up_is_held_against_its_interval_over_rounds(
    value: str, tolerance: str, verdict: str
) -> None:
    claim = {"quantity": "speed_up", "value": value, "tolerance": tolerance, "batch": 64}
    row = checked(small_result(), **claim)
    assert (row["verdict"], row["found"], row["n"]) == (verdict, 2.5, 9)
    assert row["interval"] == [2.4, 2.7]
    assert row["why"].startswith(
        "On cpu (x86_64, threads: 2), the time of dense over that of structured is 2.500 at batch "
        "64, 95 % interval 2.400 to 2.700, n = 9; "
    )


def test_a_speed_up_whose_rounds_have_no_interval_decides_nothing() -> None:
    row = checked(small_result(), quantity="speed_up", value="2.0", batch=1)
    assert (row["verdict"], row["found"], row["interval"]) == ("undecided", 2, None)
    assert "2.000 at batch 1, without an interval: the run cannot tell" in row["why"]
    old = small_result()
    for arm in old["arms"]:
        del arm["speed_up_interval"]
    del old["equal_work"]
    row = checked(old, quantity="speed_up", value="2.5", batch=64)
    assert (row["verdict"], row["found"], row["interval"]) == ("undecided", 2.5, None)


def test_a_speed_up_beside_unequal_times_of_equal_work_is_not_measured() -> None:
    worst = {"arms": ["dense", "dense_longer"], "ratio": 0.8, "interval": [0.7, 0.9]}
    told = {"1": {"usable": True, "worst": worst}, "64": {"usable": False, "worst": worst}}
    claim = {"quantity": "speed_up", "value": "2.5", "tolerance": "0.3"}
    row = checked(small_result(equal_work=told), **claim, batch=64)
    assert (row["verdict"], row["found"]) == ("not_measured", None)
    assert row["why"].startswith("Speed-ups at batch 64 are unusable: dense and “dense, longer” do")
    assert checked(small_result(equal_work=told), **claim)["verdict"] == "not_measured"
    assert checked(small_result(equal_work=told), **claim, batch=1)["verdict"] == "undecided"


def two_batches(first: tuple[float, float], second: tuple[float, float]) -> dict[str, Any]:
    """A result whose pruned network has these intervals at the batches 1 and 64."""
    result = small_result()
    result["arms"][1]["speed_up"] = {"1": sum(first) / 2, "64": sum(second) / 2}
    result["arms"][1]["speed_up_interval"] = {"1": list(first), "64": list(second)}
    return result


@pytest.mark.parametrize(
    ("first", "second", "verdict", "standing"),
    [
        ((1.9, 2.1), (1.95, 2.05), "confirmed", "all agree with 2 (give or take 0.2)."),
        ((1.0, 1.1), (2.9, 3.1), "contradicted", "none agrees with 2 (give or take 0.2)."),
        ((1.0, 3.0), (1.0, 2.5), "undecided", "at none of them can the run tell whether it is 2 "),
        ((1.9, 2.1), (1.0, 2.5), "undecided", "is confirmed at batch 1 and undecided at batch 64."),
        ((1.0, 1.1), (1.0, 2.5), "undecided", "contradicted at batch 1 and undecided at batch 64."),
        ((1.0, 1.1), (1.9, 2.1), "not_checkable", "contradicted at batch 1 and confirmed at batch"),
    ],
)
def test_a_claim_without_a_batch_is_about_all_of_them(
    first: tuple[float, float], second: tuple[float, float], verdict: str, standing: str
) -> None:
    claim = {"quantity": "speed_up", "value": "2", "tolerance": "0.2"}
    row = checked(two_batches(first, second), **claim)
    assert row["verdict"] == verdict
    assert standing in row["why"]
