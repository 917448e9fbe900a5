"""Claims that cannot all hold, against one run: a poor measurement confirms nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from spinn_engine.evaluation.intervals import interval
from tests.claims.support import checked, small_result

R2 = {"quantity": "r2", "arm": "structured"}
TO_RANDOM = {"quantity": "r2_difference", "arm": "structured", "against": "random"}
TO_LONGER = {"quantity": "r2_difference", "arm": "structured", "against": "dense_longer"}
SPEED = {"quantity": "speed_up", "arm": "structured", "batch": 8192}
WIDTHS = {"before": [512, 512, 512, 256], "after": [384, 384, 384, 192]}
NEURONS = {"quantity": "neuron_reduction", "unit": "%", **WIDTHS}
PARAMS = {"quantity": "param_reduction", "unit": "%", "inputs": 18, "outputs": 2, **WIDTHS}
MACS = {"quantity": "mac_ratio", "inputs": 18, "outputs": 2, **WIDTHS}
TABLE: list[tuple[str, dict[str, Any], str, str]] = [
    ("0.50", R2, "undecided", "half the interval is 42 times the tolerance"),
    ("0.67", R2, "undecided", "half the interval is 42 times the tolerance"),
    ("0.86", R2, "undecided", "so the run cannot tell"),
    ("0.95", R2, "contradicted", "none of it lies within 0.95 (give or take 0.005)"),
    ("0.06", TO_RANDOM, "undecided", "not even whether it is above or below 0 is known"),
    ("-0.10", TO_RANDOM, "undecided", "not even whether it is above or below 0 is known"),
    ("-0.05", TO_LONGER, "undecided", "though that it is below 0 is sure"),
    ("-0.11", TO_LONGER, "undecided", "though that it is below 0 is sure"),
    ("0.00", TO_LONGER, "contradicted", "none of it lies within 0.00 (give or take 0.005)"),
    ("1.0", SPEED, "undecided", "not even whether it is above or below 1 is known"),
    ("1.4", SPEED, "undecided", "half the interval is 10 times the tolerance"),
    ("1.9", SPEED, "undecided", "so the run cannot tell"),
    ("25.0", NEURONS, "confirmed", "1 - 1,344 / 1,792 hidden neurons = 25 %."),
    ("68.5", NEURONS, "contradicted", "25 %, not 68.5 %"),
    ("43.4", PARAMS, "confirmed", "1 - 377,282 / 666,882 parameters = 43.43 %."),
    ("68.5", PARAMS, "contradicted", "43.43 %, not 68.5 %"),
    ("1.8", MACS, "confirmed", "= 1.769."),
    ("2.8", MACS, "contradicted", "= 1.769, not 2.8"),
]


def three(mean: float, low: float, high: float) -> NDArray[np.float64]:
    """Three values whose 95 % interval by Student's t is the given one."""
    apart = (high - low) / 2 * np.sqrt(3) / stats.t.ppf(0.975, 2)
    values: NDArray[np.float64] = mean + apart * np.array([-1.0, 0.0, 1.0])
    return values


@pytest.fixture
def result() -> dict[str, Any]:
    """R2 of the pruned network, its differences and its speed-up, as such a run found them."""
    structured = three(0.6721, 0.4630, 0.8813)
    r2 = {
        "structured": structured,
        "random": structured - three(-0.0351, -0.1357, 0.0656),
        "dense_longer": structured - three(-0.0783, -0.1160, -0.0406),
    }
    timed = {
        "latency_us": {"8192": {"median": 1.0, "p95": 1.0, "rounds": 11}},
        "speed_up": {"8192": 1.375},
        "speed_up_interval": {"8192": [0.949, 1.993]},
    }
    arms = [{"arm": name, "r2": interval(values), **timed} for name, values in r2.items()]
    return small_result(arms=arms)


@pytest.mark.parametrize(("value", "claim", "verdict", "why"), TABLE)
def test_every_claim_has_the_verdict_that_the_run_allows(
    result: dict[str, Any], value: str, claim: dict[str, Any], verdict: str, why: str
) -> None:
    row = checked(result, **claim, value=value)
    assert row["verdict"] == verdict
    assert why in row["why"]


def test_the_intervals_are_those_of_the_run(result: dict[str, Any]) -> None:
    for claim, ends in (
        (R2, [0.4630, 0.8813]),
        (TO_RANDOM, [-0.1357, 0.0656]),
        (TO_LONGER, [-0.1160, -0.0406]),
        (SPEED, [0.949, 1.993]),
    ):
        assert checked(result, **claim, value="0")["interval"] == pytest.approx(ends, abs=6e-5)
