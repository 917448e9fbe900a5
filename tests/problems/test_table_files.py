"""Excel workbooks, memory, and what of a long file a preview reads; openpyxl writes the books."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables import files
from spinn_engine.problems.tables.files import START_ROWS, read_table
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.table import load_table
from spinn_engine.spec import DataSpec


def book(path: Path, rows: list[list[Any]], *others: str) -> Path:
    with pd.ExcelWriter(path, engine="openpyxl") as made:
        for name in ("Data", *others):
            cells = pd.DataFrame([["not", "read"]] if name in others else rows, dtype=object)
            cells.to_excel(made, sheet_name=name, header=False, index=False)
    return path


def test_the_first_sheet_of_a_workbook(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["load [N]", "when", "metal", "ok", "note", "wear (mm)"]]
    for n in range(40):
        when = datetime(2024, 5, 1 + n % 20, 12, 30)
        rows.append([n % 7, when, ["Al", "Fe"][n % 2], n % 3 == 0, None, n / 8])
    rows[3][0] = "#DIV/0!"
    path = book(tmp_path / "runs.xlsx", rows, "Notes", "Old")
    problem = load_table(DataSpec(source=f"table:{path}", targets=("wear",)))
    assert problem.input_names == ("load", "when", "metal=Al", "metal=Fe", "ok")
    kept = [row for number, row in enumerate(rows[1:]) if number != 2]
    assert np.array_equal(problem.targets[:, 0], [row[5] for row in kept])
    assert np.array_equal(problem.inputs[:, 0], [row[0] for row in kept])
    days = [(n % 20) * 86400 for n in range(40) if n != 2]
    assert np.array_equal(problem.inputs[:, 1], days)
    assert problem.units == {"wear": "mm", "load": "N", "when": "s"}
    assert problem.notes[:2] == (
        "Only the first sheet of runs.xlsx, 'Data', was read; the others are Notes and Old "
        "(--sheet NAME reads another, or several that are alike).",
        "Left out, all cells are empty: note.",
    )


def test_one_sheet_needs_no_note(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", [["x", "y"], *[[n % 5, n] for n in range(20)]])
    problem = load_table(DataSpec(source=f"table:{path}", targets=("y",)))
    assert problem.notes == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "its sheet 'Data' is empty"),
        ([["x", "y"]], "the table has no rows"),
        ([["x", "y"], *([n, "a"] for n in range(20))], "target 'y' holds text like 'a'"),
        (
            [["x", "y"], [1, 2], ["bad", 2], *([n, n] for n in range(20))],
            "'x' holds 'bad' in row 2: write a number there",
        ),
    ],
)
def test_workbooks_that_cannot_be_used(
    tmp_path: Path, rows: list[list[Any]], expected: str
) -> None:
    path = book(tmp_path / "t.xlsx", rows)
    with pytest.raises(BadInputError, match=expected):
        load_table(DataSpec(source=f"table:{path}", targets=("y",)))


def test_a_workbook_that_is_cut_off_or_a_mere_archive(tmp_path: Path) -> None:
    whole = book(tmp_path / "t.xlsx", [["x", "y"], *[[n, n] for n in range(2000)]]).read_bytes()
    for name, content in (
        ("cut.xlsx", whole[: len(whole) // 2]),
        ("zip.xlsx", b"PK\5\6" + bytes(18)),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(BadInputError, match=f"{name}: cannot be read as a table"):
            load_table(DataSpec(source=f"table:{path}", targets=("y",)))


def test_a_folder_of_several_formats(tmp_path: Path) -> None:
    table = pd.DataFrame({"x": np.arange(20) % 7, "y [N]": np.arange(20)})
    table.to_csv(tmp_path / "train.tsv", sep="\t", index=False)
    table.to_parquet(tmp_path / "val.parquet")
    book(tmp_path / "test.xlsx", [["x", "y [N]"], *table.to_numpy().tolist()])
    problem = load_table(DataSpec(source=f"table:{tmp_path}", targets=("y",)))
    assert np.array_equal(problem.inputs[:, 0], [*table["x"]] * 3)
    assert problem.input_names == ("x",)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_what_does_not_fit_into_memory_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(500, 4)), columns=list("abcy"))
    path = tmp_path / f"t.{suffix}"
    if suffix == "csv":
        table.to_csv(path, index=False)
    elif suffix == "parquet":
        table.to_parquet(path)
    else:
        book(path, [list(table), *table.to_numpy().tolist()])
    data = DataSpec(source=f"table:{path}", targets=("y",))
    least = 500 * 4 * 8  # bytes of the numbers alone
    for available, fits in ((least, False), (1000 * least, True)):
        monkeypatch.setattr(files, "free_memory", lambda free=available: free)
        if fits:
            assert load_table(data).inputs.shape == (500, 3)
        else:
            with pytest.raises(BadInputError, match="B of memory but 16 kB are free"):
                load_table(data)


def test_two_gigabytes_of_nothing_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(2 * 10**9)  # takes no room on the disk
    with pytest.raises(BadInputError, match=r"zero bytes, so it is not text|GB of memory but"):
        load_table(DataSpec(source=f"table:{path}", targets=("y",)))


@pytest.mark.parametrize("suffix", ["parquet", "xlsx"])
def test_a_preview_reads_the_start(tmp_path: Path, suffix: str) -> None:
    rows = START_ROWS + 50
    table = pd.DataFrame({"x": np.arange(rows), "y": np.arange(rows)})
    path = tmp_path / f"t.{suffix}"
    if suffix == "parquet":
        table.to_parquet(path)
    else:
        book(path, [["x", "y"], *table.to_numpy().tolist()])
    columns, layout = read_table(path, whole=False)
    assert not layout.whole
    assert layout.rows == START_ROWS
    assert columns["x"].to_pylist() == list(range(START_ROWS))
    assert read_table(path)[1].whole


@pytest.mark.parametrize(
    ("row", "words"), [(0, "row 1 of a"), (4, "row 5 of a"), (5, "row 1 of b"), (7, "row 3 of b")]
)
def test_rows_are_found_in_their_file(row: int, words: str) -> None:
    assert Layout(Path("x"), (("a", 5), ("b", 3)), (), whole=True).where(row) == words
