"""Lines around the rows of a table: as loggers, solvers and people write them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.files import read_table
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import DataSpec, ReadingSpec

ROWS = [(float(n), 20.5 + n / 4, 0.125 * n) for n in range(1, 13)]
FORCE, TEMP, WEAR = (list(column) for column in zip(*ROWS, strict=True))


def lines(separator: str = ",", decimal: str = ".") -> str:
    made = (separator.join(f"{v:.3f}".replace(".", decimal) for v in row) for row in ROWS)
    return "".join(f"{line}\n" for line in made)


def read(
    folder: Path, text: str, name: str = "t.csv", **asked: Any
) -> tuple[dict[str, Column], Layout]:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    cells, layout = read_table(path, reading=ReadingSpec(**asked))
    return typed_columns(cells, layout), layout


NAMES = "force,temp,wear\n"
LABVIEW = (
    "LabVIEW Measurement\t\nWriter_Version\t2\nSeparator\tTab\nDecimal_Separator\t.\n"
    "***End_of_Header***\t\n\nChannels\t2\nSamples\t12\t12\n***End_of_Header***\t\t\n"
    "Force\tTemp\tWear\tComment\n"
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("force,temp,wear\n" + lines(), ["force", "temp", "wear"]),
        ("Rig 3\nforce,temp,wear\n" + lines(), ["force", "temp", "wear"]),
        ("Rig 3,,\n\nforce,temp,wear\n" + lines(), ["force", "temp", "wear"]),
        ("Operator: M\nDate: 2021-03-01\n\nforce,temp,wear\n" + lines(), ["force", "temp", "wear"]),
        ("# made by rig\n# force,temp,wear\n" + lines(), ["force", "temp", "wear"]),
        ('#"force","temp","wear"\n' + lines(), ["force", "temp", "wear"]),
        ("% Model: plate\n% Nodes: 12\n% x,y,T (K)\n" + lines(), ["x", "y", "T"]),
        ("force,temp,wear\nN,degC,mm\n" + lines(), ["force", "temp", "wear"]),
        ("force,temp,wear\n[N],[degC],[mm]\n" + lines(), ["force", "temp", "wear"]),
        ("setup,,result\nforce,temp,wear\n" + lines(), ["force", "temp", "wear"]),
        ("force,force,wear\nmean,std,mean\n" + lines(), ["force mean", "force std", "wear mean"]),
        ("mean,std,std\n" + lines(), ["mean", "std", "std.2"]),
        (lines(), ["column_1", "column_2", "column_3"]),
        ("0,1,2\n" + lines(), ["0", "1", "2"]),
        (LABVIEW + lines("\t"), ["Force", "Temp", "Wear"]),
        ('"TOA5","6843","CR3000"\n"force","temp","wear"\n"N","degC","mm"\n"Smp","Avg","Smp"\n'
         + lines(), ["force", "temp", "wear"]),
        ("force,temp,wear\n" + lines() + "Mean,23.75,0.8\n", ["force", "temp", "wear"]),
        ("force,temp,wear\n" + lines() + "\nEnd of data\n", ["force", "temp", "wear"]),
        ("force,temp,wear\n" + lines() + "78,285,Total\n", ["force", "temp", "wear"]),
        ("force;temp;wear\n" + lines(";", ","), ["force", "temp", "wear"]),
        ("% x   y   T (K)\n" + lines("   "), ["x", "y", "T"]),
        ("  force  temp  wear\n" + "".join(f"  {ln}\n" for ln in lines("  ").splitlines()),
         ["force", "temp", "wear"]),
    ],
)  # fmt: skip
def test_names_and_rows_are_found(tmp_path: Path, text: str, names: list[str]) -> None:
    columns, _ = read(tmp_path, text)
    assert [column.name for column in columns.values()] == names
    assert [column.numbers().tolist() for column in columns.values()] == [FORCE, TEMP, WEAR]


def test_packed_text_is_read_like_the_text(tmp_path: Path) -> None:
    columns, layout = read(tmp_path, "Rig 3\nforce,temp,wear\n" + lines(), "t.csv.gz")
    assert columns["wear"].numbers().tolist() == WEAR
    assert layout.where(3) == "row 4 (line 6)"


def test_units_of_a_row_are_those_of_the_columns(tmp_path: Path) -> None:
    columns, layout = read(tmp_path, "force [kN],temp,wear\n-,degC,mm\n" + lines())
    assert [column.unit for column in columns.values()] == ["kN", "degC", "mm"]
    assert "t.csv was read with units in line 2." in layout.notes


def test_r_writes_names_of_rows_without_a_name_above(tmp_path: Path) -> None:
    body = "".join(f'"{n}";{line}\n' for n, line in enumerate(lines(";", ",").splitlines(), 1))
    for header in ('"";"force";"temp";"wear"\n', '"force";"temp";"wear"\n'):  # write.csv2, table
        columns, _ = read(tmp_path, header + body)
        assert [c.numbers().tolist() for c in columns.values()][1:] == [FORCE, TEMP, WEAR]
        assert not next(iter(columns.values())).title.has_name


def test_words_beside_numbers_that_increase_are_names(tmp_path: Path) -> None:
    body = "".join(f"T{n % 4},{line}\n" for n, line in enumerate(lines().splitlines()))
    columns, _ = read(tmp_path, "tool,400,402.5,405\n" + body)
    assert list(columns) == ["tool", "400", "402.5", "405"]
    columns, layout = read(tmp_path, body)
    assert list(columns) == ["column_1", "column_2", "column_3", "column_4"]
    assert "without names" in layout.notes[0]


def test_every_part_can_be_named(tmp_path: Path) -> None:
    text = "a,b,c\nforce,temp,wear\nN,degC,mm\n# remark,1,2\n" + lines() + "99,99,99\n"
    columns, layout = read(tmp_path, text, header=2, units_row=3, comment="#", drop_lines="17")
    assert [column.title.header for column in columns.values()] == [
        "force [N]", "temp [degC]", "wear [mm]",
    ]  # fmt: skip
    assert [column.numbers().tolist() for column in columns.values()] == [FORCE, TEMP, WEAR]
    asked = {fact.field for fact in layout.read[0].facts if fact.why == "as asked for"}
    assert asked == {"header", "units_row", "comment", "drop_lines"}
    columns, _ = read(tmp_path, "1,2,3\n" + lines(), header=0)
    assert columns["column_1"].numbers().tolist() == [1, *FORCE]
    columns, _ = read(tmp_path, "x,y\nz,w\n\n" + "force|temp|wear\n" + lines("|"), skip=3)
    assert list(columns) == ["force", "temp", "wear"]
    columns, _ = read(
        tmp_path, "force,temp,wear\n" + lines().replace("4.000", "oops"), missing=("oops",)
    )
    assert columns["force"].missing == 1


@pytest.mark.parametrize(
    ("text", "asked", "told"),
    [
        ("force,temp\n" + lines(), {}, "line 1 has 2 cells but most rows have 3: name the line"),
        ("force,temp,wear\n" + lines(), {"header": 40}, r"line 40 \(--header\) holds nothing"),
        ("force,temp,wear\n" + lines(), {"units_row": 40}, r"line 40 \(--units-row\) holds no row"),
        (
            "force,temp,wear\n\n" + lines() + "1,2\n3,4,5\n",
            {},
            "line 15 has 2 cells but the header",
        ),
        (
            "force,temp,wear\n" + lines() + "# a\n1,2,3\n",
            {},
            r"line 14 has 1 cell .*\(--comment '#'\)",
        ),
        ("force,temp,wear\n" + lines(), {"sheet": ("a",)}, "sheet"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, text: str, asked: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadInputError, match=told):
        read(tmp_path, text, **asked)


def test_a_row_that_is_cut_off_is_no_footer(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="line 14 has 2 cells"):
        read(tmp_path, "force,temp,wear\n" + lines() + "13.0,23")


def test_a_category_of_words_that_sum_up_loses_no_row(tmp_path: Path) -> None:
    text = "kind,force\n" + "".join(f"{('mean', 'max')[n % 2]},{n}.5\n" for n in range(12))
    columns, layout = read(tmp_path, text)
    assert layout.rows == 12
    assert columns["kind"].kind == "category"


def test_sheets_have_titles_units_and_totals_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Wear test 2021"], [], ["force", "temp", "wear"], ["N", "degC", "mm"], *ROWS,
        ["Total", None, 9.75],
    ):  # fmt: skip
        sheet.append(list(row))
    path = tmp_path / "t.xlsx"
    book.save(path)
    cells, layout = read_table(path)
    columns = typed_columns(cells, layout)
    assert [(c.name, c.unit) for c in columns.values()] == [
        ("force", "N"), ("temp", "degC"), ("wear", "mm"),
    ]  # fmt: skip
    assert [column.numbers().tolist() for column in columns.values()] == [FORCE, TEMP, WEAR]
    assert layout.where(0) == "row 1 (line 5)"
    found = api.preview(DataSpec(source=f"table:{path}"))
    assert {"sheet", "header", "units_row"} <= {
        one["field"] for one in found["reading"][0]["facts"]
    }
    assert found["rows"][0] == [1.0, 20.75, 0.125]
    first = found["reading"][0]["first_lines"]
    assert first[0] == [1, "Wear test 2021 |  | "]
