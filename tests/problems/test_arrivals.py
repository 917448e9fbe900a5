"""New rows held against what a network was trained on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from spinn_engine.problems.arrivals import Column, findings_on
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.problem import Floats

RNG = np.random.default_rng(5)


def found(new: Floats, low: float = 20.0, high: float = 80.0) -> list[Finding]:
    return findings_on([Column("temp", low, high, np.asarray(new, dtype=float))])


def test_rows_like_those_of_training_say_nothing() -> None:
    assert found(RNG.uniform(20, 80, 200)) == []


@pytest.mark.parametrize("code", [-9999.0, -999.0, 9999.0, 1e20, -99.0])
def test_a_code_for_missing_is_an_error_that_says_what_to_type(code: float) -> None:
    new = RNG.uniform(20, 80, 200)
    new[::20] = code
    first = found(new)[0]
    assert (first.check, first.severity, first.value) == ("missing_code", "error", code)
    typed = "1e+20" if code == 1e20 else str(int(code))
    assert f"(--missing {typed})" in first.advice
    column = Column("temp", 20, 80, new)
    assert all(one.check != "missing_code" for one in findings_on([column], allowed=[code]))


def test_a_number_that_is_far_twice_or_is_no_code_is_none() -> None:
    new = RNG.uniform(20, 80, 200)
    new[:2], new[10:20] = -9999, 123.4
    assert [one.check for one in found(new)] == ["out_of_range"]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda x: x + 273.15, "converted from kelvin to degrees Celsius"),
        (lambda x: 1.8 * x + 32, "converted from degrees Fahrenheit to Celsius"),
        (lambda x: 1000 * x, "divided by 1,000"),
        (lambda x: x / 1000, "times 1,000"),
        (lambda x: x / 25.4, "times 25.4"),
    ],
)
def test_another_unit_is_named(made: Callable[[Floats], Floats], words: str) -> None:
    values = RNG.uniform(60, 75, 300)
    told = [one.message for one in found(made(values)) if "another unit" in one.message]
    assert len(told) == 1
    assert words in told[0]


def test_a_sensor_that_gives_one_value_is_named() -> None:
    first = found(np.full(50, 33.0))[0]
    assert (first.check, first.severity, first.columns) == ("constant", "warning", ("temp",))


def test_share_and_distance_of_rows_outside_are_those_that_one_counts() -> None:
    new = np.concatenate([RNG.uniform(20, 80, 90), np.linspace(81, 110, 10)])
    one = found(new)[0]
    assert (one.check, one.severity) == ("out_of_range", "info")
    assert one.value == pytest.approx(0.1)
    assert "by up to 0.5 of that range" in one.message
    assert found(np.append(new, 500.0))[0].severity == "warning"


def test_a_target_of_which_a_code_stands_is_found_too() -> None:
    wear = RNG.uniform(0, 1, 100)
    wear[5:9] = -9999
    told = findings_on([Column("a", 0, 1, RNG.uniform(0, 1, 100))], [Column("wear", 0, 1, wear)])
    assert [(one.check, one.columns) for one in told] == [("missing_code", ("wear",))]


def test_a_gap_does_not_hide_a_dead_sensor_and_no_rows_say_nothing() -> None:
    new = RNG.uniform(20, 80, 50)
    new[3] = np.nan
    assert [one.check for one in found(new)] == ["missing"]
    assert found(np.array([])) == []
    alike = np.full(9, 33.0)
    alike[2] = np.nan
    told = [(one.check, one.value) for one in found(alike)]
    assert told == [("missing", 1.0), ("constant", 33.0)]


def test_rows_without_a_number_are_told() -> None:
    new = RNG.uniform(20, 80, 100)
    new[:7] = np.nan
    told = [(one.check, one.value, one.columns) for one in found(new)]
    assert told == [("missing", 7.0, ("temp",))]
