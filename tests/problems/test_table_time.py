"""The order of rows in time, and what targets never do as it goes on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.tables.table import load_table
from spinn_engine.spec import DataSpec


def runs(groups: int = 8, rows: int = 6) -> pd.DataFrame:
    """Interleaved runs: row n belongs to run n modulo ``groups``."""
    rng = np.random.default_rng(1)
    step = np.repeat(np.arange(rows), groups)
    return pd.DataFrame(
        {
            "t": step * 2.5,
            "run": [f"run {n % groups}" for n in range(groups * rows)],
            "force": rng.normal(size=groups * rows),
            "wear": step * 0.1,
            "heat": rng.normal(size=groups * rows),
        }
    )


def load(table: pd.DataFrame, folder: Path, **options: object) -> Problem:
    path = folder / "runs.csv"
    table.to_csv(path, index=False)
    given = {"targets": ("wear", "heat"), "group": "run", "time": "t", **options}
    return load_table(DataSpec.model_validate({"source": f"table:{path}", **given}))


def test_times_are_kept_and_stay_an_input(tmp_path: Path) -> None:
    problem = load(runs(), tmp_path)
    assert np.array_equal(problem.times, runs()["t"])  # type: ignore[arg-type]
    assert problem.input_names == ("t", "force")
    dropped = load(runs(), tmp_path, drop=("t",))
    assert dropped.input_names == ("force",)
    assert np.array_equal(dropped.times, runs()["t"])  # type: ignore[arg-type]
    assert load(runs(), tmp_path, time=None).times is None


def test_a_row_without_a_time_is_left_out(tmp_path: Path) -> None:
    table = runs()
    table.loc[5, "t"] = np.nan
    problem = load(table, tmp_path, drop=("t",))
    assert problem.times is not None
    assert np.isfinite(problem.times).all()
    assert len(problem.times) == len(table) - 1


@pytest.mark.parametrize(
    ("group", "row", "value", "expected"),
    [
        (
            "run",
            20,
            0.1,
            r"'t' goes back in group 'run 4' at row 21, from 2.5 to 0.1: sort .* group",
        ),
        (None, 20, 0.1, r"'t' goes back at row 21, from 5 to 0.1: sort .*--group"),
        ("run", 3, 99.0, r"goes back in group 'run 3' at row 12, from 99 to 2.5"),
    ],
)
def test_time_that_goes_back_is_refused(
    tmp_path: Path, group: str | None, row: int, value: float, expected: str
) -> None:
    table = runs()
    table.loc[row, "t"] = value
    drop = () if group else ("run",)
    with pytest.raises(BadInputError, match=expected):
        load(table, tmp_path, group=group, drop=drop)


def test_a_row_that_is_left_out_cannot_go_back(tmp_path: Path) -> None:
    table = runs()
    table.loc[20, "t"], table.loc[20, "force"] = 0.1, np.nan
    assert load(table, tmp_path).left_out == 1


def test_dates_that_go_back(tmp_path: Path) -> None:
    table = runs()
    table["t"] = pd.Timestamp("2024-03-01") + pd.to_timedelta(table["t"], unit="s")
    problem = load(table, tmp_path)
    assert np.array_equal(problem.times, runs()["t"])  # type: ignore[arg-type]
    table.loc[20, "t"] = pd.Timestamp("2024-03-01 00:00:00.1")
    with pytest.raises(BadInputError, match=r"group 'run 4' at row 21, from 2.5 to 0.1"):
        load(table, tmp_path)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), min_size=12, max_size=40))
def test_it_is_refused_exactly_where_a_group_goes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int]]
) -> None:
    rows = [*rows, (0, 31), (1, 31), (2, 31)]  # three groups at least
    table = pd.DataFrame(rows, columns=["run", "t"])
    table["wear"] = table["heat"] = np.arange(len(rows)) ** 2
    last: dict[int, int] = {}
    first_back = None
    for number, (run, time) in enumerate(rows):
        if time < last.get(run, 0) and first_back is None:
            first_back = number
        last[run] = time
    fault = ""
    try:
        load(table, tmp_path_factory.mktemp("t"))
    except BadInputError as error:  # a table may be too short, or a target constant in a part
        fault = str(error)
    assert ("goes back" in fault) == (first_back is not None)
    assert first_back is None or f"at row {first_back + 1}, " in fault


def test_the_files_of_a_folder_begin_anew(tmp_path: Path) -> None:
    for part in ("train", "val", "test"):
        runs().to_csv(tmp_path / f"{part}.csv", index=False)
    data = DataSpec(source=f"table:{tmp_path}", targets=("wear",), group="run", time="t")
    assert load_table(data).times is not None
    table = runs()
    table.loc[20, "t"] = 0.1
    table.to_csv(tmp_path / "val.csv", index=False)
    with pytest.raises(BadInputError, match=r"group 'run 4' at row 21 of val.csv, from"):
        load_table(data)


def test_what_targets_never_do(tmp_path: Path) -> None:
    problem = load(runs(), tmp_path)
    assert problem.never_negative == ("wear",)
    assert problem.never_falling == ("wear",)
    assert load(runs(), tmp_path, time=None).never_falling == ()
    without = load(runs(), tmp_path, group=None, drop=("run",))
    assert without.never_falling == ()
    assert without.never_negative == ("wear",)


def test_only_training_rows_tell_what_targets_never_do(tmp_path: Path) -> None:
    table = runs()
    problem = load(table, tmp_path)
    outside = int(problem.test[-1])  # the last row of a test run
    table.loc[outside, "wear"] = -5.0
    assert load(table, tmp_path).never_falling == ("wear",)
    assert load(table, tmp_path).never_negative == ("wear",)
    inside = int(problem.train[-1])
    table.loc[inside, "wear"] = 0.05  # less than before
    assert load(table, tmp_path).never_falling == ()
    assert load(table, tmp_path).never_negative == ("wear",)


@pytest.mark.parametrize("shape", ["file", "folder"])
def test_one_group_is_no_group(tmp_path: Path, shape: str) -> None:
    table = runs().assign(run="only one")
    if shape == "file":
        with pytest.raises(BadInputError, match="group column 'run' has 1 group in its"):
            load(table, tmp_path, time=None)
        return
    for part in ("train", "val", "test"):
        table.to_csv(tmp_path / f"{part}.csv", index=False)
    with pytest.raises(BadInputError, match="group column 'run' has 1 group in its"):
        load_table(DataSpec(source=f"table:{tmp_path}", targets=("wear",), group="run"))
