"""Clocks and durations in tables; what is right is said by timedelta, pandas or openpyxl."""

from datetime import time, timedelta
from pathlib import Path

import numpy as np
import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.adaptation.table_stream import read_new_rows
from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.tables.table import load_table
from spinn_engine.spec import DataSpec
from tests.problems.times_support import column

SECOND = timedelta(seconds=1)
ROWS = 40
spans = st.lists(
    st.timedeltas(timedelta(0), timedelta(days=40)), min_size=2, max_size=30, unique=True
)


def clock(span: timedelta, decimals: bool = True) -> str:
    """Hours that count on."""
    minutes, rest = divmod(span, timedelta(minutes=1))
    seconds, micros = divmod(rest // timedelta(microseconds=1), 10**6)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}" + f".{micros:06d}" * decimals


def iso(span: timedelta) -> str:
    return pd.Timedelta(span).isoformat()


def dotnet(span: timedelta) -> str:
    rest = span - timedelta(days=span.days)
    return f"{span.days}.{clock(rest)}" if span.days else clock(rest)


def minutes(span: timedelta) -> str:
    whole, rest = divmod(span, timedelta(minutes=1))
    return f"{whole:02d}:{rest / SECOND:09.6f}"


@settings(max_examples=200)
@given(
    spans,
    st.sampled_from([clock, iso, str, lambda s: str(pd.Timedelta(s)), dotnet, minutes]),
    st.booleans(),
)
def test_durations_come_back(
    given_spans: list[timedelta], written: object, with_comma: bool
) -> None:
    assert callable(written)
    cells = [written(span) for span in given_spans]
    if with_comma and not any("day" in cell for cell in cells):
        cells = [cell.replace(".", ",") if written is not dotnet else cell for cell in cells]
    read = column(cells, named=True)
    assert (read.kind, read.fault) == ("date", None), cells
    least = min(given_spans)
    expected = [(span - least) / SECOND for span in given_spans]
    assert np.allclose(read.numbers(), expected, rtol=1e-15, atol=1e-12), cells
    assert pd.Timedelta(str(read.first)) == pd.Timedelta(least)


@settings(max_examples=60)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=20))
def test_spans_below_zero(micros: list[int]) -> None:
    spans = [timedelta(microseconds=one) for one in micros]
    signed = [f"{'-' if span < timedelta(0) else ''}{clock(abs(span))}" for span in spans]
    for cells in (signed, [str(span) for span in spans], [str(pd.Timedelta(s)) for s in spans]):
        read = column(cells, named=True)
        expected = [(span - min(spans)) / SECOND for span in spans]
        assert np.allclose(read.numbers(), expected, rtol=1e-15, atol=1e-12), cells


@pytest.mark.parametrize(
    ("cells", "header", "expected"),
    [
        (["00:10", "23:59"], "x", [0, 85740]),
        (["00:10", "12:00:30"], "x", [0, 42630]),
        (["00:10", "59:59"], "t [mm:ss]", [0, 3589]),
        (["00:10", "12:00"], "t (mm:ss)", [0, 710]),
        (["00:10", "75:30"], "t [h:mm]", [0, 271200]),
        (["1:10", "1:50"], "time", [0, 2400]),
        (["12:00 AM", "12:30 PM", "1:00 pm"], "x", [0, 45000, 46800]),
        (["12:00:00:050", "12:00:01:049"], "x", [0, 0.999]),
        (["12:00:00,1234567890123456789", "12:00:00,2234567890123456789"], "x", [0, 0.1]),
        (["14h30", "15h00"], "Heure", [0, 1800]),
    ],
)
def test_clocks(cells: list[str], header: str, expected: list[float]) -> None:
    read = column(cells, header=header)
    assert (read.kind, read.fault) == ("date", None)
    assert np.allclose(read.numbers(), expected, rtol=1e-12)


def test_hours_or_minutes_is_asked() -> None:
    cells = ["00:10", "75:30"]
    for header in ("time", "x"):
        fault = column(cells, header=header, named=header == "x").fault
        assert "which may be 00:10:00 or 00:00:10: give --time-format '%H:%M' or" in str(fault)
    assert column(cells, named=True, form="%H:%M").numbers().tolist() == [0, 271200]
    assert column(cells, named=True, form="%M:%S").numbers().tolist() == [0, 4520]


@pytest.mark.parametrize("cell", ["PT0.5H", "P1M", "00:61:00", "1:2:3:4", "00:00:75"])
def test_what_is_no_duration(cell: str) -> None:
    assert column([cell, cell], named=True).fault is not None


def save(path: Path, cells: list[object], number_format: str | None = None) -> Path:
    rng = np.random.default_rng(2)
    rows = zip(cells, rng.normal(size=ROWS), rng.normal(size=ROWS), strict=True)
    if path.suffix == ".csv":
        pd.DataFrame(rows, columns=["time", "x", "y"]).to_csv(path, index=False)
        return path
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["time", "x", "y"])
    for row in rows:
        sheet.append([row[0], float(row[1]), float(row[2])])
        if number_format and not isinstance(row[0], str):
            sheet.cell(sheet.max_row, 1).number_format = number_format
    book.save(path)
    return path


def load(path: Path, **options: object) -> Problem:
    given = {"source": f"table:{path}", "targets": ("y",), **options}
    return load_table(DataSpec.model_validate(given))


@pytest.mark.parametrize("number_format", ["hh:mm:ss", "[h]:mm:ss"])
@pytest.mark.parametrize("hours", [0.5, 7.5, 30])
def test_excels_clocks_count_on(tmp_path: Path, number_format: str, hours: float) -> None:
    cells: list[object] = [n * hours / 24 for n in range(ROWS)]
    problem = load(save(tmp_path / "t.xlsx", cells, number_format), time="time")
    assert np.allclose(problem.inputs[:, 0], np.arange(ROWS) * hours * 3600, rtol=0, atol=2e-3)


def test_excels_dates_and_texts(tmp_path: Path) -> None:
    days = pd.date_range("2021-01-01", periods=ROWS, freq="90min")
    cells = [
        f"{day:%d.%m.%Y %H:%M}" if n % 10 == 0 else day.to_pydatetime()
        for n, day in enumerate(days)
    ]
    problem = load(save(tmp_path / "t.xlsx", list(cells)), time="time")
    assert np.array_equal(problem.inputs[:, 0], np.arange(ROWS) * 5400)


def test_a_clock_that_starts_again_is_no_time(tmp_path: Path) -> None:
    seconds = (86400 - 600 + 60 * np.arange(ROWS)) % 86400
    cells: list[object] = [str(timedelta(seconds=int(s))).rjust(8, "0") for s in seconds]
    path = save(tmp_path / "t.csv", cells)
    with pytest.raises(BadInputError, match="goes back at row 11, .* it is a clock without dates"):
        load(path, time="time")
    (note,) = load(path).notes
    assert "it is a clock without dates, which goes back in 1 row" in note
    path = save(tmp_path / "t.xlsx", [time.fromisoformat(str(cell)) for cell in cells])
    with pytest.raises(BadInputError, match="write dates before its times or let its hours count"):
        load(path, time="time")


def test_a_clock_that_is_not_sorted_is_to_be_sorted(tmp_path: Path) -> None:
    cells: list[object] = [f"10:{n:02d}:00" for n in range(ROWS)]
    cells[5], cells[6] = cells[6], cells[5]
    with pytest.raises(BadInputError, match="goes back at row 7, .* sort the rows by time"):
        load(save(tmp_path / "t.csv", cells), time="time")


def test_how_hours_were_told_from_minutes_is_said(tmp_path: Path) -> None:
    path = save(tmp_path / "t.csv", [f"00:{n:02d}" for n in range(ROWS)])
    (note,) = load(path, time="time").notes
    assert note.endswith("since the first, 00:00:00, read by '%H:%M'.")
    problem = load(path, time="time", time_format="%M:%S")
    assert np.array_equal(problem.inputs[:, 0], np.arange(ROWS))


@pytest.mark.parametrize(
    ("form", "new_form", "held"),
    [
        ("%Y-%m-%d %H:%M:%S", "%H:%M:%S", "clocks without dates"),
        ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "dates with a time zone"),
        ("%H:%M:%S", "%d.%m.%Y %H:%M:%S", "dates without a time zone"),
        ("%H:%M:%S", "%I:%M:%S %p", None),
        ("%d.%m.%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S", None),
    ],
)
def test_new_rows_count_from_where_the_runs_began_or_are_refused(
    tmp_path: Path, form: str, new_form: str, held: str | None
) -> None:
    then = pd.date_range("2021-03-01 08:00", periods=ROWS, freq="90s")
    path = save(tmp_path / "t.csv", list(then.strftime(form)))
    new = save(tmp_path / "n.csv", list((then + pd.Timedelta(hours=2)).strftime(new_form)))
    data = DataSpec(source=f"table:{path}", targets=("y",), time="time")
    problem = load_table(data)
    if held is None:
        rows = read_new_rows(problem, data, new)
        assert np.array_equal(rows.inputs[:, 0], 7200 + 90 * np.arange(ROWS))
        return
    with pytest.raises(BadInputError, match=f"'time' holds {held}, but the run has learned from"):
        read_new_rows(problem, data, new)
