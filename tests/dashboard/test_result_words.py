"""What pages say of a finished run: beside the fair control, with widgets, and with its errors."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.parts.finished_run import fair_dense
from dashboard.parts.presentation import titles
from dashboard.parts.spec_words import taken_over
from spinn_engine.spec import RunSpec
from tests.dashboard.support import words


def result_of(**means: float) -> dict[str, Any]:
    arms = [{"arm": name, "r2": {"mean": mean}} for name, mean in means.items()]
    last = {"r2": {"mean": means["structured"]}, "param_reduction": 0.687}
    return {"arms": arms, "stages": [{"r2": {"mean": means["dense"]}}, last]}


@pytest.mark.parametrize(
    ("longer", "label", "r2", "title"),
    [
        ({"dense_longer": 0.85}, "dense, longer", 0.85, "0.8500 with all and as much training"),
        ({}, "dense", 0.77, "0.7700 with all"),
    ],
)
def test_r2_stands_beside_that_of_the_dense_network_trained_as_long(
    longer: dict[str, float], label: str, r2: float, title: str
) -> None:
    result = result_of(dense=0.77, structured=0.84, **longer)
    assert fair_dense(result) == (label, r2)
    assert titles.price(result) == f"R² is 0.8400 with 68.7 % fewer parameters and {title}"


def test_an_interval_over_seeds_is_one_of_one_split() -> None:
    told = {folds: taken_over(RunSpec.from_dict({"compare": {"folds": folds}})) for folds in (1, 5)}
    assert told == {1: "3 seeds on one split", 5: "3 seeds × 5 folds"}


def test_a_line_that_does_as_well_comes_first_on_the_page() -> None:
    def page() -> None:
        from dashboard.parts.verdict import show_verdict

        chance = {"outcome": "better", "sentence": "It beat chance."}
        line = {"outcome": "worse", "sentence": "It lost to a line."}
        words = [line["sentence"], chance["sentence"]]
        verdict = {"against_random": chance, "against_linear": line, "words": words}
        show_verdict({"headline": "Smaller.", "verdict": verdict, "training_remarks": []})

    told = words(AppTest.from_function(page).run())
    assert 0 < told.index("It lost to a line") < told.index("It beat chance")


def test_remarks_name_the_widget_and_errors_stand_beside_them() -> None:
    def page() -> None:
        from dashboard.parts.finished_run import show_errors
        from dashboard.parts.verdict import show_verdict

        told = "The dense network was still improving (--max-updates)."
        leak = {"check": "leak", "severity": "error", "columns": ["heat", "y"]}
        show_errors({"checks": [leak]})
        show_verdict({"headline": "Smaller.", "verdict": {}, "training_remarks": [told]})

    told = words(AppTest.from_function(page).run())
    assert "“Most updates of the dense network” under “Training” on Plan" in told
    assert "max-updates" not in told.replace("\\", "")
    assert "The checks find 1 error in the data" in told
