"""Cells that are numbers to people: lakhs, money, accounts, and single words among numbers."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.files import read_table
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import ReadingSpec


def read(folder: Path, cells: list[str], name: str = "y", **asked: Any) -> Column:
    path = folder / "t.csv"
    rows = "".join(f"{n};{cell}\n" for n, cell in enumerate(cells))
    path.write_text(f"n;{name}\n{rows}", encoding="utf-8")
    found, layout = read_table(path, reading=ReadingSpec(**asked))
    return list(typed_columns(found, layout).values())[1]


@pytest.mark.parametrize(
    ("written", "right", "unit"),
    [
        ("12,34,{n:03d}.50", 1234000.5, None),
        ("1,34,{n:03d}", 134000, None),
        ("$1,{n:03d}.50", 1000.5, "$"),
        ("-$ 1,{n:03d}.50", None, "$"),
        ("1.{n:03d},50 €", 1000.5, "€"),
        ("CHF 1'{n:03d}.50", 1000.5, "CHF"),
        ("1\N{THIN SPACE}{n:03d},5", 1000.5, None),
    ],
)
@pytest.mark.parametrize("rows", [9, 60])
def test_lakhs_and_money_are_numbers(
    tmp_path: Path, written: str, right: float | None, unit: str | None, rows: int
) -> None:
    column = read(tmp_path, [written.format(n=n) for n in range(1, rows)])
    right_ones = [-1000.5 - n if right is None else right + n for n in range(1, rows)]
    assert (column.kind, column.fault, column.unit) == ("number", None, unit)
    assert column.numbers().tolist() == right_ones


def test_money_of_two_countries_is_not_one_number(tmp_path: Path) -> None:
    column = read(tmp_path, ["$5", "€6", "$7", "€8"])
    assert column.fault is not None
    assert "numbers in $ and €" in column.fault


@pytest.mark.parametrize(("some", "unit"), [("{}%", "%"), ("{} mm", "mm"), ("${}", "$")])
@pytest.mark.parametrize("rows", [12, 60])
def test_a_unit_behind_some_numbers_alone_makes_no_levels(
    tmp_path: Path, some: str, unit: str, rows: int
) -> None:
    column = read(tmp_path, [some.format(n) if n % 2 else f"{n}" for n in range(rows)])
    assert column.fault is not None
    assert f"holds numbers in {unit} and numbers without a unit" in column.fault


@pytest.mark.parametrize("cells", [["({})"] * 9, ["{}-"] * 9, ["{}", "({})", "{}"] * 3])
def test_numbers_as_accounts_have_them_are_no_levels(tmp_path: Path, cells: list[str]) -> None:
    column = read(tmp_path, [cell.format(f"0.{n}") for n, cell in enumerate(cells, 1)])
    assert column.kind == "text"
    assert column.fault is not None
    assert "may be a number below zero: write it as -0." in column.fault


@pytest.mark.parametrize("rows", [12, 60])
@pytest.mark.parametrize("odd", ["ERR", "<0,5", "2.5"])
def test_a_word_among_decimal_commas_is_named(tmp_path: Path, rows: int, odd: str) -> None:
    column = read(tmp_path, [odd if n == 5 else f"{n},25" for n in range(rows)])
    assert column.kind == "text"
    assert column.fault is not None
    assert f"{odd!r} in row 6, elsewhere numbers with commas before decimals" in column.fault


@pytest.mark.parametrize("odd", ["1.#INF", "-1.#IND00", "NAN", "-nan(ind)", "#WERT!", "#NV"])
def test_what_programs_write_for_no_number_is_missing(tmp_path: Path, odd: str) -> None:
    numbers = read(tmp_path, [odd if n == 5 else f"{n}.25" for n in range(12)]).numbers()
    assert not math.isfinite(numbers[5])
    assert numbers[6] == 6.25


def test_advice_can_be_typed(tmp_path: Path) -> None:
    cells = ["******" if n < 2 else "no value" if n < 4 else f"{n}.5" for n in range(30)]
    fault = read(tmp_path, cells).fault
    assert fault is not None
    words = shlex.split(fault)
    given = words[words.index("--missing") + 1]
    assert {word.strip() for word in given.split(",")} == {"******", "no value"}
    assert "'" in fault.split("--missing ")[1], "a shell would put files in the place of stars"
    column = read(tmp_path, cells, missing=("******", "no value"))
    assert (column.kind, column.missing) == ("number", 4)


def one_file(folder: Path, text: str, **asked: Any) -> dict[str, Column]:
    path = folder / "t.csv"
    path.write_text(text)
    found, layout = read_table(path, reading=ReadingSpec(**asked))
    return typed_columns(found, layout)


def test_a_comma_of_a_single_column_is_no_second_one(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n}5\n" for n in range(1, 10))
    right = [n + float(f"0.{n}5") for n in range(1, 10)]
    assert one_file(tmp_path, "y\n" + rows)["y"].numbers().tolist() == right
    with pytest.raises(BadInputError, match="'1,15' may be one number or two: say --decimal , for"):
        one_file(tmp_path, rows)
    assert one_file(tmp_path, rows, decimal=",")["column_1"].numbers().tolist() == right
    assert list(one_file(tmp_path, rows, decimal=".")) == ["column_1", "column_2"]
    for decimal in (None, ",", "."):
        columns = one_file(tmp_path, "a,y\n" + rows, decimal=decimal)
        assert columns["a"].numbers().tolist() == list(range(1, 10))


def test_two_numbers_in_a_cell_are_not_one_where_points_are_before_decimals(tmp_path: Path) -> None:
    rows = "".join(f'{n}.5,"+{n:04d},1"\n' for n in range(1, 40))
    column = one_file(tmp_path, "latitude,temp\n" + rows)["temp"]
    assert column.kind == "text"
    assert column.fault is not None
    assert "'+0001,1', which would be a number with commas before decimals, but" in column.fault


@pytest.mark.parametrize(
    ("code", "other"), [("-9.999", "1.{:03d},5"), ("-9999 mm", "{}.5 mm"), ("-9999,0", "{},5")]
)
def test_a_code_for_missing_is_known_however_it_is_written(
    tmp_path: Path, code: str, other: str
) -> None:
    cells = [code if n < 4 else other.format(n) for n in range(12)]
    column = read(tmp_path, cells, missing=("-9999",))
    assert (column.kind, column.missing) == ("number", 4)
    assert not (column.numbers() == -9999).any()


def sheet(folder: Path, cells: list[Any], **asked: Any) -> Column:
    book = openpyxl.Workbook()
    for row in [["n", "y"], *enumerate(cells)]:
        book.active.append(row)
    book.save(folder / "t.xlsx")
    found, layout = read_table(folder / "t.xlsx", reading=ReadingSpec(**asked))
    return typed_columns(found, layout)["y"]


def test_texts_among_the_numbers_of_a_sheet_are_read_by_themselves(tmp_path: Path) -> None:
    german = sheet(tmp_path, [1.5, 2.25, "3,75", "1.004,5", None, 6])
    assert (german.kind, german.missing) == ("number", 1)
    assert german.numbers()[[0, 2, 3, 5]].tolist() == [1.5, 3.75, 1004.5, 6.0]
    doubtful: list[Any] = [1.5, 2.25, "1,007", 4.5]
    with pytest.raises(BadInputError, match="'1,007' among its numbers, which may be 1,007 or 1.0"):
        sheet(tmp_path, doubtful)
    assert sheet(tmp_path, doubtful, decimal=",").numbers().tolist() == [1.5, 2.25, 1.007, 4.5]
    assert sheet(tmp_path, doubtful, decimal=".").numbers().tolist() == [1.5, 2.25, 1007, 4.5]


def test_names_that_a_sheet_repeats_are_no_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["n", "y"], *enumerate([1.5, 2.5, 3.5]), ["n", "y"], *enumerate([4.5, 5.5, 6.5])]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    found, layout = read_table(tmp_path / "t.xlsx")
    columns = typed_columns(found, layout)
    assert columns["y"].numbers().tolist() == [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]
    assert any(note.endswith("are repeated and left out in row 5.") for note in layout.notes)
    assert layout.where(3) == "row 4 (line 6)"


def test_a_column_of_blanks_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path, [" "] * 12).kind == "empty"
