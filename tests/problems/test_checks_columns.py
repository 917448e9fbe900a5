from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from spinn_engine.problems.checks import check_problem
from tests.problems.checks_support import clean, in_files, make, only, smooth


def test_a_constant_input_is_named_and_dropped(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    problem = make({**inputs, "speed": np.full(600, 826.0)}, {"y": smooth(inputs, rng)})
    (found,) = only(problem, "constant")
    assert (found.columns, found.drop, found.value) == (("speed",), ("speed",), 826.0)
    assert "826 in all 600 rows" in found.message


def test_an_input_that_varies_only_outside_of_training_is_constant_too(
    rng: np.random.Generator,
) -> None:
    inputs = {**clean(rng), "valve": np.repeat([0.0, 1.0], [400, 200])}
    problem = in_files(make(inputs, {"y": smooth(inputs, rng)}), (400, 100, 100))
    (found,) = only(problem, "constant")
    assert found.columns == ("valve",)
    assert "200 validation and test rows differ" in found.message


@pytest.mark.parametrize(
    ("make_copy", "word"),
    [
        (lambda a, noise: a, "equal"),
        (lambda a, noise: 1.8 * a + 32, "repeats"),
        (lambda a, noise: -1e6 * a, "repeats"),
        (lambda a, noise: a + 1e-3 * noise, "repeats"),
    ],
    ids=["equal", "another unit", "another sign", "nearly"],
)
def test_a_column_that_repeats_another_is_named_after_it(
    rng: np.random.Generator, make_copy: object, word: str
) -> None:
    inputs = clean(rng)
    assert callable(make_copy)
    copied = {**inputs, "again": make_copy(inputs["a"], rng.normal(size=600))}
    (found,) = only(make(copied, {"y": smooth(inputs, rng)}), "duplicate")
    assert (found.columns, found.drop) == (("a", "again"), ("again",))
    assert word in found.message
    expected = abs(np.corrcoef(copied["a"], copied["again"])[0, 1])
    assert found.value == pytest.approx(expected, abs=1e-9)


def test_columns_that_only_go_together_are_no_duplicates(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    inputs["near"] = inputs["a"] + 0.03 * rng.normal(size=600)
    assert 0.999 < np.corrcoef(inputs["a"], inputs["near"])[0, 1] < 0.9999
    assert only(make(inputs, {"y": smooth(inputs, rng)}), "duplicate") == []


def test_every_repetition_is_of_the_first_column_even_over_hundreds(
    rng: np.random.Generator,
) -> None:
    values = rng.normal(size=(60, 600))
    inputs = {f"c{k}": values[:, k] for k in range(600)}
    inputs["c300"], inputs["c599"] = inputs["c5"], -inputs["c5"]
    found = only(make(inputs, {"y": rng.normal(size=60)}), "duplicate")
    assert {one.columns for one in found} == {("c5", "c300"), ("c5", "c599")}


def test_two_targets_that_repeat_each_other_are_named(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    y = smooth(inputs, rng)
    (found,) = only(make(inputs, {"mm": y, "inch": y / 25.4}), "duplicate")
    assert (found.columns, found.drop) == (("mm", "inch"), ())


def test_the_inputs_of_one_column_of_texts_are_no_duplicates(rng: np.random.Generator) -> None:
    steel = (rng.random(600) < 0.5).astype(float)
    inputs = {**clean(rng), "material=steel": steel, "material=iron": 1 - steel}
    assert only(make(inputs, {"y": smooth(inputs, rng)}), "duplicate") == []


def test_row_numbers_run_numbers_and_scaled_ids_are_ids(rng: np.random.Generator) -> None:
    runs = np.repeat(np.arange(30), 20)
    index = np.repeat(np.setdiff1d(np.arange(33), [4, 9, 17]), 20)
    inputs = {
        **clean(rng),
        "row": rng.permutation(600),
        "run": runs + 1,
        "case_index": np.round((index - index.mean()) / index.std(), 6),
        "tool_id": rng.integers(1, 9, 600),
    }
    found = only(make(inputs, {"y": smooth(inputs, rng)}), "id")
    assert {one.columns for one in found} == {("row",), ("run",), ("case_index",), ("tool_id",)}
    assert all(one.drop == one.columns for one in found)


def test_a_column_with_one_number_a_group_is_an_id_in_any_order(rng: np.random.Generator) -> None:
    groups = rng.permutation(np.repeat(np.arange(25), 24))
    inputs = {**clean(rng), "batch": (groups * 7) % 25, "hardness": rng.normal(size=25)[groups]}
    (found,) = only(make(inputs, {"y": smooth(inputs, rng)}, groups), "id")
    assert found.columns == ("batch",)
    assert "one value in each of the 25 groups" in found.message


def test_settings_counts_and_levels_are_no_ids(rng: np.random.Generator) -> None:
    inputs = {
        **clean(rng),
        "speed": np.repeat([100.0, 150.0, 200.0, 250.0], 150),
        "teeth": rng.integers(2, 7, 600),
        "on": rng.integers(0, 2, 600),
        "pulses": rng.integers(0, 10**6, 600),
        "x": np.linspace(0, 6, 600),
    }
    assert only(make(inputs, {"y": smooth(inputs, rng)}), "id") == []


def test_the_column_that_orders_the_rows_is_no_id(rng: np.random.Generator) -> None:
    inputs = {**clean(rng), "second": np.arange(600.0)}
    problem = make(inputs, {"y": smooth(inputs, rng)})
    assert len(only(problem, "id")) == 1
    assert only(replace(problem, times=np.arange(600.0)), "id") == []


def test_modelled_targets_are_called_so(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    problem = make(inputs, {"y": smooth(inputs, rng)})
    assert only(problem, "modelled") == []
    (found,) = only(replace(problem, modelled=("y",)), "modelled")
    assert (found.severity, found.columns) == ("info", ("y",))


def test_thousands_of_columns_are_checked_in_little_memory(rng: np.random.Generator) -> None:
    inputs = {f"x{n}": column for n, column in enumerate(rng.normal(size=(2000, 40)))}
    inputs["x1900"] = -2 * inputs["x1700"] + 1
    target = inputs["x1500"] + 3
    tracemalloc.start()
    found = check_problem(make(inputs, {"y": target}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80_000_000  # five squares of the columns take 160 MB
    of = {one.check: one for one in found}
    assert of["leak"].columns == ("x1500", "y")
    assert of["duplicate"].columns == ("x1700", "x1900")
    assert "There are 2,000 inputs" in of["wide"].message


def test_a_sum_is_found_among_many_columns_that_have_no_part_in_it(
    rng: np.random.Generator,
) -> None:
    inputs = {f"x{n}": column for n, column in enumerate(rng.normal(size=(600, 1000)))}
    found = only(make(inputs, {"y": inputs["x3"] - 2 * inputs["x590"]}), "leak")
    assert [one.columns for one in found] == [("x3", "x590", "y")]


def test_a_sample_of_long_tables_is_said(rng: np.random.Generator) -> None:
    inputs = {name: rng.normal(size=20_001) for name in ("a", "b")}
    (found,) = only(make(inputs, {"y": rng.normal(size=20_001)}), "long")
    assert found.message.startswith("There are 20,001 rows: ")
    assert "in 20,000 of them" in found.message
    less = {name: values[1:] for name, values in inputs.items()}
    assert only(make(less, {"y": rng.normal(size=20_000)}), "long") == []
