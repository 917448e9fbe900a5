"""Every outcome from a case made by hand; the words must say what the numbers do."""

from __future__ import annotations

from typing import Any

import pytest

from spinn_engine.evaluation.verdict import TOO_FEW, verdict

SPREAD = (-0.004, 0.0, 0.004)  # what the seed does to every arm alike


def arm(mean: float, noise: tuple[float, ...] = (0.0, 0.0, 0.0)) -> list[float]:
    return [mean + s + n for s, n in zip(SPREAD, noise, strict=True)]


def judged(margin: float = 0.01, /, **arms: list[float]) -> dict[str, Any]:
    return verdict({"dense": arm(0.80)} | arms, margin)


@pytest.mark.parametrize(
    ("structured", "outcome", "words"),
    [
        (arm(0.90, (0.001, 0, -0.001)), "non_inferior", "cost no more than the margin of 0.01 R2"),
        (arm(0.895, (0.001, 0, -0.001)), "non_inferior", "cost no more"),
        (arm(0.95, (0.02, 0, -0.02)), "non_inferior", "cost no more"),
        (arm(0.85, (0.001, 0, -0.001)), "inferior", "cost more than the margin"),
        (arm(0.90, (0.02, 0, -0.02)), "inconclusive", "stays open"),
        (arm(0.89, (0.001, 0, -0.001)), "inconclusive", "stays open"),
    ],
)
def test_non_inferiority_to_the_dense_network_trained_as_long(
    structured: list[float], outcome: str, words: str
) -> None:
    found = judged(structured=structured, dense_longer=arm(0.90))
    cost = found["cost_of_pruning"]
    assert cost["outcome"] == outcome
    assert words in cost["sentence"]
    assert cost["sentence"] == found["words"][0]
    told = f"{cost['difference']['mean']:+.4f} R2".replace("-", "−")
    assert told.replace("+0.0000", "0.0000") in cost["sentence"]
    assert "n = 3" in cost["sentence"]


def test_a_small_difference_is_told_with_two_digits() -> None:
    near = [r2 - d for r2, d in zip(arm(0.9), (2e-5, 3e-5, 4e-5), strict=True)]
    found = judged(1e-4, structured=near, dense_longer=arm(0.9))["cost_of_pruning"]
    assert found["outcome"] == "non_inferior"
    assert "−0.000030 R2" in found["sentence"]


def test_the_margin_decides() -> None:
    arms = {"structured": arm(0.88, (0.001, 0, -0.001)), "dense_longer": arm(0.90)}
    assert judged(0.01, **arms)["cost_of_pruning"]["outcome"] == "inferior"
    assert judged(0.03, **arms)["cost_of_pruning"]["outcome"] == "non_inferior"
    assert judged(0.03, **arms)["margin"] == 0.03


@pytest.mark.parametrize("other", ["random", "scratch"])
@pytest.mark.parametrize(
    ("structured", "outcome", "words"),
    [
        (arm(0.92, (0.001, 0, -0.001)), "better", "beat the same widths"),
        (arm(0.88, (0.001, 0, -0.001)), "worse", "did worse than the same widths"),
        (arm(0.905, (0.02, 0, -0.02)), "no_difference_seen", "No difference"),
    ],
)
def test_against_the_other_networks_of_the_same_widths(
    structured: list[float], outcome: str, words: str, other: str
) -> None:
    found = judged(structured=structured, **{other: arm(0.90)})[f"against_{other}"]
    assert found["outcome"] == outcome
    assert words in found["sentence"]
    assert {"random": "random neurons", "scratch": "from scratch"}[other] in found["sentence"]


def test_it_is_the_pairs_that_count() -> None:
    """A small difference in every pair shows; the same numbers in another order do not."""
    base = [0.50, 0.70, 0.90]
    better = [value + gain for value, gain in zip(base, (0.010, 0.011, 0.012), strict=True)]
    paired = verdict({"dense": base, "structured": better, "random": base}, 0.01)
    mixed = verdict({"dense": base, "structured": better, "random": base[::-1]}, 0.01)
    assert paired["against_random"]["outcome"] == "better"
    assert mixed["against_random"]["outcome"] == "no_difference_seen"
    means = [found["against_random"]["difference"]["mean"] for found in (paired, mixed)]
    assert means[0] == pytest.approx(means[1])


@pytest.mark.parametrize(
    ("longer", "structured", "share", "words"),
    [
        (0.85, 0.84, 1.25, "comes with the extra epochs"),
        (0.84, 0.84, 1.0, "comes with the extra epochs"),
        (0.82, 0.90, 0.2, "the extra epochs alone give 20 %"),
        (0.79, 0.90, -0.1, "the extra epochs alone give 0 %"),
        (0.85, 0.79, None, "gained nothing over the dense one"),
    ],
)
def test_the_share_that_the_extra_epochs_have_in_the_gain(
    longer: float, structured: float, share: float | None, words: str
) -> None:
    found = judged(structured=arm(structured), dense_longer=arm(longer))["extra_epochs"]
    assert found["share"] == (None if share is None else pytest.approx(share))
    assert words in found["sentence"]
    assert found["gain"]["mean"] == pytest.approx(structured - 0.80)
    assert found["gain_of_extra_epochs"]["mean"] == pytest.approx(longer - 0.80)


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_than_three_pairs_say_nothing(n: int) -> None:
    names = ("dense", "structured", "dense_longer", "random", "scratch")
    found = verdict({name: [0.5 + i] * n for i, name in enumerate(names)}, 0.01)
    assert [TOO_FEW in words for words in found["words"]] == [True] * 4
    assert all(f"({n} of at least 3 pairs)" in words for words in found["words"])
    for key in ("cost_of_pruning", "against_random", "against_scratch"):
        assert found[key]["outcome"] == "unknown"
    assert found["extra_epochs"]["share"] is None


def test_what_was_not_run_is_not_judged() -> None:
    found = judged(structured=arm(0.9))
    assert found["words"] == []
    keys = ("cost_of_pruning", "extra_epochs", "against_random", "against_scratch")
    assert [found[key] for key in keys] == [None] * 4
