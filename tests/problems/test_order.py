"""Rows that follow one another: told apart from sorted and from independent rows, and split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsRegressor

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.checks import check_problem
from spinn_engine.problems.order import (
    beside_another_part,
    block_of_rows,
    independent_rows,
    succession,
)
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.problems.split import cross_validation, split_blocks, split_time
from spinn_engine.spec import DataSpec


def walks(rng: np.random.Generator, rows: int = 3000) -> Floats:
    return rng.normal(size=(rows, 5)).cumsum(axis=0)


def smooth(x: Floats) -> Floats:
    return np.asarray(np.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3])


@pytest.fixture
def walk_file(tmp_path: Path, rng: np.random.Generator) -> Path:
    """Five independent walks: no one can predict y."""
    path = tmp_path / "walks.csv"
    pd.DataFrame(walks(rng).round(4), columns=list("abcdy")).to_csv(path, index=False)
    return path


def problem(path: Path, split: str | None = None, **roles: str) -> Problem:
    given = {"source": f"table:{path}", "targets": ["y"], "split": split, **roles}
    return load_problem(DataSpec.model_validate(given))


def test_rows_that_follow_one_another_are_seen(rng: np.random.Generator) -> None:
    values = walks(rng)
    found = succession(values[:, :4], values[:, 4:], np.arange(3000))
    assert found is not None
    assert found.autocorrelation > 0.9
    shuffled = rng.permutation(3000)
    assert succession(values[:, :4], values[:, 4:], shuffled) is None


@pytest.mark.parametrize("by", ["nothing", "an input", "the target"])
def test_rows_that_are_only_sorted_are_not(by: str, rng: np.random.Generator) -> None:
    x = rng.normal(size=(2000, 4))
    y = smooth(x) + 0.1 * rng.normal(size=(2000, 1))
    order = {
        "nothing": np.arange(2000),
        "an input": np.argsort(x[:, 0]),
        "the target": np.argsort(y[:, 0]),
    }[by]
    assert succession(x, y, order) is None


def test_a_designed_experiment_is_only_sorted() -> None:
    levels = [np.linspace(-3, 3, 12)] * 3
    x = np.stack(np.meshgrid(*levels, indexing="ij"), axis=-1).reshape(-1, 3)
    assert succession(x, smooth(x), np.arange(len(x))) is None


@given(st.integers(10, 400), st.floats(0, 0.999))
def test_no_row_has_a_neighbour_in_another_part(rows: int, autocorrelation: float) -> None:
    """Every row is in one part or in none, and those of two parts are apart."""
    order = np.random.default_rng(rows).permutation(rows)
    for split in (split_blocks(order, autocorrelation)[0], split_time(order, autocorrelation)):
        part = np.full(rows, -1)
        for number, own in enumerate(split):
            assert (part[own] == -1).all()
            part[own] = number
            assert len(own)
        in_order = part[order]
        first, second = in_order[:-1], in_order[1:]
        assert not ((first != second) & (first >= 0) & (second >= 0)).any()


def test_a_gap_is_as_long_as_it_takes_to_fade() -> None:
    parts = np.repeat([0, 1], 100)
    assert len(beside_another_part(parts, 0.0, 100)) == 1
    assert len(beside_another_part(parts, 0.2**0.1, 100)) == 10  # after ten steps 0.2 is left
    assert len(beside_another_part(parts, 0.999, 100)) == 20  # a fifth of a block at most
    assert block_of_rows(100).tolist() == np.repeat(np.arange(20), 5).tolist()


def test_walks_are_an_error_and_no_score_is_left_with_the_advised_split(walk_file: Path) -> None:
    [finding] = [f for f in check_problem(problem(walk_file)) if f.check == "row_order"]
    assert finding.severity == "error"
    assert "--split time" in finding.advice
    assert "--split block" not in finding.advice
    by_row, by_time = (_score(problem(walk_file, split)) for split in ("row", "time"))
    assert by_row > 0.7
    assert by_time <= 0
    kept = [f for f in check_problem(problem(walk_file, "time")) if f.check == "row_order"]
    assert [one.severity for one in kept] == ["warning"]
    assert "were each independent of the others" in kept[0].message


def _score(made: Problem) -> float:
    """Of scikit-learn's nearest neighbours on the test rows."""
    neighbours = KNeighborsRegressor(5)
    neighbours.fit(made.inputs[made.train], made.targets[made.train, 0])
    return float(neighbours.score(made.inputs[made.test], made.targets[made.test, 0]))


@pytest.mark.parametrize("rows", [500, 1000, 2000])
def test_blocks_give_walks_a_score_and_are_neither_taken_nor_called_right(
    rows: int, tmp_path: Path
) -> None:
    scores: dict[str, list[float]] = {"block": [], "time": []}
    for seed in range(8):
        path = tmp_path / f"{seed}.csv"
        values = walks(np.random.default_rng(seed), rows)
        pd.DataFrame(values, columns=list("abcdy")).to_csv(path, index=False)
        for split, own in scores.items():
            own.append(_score(problem(path, split)))
    assert max(scores["block"]) > 0.5
    assert np.median(scores["time"]) < -0.5
    assert max(scores["time"]) < 0.05  # two walks may meet by chance
    assert problem(path).split == "time"
    assert any(note.startswith("Rows follow one another too") for note in problem(path).notes)
    in_blocks = problem(path, "block")
    [finding] = [f for f in check_problem(in_blocks) if f.check == "row_order"]
    assert finding.severity == "error"
    assert "more than the gaps between blocks hold" in finding.message


def alike(autocorrelation: float, rows: int, rng: np.random.Generator) -> Floats:
    """Columns that fade: each row is so much of the one before it, and else new."""
    values = np.zeros((rows, 5))
    for at in range(1, rows):
        values[at] = autocorrelation * values[at - 1] + rng.normal(size=5)
    return values


@pytest.mark.parametrize(("autocorrelation", "split"), [(0.7, "block"), (0.93, "time")])
def test_blocks_are_taken_where_rows_fade_within_their_gaps(
    autocorrelation: float, split: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    path = tmp_path / "fading.csv"
    values = alike(autocorrelation, 1000, rng)
    pd.DataFrame(values, columns=list("abcdy")).to_csv(path, index=False)
    assert problem(path).split == split
    [finding] = [f for f in check_problem(problem(path, "block")) if f.check == "row_order"]
    assert finding.severity == ("info" if split == "block" else "error")


@pytest.mark.parametrize(("rows", "severity"), [(300, "warning"), (1500, "info")])
def test_how_many_independent_rows_the_last_ones_are_worth(
    rows: int, severity: str, tmp_path: Path
) -> None:
    """The spread of a mean of so many rows is that of about so many independent ones."""
    path = tmp_path / "fading.csv"
    values = alike(0.85, rows, np.random.default_rng(3))
    pd.DataFrame(values, columns=list("abcdy")).to_csv(path, index=False)
    [finding] = [f for f in check_problem(problem(path, "time")) if f.check == "row_order"]
    assert finding.severity == severity
    many = alike(0.85, 40_000, np.random.default_rng(4))[:, 4].reshape(-1, 200)
    worth = many.var() / many.mean(axis=1).var()
    assert independent_rows(200, 0.85) == pytest.approx(worth, rel=0.25)


def test_without_a_group_rows_that_follow_one_another_stay_in_blocks(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    path = tmp_path / "fading.csv"
    pd.DataFrame(alike(0.9, 3000, rng), columns=list("abcdy")).to_csv(path, index=False)
    made = problem(path)
    assert made.split == "block"
    assert any("whole blocks of rows, 20 in all, go to one part" in note for note in made.notes)
    assert made.groups is not None
    parts = [set(made.groups[rows].tolist()) for rows in (made.train, made.val, made.test)]
    assert [len(part) for part in parts] == [14, 3, 3]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]
    for train, val, test in cross_validation(made, 5):
        blocks = [set(made.groups[rows].tolist()) for rows in (train, val, test)]
        assert [len(one) for one in blocks] == [12, 4, 4]
        assert len(set.union(*blocks)) == 20
        part = np.full(len(made.inputs), -1)
        part[train], part[val], part[test] = 0, 1, 2
        first, second = part[:-1], part[1:]
        assert not ((first != second) & (first >= 0) & (second >= 0)).any()


def test_the_last_rows_are_the_test_in_the_order_of_time(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    frame = pd.DataFrame(rng.normal(size=(100, 2)), columns=["a", "y"]).assign(t=np.arange(100))
    path = tmp_path / "timed.csv"
    frame.to_csv(path, index=False)
    made = problem(path, "time", time="t")
    times = made.times
    assert times is not None
    assert times[made.train].max() < times[made.val].min()
    assert times[made.val].max() < times[made.test].min()
    assert len(made.test) == pytest.approx(15, abs=1)
    with pytest.raises(BadInputError, match="a split by time has one future and no folds"):
        cross_validation(made, 5)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"source": "milling-sim", "split": "row"}, "split is for tables"),
        ({"source": "table:x.csv", "split": "group"}, "needs the column of the groups"),
        ({"source": "table:x.csv", "split": "block", "group": "g"}, "rows without groups"),
    ],
)
def test_a_split_that_does_not_fit_is_refused(given: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        DataSpec.model_validate(given)


def test_an_exact_sum_of_several_inputs_is_named(tmp_path: Path, rng: np.random.Generator) -> None:
    p = rng.normal(size=(300, 4))
    frame = pd.DataFrame(p, columns=["p2", "p3", "p4", "other"])
    frame["p1"] = -(p[:, 0] + p[:, 1] + p[:, 2])
    frame["y"] = p[:, 0] * p[:, 1]
    path = tmp_path / "sum.csv"
    frame.round(4).to_csv(path, index=False)
    found = [f for f in check_problem(problem(path)) if f.check == "dependent"]
    assert [one.columns for one in found] == [("p2", "p3", "p4", "p1")]
    assert found[0].drop == ("p1",)


def test_two_sums_are_told_apart(tmp_path: Path, rng: np.random.Generator) -> None:
    x = rng.normal(size=(300, 5))
    frame = pd.DataFrame(x, columns=list("abcde"))
    frame["f"], frame["g"] = x[:, 0] + 2 * x[:, 1], x[:, 2] - x[:, 3] + x[:, 4]
    frame["y"] = x[:, 0] * x[:, 2]
    path = tmp_path / "sums.csv"
    frame.to_csv(path, index=False)
    found = [f.columns for f in check_problem(problem(path)) if f.check == "dependent"]
    assert found == [("a", "b", "f"), ("c", "d", "e", "g")]


def test_rounded_temperatures_are_no_labels(tmp_path: Path, rng: np.random.Generator) -> None:
    """A slow signal in whole degrees stays the same for many rows."""
    slow = 20 + 5 * np.sin(np.arange(2000) / 150) + np.cumsum(rng.normal(0, 0.05, 2000))
    frame = pd.DataFrame({"a": rng.normal(size=2000), "y": np.round(slow)})
    path = tmp_path / "degrees.csv"
    frame.to_csv(path, index=False)
    assert not [f for f in check_problem(problem(path)) if f.check == "label_per_run"]


def test_a_step_of_a_dynamic_system_is_no_leak(tmp_path: Path) -> None:
    """The logistic map: y is the next x, and x gives it exactly."""
    x = [0.3]
    for _ in range(999):
        x.append(3.9 * x[-1] * (1 - x[-1]))
    frame = pd.DataFrame({"x": x[:-1], "noise": np.sin(np.arange(999) * 7.3), "y": x[1:]})
    path = tmp_path / "map.csv"
    frame.to_csv(path, index=False)
    leaks = [f for f in check_problem(problem(path)) if f.check == "leak"]
    assert leaks
    assert {one.severity for one in leaks} == {"info"}
    assert not any(one.drop for one in leaks)
