"""Repetitions that are too few, or the same number again, decide nothing."""

from __future__ import annotations

import pytest

from spinn_engine.evaluation.outcomes import TOO_FEW
from spinn_engine.evaluation.scales import ErrorScale
from spinn_engine.evaluation.verdict import verdict
from spinn_engine.vocabulary import QUESTIONS
from tests.evaluation.test_verdict import judged


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_than_three_pairs_say_nothing(n: int) -> None:
    names = ("dense", "structured", *(question.arm for question in QUESTIONS.values()))
    arms = {name: [0.5 + i + i * k for k in range(n)] for i, name in enumerate(names)}
    found = verdict(arms, 0.01)
    assert [TOO_FEW in words for words in found["words"]] == [True] * len(QUESTIONS)
    assert all(f"({n} pair" in words for words in found["words"])
    outcomes = {found[key]["outcome"] for key in QUESTIONS if key != "extra_epochs"}
    assert outcomes == {"unknown"}
    assert found["extra_epochs"]["share"] is None


@pytest.mark.parametrize("rounding", [0.0, 3e-8, 4e-7])
def test_identical_repetitions_never_decide(rounding: float) -> None:
    """Three equal seeds give an interval of no width, which would always decide."""
    pruned = [0.6, 0.6 + rounding, 0.6 - rounding]
    found = judged(structured=pruned, dense_longer=[0.55] * 3)["cost_of_pruning"]
    assert found["outcome"] == "unknown"
    assert "all 3 repetitions gave the same number, which counts once" in found["sentence"]


@pytest.mark.parametrize(("apart", "outcome"), [(1e-7, "unknown"), (1e-5, "non_inferior")])
@pytest.mark.parametrize("size", [1e-7, 1e-3])
def test_errors_are_told_apart_by_their_own_size(size: float, apart: float, outcome: str) -> None:
    pruned = [size, size * (1 + apart), size * (1 - apart)]
    scores = {"dense": [2 * size] * 3, "dense_longer": [2 * size] * 3, "structured": pruned}
    assert verdict(scores, 0.25, ErrorScale())["cost_of_pruning"]["outcome"] == outcome
