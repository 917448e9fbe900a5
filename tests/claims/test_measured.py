"""What takes a run: looked up, with its interval, and only on a run that the claim is about."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from spinn_engine.claims.quantity import Found
from tests.claims.support import DENSE, R2, checked, small_result
from tests.claims.test_verdicts import t_interval


def test_without_a_run_nothing_is_measured() -> None:
    for quantity in ("r2", "speed_up", "file_bytes", "peak_memory_share", "run_param_reduction"):
        row = checked(quantity=quantity, value="0.5")
        assert (row["verdict"], row["found"]) == ("not_measured", None)
        assert row["why"] == "It takes a finished run to tell, and none is given."


def test_r2_of_one_target_and_of_another_arm() -> None:
    row = checked(small_result(), quantity="r2", value="0.71", arm="scratch", target="wear")
    assert row["found"] == pytest.approx(0.71)
    assert "R2 of scratch for wear" in row["why"]


def test_a_difference_is_taken_seed_by_seed_and_the_fair_one_is_told() -> None:
    pairs = np.subtract(R2["structured"], R2["dense"])
    row = checked(small_result(), quantity="r2_difference", value="-0.01")
    assert row["found"] == pytest.approx(pairs.mean())
    assert row["interval"] == pytest.approx(t_interval(pairs))
    assert row["why"].endswith("Against dense_longer, which trained as long, it is −0.0400.")
    row = checked(small_result(), quantity="r2_difference", value="-0.01", against="dense_longer")
    assert row["found"] == pytest.approx(-0.04)
    assert "Against" not in row["why"]


def test_an_interval_is_in_the_unit_of_its_value() -> None:
    found = Found(Fraction(3), "it is", (Fraction(2), Fraction(4)), 5, "here", "so", "else")
    assert found.per(Fraction(1, 100)) == replace(
        found, value=Fraction(300), interval=(Fraction(200), Fraction(400))
    )


def test_latency_memory_files_and_size() -> None:
    result = small_result()
    row = checked(result, quantity="latency", value="0.1", unit="ms", batch=1)
    assert (row["verdict"], row["found"], row["n"]) == ("undecided", 0.1, 9)
    row = checked(result, quantity="peak_memory_share", value="31.5", unit="%")
    assert (row["verdict"], row["found"]) == ("contradicted", 50)
    row = checked(result, quantity="file_bytes", value="0.86", unit="MB", stage=1)
    assert (row["verdict"], row["found"], row["n"]) == ("confirmed", 0.860013, None)
    row = checked(result, quantity="file_bytes", value="0.86", unit="MB", arm="dense")
    assert row["why"] == "The file of dense takes 2.688 MB, not 0.86 MB."
    row = checked(result, quantity="run_param_reduction", value="68.3", unit="%")
    assert row["verdict"] == "confirmed"
    assert row["why"] == "1 - 211,386 / 666,882 parameters = 68.30 %."


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ({"quantity": "r2", "arm": "magnitude"}, "The run has no arm magnitude, only dense, stru"),
        ({"quantity": "r2", "target": "noise"}, "The run has no target noise, only wear and heat."),
        ({"quantity": "file_bytes", "stage": 2}, "The run ends with stage 1."),
        ({"quantity": "speed_up", "batch": 7}, "The run times batches of 1 and 64 rows."),
        ({"quantity": "r2_difference", "against": "linear"}, "The run has no arm linear"),
    ],
)
def test_what_a_run_does_not_have_is_not_measured(claim: dict[str, Any], why: str) -> None:
    row = checked(small_result(), value="0.5", **claim)
    assert row["verdict"] == "not_measured"
    assert row["why"].startswith(why)


def test_memory_that_a_device_does_not_report_and_a_file_that_is_not_kept() -> None:
    result = small_result()
    for arm in result["arms"]:
        arm |= {
            "peak_memory_bytes": None,
            "peak_memory_how": "not measured: mps",
            "file_bytes": None,
        }
    row = checked(result, quantity="peak_memory_share", value="0.3")
    assert (row["verdict"], row["why"]) == ("not_measured", "The memory is not measured: mps.")
    row = checked(result, quantity="file_bytes", value="3")
    assert (row["verdict"], row["why"]) == ("not_measured", "The run keeps no file of structured.")


@pytest.mark.parametrize(
    ("needs", "why"),
    [
        ({"data": "nasa"}, "a simulation can neither confirm nor contradict"),
        ({"device": "cuda"}, "The claim is about a cuda device, and run a-run was on cpu."),
        ({"dense": [64, 64]}, f"a dense network of [64, 64], and run a-run has {DENSE}."),
        ({"param_reduction": 0.9}, "about 90 % fewer parameters, and run a-run has 68.3 % fewer."),
    ],
)
def test_another_run_than_the_claim_needs_tells_nothing(needs: dict[str, Any], why: str) -> None:
    row = checked(small_result(), quantity="r2", value="0.9", needs=needs)
    assert (row["verdict"], row["found"], row["interval"]) == ("not_measured", None, None)
    assert why in row["why"]
    assert " There, R2 of structured on the test rows is 0.9000, 95 % interval" in row["why"]


def test_the_run_that_a_claim_needs() -> None:
    needs = {"data": "NASA", "device": "cuda", "dense": DENSE, "param_reduction": "0.685"}
    on = {"device": "cuda:1", "device_name": "a GPU", "threads": 2}
    for source in ("nasa-mill:/x/mill.mat", "table:/y:z/nasa_milling/", "table:nasa.csv"):
        data = {"source": source, "simulated": False}
        result = small_result(data=data, environment=on)
        row = checked(result, quantity="r2", value="0.9", needs=needs)
        assert row["verdict"] == "confirmed"
    data = {"source": "table:/nasa/other.csv", "simulated": False}
    row = checked(small_result(data=data), quantity="r2", value="0.9", needs={"data": "nasa"})
    assert row["verdict"] == "not_measured"
    assert "simulation" not in row["why"]


@pytest.mark.parametrize(
    ("reduction", "same"), [(0.6899, True), (0.6701, True), (0.6911, False), (0.6689, False)]
)
def test_a_size_is_the_same_to_within_a_hundredth(reduction: float, same: bool) -> None:
    result, needs = small_result(parameter_reduction=0.68), {"param_reduction": reduction}
    row = checked(result, quantity="r2", value="0.9", needs=needs)
    assert row["verdict"] == ("confirmed" if same else "not_measured")
