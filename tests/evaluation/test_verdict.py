"""Every outcome and sentence, with numbers on both sides of its border."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from spinn_engine.evaluation.answers import answered
from spinn_engine.evaluation.intervals import interval
from spinn_engine.evaluation.scales import ErrorScale, R2Scale
from spinn_engine.evaluation.verdict import verdict
from spinn_engine.vocabulary import OUTCOMES, QUESTIONS

SPREAD = (-0.004, 0.0, 0.004)  # what the seed does to every arm alike
HALF = float(interval([-1.0, 0.0, 1.0])["high"])  # half the interval of three seeds, one apart


def arm(mean: float, noise: Sequence[float] = (0.0, 0.0, 0.0)) -> list[float]:
    return [mean + s + n for s, n in zip(SPREAD, noise, strict=True)]


def apart(mean: float, half: float) -> list[float]:
    """R2 whose paired difference to ``arm(0.9)`` has this mean, and an interval as wide as this."""
    return arm(0.9 + mean, [side * half / HALF for side in (-1, 0, 1)])


def judged(margin: float = 0.01, /, **arms: list[float]) -> dict[str, Any]:
    return verdict({"dense": arm(0.80)} | arms, margin)


@pytest.mark.parametrize(
    ("mean", "half", "outcome", "words"),
    [
        (0.0, 0.0099, "non_inferior", "Pruning cost no more than the margin of 0.01 R2 against"),
        (0.0, 0.0101, "inconclusive", "Whether pruning cost more than the margin of 0.01 R2"),
        (0.05, 0.04, "non_inferior", "cost no more than the margin"),
        (-0.005, 0.0049, "small_cost", "Pruning cost something against"),
        (-0.005, 0.0051, "inconclusive", "is undecided"),
        (-0.004, 0.0039, "small_cost", "but less than the margin of 0.01 R2"),
        (-0.004, 0.0041, "non_inferior", "cost no more than the margin"),
        (-0.012, 0.0021, "cost", "whether more than the margin of 0.01 R2 is undecided"),
        (-0.012, 0.0019, "inferior", "Pruning cost more than the margin of 0.01 R2 against"),
        (-0.012, 0.0119, "cost", "Pruning cost something against"),
        (-0.012, 0.0121, "inconclusive", "is undecided"),
    ],
)
def test_what_pruning_cost(mean: float, half: float, outcome: str, words: str) -> None:
    found = judged(structured=apart(mean, half), dense_longer=arm(0.90))
    cost = found["cost_of_pruning"]
    assert cost["outcome"] == outcome
    assert words in cost["sentence"]
    assert "the dense network trained just as long" in cost["sentence"]
    assert cost["sentence"] == found["words"][0]
    low, high = cost["difference"]["low"], cost["difference"]["high"]
    assert (low, high) == pytest.approx((mean - half, mean + half), abs=1e-9)
    assert f"interval {low:+.4f} to {high:+.4f}, 3 seeds".replace("-", "−") in cost["sentence"]


@pytest.mark.parametrize(
    ("half", "words"),
    [
        (0.011, "About 4 seeds on this split would decide, if they spread as these."),
        (0.2, "Not even 100 seeds on this split would decide, if they spread as these."),
    ],
)
def test_what_is_undecided_says_how_many_seeds_would_decide(half: float, words: str) -> None:
    found = judged(structured=apart(0.0, half), dense_longer=arm(0.90))["cost_of_pruning"]
    assert found["outcome"] == "inconclusive"
    assert found["sentence"].endswith(words)


def test_targets_take_as_many_seeds_as_their_wider_intervals_do() -> None:
    scores = {"dense": arm(0.80), "structured": apart(0.0, 0.011), "dense_longer": arm(0.90)}
    found = verdict(scores, 0.01, R2Scale(), {"wear": scores, "heat": scores, "force": scores})
    assert found["cost_of_pruning"]["sentence"].endswith(
        "About 4 seeds on this split would decide, if they spread as these."
    )
    for one in found["targets"]:
        assert one["sentence"].endswith(
            "About 5 seeds on this split would decide, if they spread as these."
        )


@pytest.mark.parametrize(
    ("seeds", "folds", "decided"),
    [(1, 3, False), (1, 10, False), (2, 3, False), (2, 10, False), (3, 3, True), (3, 1, True)],
)
def test_folds_decide_only_with_three_seeds(seeds: int, folds: int, decided: bool) -> None:
    """Coverage was simulated from three seeds on; with fewer, folds alone never decide."""
    longer = np.linspace(0.8, 0.9, folds)[None, :] + np.linspace(0, 0.01, seeds)[:, None]
    gain = 0.05 + 1e-3 * np.random.default_rng(0).normal(size=(seeds, folds))
    arms = {"dense": longer - gain / 2, "dense_longer": longer, "structured": longer + gain}
    found = verdict({**arms, "linear": longer[:1], "random": longer}, 0.01)
    outcomes = {found[key]["outcome"] for key in QUESTIONS if found[key] and key != "extra_epochs"}
    assert ("unknown" not in outcomes) == decided
    assert (outcomes == {"unknown"}) != decided
    assert (found["extra_epochs"]["share"] is not None) == decided
    assert all(("at least 3 seeds" in words) != decided for words in found["words"])


def test_a_small_difference_is_told_with_two_digits() -> None:
    near = [r2 - d for r2, d in zip(arm(0.9), (2e-5, 3e-5, 4e-5), strict=True)]
    found = judged(1e-4, structured=near, dense_longer=arm(0.9))["cost_of_pruning"]
    assert found["outcome"] == "small_cost"
    assert "−0.000030 R2" in found["sentence"]


def test_the_margin_decides() -> None:
    arms = {"structured": arm(0.88, (0.001, 0, -0.001)), "dense_longer": arm(0.90)}
    assert judged(0.01, **arms)["cost_of_pruning"]["outcome"] == "inferior"
    assert judged(0.03, **arms)["cost_of_pruning"]["outcome"] == "small_cost"
    assert judged(0.03, **arms)["margin"] == 0.03


@pytest.mark.parametrize("other", ["random", "scratch", "magnitude", "linear"])
@pytest.mark.parametrize(
    ("mean", "half", "outcome", "words"),
    [
        (0.01, 0.0099, "better", "The pruned network beat {}: "),
        (0.01, 0.0101, "no_difference_seen", "No difference shown between the pruned network and"),
        (-0.01, 0.0099, "worse", "The pruned network did worse than {}: "),
        (-0.01, 0.0101, "no_difference_seen", "and {}: "),
    ],
)
def test_against_another_arm(
    mean: float, half: float, outcome: str, words: str, other: str
) -> None:
    found = judged(structured=apart(mean, half), **{other: arm(0.90)})[f"against_{other}"]
    assert found["outcome"] == outcome
    assert words.format(QUESTIONS[f"against_{other}"].other) in found["sentence"]


@pytest.mark.parametrize(("mean", "first"), [(0.01, False), (0.001, True), (-0.01, True)])
def test_a_line_that_does_as_well_comes_first(mean: float, first: bool) -> None:
    found = judged(structured=apart(mean, 0.005), dense_longer=arm(0.9), linear=arm(0.9))
    line = found["against_linear"]["sentence"]
    assert found["words"].index(line) == (0 if first else len(found["words"]) - 1)
    assert len(found["words"]) == 3
    order = [part["sentence"] for part in answered(found).values()]
    assert order == found["words"]


@pytest.mark.parametrize(("half", "said"), [(0.029, True), (0.031, False)])
def test_a_target_that_a_line_predicts_better_is_not_hidden_by_the_mean(
    half: float, said: bool
) -> None:
    """Two targets: each interval has to hold at 97.5 %, so that both do at 95 %."""
    wide = half / float(interval([-1.0, 0.0, 1.0], 0.975)["high"])
    noise = [side * wide for side in (-1, 0, 1)]
    heat = {"structured": arm(0.97, noise), "linear": arm(1.0)}
    wear = {"structured": arm(0.74), "linear": arm(0.69)}
    mean = {
        name: [(a + b) / 2 for a, b in zip(heat[name], wear[name], strict=True)] for name in heat
    }
    dense = {"dense": arm(0.8)}
    targets = {"wear": dense | wear, "heat": dense | heat}
    found = verdict(dense | mean, 0.01, per_target=targets)["against_linear"]
    assert found["outcome"] != "worse"
    assert found["worse_for"] == (["heat"] if said else [])
    assert ("For heat it did worse: −0.0300 R2, 97.5 % interval" in found["sentence"]) == said


def test_where_a_line_is_better_on_the_mean_no_target_is_added() -> None:
    targets = {n: {"dense": arm(0.8), "structured": arm(0.7), "linear": arm(0.9)} for n in "ab"}
    arms = targets["a"] | {"structured": apart(-0.1, 0.01)}
    found = verdict(arms, 0.01, per_target={"a": arms, "b": arms})["against_linear"]
    assert (found["outcome"], found["worse_for"]) == ("worse", [])


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
    ("longer", "mean", "half", "share", "words"),
    [
        (0.901, 0.1, 0.0005, 1.01, "All of the pruned network's gain over the dense one (+0.1"),
        (0.901, 0.1, 0.09, None, "gives something; whether a part or all is undecided: +0.1010 R2"),
        (0.899, 0.1, 0.0005, 0.99, "the extra training alone gives a part, about 99 %: +0.0990 R2"),
        (0.899, 0.1, 0.09, None, "whether a part or all is undecided: +0.0990 R2"),
        (0.82, 0.1, 0.07, 0.2, "the extra training alone gives a part, about 20 %: +0.0200 R2"),
        (0.82, 0.1, 0.0999, None, "whether a part or all is undecided: +0.0200 R2"),
        (0.82, 0.1, 0.1001, None, "No gain over the dense network is shown"),
        (0.79, 0.1, 0.01, -0.1, "comes with the extra training alone, which lost: −0.0100 R2"),
        (0.85, -0.01, 0.0101, None, "No gain over the dense network is shown"),
        (0.85, -0.01, 0.0099, None, "The pruned network did worse than the dense one"),
    ],
)
def test_the_extra_training_explains_only_a_gain_that_is_shown(
    longer: float, mean: float, half: float, share: float | None, words: str
) -> None:
    pruned = [r2 - 0.1 for r2 in apart(mean, half)]
    extra = arm(longer, (1e-4, 0, -1e-4))
    found = judged(structured=pruned, dense_longer=extra)["extra_epochs"]
    assert found["share"] == (None if share is None else pytest.approx(share))
    assert words in found["sentence"]
    assert found["gain"]["mean"] == pytest.approx(mean)
    assert found["gain_of_extra_epochs"]["mean"] == pytest.approx(longer - 0.80)


@pytest.mark.parametrize(
    ("longer", "share", "words"),
    [
        ([0.3, 0.9, 0.61], None, "alone gives is undecided: +0.1033 R2, 95 % interval −0.6420"),
        ([0.3, 0.85, 0.5], None, "alone gives is undecided: +0.0500 R2, 95 % interval −0.6"),
        ([0.3, 0.4, 0.35], -1.49, "which lost: −0.1500 R2, 95 % interval −0.27"),
        ([0.5, 0.5, 0.501], None, "alone gives is undecided: +0.0003 R2"),
        ([0.55, 0.56, 0.57], 0.59, "alone gives a part, about 59 %: +0.0600 R2, 95 % interval +0"),
        ([0.62, 0.63, 0.64], 1.29, "trained on gained as much: +0.1300 R2, 95 % interval +0"),
        ([0.55, 0.55, 0.55], None, "all 3 repetitions gave the same number"),
    ],
)
def test_what_training_on_gives_is_said_by_its_interval(
    longer: list[float], share: float | None, words: str
) -> None:
    arms = {"dense": [0.5] * 3, "structured": [0.6, 0.601, 0.602], "dense_longer": longer}
    found = verdict(arms, 0.01)["extra_epochs"]
    assert found["share"] == (None if share is None else pytest.approx(share, abs=0.01))
    assert words in found["sentence"]


def test_what_was_not_run_is_not_judged() -> None:
    found = judged(structured=arm(0.9))
    assert found["words"] == []
    assert [found[key] for key in QUESTIONS] == [None] * len(QUESTIONS)
    assert found["targets"] == []


def test_every_target_has_a_line_and_the_worst_is_named() -> None:
    """With three targets each interval is at 98.33 %, so that all hold together at 95 %."""
    longer = arm(0.9)
    costs = {"wear": 0.0, "heat\x1b": -0.2, "force": 0.02}
    per_target = {
        name: {"structured": apart(cost, 0.01), "dense_longer": longer}
        for name, cost in costs.items()
    }
    scores = {"dense": longer, "dense_longer": longer, "structured": apart(-0.06, 0.01)}
    found = verdict(scores, 0.05, R2Scale(), per_target)
    assert [one["target"] for one in found["targets"]] == list(costs)
    assert [one["outcome"] for one in found["targets"]] == [
        "non_inferior",
        "inferior",
        "non_inferior",
    ]
    one = found["targets"][0]["difference"]
    wanted = interval(np.subtract(apart(0.0, 0.01), longer), 1 - 0.05 / 3)
    assert (one["low"], one["high"]) == pytest.approx((wanted["low"], wanted["high"]))
    worst = found["targets"][1]["sentence"]
    assert worst.startswith("For the worst target, heat?: pruning cost more than the margin")
    assert "98.33 % interval" in worst
    assert found["words"][1] == worst
    told = {one["target"]: one["numbers"] for one in found["targets"]}
    lines = [f"For {name}: no worse, {told[name]}" for name in ("wear", "force")]
    assert [text for text in found["words"] if text.startswith("For ")] == [worst, *lines]
    alone = verdict(scores, 0.05, R2Scale(), {"wear": per_target["wear"]})
    assert alone["targets"] == []


@pytest.mark.parametrize(
    ("ratio", "half", "outcome"),
    [
        (1.0, 1.24, "non_inferior"),
        (1.0, 1.26, "inconclusive"),
        (1.1, 1.09, "small_cost"),
        (1.4, 1.11, "inferior"),
        (1.4, 1.13, "cost"),
    ],
)
def test_equations_are_judged_by_the_ratio_of_their_errors(
    ratio: float, half: float, outcome: str
) -> None:
    """R2 of errors of 5e-4 and 3e-3 differ by less than any margin of R2."""
    factors = [half ** (side / HALF) for side in (-1, 0, 1)]
    longer = [5e-4, 7e-4, 6e-4]
    pruned = [error * ratio * factor for error, factor in zip(longer, factors, strict=True)]
    scores = {"dense": longer, "dense_longer": longer, "structured": pruned}
    found = verdict(scores, 0.25, ErrorScale())
    cost = found["cost_of_pruning"]
    assert (cost["outcome"], found["scale"]) == (outcome, "relative_l2")
    assert "the margin of 25 % more error" in cost["sentence"]
    assert f"the error is {ratio:.2f} × as large" in cost["sentence"]
    assert f"interval {ratio / half:.3g}"[:13] in cost["sentence"]


def test_outcomes_of_a_cost_that_is_shown_to_be_small_are_acceptable() -> None:
    acceptable = {name for name, row in OUTCOMES.items() if row.acceptable}
    assert acceptable == {"non_inferior", "small_cost"}
