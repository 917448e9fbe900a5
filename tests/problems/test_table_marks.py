"""Marks between thousands and before decimals: read as they were written, or not at all."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.files import read_table
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import DataSpec

SPACE, NARROW, QUOTE = (
    "\N{NO-BREAK SPACE}",
    "\N{NARROW NO-BREAK SPACE}",
    "\N{RIGHT SINGLE QUOTATION MARK}",
)
STYLES = [  # the sign before decimals, and the mark between thousands
    (".", ""), (",", ""), (".", ","), (",", "."), (".", "'"), (".", QUOTE), (",", SPACE),
    (",", NARROW), (".", " "),
]  # fmt: skip


def typed(path: Path) -> dict[str, Column]:
    return typed_columns(*read_table(path))


def written(value: float, decimals: int, decimal: str, thousands: str) -> str:
    """As a program of that country writes it; whole numbers without decimals."""
    text = f"{value:,.{decimals}f}".replace(",", "T").replace(".", decimal)
    return text.replace("T", thousands)


def table(path: Path, columns: dict[str, list[str]], separator: str = ";") -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in (list(columns), *zip(*columns.values(), strict=True)):
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=separator)
            writer.writerows([list(columns), *zip(*columns.values(), strict=True)])
    return path


@pytest.mark.parametrize(
    ("texts", "others", "numbers"),
    [
        (["1.023", "995"], ["0,1093", "0,2"], [1023, 995]),
        (["1.023", "995"], ["0.1093", "0.2"], [1.023, 995]),
        (["1,023", "995"], ["0.1093", "0.2"], [1023, 995]),
        (["1,023", "995"], ["0,1093", "0,2"], [1.023, 995]),
        (["1.023", "995"], ["7", "8"], None),
        (["1,023", "995"], ["7", "8"], None),
        (["1,023", "995"], ["0,5", "0.25"], None),  # the file has both
        (["1.022,7", "995"], ["7", "8"], [1022.7, 995]),
        (["1,022.7", "995"], ["7", "8"], [1022.7, 995]),
        (["1.008.500", "995"], ["7", "8"], [1_008_500, 995]),
        (["1'022.7", "995.25"], ["7", "8"], [1022.7, 995.25]),
        (["1.125", "2.250"], ["7", "8"], [1.125, 2.25]),  # as programs write three decimals
        (["1.125", "2.250"], ["0,5", "0,25"], [1125, 2250]),
        (["0.125", "995"], ["7", "8"], [0.125, 995]),
        (["1.5", "1.023"], ["0,5", "0,25"], [1.5, 1.023]),
        (["\N{MINUS SIGN}5.5", "3e\N{MINUS SIGN}2"], ["7", "8"], [-5.5, 0.03]),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_a_column_is_read_in_the_one_way_there_is(
    tmp_path: Path, name: str, texts: list[str], others: list[str], numbers: list[float] | None
) -> None:
    path = table(tmp_path / name, {"x": texts, "y": others})
    column = typed(path)["x"]
    if numbers is None:
        assert column.kind == "text"
        assert column.fault is not None
        assert f"holds {texts[0]!r}, which may be 1" in column.fault
    else:
        assert column.kind == "number"
        assert column.numbers().tolist() == numbers


def test_what_was_read_so_is_said_and_what_was_not_is_refused(tmp_path: Path) -> None:
    x = [written(573 + 31.7 * n, 1, ",", ".") for n in range(60)]
    y = [written(0.5 + 0.01 * n, 2, ",", ".") for n in range(60)]
    path = table(tmp_path / "t.csv", {"force": x, "wear": y})
    problem = api.load_problem(DataSpec(source=f"table:{path}", targets=("wear",)))
    assert problem.inputs[:, 0].min() == pytest.approx(573)
    assert problem.inputs[:, 0].max() == pytest.approx(573 + 31.7 * 59)
    told = "'force' was read with points between thousands and commas before decimals."
    assert told in problem.notes
    assert told in api.preview(DataSpec(source=f"table:{path}"))["notes"]
    whole = [text.partition(",")[0] for text in x]
    path = table(tmp_path / "u.csv", {"force": whole, "wear": [str(n) for n in range(60)]})
    for targets, use in ((("wear",), "column 'force' holds"), (("force",), "target 'force' holds")):
        with pytest.raises(BadInputError, match=f"{use}.*may be 1.* or 1,") as refused:
            api.load_problem(DataSpec(source=f"table:{path}", targets=targets))
        assert "say --decimal . for the first or --decimal , for the second" in str(refused.value)


def test_three_decimals_everywhere_are_taken_for_such_and_it_is_said(tmp_path: Path) -> None:
    x = [f"{1 + 0.113 * n:.3f}" for n in range(60)]
    path = table(tmp_path / "t.csv", {"x": x, "y": [str(n) for n in range(60)]}, ",")
    problem = api.load_problem(DataSpec(source=f"table:{path}", targets=("y",)))
    assert problem.inputs[:, 0].max() == pytest.approx(1 + 0.113 * 59)
    assert any(
        "three digits follow every point: are these thousands (--thousands .)?" in note
        for note in problem.notes
    )
    path = table(tmp_path / "u.csv", {"x": x, "y": [f"{n / 7:.2f}" for n in range(60)]}, ",")
    problem = api.load_problem(DataSpec(source=f"table:{path}", targets=("y",)))
    assert not any("thousands" in note for note in problem.notes)


def test_a_mark_that_comes_late_in_a_long_file_is_seen(tmp_path: Path) -> None:
    """The start of a file, by which it is read on, has no thousands yet."""
    count = 200_000
    x = [str(100 + n % 800) for n in range(count)] + ["1.023", "2.500"]
    y = ["0,25"] * (count + 2)
    path = table(tmp_path / "long.csv", {"x": x, "y": y})
    assert path.stat().st_size > 2**20
    assert typed(path)["x"].numbers()[-2:].tolist() == [1023, 2500]
    path = table(tmp_path / "point.csv", {"x": x, "y": ["7"] * (count + 2)}, ",")
    assert typed(path)["x"].fault is not None


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_long_serial_numbers_stay_different(tmp_path: Path, name: str) -> None:
    serial = [f"1234567890123456789{n % 5}" for n in range(60)]
    path = table(tmp_path / name, {"tool": serial, "y": [str(n / 7) for n in range(60)]})
    assert len(set(typed(path)["tool"].codes())) == 5
    assert len({float(text) for text in serial}) == 1


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint8(), pa.uint32(), pa.int64()])
def test_texts_of_parquet_are_read_whatever_numbers_them(tmp_path: Path, kind: pa.DataType) -> None:
    tools = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1], kind), ["a", "b"])
    pq.write_table(pa.table({"tool": tools, "y": [1.0, 2, 3, 4]}), tmp_path / "t.parquet")
    assert typed(tmp_path / "t.parquet")["tool"].codes().tolist() == [0, 1, -1, 1]


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (
            pa.array([bytes(range(16)), bytes(16)], pa.uuid()),
            "00000000-0000-0000-0000-000000000000",
        ),
        (pa.array(['{"a": 1}', "{}"], pa.json_()), '{"a": 1}'),
    ],
)
def test_uuids_and_json_of_parquet_are_texts(tmp_path: Path, cells: Any, first: str) -> None:
    pq.write_table(pa.table({"id": cells, "y": [1.0, 2.0]}), tmp_path / "t.parquet")
    assert typed(tmp_path / "t.parquet")["id"].words[0] == first


@st.composite
def a_table(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, list[float]], str, str]:
    """Columns as a program writes them with one style of numbers, what they are, and how."""
    decimal, thousands = draw(st.sampled_from(STYLES))
    rows = draw(st.integers(1, 12))
    texts: dict[str, list[str]] = {}
    values: dict[str, list[float]] = {}
    for name in "abc"[: draw(st.integers(2, 3))]:
        decimals, most = draw(st.integers(0, 4)), draw(st.sampled_from([1, 999, 5000, 3_000_000]))
        numbers = draw(
            st.lists(st.floats(-most, most, allow_nan=False), min_size=rows, max_size=rows)
        )
        texts[name] = [written(n, decimals, decimal, thousands) for n in numbers]
        values[name] = [float(f"{n:.{decimals}f}") for n in numbers]
    suffix = draw(st.sampled_from([".csv", ".tsv", ".xlsx", ".parquet"]))
    separator = "\t" if suffix == ".tsv" else draw(st.sampled_from(";,"))
    return texts, values, suffix, separator


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made=a_table())
def test_no_number_is_another_in_silence(
    tmp_path: Path, made: tuple[dict[str, list[str]], dict[str, list[float]], str, str]
) -> None:
    texts, values, suffix, separator = made
    found = typed(table(tmp_path / f"t{suffix}", texts, separator))
    for name, numbers in values.items():
        column = found[name]
        if column.kind != "number":
            assert column.kind in ("text", "category", "empty")
            continue
        if not (column.marks and column.marks.by_habit):  # which is said
            np.testing.assert_allclose(column.numbers(), numbers, rtol=1e-12, err_msg=str(texts))
