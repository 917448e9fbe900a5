"""What columns hold, and what becomes of them; every fact is worked out by hand or by datetime."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems.preview import preview
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.tables.table import load_table
from spinn_engine.spec import DataSpec

ROWS = 60


def load(path: Path, **options: object) -> Problem:
    return load_table(
        DataSpec.model_validate({"source": f"table:{path}", "targets": ("y",), **options})
    )


def save(path: Path, **columns: object) -> Path:
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": rng.normal(size=ROWS), "y": rng.normal(size=ROWS), **columns})
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path)
    return path


START = datetime(2023, 12, 31, 23, 59, 30)
MOMENTS = [START + timedelta(hours=7.5 * n) for n in range(ROWS)]


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%SZ",
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%y %H:%M:%S",
        "%m/%d/%Y %H:%M:%S",
        "%d/%m/%Y %H:%M:%S",
        "%Y/%m/%d %H:%M:%S.%f",
    ],
)
def test_dates_are_seconds_since_the_first(tmp_path: Path, form: str) -> None:
    path = save(tmp_path / "t.csv", when=[moment.strftime(form) for moment in MOMENTS])
    problem = load(path, time="when")
    assert problem.input_names == ("x", "when")
    assert np.allclose(problem.inputs[:, 1], [n * 7.5 * 3600 for n in range(ROWS)], rtol=0)
    assert problem.times is not None
    assert np.array_equal(problem.times, problem.inputs[:, 1])
    assert problem.units == {"when": "s"}
    (note,) = problem.notes
    assert note.startswith("Column 'when' is used as seconds since the first, 2023-12-31 23:59:30")


@pytest.mark.parametrize("kind", ["ns", "s", "timedelta", "date"])
def test_dates_in_parquet(tmp_path: Path, kind: str) -> None:
    if kind == "timedelta":
        when: object = pd.to_timedelta(np.arange(ROWS) * 1.5, unit="s")
        step = 1.5
    elif kind == "date":
        when, step = [(START + timedelta(days=n)).date() for n in range(ROWS)], 86400
    else:
        when, step = pd.date_range(START, periods=ROWS, freq="90s").to_numpy(), 90
        when = when.astype(f"datetime64[{kind}]")
    problem = load(save(tmp_path / "t.parquet", when=when))
    assert np.array_equal(problem.inputs[:, 1], np.arange(ROWS) * step)


def test_times_of_day(tmp_path: Path) -> None:
    clock = [f"{n // 60 + 9:02d}:{n % 60:02d}:30" for n in range(0, 4 * ROWS, 4)]
    problem = load(save(tmp_path / "t.csv", clock=clock))
    assert np.array_equal(problem.inputs[:, 1], np.arange(ROWS) * 240)


def test_a_date_that_may_be_read_two_ways_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", when=[f"0{n % 9 + 1}/02/2024" for n in range(ROWS)])
    two = r"'01/02/2024' in row 1, which may be 2024-02-01 or 2024-01-02: give .* '%d/%m/%Y'"
    with pytest.raises(BadInputError, match=two):
        load(path)
    assert load(path, drop=("when",)).input_names == ("x",)


def test_text_of_few_values_becomes_zeros_and_ones(tmp_path: Path) -> None:
    metal = np.array(["steel", " alu", "steel ", "brass"] * 15)
    path = save(tmp_path / "t.csv", metal=metal, on=["yes", "no"] * 30)
    problem = load(path)
    assert problem.input_names == (
        "x", "metal=alu", "metal=brass", "metal=steel", "on=no", "on=yes",
    )  # fmt: skip
    expected = [[m.strip() == name for name in ("alu", "brass", "steel")] for m in metal]
    assert np.array_equal(problem.inputs[:, 1:4], np.array(expected, dtype=float))
    metals = "metal=alu, metal=brass and metal=steel"
    assert problem.notes == (
        f"Column 'metal' holds text: its inputs are {metals}, each 0 or 1.",
        "Column 'on' holds text: its inputs are on=no and on=yes, each 0 or 1.",
    )
    fewer = load(path, drop=("metal=alu", "on"))
    assert fewer.input_names == ("x", "metal=brass", "metal=steel")


@pytest.mark.parametrize(("different", "fits"), [(20, True), (21, False)])
def test_twenty_different_texts_at_most(tmp_path: Path, different: int, fits: bool) -> None:
    path = save(tmp_path / "t.csv", part=[f"part {n % different}" for n in range(ROWS)])
    if fits:
        assert len(load(path).input_names) == 21
        return
    with pytest.raises(
        BadInputError, match=r"'part' holds 21 different texts .* at most 20 .*--drop"
    ):
        load(path)
    assert len(np.unique(load(path, group="part").groups)) == 21  # type: ignore[arg-type]


def test_categories_of_several_files_are_the_same_columns(tmp_path: Path) -> None:
    for part, metals in (("train", ["a", "b"]), ("val", ["b", "b"]), ("test", ["c", "a"])):
        save(tmp_path / f"{part}.csv", metal=metals * 30)
    problem = load(tmp_path)
    assert problem.input_names == ("x", "metal=a", "metal=b", "metal=c")
    assert list(problem.inputs[problem.test[0], 1:]) == [0, 0, 1]
    assert list(problem.inputs[problem.val[0], 1:]) == [0, 1, 0]
    assert "No training row has metal=c." in problem.notes


def test_a_column_of_numbers_in_one_file_and_text_in_another(tmp_path: Path) -> None:
    for part, value in (("train", 1.5), ("val", 2), ("test", "off")):
        save(tmp_path / f"{part}.csv", level=[value, 3, 4, 5] * 15)
    with pytest.raises(
        BadInputError, match="'level' holds 'off' in row 1 of test.csv and such .* --missing off if"
    ):
        load(tmp_path)


def test_whole_and_broken_numbers_and_gaps_of_several_files_fit(tmp_path: Path) -> None:
    save(tmp_path / "train.csv", level=np.arange(ROWS) % 7)
    save(tmp_path / "val.csv", level=np.arange(ROWS) / 8)
    save(tmp_path / "test.parquet", level=pd.array([None, *range(ROWS - 1)], dtype="Int64"))
    problem = load(tmp_path)
    assert np.array_equal(problem.inputs[problem.val, 1], np.arange(ROWS) / 8)
    assert np.array_equal(problem.inputs[problem.test, 1], np.arange(ROWS - 1))


def test_booleans_are_numbers_and_may_be_a_target(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", ok=[True, False, False] * 20)
    problem = load(path, targets=("ok",))
    assert np.array_equal(problem.targets[:, 0], [1, 0, 0] * 20)
    assert problem.notes == ()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_mostly_empty_columns_do_not_cost_the_rows(tmp_path: Path, suffix: str) -> None:
    holes = {name: np.arange(ROWS, dtype=float) * np.nan for name in ("gone", "most", "half")}
    holes["most"][:29] = np.arange(29)
    holes["half"][:30] = np.arange(30)
    path = save(tmp_path / f"t.{suffix}", **holes, remark=[None] * 59 + ["well"])
    problem = load(path)
    assert problem.input_names == ("x", "half")
    assert len(problem.inputs) == 30
    assert problem.notes == (
        "Left out, all cells are empty: gone.",
        "Left out, more than half of the cells are empty: most and remark.",
        "30 of 60 rows were left out: a cell in a used column was missing or not finite.",
    )
    assert len(load(path, targets=("most",)).inputs) == 29  # a named column is kept


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("", np.arange(ROWS), "it numbers the rows: Unnamed: 2"),
        ("Unnamed: 0", np.arange(ROWS), "it numbers the rows: Unnamed: 0"),
        ("Unnamed: 0", np.arange(ROWS)[::-1], "it has no name: Unnamed: 0"),
        ("index", np.arange(ROWS), "it numbers the rows: index"),
        ("No.", np.arange(1, ROWS + 1), "it numbers the rows: No."),
        ("Row_ID", np.arange(1, ROWS + 1), "it numbers the rows: Row_ID"),
        ("id", np.arange(ROWS) % 7, None),
        ("index", np.arange(ROWS) * 2, None),
        ("cycle", np.arange(ROWS), None),
    ],
)
def test_numbers_of_rows_are_no_inputs(
    tmp_path: Path, name: str, values: np.ndarray, reason: str | None
) -> None:
    path = save(tmp_path / "t.csv", **{name: values})
    problem = load(path)
    if reason is None:
        assert problem.input_names == ("x", name)
        assert problem.notes == ()
    else:
        assert problem.input_names == ("x",)
        assert problem.notes == (f"Left out, {reason}.",)
        if name and values[1] > values[0]:  # it is kept where it is asked for
            assert load(path, time=name).input_names == ("x", name)


def test_every_file_of_a_folder_may_number_its_rows(tmp_path: Path) -> None:
    for part in ("train", "val", "test"):
        save(tmp_path / f"{part}.csv", nr=np.arange(ROWS), other=np.arange(ROWS) % 9)
    assert load(tmp_path).input_names == ("x", "other")


def test_what_pandas_writes_with_its_index_is_read_without_it(tmp_path: Path) -> None:
    table = pd.DataFrame({"x": np.random.default_rng(0).normal(size=ROWS), "y": np.arange(ROWS)})
    table.to_csv(tmp_path / "t.csv")
    table.iloc[::-1].to_parquet(tmp_path / "t.parquet")
    for name in ("t.csv", "t.parquet"):
        assert load(tmp_path / name).input_names == ("x",)


def test_columns_that_are_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{n},{n},{n % 5},{n % 7},{n % 3}" for n in range(ROWS)]
    path.write_text("same,same,load [N],y,load [N]\n" + "\n".join(rows))
    problem = load(path)
    assert problem.input_names == ("same", "load", "load.2")
    assert np.array_equal(problem.inputs[:, 2], np.arange(ROWS) % 3)
    assert problem.units == {"load": "N", "load.2": "N"}
    assert problem.notes == (
        "Column 'same' is there twice with the same cells: one is used.",
        "Column 'load [N]' is there twice: the second is called 'load.2 [N]'.",
    )


def test_columns_are_known_with_and_without_their_unit(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{n},{n // 6},{n % 7},{n % 5},{n % 3}" for n in range(ROWS)]
    path.write_text("time / s,run [-],wear (mm),force [N],temp [K]\n" + "\n".join(rows))
    full = load(path, targets=("wear (mm)",), group="run [-]", time="time / s", drop=("temp [K]",))
    bare = load(path, targets=("wear",), group="run", time="time", drop=("temp",))
    assert full.sha256() == bare.sha256()
    assert full.target_names == ("wear",)
    assert full.input_names == ("time", "force")
    assert full.units == {"wear": "mm", "time": "s", "force": "N"}
    with pytest.raises(BadInputError, match="'wear' is named twice"):
        load(path, targets=("wear", "wear (mm)"))


@pytest.mark.parametrize(
    "kind",
    [
        pa.timestamp("ms"),
        pa.timestamp("us", "Mars/Station"),
        pa.date32(),
        pa.duration("ms"),
    ],
)
def test_dates_that_no_calendar_has_are_told(tmp_path: Path, kind: pa.DataType) -> None:
    path, step = tmp_path / "t.parquet", 10**7 if kind == pa.date32() else 10**17
    ticks = [(1 + 10 * n // ROWS) * step for n in range(ROWS)]
    numbers = {name: np.random.default_rng(3).normal(size=ROWS) for name in "xy"}
    pq.write_table(pa.table({**numbers, "when": pa.array(ticks, kind)}), path)
    for options in ({}, {"time": "when"}, {"time": "when", "drop": ("when",)}):
        with pytest.raises(BadInputError, match="dates beyond the years 1 to 9999, or of a time"):
            load(path, **options)
    assert load(path, group="when").input_names == ("x",)
    assert load(path, drop=("when",)).input_names == ("x",)
    shown = preview(DataSpec(source=f"table:{path}"))
    assert len(shown["rows"]) == 5
    assert shown["columns"][2]["why"].startswith("cannot be one: it holds dates beyond")


def test_dates_that_may_be_misread_order_no_rows(tmp_path: Path) -> None:
    days = [f"{1 + n // 12:02}/{1 + n % 12:02}/2024" for n in range(ROWS)]
    path = save(tmp_path / "t.csv", when=days)
    with pytest.raises(BadInputError, match="which may be 2024-02-01 or 2024-01-02"):
        load(path, time="when", drop=("when",))
