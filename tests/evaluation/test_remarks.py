"""What is said beside a verdict, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.parts.forms.training import BY_VALIDATION
from dashboard.parts.widget_names import with_widgets
from spinn_engine.evaluation.remarks import UNLIKE, kept_of, last_kept, stage_kept, training_remarks
from spinn_engine.training.course import patience

HARDLY = (
    "By the validation rows, training on hardly helped: most networks kept no later epoch than the "
    "first, "
)


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
        "checks": [],
    }


def test_a_run_that_trained_well_has_no_remarks() -> None:
    assert training_remarks(result([training(0, [9, 12])], [training(1, [5, 2])])) == []


@pytest.mark.parametrize(
    ("kept", "said"),
    [([0, 0, 3], True), ([1, 0, 1], True), ([0, 3, 1], True), ([2, 1], False), ([2, 2, 1], False)],
)
def test_most_networks_that_hardly_trained_are_said(kept: list[int], said: bool) -> None:
    told = training_remarks(result([training(0, [9])], [training(1, kept), training(2, kept)]))
    assert told == [HARDLY + "structured in stages 1 and 2."] * said


def test_the_dense_network_is_named_once_and_not_by_those_that_go_on_from_it() -> None:
    told = training_remarks(result([training(0, [1])], [training(1, [8])]))
    assert told == [HARDLY + "dense in stage 0."]


@pytest.mark.parametrize(
    ("controls", "named"),
    [
        (["random"], "structured and random neurons"),
        (["random", "magnitude"], "structured, random neurons and magnitude"),
        (["random", "magnitude", "dense_longer"], "structured and 3 controls"),
    ],
)
def test_controls_stand_in_one_short_list(controls: list[str], named: str) -> None:
    ended = result([training(0, [9])], [training(stage, [0]) for stage in (1, 2, 3)])
    own = ended["arms"][1]["trainings"]
    ended["arms"] += [{"arm": name, "trainings": own} for name in controls]
    assert training_remarks(ended) == [f"{HARDLY}{named} in stages 1 to 3."]


@pytest.mark.parametrize(("stalled", "said"), [(False, True), (True, False), (None, False)])
def test_a_budget_that_ended_a_training_is_said(stalled: bool | None, said: bool) -> None:
    told = training_remarks(result([training(0, [18], stalled=stalled)], [training(1, [8])]))
    assert bool(told) == said
    if said:
        assert told[0].startswith("The dense network was still improving on the validation rows")
        assert told[0].endswith("may change the result (--max-updates).")


@pytest.mark.parametrize(
    ("kept", "said"), [([17], False), ([18], True), ([9, 18], True), ([0, 17], False)]
)
def test_a_training_that_kept_no_late_epoch_was_not_still_improving(
    kept: list[int], said: bool
) -> None:
    """Of 20 epochs the last 3 are the patience: who kept none of them had stopped improving."""
    assert patience(20) == 3
    cut = training(1, kept, stalled=False)
    assert bool(training_remarks(result([training(0, [9])], [cut]))) == said


@pytest.mark.parametrize(
    ("kept", "epochs", "said"), [([4, 4, 3], 4, True), ([4, 3, 3], 4, False), ([0, 0], 0, False)]
)
def test_a_given_number_of_epochs_that_ended_a_training_is_said(
    kept: list[int], epochs: int, said: bool
) -> None:
    by_hand = training(0, kept, epochs, stalled=None)
    found = result([by_hand], [training(1, kept, epochs, None)])
    told = [
        "The dense network and stage 1 kept the last of the epochs that were given: training for "
        "longer may change the result."
    ]
    assert training_remarks(found) == told * said
    found["arms"][0]["relative_l2"] = {}  # L-BFGS goes on for as long as it may
    assert training_remarks(found) == []


def test_the_budget_that_ended_is_named_and_on_a_page_its_field() -> None:
    cut = training(2, [19], stalled=False)
    (told,) = training_remarks(result([training(0, [9])], [cut]))
    assert told.startswith("Stage 2 was still improving")
    assert told.endswith("(--fine-tune-max-updates).")
    shown = with_widgets(told)
    assert f"“{BY_VALIDATION['fine_tune_max_updates']}” under" in shown
    both = training_remarks(result([training(0, [19], stalled=False)], [cut]))[0]
    assert both.startswith("The dense network and stage 2 were still improving")
    assert all(f"“{label}”" in with_widgets(both) for label in BY_VALIDATION.values())


@pytest.mark.parametrize(
    ("check", "severity", "said"),
    [
        ("few_groups", "warning", True),
        ("row_order", "warning", True),
        ("row_order", "info", False),
        ("row_order", "error", True),
        ("constant", "warning", False),
        ("leak", "error", False),
    ],
)
def test_how_little_a_score_says_stands_beside_the_verdict(
    check: str, severity: str, said: bool
) -> None:
    ended = result([training(0, [9])], [])
    ended["checks"] = [{"check": check, "severity": severity, "message": "Few."}]
    assert training_remarks(ended) == ["Few."] * said


@pytest.mark.parametrize(("apart", "said"), [(UNLIKE - 0.01, False), (UNLIKE + 0.01, True)])
@pytest.mark.parametrize("sign", [1, -1])
def test_validation_rows_that_are_unlike_the_test_rows_are_said(
    apart: float, said: bool, sign: int
) -> None:
    told = training_remarks(result([training(0, [9])], [], val=0.5 + sign * apart, test=0.5))
    assert bool(told) == said
    if said:
        assert ("does better" if sign > 0 else "does worse") in told[0]


@pytest.mark.parametrize(("seeds", "said"), [([0], False), ([0, 1], True)])
def test_one_network_that_all_seeds_begin_with_is_said(seeds: list[int], said: bool) -> None:
    ended = result([], [training(1, [3])]) | {"brought": {"file": "dense.pt"}, "seeds": seeds}
    assert (
        any("the one dense network that was brought" in one for one in training_remarks(ended))
        == said
    )
    assert training_remarks(ended | {"brought": None}) == []


def test_a_result_of_an_earlier_version_has_none() -> None:
    assert training_remarks({"arms": [{"arm": "dense"}], "stages": []}) == []


def test_which_epoch_was_kept_of_how_many() -> None:
    assert kept_of(training(0, [5, 9, 8], epochs=48)) == "5 to 9 of 48"
    assert kept_of(training(0, [3], epochs=3)) == "3 of 3"
    assert kept_of(training(0, [], epochs=3)) == "3 epochs"


def test_a_stage_tells_what_the_networks_that_are_delivered_kept() -> None:
    found = result([training(0, [9, 12])], [training(1, [5, 2]), training(2, [0, 0])])
    told = [stage_kept(found, stage) for stage in range(3)]
    assert told == ["9 to 12 of 20", "2 to 5 of 20", "0 of 20"]
    dense, structured = found["arms"]
    assert (last_kept(dense), last_kept(structured)) == (told[0], told[2])
    imported = result([], [training(1, [3])])
    assert [stage_kept(imported, stage) for stage in (0, 1)] == ["", "3 of 20"]
    assert last_kept(imported["arms"][0]) == last_kept({"arm": "dense"}) == ""
