"""New rows from tables: columns by name, the same texts and dates as before, or a clear refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spinn_engine.adaptation.stream import NEW_MATERIAL, open_stream
from spinn_engine.adaptation.table_stream import read_new_rows
from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import DataSpec


def mixed(count: int, start: str, first: int = 0) -> pd.DataFrame:
    """Numbers, a date in time order, a text and a target."""
    number = np.arange(first, first + count, dtype=np.float64)
    return pd.DataFrame(
        {
            "when": pd.date_range(start, periods=count, freq="h").strftime("%Y-%m-%d %H:%M:%S"),
            "force [N]": np.sin(number),
            "steel": np.where(number % 3 == 0, "hard", "soft"),
            "wear (mm)": np.cos(number) + number,
        }
    )


def write(path: Path, frame: pd.DataFrame) -> Path:
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def data(tmp_path: Path) -> DataSpec:
    path = write(tmp_path / "old.csv", mixed(60, "2024-01-01"))
    return DataSpec(source=f"table:{path}", targets=("wear",), time="when")


@pytest.fixture
def problem(data: DataSpec) -> Problem:
    return load_problem(data)


def test_columns_are_found_by_name_texts_and_dates_mean_what_they_meant(
    data: DataSpec, problem: Problem, tmp_path: Path
) -> None:
    assert problem.input_names == ("when", "force", "steel=hard", "steel=soft")
    new = mixed(12, "2024-01-11 12:00", 100)
    shuffled = new[["wear (mm)", "steel", "force [N]", "when"]].rename(
        columns={"force [N]": "force"}
    )
    shuffled.insert(1, "operator", "Q")
    found = read_new_rows(problem, data, write(tmp_path / "new.csv", shuffled))
    hours = 10 * 24 + 12 + np.arange(12.0)
    np.testing.assert_allclose(found.inputs[:, 0], 3600 * hours)
    np.testing.assert_allclose(found.inputs[:, 1], new["force [N]"])
    np.testing.assert_array_equal(found.inputs[:, 2], new["steel"] == "hard")
    np.testing.assert_array_equal(found.inputs[:, 3], new["steel"] == "soft")
    np.testing.assert_allclose(found.targets[:, 0], new["wear (mm)"])
    assert found.notes == ("Left out, no column that the run uses: operator.",)


def test_a_text_that_the_run_has_never_seen_is_told(
    data: DataSpec, problem: Problem, tmp_path: Path
) -> None:
    new = mixed(6, "2024-02-01").assign(steel=["soft", "titanium"] * 3)
    found = read_new_rows(problem, data, write(tmp_path / "new.csv", new))
    np.testing.assert_array_equal(found.inputs[:, 2:], [[0, 1], [0, 0]] * 3)
    assert found.notes == ("No input of the run stands for titanium in column 'steel'.",)


def test_rows_with_a_missing_or_infinite_cell_are_left_out_and_told(
    data: DataSpec, problem: Problem, tmp_path: Path
) -> None:
    new = mixed(8, "2024-02-01")
    new.loc[2, "force [N]"] = np.nan
    new.loc[5, "wear (mm)"] = np.inf
    found = read_new_rows(problem, data, write(tmp_path / "new.csv", new))
    kept = [0, 1, 3, 4, 6, 7]
    np.testing.assert_allclose(found.targets[:, 0], new["wear (mm)"][kept])
    assert found.notes[0].startswith("2 of 8 rows were left out")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (lambda f: f.drop(columns=["steel", "wear (mm)"]), "it lacks steel and wear"),
        (lambda f: f.assign(steel=1.5), "'steel' holds numbers, but the run has learned from text"),
        (lambda f: f.assign(**{"force [N]": "much"}), "'force' holds text, but the run"),
        (lambda f: f.rename(columns={"force [N]": "force [kN]"}), "'force' is in kN"),
        (lambda f: f.iloc[::-1], "time column 'when' goes back at row 2: sort the rows by time"),
        (lambda f: f.assign(**{"force [N]": np.nan}), "no row is complete"),
        (lambda f: f.assign(**{"force [N]": 1e200}), "too large to calculate with"),
        (lambda f: f.iloc[:0], "the table has no rows"),
    ],
)
def test_bad_tables_are_refused_in_one_sentence(
    data: DataSpec, problem: Problem, tmp_path: Path, changed: Any, told: str
) -> None:
    path = write(tmp_path / "new.csv", changed(mixed(6, "2024-02-01")))
    with pytest.raises(BadInputError, match=told) as caught:
        read_new_rows(problem, data, path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_within_a_group_time_may_not_go_back_but_may_begin_anew(tmp_path: Path) -> None:
    count = np.arange(60)
    frame = pd.DataFrame(
        {"x": np.sin(count), "y": np.cos(count), "g": count // 10, "t": count % 10}
    )
    path = write(tmp_path / "old.csv", frame)
    data = DataSpec(source=f"table:{path}", targets=("y",), group="g", time="t")
    problem = load_problem(data)
    new = frame.iloc[:20].assign(x=0.5)
    found = read_new_rows(problem, data, write(tmp_path / "new.csv", new))
    assert found.inputs[:, problem.input_names.index("t")].tolist() == [*range(10), *range(10)]
    new.loc[15, "t"] = 1
    with pytest.raises(BadInputError, match="goes back within a group of 'g' at row 16"):
        read_new_rows(problem, data, write(tmp_path / "new.csv", new))


def test_a_folder_is_no_stream(data: DataSpec, problem: Problem, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is a folder: name one file"):
        read_new_rows(problem, data, tmp_path)


def test_the_rows_of_the_run_are_not_new(data: DataSpec, problem: Problem, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="60 of 60 rows are among those"):
        open_stream(problem, data, data.source)
    some = pd.concat([mixed(60, "2024-01-01").iloc[-2:], mixed(10, "2024-03-01", 500)])
    stream = open_stream(problem, data, f"table:{write(tmp_path / 'new.csv', some)}")
    assert stream.notes == ("2 of 12 rows are equal to rows that the run was made with.",)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (lambda f: f.assign(**{"wear (mm)": 1.0}), "target 'wear' is constant in all 6 new rows"),
        (
            lambda f: f.assign(**{"force [N]": 1e99}),
            "1e99 stands in 6 new rows of force, which",
        ),
    ],
)
def test_rows_that_cannot_be_scored_or_calculated_with(
    data: DataSpec, problem: Problem, tmp_path: Path, changed: Any, told: str
) -> None:
    path = write(tmp_path / "new.csv", changed(mixed(6, "2024-02-01")))
    with pytest.raises(BadInputError, match=told):
        open_stream(problem, data, f"table:{path}")


def test_sources_that_are_no_stream(data: DataSpec, problem: Problem) -> None:
    with pytest.raises(BadInputError, match="has no new rows of its own: name a table"):
        open_stream(problem, data, None)
    with pytest.raises(BadInputError, match="new rows come from a table"):
        open_stream(problem, data, "milling-sim")
    burgers = DataSpec(source="burgers")
    with pytest.raises(BadInputError, match="no new rows to adapt to"):
        open_stream(load_problem(burgers), burgers, None)


def test_milling_sim_has_a_new_material_of_its_own_with_the_columns_of_the_run() -> None:
    data = DataSpec(targets=("tool_wear",), drop=("time_s", "mrr_mm3_s"))
    problem = load_problem(data)
    stream = open_stream(problem, data, None)
    assert stream.source == NEW_MATERIAL
    assert stream.simulated
    assert stream.inputs.shape == (4000, 16)
    hardness = problem.input_names.index("hardness_hb")
    assert stream.inputs[:, hardness].min() > 240
    assert stream.sha256() == open_stream(problem, data, "milling-sim").sha256()
