"""What is in doubt about how a file is read, and the button on Data that settles it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.parts.markdown import sentence
from spinn_engine import api
from spinn_engine.spec import DataSpec
from tests.dashboard.reading_support import (
    NAMELESS,
    as_numbers,
    expected,
    press,
    ranges,
    settling,
    shown,
)
from tests.dashboard.support import table_with, words
from tests.dashboard.test_data_page import on_plan


def test_a_doubt_is_settled_by_one_press(german: Path) -> None:
    app = shown(german, targets="wear")
    assert "which may be" in app.error[0].value
    assert settling(app) == [
        "Points before decimals",
        "Commas before decimals",
    ]
    press(app, "Commas before decimals")
    assert not app.error
    truth = pd.read_csv(german, sep=";", thousands=".", decimal=",")
    assert as_numbers(ranges(app)) == expected(truth)
    assert app.selectbox(key="decimal").value == "comma"
    assert on_plan(app)["decimal"] == "comma"
    other = shown(german, targets="wear")
    press(other, "Points before decimals")
    assert as_numbers(ranges(other)) == expected(pd.read_csv(german, sep=";"))


def test_a_doubt_is_told_before_targets_are_named(german: Path) -> None:
    app = press(shown(german), "Commas before decimals")
    assert not app.error
    assert "Which columns are to be predicted?" in words(app)


def test_a_doubtful_column_that_is_left_out_is_no_doubt(german: Path) -> None:
    app = shown(german, targets="wear", drop="force")
    assert "speed" in app.error[0].value
    app = shown(german, targets="wear", drop="force, speed")
    assert not settling(app)


def test_a_habit_that_may_be_wrong_is_changed_by_one_press(tmp_path: Path) -> None:
    path = tmp_path / "habit.csv"
    path.write_text("a;y\n" + "".join(f"{n}.{100 + n};{n}\n" for n in range(1, 60)))
    app = shown(path)
    assert as_numbers(ranges(app))["a"] == (1.101, 59.159)
    press(app, "Points between thousands")
    assert as_numbers(ranges(app))["a"] == (1101, 59159)


def test_a_code_for_a_missing_cell_is_settled_by_one_press(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    frame = pd.DataFrame(rng.normal(size=(300, 3)).round(3), columns=["a", "b", "y"])
    frame.loc[::25, "y"] = -9999
    path = tmp_path / "codes.csv"
    frame.to_csv(path, index=False)
    app = shown(path, targets="y")
    press(app, "Count -9999 as missing")
    assert app.text_input(key="missing").value == "-9999"
    assert ranges(app)["y"] == ranges(shown(path, targets="y", missing="-9999"))["y"]
    assert as_numbers(ranges(app))["y"] == pytest.approx(
        expected(frame.replace(-9999, np.nan))["y"]
    )
    assert "missing_code" not in words(app).replace("\\", "")


def test_words_among_numbers_are_settled_by_one_press(tmp_path: Path) -> None:
    rows = [f"{n},{'bad, worse' if n % 11 == 3 else n * 7 % 41}" for n in range(60)]
    frame = pd.DataFrame([row.split(",", 1) for row in rows], columns=["a", "y"])
    path = tmp_path / "words.csv"
    frame.to_csv(path, index=False)
    app = press(shown(path, targets="a"), 'Count "bad, worse" as missing')
    assert not app.error
    assert app.text_input(key="missing").value == '"bad, worse"'
    missing = table_with(app, "Column", "Missing").set_index("Column")["Missing"]
    assert missing["y"] == (frame["y"] == "bad, worse").sum()


def test_days_that_may_be_months_are_settled_by_one_press(tmp_path: Path) -> None:
    days = [f"{n % 12 + 1:02d}/{n // 12 + 1:02d}/2021 10:00" for n in range(60)]
    frame = pd.DataFrame({"when": days, "y": np.arange(60) * 7 % 41})
    path = tmp_path / "days.csv"
    frame.to_csv(path, index=False)
    app = shown(path, targets="y")
    assert settling(app) == [sentence(f"Times as %{one}/%Y") for one in ("d/%m", "m/%d")]
    press(app, "Times as %d/%m/%Y")
    assert not app.error
    read = pd.to_datetime(frame["when"], format="%d/%m/%Y %H:%M")
    seconds = (read - read.min()).dt.total_seconds()
    assert as_numbers(ranges(app))["when"] == (0, seconds.max())


def test_names_that_cannot_be_found_are_settled_by_one_press(nameless: Path) -> None:
    app = shown(nameless)
    assert "name the line in which the names stand" in app.error[0].value
    assert not any("--" in error.value for error in app.error)
    assert app.number_input(key="header").value is None  # the form is there
    press(app, "No names, rows from line 3 on")
    assert not app.error
    truth = pd.read_csv(io.StringIO(NAMELESS), skiprows=2, header=None)
    truth.columns = ["column_1", "column_2", "column_3"]
    assert as_numbers(ranges(app)) == expected(truth)
    assert (app.number_input(key="header").value, app.number_input(key="skip").value) == (0, 2)


def test_a_line_of_names_that_is_no_obvious_one_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text("rig\n2019,2020,load\n1.5,2.5,3.5\n2.5,4.5,3.25\n4.5,3.5,2.125\n")
    start = api.first_lines(DataSpec(source=f"table:{path}", header=1))
    assert start["lines"][0] == [1, "rig"]
    assert start["names_in"] == [2]
    app = press(shown(path, header="1"), "Names in line 2")
    assert not app.error
    assert "load" in app.multiselect(key="pick_targets").options


def test_a_line_too_many_is_left_out_by_one_press(tmp_path: Path) -> None:
    path = tmp_path / "uneven.csv"
    rows = [f"{n},{n * 7 % 41},{n * 3 % 17}" for n in range(60)]
    path.write_text("\n".join(["a,b,y", *rows[:30], "stopped,here", *rows[30:]]))
    app = shown(path, targets="y")
    press(app, "Line 32 left out")
    assert not app.error
    assert "60 rows" in words(app)


def test_lines_of_remarks_are_left_out_by_one_press(tmp_path: Path) -> None:
    path = tmp_path / "remarks.csv"
    rows = [f"{n},{n * 7 % 41},{n * 3 % 17}" for n in range(60)]
    path.write_text("\n".join(["a,b,y", *rows[:30], "# stopped", *rows[30:]]))
    app = press(shown(path, targets="y"), "Lines that begin with # left out")
    assert not app.error
    assert app.text_input(key="comment").value == "#"
    assert "60 rows" in words(app)
