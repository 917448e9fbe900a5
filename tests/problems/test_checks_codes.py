"""Codes for missing values are found, and what only looks like one is not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.problems.checks_support import clean, make, only, smooth


def with_code(values: np.ndarray, code: float, times: int) -> np.ndarray:
    return np.where(np.arange(len(values)) % (len(values) // times) == 3, code, values)


@pytest.mark.parametrize("code", [-9999, -999, 9999, 99_999, 1e20, -1e30, -32_768, 12_345])
@pytest.mark.parametrize("where", ["input", "target"])
def test_a_code_is_an_error_that_names_column_value_and_rows(
    rng: np.random.Generator, code: float, where: str
) -> None:
    inputs = clean(rng)
    targets = {"y": smooth(inputs, rng)}
    column = "a" if where == "input" else "y"
    used = inputs if where == "input" else targets
    least, most = used[column].min(), used[column].max()
    used[column] = with_code(used[column], code, 12)
    (found,) = only(make(inputs, targets), "missing_code")
    assert (found.severity, found.columns, found.value) == ("error", (column,), code)
    assert f"stands in 12 rows of {column}" in found.message
    assert found.drop == ()
    assert least < most


def test_two_codes_of_one_column_are_both_named(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    inputs["a"] = with_code(with_code(inputs["a"], -9999, 12), 99_999, 5)
    found = only(make(inputs, {"y": smooth(inputs, rng)}), "missing_code")
    assert {one.value for one in found} == {-9999, 99_999}


@pytest.mark.parametrize(
    "values",
    [
        np.r_[np.arange(4000, 9900, 10), [9999] * 10],  # one count among many
        np.r_[np.random.default_rng(0).pareto(0.5, 600)],  # a long tail, nothing twice
        np.r_[np.linspace(0, 1, 598), [1e6, 2e6]],  # outliers
        np.r_[np.linspace(0, 1, 599), [1e6]],
        np.repeat([0.0, 1.0, 99.0], 200),  # few levels
        np.r_[np.zeros(400), np.linspace(5, 6, 200)],  # nothing, and what is more
        np.full(600, 5.0),
        np.round(np.random.default_rng(1).normal(size=600) * 60 - 60),  # -99 is one among others
    ],
)
def test_what_is_no_code_is_not_taken_for_one(rng: np.random.Generator, values: np.ndarray) -> None:
    inputs = clean(rng)
    problem = make({**inputs, "count": values}, {"y": smooth(inputs, rng)})
    assert only(problem, "missing_code") == []
