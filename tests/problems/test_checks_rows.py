from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.problems.checks_support import clean, in_files, kinds, make, only, smooth

RUNS = np.repeat(np.arange(40), 15)


def test_a_label_a_run_is_found_by_the_column_that_numbers_runs(rng: np.random.Generator) -> None:
    order = rng.permutation(600)
    inputs = {**clean(rng), "run": RUNS[order] * 3.5}
    problem = make(inputs, {"wear": rng.normal(size=40)[RUNS][order]})
    (found,) = only(problem, "label_per_run")
    assert (found.columns, found.value) == (("wear", "run"), 40)
    assert "600 rows are 40 independent labels, 15 rows each" in found.message


def test_a_label_a_run_is_found_without_any_column_in_the_order_of_the_file(
    rng: np.random.Generator,
) -> None:
    labels = rng.permutation(np.repeat(np.arange(20), 2))  # some values come twice
    labels = labels[np.r_[True, np.diff(labels) != 0]]
    wear = np.repeat(labels, 15)
    problem = make(clean(rng, len(wear)), {"wear": wear})
    (found,) = only(problem, "label_per_run")
    assert found.value == len(labels)
    assert found.columns == ("wear",)


def test_a_label_a_group_is_found_and_the_split_is_called_right(rng: np.random.Generator) -> None:
    problem = make(clean(rng), {"wear": rng.normal(size=40)[RUNS]}, RUNS)
    (found,) = only(problem, "label_per_run", group="case")
    assert found.value == 40
    assert "groups of case" in found.message
    assert "keeps runs whole" in found.advice
    assert only(problem, "group_overlap") == []


def test_few_different_labels_in_random_order_are_no_runs(rng: np.random.Generator) -> None:
    for labels in (rng.integers(0, 2, 600), rng.integers(0, 6, 600), rng.random(600) < 0.02):
        assert only(make(clean(rng), {"y": labels}), "label_per_run") == []


def test_a_file_sorted_by_its_target_has_no_runs(rng: np.random.Generator) -> None:
    labels = np.sort(np.round(rng.normal(size=600), 1))
    assert only(make(clean(rng), {"y": labels}), "label_per_run") == []


def test_runs_on_both_sides_of_a_split_by_rows_are_an_error(rng: np.random.Generator) -> None:
    problem = make({**clean(rng), "run": RUNS}, {"wear": rng.normal(size=40)[RUNS]})
    (found,) = only(problem, "group_overlap")
    sides = [set(RUNS[rows]) for rows in (problem.train, [*problem.val, *problem.test])]
    assert (found.severity, found.value) == ("error", len(sides[0] & sides[1]))
    assert found.advice == "Split by it (--group run)."


def test_groups_that_are_named_and_torn_lead_to_their_own_split(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    problem = replace(
        in_files(make(inputs, {"y": smooth(inputs, rng)}, RUNS), (455, 70, 75)), split="time"
    )
    (found,) = only(problem, "group_overlap", group="tool")
    assert found.advice == "Split by whole groups (--split group)."


def test_declared_groups_in_two_files_are_an_error(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    problem = make(inputs, {"y": smooth(inputs, rng)}, RUNS)
    whole = in_files(problem, (450, 75, 75))
    torn = replace(in_files(problem, (455, 70, 75)), split="file")
    assert only(whole, "group_overlap") == []
    (found,) = only(torn, "group_overlap", group="tool")
    assert (found.severity, found.columns, found.value) == ("error", ("tool",), 1)
    assert found.advice == "Put all rows into one file and split by it (--group tool)."


def test_numbered_blocks_on_both_sides_are_a_warning(rng: np.random.Generator) -> None:
    inputs = {**clean(rng), "experiment": RUNS}
    (found,) = only(make(inputs, {"y": smooth(inputs, rng)}), "group_overlap")
    assert (found.severity, found.columns) == ("warning", ("experiment",))


@pytest.mark.parametrize(("groups", "expected"), [(9, [1]), (27, [4]), (34, []), (60, [])])
def test_few_test_groups_are_counted(
    rng: np.random.Generator, groups: int, expected: list[int]
) -> None:
    inputs = clean(rng)
    problem = make(inputs, {"y": smooth(inputs, rng)}, np.arange(600) % groups)
    found = only(problem, "few_groups", group="tool")
    assert [one.value for one in found] == expected
    assert only(problem, "few_groups", cross_validated=True) == []


def test_an_undeclared_group_column_is_recognised_in_files(rng: np.random.Generator) -> None:
    inputs = {**clean(rng), "experiment": np.repeat(np.arange(12), 50)}
    problem = in_files(make(inputs, {"y": smooth(inputs, rng)}), (400, 100, 100))
    (found,) = only(problem, "few_groups")
    assert (found.columns, found.value) == (("experiment",), 2)
    assert "looks like a group" in found.message
    assert "--group experiment --folds 8" in found.advice


def test_groups_that_lie_in_larger_ones_count_as_those(rng: np.random.Generator) -> None:
    inputs = {**clean(rng), "experiment": np.repeat(np.arange(12), 50)}
    problem = make(inputs, {"y": smooth(inputs, rng)}, np.repeat(np.arange(60), 10))
    (found,) = only(in_files(problem, (400, 100, 100)), "few_groups")
    assert found.value == 2


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((440, 80, 80), ""),
        ((500, 80, 20), "one test score says little"),
        ((500, 20, 80), "what validation chose says little"),
        ((560, 20, 20), "one test score and what validation chose say little"),
    ],
)
def test_which_part_has_too_few_groups_is_said(
    files: tuple[int, int, int], said: str, rng: np.random.Generator
) -> None:
    inputs = clean(rng)
    problem = make(inputs, {"y": smooth(inputs, rng)}, np.repeat(np.arange(60), 10))
    found = only(in_files(problem, files), "few_groups", group="tool")
    assert bool(found) == bool(said)
    if said:
        assert found[0].message.endswith(f"{said} with fewer than 5.")
        assert found[0].value == 2


@pytest.mark.parametrize(("rows", "value"), [(193, [29]), (200, [])])
def test_few_test_rows_are_said(rows: int, value: list[int], rng: np.random.Generator) -> None:
    """With 30 rows an R2 of 0.5 has a standard error of 0.13 (Olkin and Finn 1995)."""
    inputs = clean(rng, rows)
    found = only(make(inputs, {"y": smooth(inputs, rng)}), "few_groups")
    assert [one.value for one in found] == value
    x = rng.normal(size=(4000, 30))
    y = x + rng.normal(size=(4000, 30))
    assert (1 - np.square(y - x).sum(1) / 30 / y.var(axis=1)).std() == pytest.approx(0.13, abs=0.03)


def test_labels_in_runs_of_larger_groups_are_not_called_independent(
    rng: np.random.Generator,
) -> None:
    inputs = {**clean(rng), "case": RUNS * 1.0}
    problem = make(inputs, {"wear": rng.normal(size=40)[RUNS]}, RUNS // 5)
    (found,) = only(problem, "label_per_run", group="tool")
    assert "600 rows are 40 labels, 15 rows each" in found.message
    assert found.advice.endswith("state 40 labels in 8 groups of tool as the sample.")


def test_repeated_rows_are_counted_as_a_loop_would(rng: np.random.Generator) -> None:
    inputs = {name: rng.integers(0, 5, 400) - 2.0 for name in "ab"}
    problem = make(inputs, {"y": rng.normal(size=400)})
    seen = {tuple(row) for row in problem.inputs[problem.train]}
    held_out = [*problem.val, *problem.test]
    share = np.mean([tuple(problem.inputs[row]) in seen for row in held_out])
    (found,) = only(problem, "repeated_rows")
    assert found.value == share
    assert found.severity == "warning"
    assert "0 of them also its targets" in found.message


def test_whole_copies_of_training_rows_are_an_error(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    problem = make(inputs, {"y": smooth(inputs, rng)})
    assert only(problem, "repeated_rows") == []
    for rows, severity in ((problem.test[:1], "info"), (problem.test[:9], "error")):
        again = np.array(problem.inputs)
        copied = replace(problem, inputs=again, targets=problem.targets.copy())
        again[rows] = problem.inputs[problem.train[: len(rows)]]
        copied.targets[rows] = problem.targets[problem.train[: len(rows)]]
        (found,) = only(copied, "repeated_rows")
        assert (found.severity, found.value) == (severity, len(rows) / 180)


def test_minus_zero_is_zero() -> None:
    problem = make({"a": np.r_[np.zeros(50), -np.zeros(50)]}, {"y": np.arange(100.0) % 7})
    (found,) = only(problem, "repeated_rows")
    assert found.value == 1


def test_rows_outside_the_training_range_are_counted_as_a_loop_would(
    rng: np.random.Generator,
) -> None:
    inputs = {**clean(rng), "warm": np.r_[rng.random(450), 0.5 + rng.random(150)]}
    problem = in_files(make(inputs, {"y": smooth(inputs, rng)}), (450, 75, 75))
    trained = problem.inputs[:450]

    def share(rows: np.ndarray) -> float:
        outside = (problem.inputs[rows] < trained.min(0)) | (problem.inputs[rows] > trained.max(0))
        return float(outside.any(axis=1).mean())

    (found,) = only(problem, "out_of_range")
    assert found.severity == "warning"
    assert found.columns[0] == "warm"
    assert found.value == max(share(problem.test), share(problem.val))


def test_rows_split_at_random_leave_the_range_by_chance_alone(rng: np.random.Generator) -> None:
    for rows in (30, 100, 600):
        inputs = {f"c{k}": rng.normal(size=rows) for k in range(12)}
        problem = make(inputs, {"y": rng.normal(size=rows)})
        assert "out_of_range" not in kinds(problem)


def test_rows_that_were_left_out_are_stated(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    problem = make(inputs, {"y": smooth(inputs, rng)})
    assert only(problem, "missing") == []
    for left_out, severity in ((6, "info"), (200, "warning")):
        (found,) = only(replace(problem, left_out=left_out, missing={"b": 2, "y": 5}), "missing")
        assert (found.severity, found.columns) == (severity, ("y", "b"))
        assert found.value == left_out / (600 + left_out)
