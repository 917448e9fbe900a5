"""The paper's own claims, one by one, and what became of each."""

from __future__ import annotations

from typing import Any

import pytest

from spinn_engine.claims import read_claims, verify_claims
from tests.claims.support import DENSE, PAPER, small_result

# claimed, verdict, right value
ARITHMETIC: list[tuple[float, str, float | None]] = [
    (666_882, "confirmed", 666_882),
    (210_364, "contradicted", 377_282),
    (68.5, "contradicted", 100 * (1 - 0.682**4)),
    (68.5, "contradicted", 25.0),
    (0.685, "contradicted", 1 - 377_282 / 666_882),
    (31.8, "contradicted", 25.0),
    (56, "contradicted", 43.75),
    (2.2, "not_measured", None),
    (2.8, "contradicted", 665_088 / 375_936),
    (2.67, "confirmed", 4 * 666_882 / 1e6),
    (2.15, "contradicted", 4 * 598_914 / 1e6),
    (1.72, "contradicted", 4 * 484_098 / 1e6),
    (1.37, "contradicted", 4 * 402_050 / 1e6),
    (1.09, "contradicted", 4 * 377_282 / 1e6),
    (0.84, "contradicted", 4 * 377_282 / 1e6),
    (2_671_600, "confirmed", 4 * 666_882),
]
OF_A_RUN = [0.9030, 0.9015, 0.9015, 2.8, 31.5]


def rows(result: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return verify_claims(read_claims(PAPER), result)


@pytest.mark.parametrize("result", [None, small_result()], ids=["no run", "a run"])
def test_what_follows_from_arithmetic(result: dict[str, Any] | None) -> None:
    found = rows(result)
    assert [row["claimed"] for row in found] == [*(one[0] for one in ARITHMETIC), *OF_A_RUN]
    for row, (_, verdict, right) in zip(found, ARITHMETIC, strict=False):
        assert row["verdict"] == verdict
        assert row["found"] == (None if right is None else pytest.approx(right, rel=1e-12))
        assert row["source"] == "SPINN paper, github.com/krithiks4/SPINN"


def test_what_takes_a_run_is_not_measured_without() -> None:
    assert {row["verdict"] for row in rows()[len(ARITHMETIC) :]} == {"not_measured"}


def test_what_a_simulation_on_a_cpu_can_tell() -> None:
    r2, r2_pruned, r2_zeroed, speed, memory = rows(small_result())[len(ARITHMETIC) :]
    assert (r2_zeroed["verdict"], r2_zeroed["why"][:30]) == (
        "not_measured",
        "The run has no arm magnitude, ",
    )
    for row in (r2, r2_pruned):
        assert row["verdict"] == "not_measured"
        assert "on milling-sim: a simulation can neither confirm nor contradict" in row["why"]
    assert "R2 of dense on the test rows is 0.9100" in r2["why"]
    assert "R2 of structured on the test rows is 0.9000" in r2_pruned["why"]
    assert speed["verdict"] == "undecided"
    assert speed["why"].endswith(
        "names no batch size, and at none of them can the run tell whether it is 2.8 (give or "
        "take 0.3)."
    )
    assert memory["verdict"] == "not_measured"
    assert "about a cuda device, and run a-run was on cpu. There, on cpu" in memory["why"]


def test_on_the_papers_data_and_a_gpu_all_can_be_told() -> None:
    small = small_result()
    zeroed = small["arms"][0] | {"arm": "magnitude"}
    result = small_result(
        arms=[*small["arms"], zeroed],
        data={"source": "table:/data/nasa_milling", "simulated": False},
        environment={"device": "cuda", "device_name": "a GPU", "threads": 2},
    )
    r2, r2_pruned, r2_zeroed, speed, memory = rows(result)[len(ARITHMETIC) :]
    told = [row["verdict"] for row in (r2, r2_pruned, r2_zeroed)]
    assert told == ["undecided"] * 3  # wide intervals
    assert r2["interval"][0] < 0.9030 < r2["interval"][1]
    assert speed["why"].startswith("On cuda (a GPU), the time of dense")
    assert (memory["verdict"], memory["found"]) == ("contradicted", 50)


def test_a_run_of_another_size_tells_nothing_of_the_pruned_network() -> None:
    other = small_result(parameter_reduction=0.9, architectures=[DENSE, [9, 9, 9, 9]])
    told = rows(other)[len(ARITHMETIC) + 1 :]
    assert {row["verdict"] for row in told} == {"not_measured"}
    for row in (row for row in told if "magnitude" not in row["claim"]):
        assert "about 68.5 % fewer parameters, and run a-run has 90.0 % fewer" in row["why"]


def test_every_sentence_is_short_and_ends() -> None:
    assert any(row["claim"].startswith("We removed 68.5 % of the neurons") for row in rows())
    for row in rows(small_result()):
        assert row["why"].endswith(".")
        assert len(row["why"]) < 400
        assert row["claim"].endswith(".")
