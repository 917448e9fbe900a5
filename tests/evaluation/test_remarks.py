"""What is said beside a verdict, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from spinn_engine.evaluation.remarks import UNLIKE, kept_of, training_remarks


def training(stage: int, kept: list[int], epochs: int = 20, stalled: bool | None = True) -> Any:
    return {"stage": stage, "kept_epoch": kept, "epochs": epochs, "stalled": stalled}


def result(
    dense: list[Any], structured: list[Any], val: float = 0.9, test: float = 0.9
) -> dict[str, Any]:
    arms = [("dense", dense), ("structured", [*dense, *structured])]
    stage = {"val_r2": {"mean": val}, "r2": {"mean": test}}
    return {
        "arms": [{"arm": name, "trainings": trained} for name, trained in arms],
        "stages": [stage],
    }


def test_a_run_that_trained_well_has_no_remarks() -> None:
    assert training_remarks(result([training(0, [9, 12])], [training(1, [5, 2])])) == []


@pytest.mark.parametrize(
    ("kept", "words"),
    [([0, 0, 3], "the state before training"), ([1, 0, 1], "the first epoch"), ([2, 2, 2], "")],
)
def test_what_was_kept_before_it_was_trained_is_said(kept: list[int], words: str) -> None:
    told = training_remarks(result([training(0, [9])], [training(1, kept), training(2, kept)]))
    assert bool(told) == bool(words)
    if words:
        assert told == [
            f"Structured kept {words} in stages 1 and 2: by the validation rows, training on did "
            "not help."
        ]


def test_the_dense_network_is_named_once_and_not_by_those_that_go_on_from_it() -> None:
    told = training_remarks(result([training(0, [1])], [training(1, [8])]))
    assert told == [
        "Dense kept the first epoch in stage 0: by the validation rows, training on did not help."
    ]


@pytest.mark.parametrize(("stalled", "said"), [(False, True), (True, False), (None, False)])
def test_a_budget_that_ended_a_training_is_said(stalled: bool | None, said: bool) -> None:
    told = training_remarks(result([training(0, [9], stalled=stalled)], [training(1, [8])]))
    assert bool(told) == said
    if said:
        assert told[0].startswith("The dense network was still improving on the validation rows")


@pytest.mark.parametrize(("apart", "said"), [(UNLIKE - 0.01, False), (UNLIKE + 0.01, True)])
@pytest.mark.parametrize("sign", [1, -1])
def test_validation_rows_that_are_unlike_the_test_rows_are_said(
    apart: float, said: bool, sign: int
) -> None:
    told = training_remarks(result([training(0, [9])], [], val=0.5 + sign * apart, test=0.5))
    assert bool(told) == said
    if said:
        assert ("does better" if sign > 0 else "does worse") in told[0]


def test_a_result_of_an_earlier_version_has_none() -> None:
    assert training_remarks({"arms": [{"arm": "dense"}], "stages": []}) == []


def test_which_epoch_was_kept_of_how_many() -> None:
    assert kept_of(training(0, [5, 9, 8], epochs=48)) == "5 to 9 of 48"
    assert kept_of(training(0, [3], epochs=3)) == "3 of 3"
    assert kept_of(training(0, [], epochs=3)) == "3 epochs"
