"""What takes a run: looked up, with its interval, and only on a run that the claim is about."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from spinn_engine.claims.quantity import Found
from tests.claims.support import DENSE, R2, checked, small_result


def t_interval(values: Any) -> tuple[float, float]:
    """The textbook's, by SciPy's own distribution object."""
    low, high = stats.t.interval(
        0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values)
    )
    return float(low), float(high)


def test_without_a_run_nothing_is_measured() -> None:
    for quantity in ("r2", "speed_up", "file_bytes", "peak_memory_share", "run_param_reduction"):
        row = checked(quantity=quantity, value="0.5")
        assert (row["verdict"], row["found"]) == ("not_measured", None)
        assert row["why"] == "It takes a finished run to tell, and none is given."


def test_r2_is_held_against_its_interval() -> None:
    low, high = t_interval(R2["structured"])
    row = checked(small_result(), quantity="r2", value="0.9")
    assert row["found"] == pytest.approx(0.9)
    assert row["interval"] == pytest.approx([low, high])
    assert row["n"] == 3
    assert row["why"] == (
        f"R2 of structured on the test rows is 0.9000, 95 % interval {low:.4f} to {high:.4f}, "
        "n = 3; the claimed 0.9 meets it."
    )


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("inside", [True, False])
def test_the_edges_of_an_interval_and_of_a_tolerance(end: int, inside: bool) -> None:
    edge, outwards = t_interval(R2["structured"])[end], (-1) ** (end + 1)
    for tolerance in (0.0, 0.01):
        off = tolerance - 1e-6 if inside else tolerance + 1e-6
        value = f"{edge + outwards * off:.12f}"
        row = checked(small_result(), quantity="r2", value=value, tolerance=tolerance)
        assert row["verdict"] == ("confirmed" if inside else "contradicted")


def test_one_repetition_has_only_the_tolerance() -> None:
    one = small_result(seeds=1)
    row = checked(one, quantity="r2", value="0.88")
    assert (row["verdict"], row["interval"], row["n"]) == ("confirmed", None, 1)
    assert row["why"] == (
        "R2 of structured on the test rows is 0.8800, measured once, so without an interval; it "
        "agrees with 0.88 (give or take 0.005)."
    )
    row = checked(one, quantity="r2", value="0.886")
    assert row["verdict"] == "contradicted"
    assert "does not agree with 0.886 (give or take 0.0005)" in row["why"]


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


def test_a_speed_up_counts_every_network_of_the_same_widths() -> None:
    row = checked(small_result(), quantity="speed_up", value="2.0", batch=1)
    assert row["found"] == pytest.approx(2)  # 200 / 100 and 220 / 110
    row = checked(small_result(), quantity="speed_up", value="2.5", batch=64)
    ratios = [1000 / 400, 1000 / 410]
    assert row["found"] == pytest.approx(stats.gmean(ratios))
    assert row["interval"] == pytest.approx(np.exp(t_interval(np.log(ratios))))
    assert (row["n"], row["verdict"]) == (2, "confirmed")
    assert row["why"].startswith("On cpu (x86_64, threads: 2), the time of dense over that of st")


def test_a_speed_up_is_never_negative_however_noisy() -> None:
    arms = small_result()["arms"]
    for arm, median in zip(arms, (1000.0, 100.0, 9000.0, 100.0), strict=True):
        arm["latency_us"]["64"]["median"] = median
    row = checked(small_result(arms=arms), quantity="speed_up", value="2.5", batch=64)
    assert row["interval"][0] > 0


def test_an_arm_of_the_dense_widths_is_timed_against_dense_alone() -> None:
    row = checked(small_result(), quantity="speed_up", value="0.91", arm="dense_longer", batch=1)
    assert (row["verdict"], row["found"], row["n"]) == ("confirmed", pytest.approx(200 / 220), 1)


def test_an_interval_is_in_the_unit_of_its_value() -> None:
    found = Found(Fraction(3), "it is", (Fraction(2), Fraction(4)), 5, "here", "so", "else")
    assert found.per(Fraction(1, 100)) == replace(
        found, value=Fraction(300), interval=(Fraction(200), Fraction(400))
    )


def test_a_speed_up_without_a_batch_size_is_about_all() -> None:
    arms = [arm for arm in small_result()["arms"] if arm["arm"] in ("dense", "structured")]
    result = small_result(arms=arms)
    for value, verdict, found in (
        ("2", "not_checkable", None),
        ("3", "contradicted", 2.5),
        ("1", "contradicted", 2.0),
        ("2.2", "contradicted", 2.0),
    ):
        row = checked(result, quantity="speed_up", value=value, tolerance="0.1")
        assert row["verdict"] == verdict
        assert row["found"] == (None if found is None else pytest.approx(found))
    row = checked(result, quantity="speed_up", value="2.25", tolerance="0.26")
    assert row["verdict"] == "confirmed"
    assert "2.000 at batch 1 and 2.500 at batch 64. The claim names no batch size" in row["why"]
    row = checked(result, quantity="speed_up", value="2.0")
    assert row["why"].endswith("and it is 2.0 only at batch 1.")


def test_latency_memory_files_and_size() -> None:
    result = small_result()
    row = checked(result, quantity="latency", value="0.1", unit="ms", batch=1)
    assert (row["verdict"], row["found"], row["n"]) == ("confirmed", 0.1, 1)
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
