"""Parquet and Arrow of polars, DuckDB, Spark and pyarrow: read, or one sentence."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems.preview import preview
from spinn_engine.problems.tables.table import load_table
from spinn_engine.spec import DataSpec
from tests.problems.containers.support import columns, notes

ROWS = 24
NAMES = {"a": "1", "u": "uuid"}
DUCKDB: dict[str, tuple[str, Any]] = {  # a column in SQL, and the first cell
    "uuid": ("('00000000-0000-4000-8000-' || lpad(n::varchar, 12, '0'))::uuid", None),
    "json": ("""('{"rpm": ' || n || '}')::json""", '{"rpm": 0}'),
    "decimal": ("(n / 8)::decimal(18, 3)", Decimal("0.000")),
    "wide": ("(n / 8)::decimal(38, 10)", Decimal(0)),
    "huge": ("n::hugeint", 0.0),
    "unsigned": ("n::uint64", 0),
    "enum": ("(case n % 2 when 0 then 'a' else 'b' end)::enum('a', 'b')", "a"),
    "blob": ("'abc'::blob", "abc"),
    "bits": ("'101'::bit", None),
    "time": ("time '12:30:00'", None),
    "zoned": ("timestamptz '2024-01-01 00:00:00+00'", None),
    "interval": ("interval (n) minute", None),
    "list": ("[n, n + 1]", [0, 1]),
    "fixed": ("[n, n + 1]::integer[2]", [0, 1]),
    "map": ("map {'a': n}", [("a", 0)]),
    "flag": ("n % 2 = 0", True),
}


@pytest.mark.parametrize("kind", DUCKDB)
def test_every_type_of_duckdb_is_read_and_can_be_dropped(tmp_path: Path, kind: str) -> None:
    sql, first = DUCKDB[kind]
    path = tmp_path / "a.parquet"
    query = f"select {sql} as c, n / 7 as y, n % 5 as x from range({ROWS}) t(n)"
    duckdb.execute(f"copy ({query}) to '{path}' (format parquet)")
    found = columns(path)
    assert found["x"] == [n % 5 for n in range(ROWS)]
    assert first is None or found["c"][0] == first
    if kind == "uuid":
        assert found["c"] == [str(UUID(f"00000000-0000-4000-8000-{n:012}")) for n in range(ROWS)]
    data = DataSpec(source=f"table:{path}", targets=("y",))
    assert len(load_table(data.model_copy(update={"drop": ("c",)})).inputs) == ROWS
    preview(data)
    try:
        load_table(data)
    except BadInputError as error:
        assert "'c'" in str(error)  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017


def test_structs_become_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = [{"s": {"a": n, "in": {"b": n / 2}}, "y": n} for n in range(4)]
    rows[1]["s"] = None
    pl.DataFrame(rows, strict=False).write_parquet(path)
    assert columns(path) == {
        "s.a": [0, None, 2, 3],
        "s.in.b": [0, None, 1, 1.5],
        "y": [0, 1, 2, 3],
    }
    assert "Each field of s was read as a column of its own." in notes(path)


def test_the_types_of_polars(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    made = pl.DataFrame(
        {
            "word": pl.Series(["a", None, "a"], dtype=pl.Categorical),
            "enum": pl.Series(["a", "b", None], dtype=pl.Enum(["a", "b"])),
            "span": pl.Series([timedelta(seconds=n) for n in range(3)]),
            "tiny": pl.Series([1, 2, None], dtype=pl.Int8),
            "null": pl.Series([None] * 3),
            "bytes": pl.Series([b"\xff", b"a", None]),
        }
    )
    made.write_ipc(path, compat_level=pl.CompatLevel.newest())
    found = columns(path)
    assert (found["word"], found["enum"]) == (["a", None, "a"], ["a", "b", None])
    assert (found["tiny"], found["null"]) == ([1, 2, None], [None] * 3)
    assert found["bytes"] == ["ff", "61", None]
    assert found["span"] == made["span"].to_list()


def test_encodings_that_only_arrow_knows(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    runs = pa.RunEndEncodedArray.from_arrays([2, 3], [1.5, 2.5])
    numbers = pa.array([7, 8, 7]).dictionary_encode()
    flags = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None], pa.int8()))
    with pa.OSFile(str(path), "wb") as file:
        table = pa.table({"runs": runs, "numbers": numbers, "flags": flags})
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write(table)
    assert columns(path) == {
        "runs": [1.5, 1.5, 2.5],
        "numbers": [7, 8, 7],
        "flags": [True, False, None],
    }


def test_a_folder_of_parts_says_how_they_become_one(tmp_path: Path) -> None:
    folder = tmp_path / "runs.parquet"
    folder.mkdir()
    for n in range(2):
        pq.write_table(pa.table({"x": [n], "y": [n]}), folder / f"part-0000{n}-c000.parquet")
    with pytest.raises(
        BadInputError, match="it is a folder of parts: make one of its 2 by: "
    ) as no:
        columns(folder)
    code = str(no.value).partition('python -c "')[2].removesuffix('"')
    exec(code)
    assert columns(tmp_path / "runs-whole.parquet") == {"x": [0, 1], "y": [0, 1]}


def test_one_table_has_no_sheets(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1], "y": [2]}), tmp_path / "a.parquet")
    with pytest.raises(BadInputError, match="holds one table alone, so leave out --sheet a"):
        columns(tmp_path / "a.parquet", "a")
