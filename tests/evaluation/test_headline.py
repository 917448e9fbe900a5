"""The one sentence of a run: what its verdict says, and not more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spinn_engine.evaluation.headline import headline
from spinn_engine.evaluation.outcomes import COST
from spinn_engine.evaluation.scales import ErrorScale
from spinn_engine.evaluation.verdict import verdict
from spinn_engine.vocabulary import OUTCOMES, QUESTIONS

LONGER = [0.896, 0.900, 0.904]


def result_of(**others: list[float]) -> dict[str, Any]:
    arms = {"dense": LONGER, "structured": [0.895, 0.901, 0.9045]} | others
    return {"parameter_reduction": 0.685, "verdict": verdict(arms, 0.01)}


def test_it_says_how_small_at_what_cost_and_against_what() -> None:
    worse = [0.5, 0.55, 0.52]
    told = headline(result_of(dense_longer=LONGER, random=worse, linear=worse))
    assert told == (
        "68.5 % fewer parameters at no more cost than the margin of 0.01 R2 against the dense "
        "network trained just as long (+0.0002 R2, 95 % interval −0.0024 to +0.0028, 3 seeds on "
        "one split); the criterion beat chance; a line does not do as well."
    )


def test_a_line_and_chance_that_do_as_well_are_named() -> None:
    told = headline(result_of(dense_longer=LONGER, random=LONGER, linear=[0.95, 0.96, 0.97]))
    assert "the criterion was not shown to beat chance; a line does better." in told


def test_without_the_fair_control_no_cost_is_told() -> None:
    told = headline(result_of(random=[0.5, 0.55, 0.52]))
    assert told.startswith("68.5 % fewer parameters; what they cost is not known, for the dense")
    assert "interval" not in told


def test_too_few_repetitions_tell_no_cost() -> None:
    arms = {name: [0.9, 0.8] for name in ("dense", "dense_longer", "linear")}
    arms["structured"] = [0.5, 0.6]
    told = headline({"parameter_reduction": 0.5, "verdict": verdict(arms, 0.01)})
    assert "; there are too few repetitions to say what they cost" in told
    assert told.endswith(
        "(−0.3000 R2, 95 % interval −1.5706 to +0.9706, 2 seeds on one split), nor whether a line "
        "does as well."
    )


@pytest.mark.parametrize(("seeds", "said"), [(1, False), (2, False), (3, True)])
def test_what_too_few_repetitions_leave_unsaid_is_not_omitted(seeds: int, said: bool) -> None:
    others = {name: [0.5, 0.55, 0.52][:seeds] for name in ("random", "linear")}
    arms = {"dense": LONGER[:seeds], "structured": [0.895, 0.901, 0.9045][:seeds]} | others
    told = headline({"parameter_reduction": 0.5, "verdict": verdict(arms, 0.01)})
    unsaid = (
        "; there are too few repetitions to say whether the criterion beat chance and whether a "
        "line does as well."
    )
    assert told.endswith(unsaid) != said
    arms["dense_longer"] = LONGER[:seeds]
    told = headline({"parameter_reduction": 0.5, "verdict": verdict(arms, 0.01)})
    nor = ", nor whether the criterion beat chance, nor whether a line does as well."
    assert told.endswith(nor) != said
    assert told.endswith("; the criterion beat chance; a line does not do as well.") == said


@pytest.mark.parametrize(("seeds", "said"), [(1, False), (2, False), (3, True)])
def test_folds_with_few_seeds_tell_no_cost(seeds: int, said: bool) -> None:
    spread = np.random.default_rng(0).normal(size=(seeds, 3))
    arms = {name: np.full((seeds, 3), 0.9) for name in ("dense", "dense_longer")}
    arms["structured"] = 0.95 + 1e-3 * spread
    told = headline({"parameter_reduction": 0.5, "verdict": verdict(arms, 0.01)})
    assert ("at no more cost than" in told) == said
    assert ("too few repetitions to say what they cost" in told) != said


def test_equations_tell_the_ratio_of_errors() -> None:
    errors = {"dense": [1e-3, 2e-3, 1.5e-3], "dense_longer": [1e-3, 2e-3, 1.5e-3]}
    errors["structured"] = [2e-3, 4.1e-3, 3e-3]
    found = {"parameter_reduction": 0.5, "verdict": verdict(errors, 0.25, ErrorScale())}
    told = headline(found)
    assert "at a cost of more than the margin of 25 % more error against" in told
    assert "(the error is 2.02 × as large, 95 % interval" in told


def test_what_a_result_holds_is_what_is_shown() -> None:
    assert headline({"headline": "as it was written"}) == "as it was written"


@pytest.mark.parametrize("name", [n for n in OUTCOMES if n not in {"better", "worse"}])
def test_the_headline_has_words_for_every_outcome_of_a_cost(name: str) -> None:
    if name != "no_difference_seen":
        assert COST.headline[name].startswith((" at", "; "))


def test_every_question_with_a_headline_has_words_for_what_was_shown() -> None:
    others = [row for row in QUESTIONS.values() if row.headline and row is not COST]
    assert {row.name for row in others} == {"against_random", "against_linear"}
    for row in others:
        assert set(row.headline) == {"better", "worse", "no_difference_seen", "unknown"}


def scored(mean: float, low: float | None, high: float | None) -> dict[str, Any]:
    return {"r2": {"mean": mean, "low": low, "high": high}}


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (scored(0.2, 0.01, 0.4), ""),
        (scored(0.2, -0.01, 0.4), "that it predicts y (R2 0.20) better than the mean of the test"),
        (scored(0.01, -0.2, 0.2), "that it predicts y (R2 0.01) better than the mean of the test"),
        (scored(-0.01, -0.2, 0.2), "; it predicts y (R2 −0.01) no better than the mean of the"),
        (scored(-0.2, -0.4, -0.01), "; it predicts y (R2 −0.20) no better than the mean of the"),
        (scored(-0.01, None, None), "; it predicts y (R2 −0.01) no better than the mean of the"),
        (scored(0.01, None, None), ""),
    ],
)
def test_what_is_no_better_than_the_mean_of_the_test_rows_is_named(
    figure: dict[str, Any], said: str
) -> None:
    good = scored(0.9, 0.8, 0.95)
    arms = [{"arm": "structured", "per_output": {"other": good, "y": figure}}]
    told = headline({**result_of(dense_longer=LONGER), "arms": arms})
    assert said in told
    assert ("mean of the test rows" in told) == bool(said)
    assert "other" not in told


def test_a_target_for_which_a_line_does_better_is_named() -> None:
    result = result_of(dense_longer=LONGER, linear=[0.5, 0.55, 0.52])
    result["verdict"]["against_linear"]["worse_for"] = ["heat"]
    assert headline(result).endswith("; a line does not do as well; for heat a line does better.")


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ((-0.0109, 0.012), "; for heat they cost more than the margin; a line"),
        ((-0.0105, 0.012), ""),
        ((-0.0109, -0.012), ""),  # where the mean says so itself
    ],
)
def test_a_target_that_cost_more_is_not_hidden_by_the_mean(
    costs: tuple[float, float], said: str
) -> None:
    def pruned(cost: float) -> list[float]:
        return [r2 + cost + noise for r2, noise in zip(LONGER, (-2e-4, 0, 2e-4), strict=True)]

    worse = [0.5, 0.55, 0.52]
    each = {
        name: {"structured": pruned(cost), "dense_longer": LONGER, "linear": worse}
        for name, cost in zip(("heat", "wear"), costs, strict=True)
    }
    mean = {arm: np.mean([each[name][arm] for name in each], axis=0) for arm in each["heat"]}
    judged = verdict({"dense": LONGER, **mean}, 0.01, per_target=each)
    told = headline({"parameter_reduction": 0.5, "verdict": judged})
    assert said in told
    assert ("they cost more" in told) == bool(said)
