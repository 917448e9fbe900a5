"""Uploaded tables: kept under a name that cannot leave the folder, once it is seen to be one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.spec import DataSpec

TABLE = b"a,y\n1,2\n3,4\n5,6\n"


@given(st.text(max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_name_leaves_the_folder(store: Path, name: str) -> None:
    path = api.keep_table(f"a{name}b.CSV", TABLE)
    assert path.parent == store / "uploads"
    assert path.suffix == ".csv"
    assert path.read_bytes() == TABLE


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "..\\..\\x.csv", "/tmp/x.csv", "...csv"])
def test_no_path_leaves_the_folder(store: Path, name: str) -> None:
    assert api.keep_table(name, TABLE).parent == store / "uploads"


def test_the_same_bytes_are_kept_once_and_others_beside_them(store: Path) -> None:
    first = api.keep_table("runs.csv", TABLE)
    assert api.keep_table("runs.csv", TABLE) == first
    assert api.keep_table("runs.csv", TABLE + b"7,8\n") != first
    assert len(list((store / "uploads").iterdir())) == 2


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_what_is_kept_is_read_as_the_table_that_it_is(suffix: str) -> None:
    frame, buffer = pd.DataFrame({"a": [1.5, 2.5, 3.5], "y": [1, 2, 4]}), io.BytesIO()
    if suffix == ".csv":
        frame.to_csv(buffer, index=False)
    elif suffix == ".parquet":
        frame.to_parquet(buffer)
    else:
        frame.to_excel(buffer, index=False)
    path = api.keep_table(f"my runs{suffix}", buffer.getvalue())
    columns = api.preview(DataSpec(source=f"table:{path}"))["columns"]
    assert [(c["name"], c["min"], c["max"]) for c in columns] == [("a", 1.5, 3.5), ("y", 1, 4)]


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("evil.txt", "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.exe", b"MZ", "must end in .csv"),
        ("a", TABLE, "must end in .csv"),
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"\x00\x01\x02" * 50, "not text"),
        ("a.csv", b"\xef\xbb\xbf <!DOCTYPE html><p>a,b</p>\n", "web page"),
        ("a.csv", b"<?xml version='1.0'?>\n<a/>", "web page or XML"),
        ("a.csv", b"only\n1\n2\n", "1 column"),
        ("a.csv", b"a,b\n", "no rows"),
        ("a.parquet", TABLE, "cannot be read as a table"),
        ("a.xlsx", TABLE, "no workbook"),
        ("a.xlsx", zipped(), "cannot be read as a table"),
    ],
)
def test_what_is_no_table_is_refused_by_its_own_name(
    store: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(BadInputError, match=says) as refused:
        api.keep_table(name, content)
    assert str(refused.value).startswith(f"{name}: ")
    assert "/tmp" not in str(refused.value)
    assert not (store / "uploads").exists()


@pytest.mark.parametrize(
    ("content", "settled"),
    [
        (b"a,b\n1,2\n1,2,3\n", {"drop_lines": "3"}),
        (b"rig\n1,2.5,3\n2,3.5,4\n", {"header": 0, "skip": 1}),
        (b"a,b\n1,2\n# cleaned\n3,4\n", {"comment": "#"}),
    ],
)
def test_what_can_be_read_when_a_person_says_how_is_kept(
    store: Path, content: bytes, settled: dict[str, Any]
) -> None:
    source = f"table:{api.keep_table('a.csv', content)}"
    with pytest.raises(BadInputError, match="--"):
        api.preview(DataSpec(source=source))
    assert len(api.preview(DataSpec(source=source, **settled))["columns"]) >= 2
