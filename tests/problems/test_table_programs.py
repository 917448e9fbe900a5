"""Tables as measuring programs, solvers and loggers write them, and what is between their rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.files import read_table
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import ReadingSpec

ROWS = [(float(n), 20.5 + n / 4, 0.125 * n) for n in range(1, 13)]
FORCE, TEMP, WEAR = (list(column) for column in zip(*ROWS, strict=True))
LABVIEW = (
    "LabVIEW Measurement\t\nSeparator\tTab\n***End_of_Header***\t\n\t\nChannels\t2\t\t\n"
    "Samples\t12\t12\t\nDate\t2021/03/01\t2021/03/01\t\nTime\t12:00:00,5\t12:00:00,5\t\n"
    "X_Dimension\tTime\tTime\t\nX0\t0,0E+0\t0,0E+0\t\n***End_of_Header***\t\t\t\n"
)
CAMPBELL = (
    '"TOA5","CR1000","CR1000","1234"\n"force","temp","wear"\n"kN","Deg C","Wear units"\n'
    '"","Avg","Smp"\n'
)


def lines(separator: str = ",", decimal: str = ".", end: str = "") -> str:
    made = (separator.join(f"{v:.3f}".replace(".", decimal) for v in row) for row in ROWS)
    return "".join(f"{line}{end}\n" for line in made)


def read(folder: Path, text: str | bytes, **asked: Any) -> tuple[dict[str, Column], Layout]:
    path = folder / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    cells, layout = read_table(path, reading=ReadingSpec(**asked))
    return typed_columns(cells, layout), layout


@pytest.mark.parametrize(
    ("text", "units"),
    [
        (CAMPBELL + lines(), ["kN", "Deg C", "Wear units"]),
        ("force,temp,wear\nnewton,celsius,millimeter\n" + lines(),
         ["newton", "celsius", "millimeter"]),
        ("force,temp,wear\nm/s^2,W/(m·K),kg/m³\n" + lines(), ["m/s^2", "W/(m·K)", "kg/m³"]),
        ("force,temp,wear\nN,°C,mm\nrun 1,channel 2,\n" + lines(), ["N", "°C", "mm"]),
        ("force,temp,wear\nN,°C,mm\nleft,right,top\n" + lines(), ["N", "°C", "mm"]),
        ("force,temp,wear\nrun 1,channel 2,\nN,°C,mm\n" + lines(), ["N", "°C", "mm"]),
        ("#force temp wear\n#N degC mm\n" + lines(" "), ["N", "degC", "mm"]),
        ("#force temp wear\n#yr level level\n" + lines(" "), [None, None, None]),
        ("force  temp  wear\n-----  ----  ----\n" + lines("  "), [None, None, None]),
        (" force | temp | wear \n-------+------+------\n" + lines(" | ") + "(12 rows)\n",
         [None, None, None]),
        ("waveform\t[0]\t[1]\nt0\t01.03.2021 12:00:00\t01.03.2021 12:00:00\n"
         "delta t\t0,001\t0,001\n\nforce\ttemp\twear\n" + lines("\t", ","), [None] * 3),
        ("g,m,m\nforce,temp,wear\nrun,,\n" + lines(), [None, None, None]),
    ],
)  # fmt: skip
def test_what_stands_between_names_and_values_is_no_row(
    tmp_path: Path, text: str, units: list[str | None]
) -> None:
    columns, layout = read(tmp_path, text)
    assert list(columns) == ["force", "temp", "wear"]
    assert [column.unit for column in columns.values()] == units
    assert [column.numbers().tolist() for column in columns.values()] == [FORCE, TEMP, WEAR]
    assert layout.notes, "that lines were left out is said"


def test_labels_in_front_of_units_are_none(tmp_path: Path) -> None:
    text = "Long Name\tforce\ttemp\twear\nUnits\tN\t°C\tmm\nComments\trun\tch 2\t\n"
    rows = [f"{n}\t{line}\n" for n, line in enumerate(lines("\t").splitlines())]
    columns, _ = read(tmp_path, text + "".join(rows))
    assert list(columns) == ["Long Name", "force", "temp", "wear"]
    assert [column.unit for column in columns.values()] == [None, "N", "°C", "mm"]
    assert columns["wear"].numbers().tolist() == WEAR


@pytest.mark.parametrize("end", ["", "\t"])
def test_the_header_of_a_labview_segment_holds_no_rows(tmp_path: Path, end: str) -> None:
    text = LABVIEW + "X_Value\tForce\tX_Value\tWear\tComment\n"
    pairs = [f"{a}\t{b}\t{a}\t{c}{end}\n".replace(".", ",") for a, b, c in ROWS]
    columns, _ = read(tmp_path, text + "".join(pairs))
    assert [c.name for c in columns.values() if c.kind == "number"] == ["X_Value", "Force", "Wear"]
    assert columns["Force"].numbers().tolist() == TEMP
    assert columns["Wear"].numbers().tolist() == WEAR


@pytest.mark.parametrize("end", [",", ", "])
def test_a_comma_behind_every_row_moves_no_name(tmp_path: Path, end: str) -> None:
    columns, _ = read(tmp_path, "force,temp,wear\n" + lines(end=end))
    assert list(columns)[:3] == ["force", "temp", "wear"]
    assert [column.numbers().tolist() for column in columns.values()][:3] == [FORCE, TEMP, WEAR]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_rows_that_end_in_a_sign_may_have_units_and_names_without(
    tmp_path: Path, sign: str
) -> None:
    above = f"force{sign}temp{sign}wear\nN{sign}°C{sign}mm\n"
    rows = lines(sign, end=sign).splitlines(keepends=True)
    text = "# c\n" + above + "".join(rows[:6]) + above + "".join(rows[6:])
    columns, _ = read(tmp_path, text)
    assert [column.unit for column in columns.values()][:3] == ["N", "°C", "mm"]
    assert [column.numbers().tolist() for column in columns.values()][:3] == [FORCE, TEMP, WEAR]


def test_tabs_are_no_spaces_where_a_comment_has_as_many_words(tmp_path: Path) -> None:
    rows = "".join(f"{a}\t{c}\n" for a, _, c in ROWS)
    columns, _ = read(tmp_path, "# c\nm\ts\nN\ts\n" + rows)
    assert [(name, column.unit) for name, column in columns.items()] == [("m", "N"), ("s", "s")]


def test_a_mark_of_a_comment_that_stands_alone_is_no_name(tmp_path: Path) -> None:
    text = "# Probe 0 1\n#  Time\n" + lines(" ")
    with pytest.raises(BadInputError, match="line 2 has 2 cells but most rows have 3"):
        read(tmp_path, text)
    columns, _ = read(tmp_path, text, header=1)
    assert list(columns) == ["Probe", "0", "1"]
    columns, _ = read(tmp_path, text, header=1, comment="#")
    assert columns["0"].numbers().tolist() == TEMP


def test_spaces_and_tabs_may_stand_between_cells(tmp_path: Path) -> None:
    rows = [f'{a:.2f}   {b:.2f} {c}\t"chevrolet n {a}"\n' for a, b, c in ROWS]
    columns, _ = read(tmp_path, "".join(rows))
    assert [c.numbers().tolist() for c in columns.values()][:3] == [FORCE, TEMP, WEAR]
    assert columns["column_4"].words[0] == "chevrolet n 1.0"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-be"])
def test_utf_32_is_told_by_its_mark(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-32" else "\ufeff"
    columns, _ = read(tmp_path, (mark + "force,temp,wear\n" + lines()).encode(encoding))
    assert [column.numbers().tolist() for column in columns.values()] == [FORCE, TEMP, WEAR]


PIECES = lines().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ("force,temp,wear\n", "line 8"),
        ("# force,temp,wear\n", "line 8"),
        ("Rig 3,,\nforce,temp,wear\nN,degC,mm\n", "line 10, line 11 and line 12"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_names_that_are_repeated_below_are_no_row(
    tmp_path: Path, above: str, told: str, ends: str
) -> None:
    text = above + "".join(PIECES[:6]) + above + "".join(PIECES[6:])
    columns, layout = read(tmp_path, text.replace("\n", ends).encode())
    assert [column.numbers().tolist() for column in columns.values()] == [FORCE, TEMP, WEAR]
    assert any(note.endswith(f"is repeated and left out in {told}.") for note in layout.notes)
    assert layout.where(6) == f"row 7 (line {7 + 2 * above.count(chr(10))})"


def test_a_table_above_another_is_not_passed_over(tmp_path: Path) -> None:
    text = "force,temp,wear\n" + lines() + "\na,b\n" + "".join(f"{n},{n}.5\n" for n in range(20))
    with pytest.raises(BadInputError, match="in line 2 to 13, above the names in line 15, so"):
        read(tmp_path, text)
    columns, _ = read(tmp_path, text, skip=13)
    assert columns["b"].numbers().tolist() == [n + 0.5 for n in range(20)]


def test_rows_named_with_a_mark_are_no_comments_at_the_end(tmp_path: Path) -> None:
    text = "id,wear\n" + "".join(f"#{n},{wear}\n" for n, wear in enumerate(WEAR))
    columns, _ = read(tmp_path, text + "# end\n")
    assert columns["wear"].numbers().tolist() == WEAR


def test_a_row_of_units_that_is_asked_for_stands_below_the_names(tmp_path: Path) -> None:
    text = "force,temp,wear\nfoo,bar,baz\n" + lines()
    columns, _ = read(tmp_path, text, units_row=2)
    assert {name: column.unit for name, column in columns.items()} == {
        "force": "foo", "temp": "bar", "wear": "baz",
    }  # fmt: skip
    with pytest.raises(BadInputError, match="line 5 .--units-row. holds no row of 3 units"):
        read(tmp_path, text, units_row=5)


def test_an_encoding_that_does_not_fit_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="it is no ascii text: leave out --encoding"):
        read(tmp_path, "größe,temp,wear\n" + lines(), encoding="ascii")


@pytest.mark.parametrize(
    ("below", "gaps"),
    [("Note: 3 sensors,,\n", 0), (",,\nsigned by M,,\n", 1), (",End of run 3,\n", 0)],
)
def test_remarks_that_a_spreadsheet_pads_are_no_rows(tmp_path: Path, below: str, gaps: int) -> None:
    columns, layout = read(tmp_path, "force,temp,wear\n" + lines() + below)
    assert columns["wear"].numbers()[: len(WEAR)].tolist() == WEAR
    assert [column.missing for column in columns.values()] == [gaps] * 3
    assert any("was left out" in note for note in layout.notes)


def test_advice_on_a_line_with_too_few_cells_can_be_typed(tmp_path: Path) -> None:
    text = "force,temp,wear\n" + lines() + "Operator,Miller\n"
    with pytest.raises(BadInputError, match="2 cells but the header has 3 names: .*--drop-lines 1"):
        read(tmp_path, text)
    columns, _ = read(tmp_path, text, drop_lines="14")
    assert columns["wear"].numbers().tolist() == WEAR
    with pytest.raises(BadInputError, match="line 13 has 2 cells but most rows have 3"):
        read(tmp_path, lines() + "1,2\n")


def test_a_line_of_names_that_is_too_long_is_called_so(tmp_path: Path) -> None:
    names = ",".join(f"column number {n}" for n in range(70_000))
    row = ",".join("1" for _ in range(70_000))
    with pytest.raises(BadInputError, match="its first line takes more than 1.05 MB"):
        read(tmp_path, f"{names}\n{row}\n{row}\n")


@pytest.mark.parametrize("title", ["", "Run 3;\n", "Run 3;;\n", "Run 3\n"])
@pytest.mark.parametrize(("below", "units"), [("", [None, None]), ("V;mm\n", ["V", "mm"])])
def test_names_may_look_like_units(
    tmp_path: Path, title: str, below: str, units: list[str | None]
) -> None:
    rows = "".join(f"{a};{c}\n" for a, _, c in ROWS)
    columns, _ = read(tmp_path, title + "U/V;m\n" + below + rows)
    assert [(name, column.unit) for name, column in columns.items()] == [
        ("U/V", units[0]), ("m", units[1]),
    ]  # fmt: skip
