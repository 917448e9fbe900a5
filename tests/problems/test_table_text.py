"""Separated text, as many programs write it; pandas writes it here, and reads it for comparison."""

import codecs
import io
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spinn_engine.problems.tables.table import load_table
from spinn_engine.problems.tables.texts import raw
from spinn_engine.problems.tables.texts.reading import read_text
from spinn_engine.spec import DataSpec, ReadingSpec

MAY_BE_TWO = re.compile(r"-?([1-9]\d{0,2}[.,]\d{3}|\d+)")
FINITE = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


def columns(path: Path, whole: bool = True) -> dict[str, list[Any]]:
    sheet = read_text(path, whole, ReadingSpec())
    return {n: c.to_pylist() for n, c in zip(sheet.headers, sheet.columns, strict=True)}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(FINITE, st.integers(-5, 5), st.none() | FINITE), min_size=2, max_size=30),
    st.sampled_from([",.", ";.", ";,", "\t.", "\t,"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "sep"]),
)
@example([(1.875, 0, None)] * 2, ";,", "utf-8", "\n", "")  # may be 1875
@example([(1.875, 0, 2.0)] * 2, ";.", "utf-8", "\n", "")
def test_what_was_written_is_read(
    rows: list[tuple[float, int, float | None]],
    marks: str,
    encoding: str,
    line_end: str,
    before: str,
) -> None:
    table = pd.DataFrame(rows, columns=["Kraft [µN]", "count", "größe; x, mm"])
    text = table.to_csv(index=False, sep=marks[0], decimal=marks[1], lineterminator=line_end)
    if before:
        text = (f"sep={marks[0]}" if before == "sep" else "") + line_end + text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(text.encode(encoding))
        found = columns(path)
    assert list(found) == list(table.columns)
    for name in table.columns.astype(str):
        texts = [cell for cell in found[name] if isinstance(cell, str)]
        assert all(MAY_BE_TWO.fullmatch(text) for text in texts)  # so they are left as they stand
        cells = [x.replace(marks[1], ".") if isinstance(x, str) else x for x in found[name]]
        numbers = np.array([np.nan if x is None else x for x in cells], dtype=float)
        assert np.array_equal(numbers, table[name].to_numpy(dtype=float), equal_nan=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
        ("a,b\r1,2\r3,4\r", {"a": [1, 3], "b": [2, 4]}),
        ("\n\na;b\n1,5;2,25\n\n3,5;4\n", {"a": [1.5, 3.5], "b": [2.25, 4.0]}),
        ("x, mm;y, mm\n1,5;2,5\n", {"x, mm": [1.5], "y, mm": [2.5]}),
        ('a,b\n"1,5","2,25"\n', {"a": [1.5], "b": [2.25]}),
        ('a,b\n"1,500",2\n', {"a": ["1,500"], "b": [2]}),  # may be fifteen hundred
        ("a;b\n0,125;0,250\n", {"a": [0.125], "b": [0.25]}),
        ("a;b\n1.5;steel, hard\n", {"a": [1.5], "b": ["steel, hard"]}),
        ('"a\nb";c\n1;"x\ny"\n', {"a b": [1], "c": ["x\ny"]}),
        ("a\n1\n2\n", {"a": [1, 2]}),
        ("a,b\n1,\n,2\nNaN,n/a\n", {"a": [1, None, None], "b": [None, 2, None]}),
        ("a,b\ninf,-Infinity\n", {"a": [np.inf], "b": [-np.inf]}),
        ("a,b\n5,5\" bolt\n6,x\n", {"a": [5, 6], "b": ['5" bolt', "x"]}),
    ],
)  # fmt: skip
def test_hand_made_files(tmp_path: Path, text: str, expected: dict[str, list[Any]]) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    assert columns(path) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n1,2\n", []),
        (codecs.BOM_UTF8 + b"a,b\n1,2\n", []),
        ("a,ä\n1,2\n".encode("utf-16"), ["t.csv was read as UTF-16 text."]),
        ("a,ä\n1,2\n".encode("utf-16-le"), ["t.csv was read as UTF-16 text."]),
        (
            "a,ä\n1,2\n".encode("latin-1"),
            [
                "t.csv is not UTF-8 text: it was read as Western European (cp1252), save it as "
                "UTF-8 if letters look wrong."
            ],
        ),
        (
            b"a\tb\n1,5\t2\n",
            ["t.csv was read with tabs between cells and commas before decimals."],
        ),
    ],
)
def test_what_was_guessed_is_said(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert read_text(path, True, ReadingSpec()).notes == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,note\n1,"bad\n2,ok\n3,"worse\n4,ok\n', 2),
        ('note,a\nok,0\n"bad,1\nok,2\n"worse,3\n', 3),
        ('a;note\r1;ok\r2;"bad\r3;"worse\r', 3),
        ('a,note\n1,ok\n2,"bad\n3,ok\n', 3),
    ],
)
def test_marks_that_are_not_closed_swallow_no_rows(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    with pytest.raises(ValueError, match=f"opened in line {line} and not closed"):
        read_text(path, True, ReadingSpec())


def test_marks_within_cells_and_cells_of_several_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,note\n1,5" bolt\n2,"two\nlines"\n3,"so "\n4,"end" \n')
    assert columns(path)["note"] == ['5" bolt', "two\nlines", "so ", "end "]


def long_table(rows: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    late = np.arange(rows) > rows // 2
    return pd.DataFrame(
        {
            "whole_then_broken": np.where(late, rng.normal(size=rows), np.arange(rows)),
            "empty_then_number": np.where(late, rng.normal(size=rows), np.nan),
            "words": np.where(late, "später", "early"),
            "flag": np.arange(rows) % 2 == 0,
            "day": pd.date_range("2024-01-01", periods=rows, freq="D"),
        }
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_long_file_is_read_in_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(raw, "START_BYTES", 4096)
    monkeypatch.setattr(raw, "BLOCK_BYTES", 8192)
    table = long_table()
    path = tmp_path / "long.csv"
    table.to_csv(path, index=False, encoding=encoding)
    sheet = read_text(path, True, ReadingSpec())
    assert sheet.whole
    assert sheet.rows == 3000
    found = {n: c.to_pandas() for n, c in zip(sheet.headers, sheet.columns, strict=True)}
    assert sheet.columns[0].num_chunks > 5
    for name in table.columns.astype(str):
        if name == "words":
            assert list(found[name]) == list(table[name])
        else:
            assert np.array_equal(
                found[name].to_numpy(dtype=table[name].dtype), table[name].to_numpy(),
                equal_nan=name == "empty_then_number",
            )  # fmt: skip


def test_long_serial_numbers_stay_different(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "START_BYTES", 4096)
    path = tmp_path / "ids.csv"
    serial = [2**60 + n // 100 for n in range(1000)]
    path.write_text("id,x,y\n" + "".join(f"{s},{n},{n % 7}\n" for n, s in enumerate(serial)))
    problem = load_table(DataSpec(source=f"table:{path}", targets=("y",), group="id"))
    assert problem.groups is not None
    assert list(problem.groups) == [n // 100 for n in range(1000)]


def test_a_column_that_turns_into_text_far_down_is_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "START_BYTES", 4096)
    path = tmp_path / "late.csv"
    path.write_text("a,b\n" + "1,2\n" * 5000 + "oops,3\n")
    found = columns(path)
    assert found["a"] == ["1"] * 5000 + ["oops"]
    assert found["b"] == [2] * 5000 + [3]


def test_an_uneven_row_far_down_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "START_BYTES", 4096)
    path = tmp_path / "late.csv"
    path.write_text("a,b\n" + "1,2\n" * 5000 + "3\n")
    with pytest.raises(ValueError, match="line 5002 has 1 cell but the header has 2 names"):
        read_text(path, True, ReadingSpec())


def test_the_start_alone_ends_with_a_whole_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "START_BYTES", 1001)
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "".join(f"{n},{n}.25\n" for n in range(5000)))
    sheet = read_text(path, False, ReadingSpec())
    assert not sheet.whole
    assert 50 < sheet.rows < 200
    assert sheet.columns[1].to_pylist() == [n + 0.25 for n in range(sheet.rows)]


def test_thousands_of_columns(tmp_path: Path) -> None:
    table = pd.DataFrame(np.arange(60_000.0).reshape(6, 10_000) + 0.123456789)
    table.columns = [f"spectral line {n} [counts]" for n in range(10_000)]
    table.to_csv(tmp_path / "wide.csv", index=False)
    found = columns(tmp_path / "wide.csv")
    assert list(found) == list(table.columns)
    assert np.array_equal(list(found.values()), table.to_numpy().T)


def test_a_german_export_end_to_end(tmp_path: Path) -> None:
    text = io.StringIO()
    for n in range(40):
        text.write(f"{n / 4:.2f};{n % 7},5;{'grün' if n % 2 else 'rot'}\r\n".replace(".", ","))
    path = tmp_path / "Messung.csv"
    header = "Verschleiß [µm];Kraft (N);Farbe\r\n"
    path.write_bytes((header + text.getvalue()).encode("cp1252"))
    problem = load_table(DataSpec(source=f"table:{path}", targets=("Verschleiß [µm]",)))
    assert problem.target_names == ("Verschleiß",)
    assert problem.input_names == ("Kraft", "Farbe=grün", "Farbe=rot")
    assert problem.units == {"Verschleiß": "µm", "Kraft": "N"}
    assert np.allclose(problem.targets[:, 0], np.arange(40) / 4)
    assert np.allclose(problem.inputs[:, 0], np.arange(40) % 7 + 0.5)
    assert np.array_equal(problem.inputs[:, 1], np.arange(40) % 2)
    assert len(problem.notes) == 3
