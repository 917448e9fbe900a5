"""Sheets of workbooks: by openpyxl, XlsxWriter, xlwt (.xls) and odfpy (.ods)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest
import xlsxwriter
import xlwt

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.table import load_table
from spinn_engine.spec import DataSpec
from tests.problems.checks_support import only
from tests.problems.containers.support import columns, notes

Rows = Sequence[Sequence[Any]]
TABLE: list[list[Any]] = [["tool", "wear"], ["a", 0.5], ["b", 1.25], ["c", None]]
CELLS: dict[str, list[Any]] = {"tool": ["a", "b", "c"], "wear": [0.5, 1.25, None]}


def book(path: Path, sheets: dict[str, Rows], hidden: Sequence[str] = ()) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    made.save(path)
    return path


@pytest.mark.parametrize(("suffix", "engine"), [(".ods", "odf"), (".xlsx", "openpyxl")])
def test_opendocument_as_excel(tmp_path: Path, suffix: str, engine: Any) -> None:
    path = tmp_path / f"a{suffix}"
    with pd.ExcelWriter(path, engine=engine) as made:
        pd.DataFrame(CELLS).to_excel(made, sheet_name="one", index=False)
        pd.DataFrame({"tool": ["d"], "wear": [2.0]}).to_excel(made, sheet_name="two", index=False)
    assert columns(path) == CELLS
    assert columns(path, "two", "one")["tool"] == ["d", "a", "b", "c"]


def test_excel_of_before_2007(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("data")
    rows: Rows = [["run", "wear"], ["x", 0.5], [None, 0.75], ["y", 1.5]]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if (r, c) not in ((1, 0), (2, 0)):
                sheet.write(r, c, cell)
    sheet.write_merge(1, 2, 0, 0, "x")
    made.save(str(tmp_path / "a.xls"))
    assert columns(tmp_path / "a.xls") == {"run": ["x", "x", "y"], "wear": [0.5, 0.75, 1.5]}


def test_an_old_workbook_that_is_damaged_is_one_sentence(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("data")
    for cell in range(200):
        sheet.write(cell // 4, cell % 4, cell)
    path = tmp_path / "a.xls"
    made.save(str(path))
    whole = path.read_bytes()
    refused = []
    for end in range(len(whole) // 2, len(whole), 97):
        path.write_bytes(whole[:end])
        try:
            columns(path)
        except BadInputError as error:
            refused.append(str(error))
    assert any("it is damaged: save it again" in told for told in refused)
    assert all(told.startswith(f"{path}: ") and "\n" not in told for told in refused)


def test_the_first_sheet_with_a_table_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    remark = [["Read me"], ["The data stand on the next sheet."]]
    path = book(tmp_path / "a.xlsx", {"old": TABLE[:2], "notes": remark, "data": TABLE}, ["old"])
    assert columns(path) == CELLS
    assert notes(path) == (
        "Only the first sheet with a table of a.xlsx, 'data', was read; the others are old and "
        "notes (--sheet NAME reads another, or several that are alike)."
    )
    assert columns(path, "old")["tool"] == ["a"]


def test_sheets_are_stacked_in_the_order_they_are_named_in(tmp_path: Path) -> None:
    swapped = [row[::-1] for row in TABLE]
    path = book(tmp_path / "a.xlsx", {"jan": TABLE, "feb": swapped, "x": [["a", "b"], [1, 2]]})
    assert columns(path, "feb", "jan") == {name: cells * 2 for name, cells in CELLS.items()}
    assert "Read one after another: feb (3 rows) and jan (3 rows)." in notes(path, "feb", "jan")
    with pytest.raises(BadInputError, match="'x' cannot follow 'jan': .* it lacks tool and wear"):
        columns(path, "jan", "x")
    with pytest.raises(BadInputError, match="has no sheet 'mar': its sheets are jan, feb and x"):
        columns(path, "mar")


def test_a_merged_cell_holds_for_its_rows_and_in_names_for_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("data")
    sheet.merge_range("C2:D2", "signal")
    sheet.write_row("B2", ["tool"])
    sheet.merge_range("B3:B5", 7)
    for row in range(3):
        sheet.write_row(2 + row, 2, [row, row / 2])
    sheet.merge_range("B6:D6", "pause")
    sheet.merge_range("B7:B8", 8)
    sheet.write_row("C7", [3, 1.5])
    sheet.write_row("C8", [4, 2.0])
    made.close()
    found = columns(path)
    assert list(found) == ["tool", "signal", "signal.2"]
    assert found["tool"] == ["7", "7", "7", "pause", "8", "8"]
    assert found["signal"] == [0, 1, 2, None, 3, 4]
    assert "A merged cell holds for all of its rows: column B (2 merged cells)." in notes(path)


@pytest.mark.parametrize(("groups", "merged"), [(12, True), (12, False), (6, False)])
def test_groups_that_are_named_once(tmp_path: Path, groups: int, merged: bool) -> None:
    """Merged they are whole; else it is said why nearly all rows go, and what would keep them."""
    rows = 20 * groups
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["tool", "minute", "wear"])
    for n in range(rows):
        sheet.append([n // 20 + 1 if n % 20 == 0 else None, n % 20, n % 7 / 8 + n])
    if merged:
        for first in range(2, rows + 2, 20):
            sheet.merge_cells(start_row=first, end_row=first + 19, start_column=1, end_column=1)
    path = tmp_path / "a.xlsx"
    made.save(path)
    data = DataSpec(source=f"table:{path}", targets=("wear",), group="tool")
    said = "'tool' stands only in the first row of each group: if it holds for the rows below, fill"
    if groups < 10:
        with pytest.raises(BadInputError, match=f"complete rows, at least 10 .* Column {said}"):
            load_table(data)
        return
    problem = load_table(data)
    assert len(problem.inputs) == (rows if merged else groups)
    assert (problem.named_once is None) == merged
    assert any(said in note and "228 rows of 240" in note for note in problem.notes) != merged
    if not merged:
        (found,) = only(problem, "missing")
        assert found.severity == "warning"
        assert found.advice.startswith("tool stands only in the first row of each group")
