"""The line that a refusal names is run, where Python runs it, and what comes of it is read."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.containers.conversions import conversion
from tests.problems.containers.support import columns

TABLE = pd.DataFrame({"force": [1.5, 2.0], "metal": ["steel", "Al"]})


def to_sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    TABLE.to_sql("NAME", connection, index=False)
    connection.close()


WRITERS: dict[str, Callable[[Path], object]] = {
    ".dta": lambda path: TABLE.to_stata(path, write_index=False),
    ".pkl": TABLE.to_pickle,
    ".json": TABLE.to_json,
    ".jsonl": lambda path: TABLE.to_json(path, orient="records", lines=True),
    ".xml": lambda path: TABLE.to_xml(path, index=False, parser="etree"),
    ".sqlite": to_sqlite,
    ".orc": TABLE.to_orc,
}


@pytest.mark.parametrize(
    ("suffix", "name"), [*((suffix, "runs") for suffix in WRITERS), (".dta", "it's 1 $HOME")]
)
def test_the_line_makes_a_table_of_the_file(tmp_path: Path, suffix: str, name: str) -> None:
    path = tmp_path / f"{name}{suffix}"
    WRITERS[suffix](path)
    with pytest.raises(BadInputError, match="a table file must end in .csv, .*; this one") as no:
        columns(path)
    line = conversion(path)
    assert line is not None
    assert str(no.value).endswith(line)
    bash = shutil.which("bash")
    assert bash is not None
    assert line.startswith("python ")
    command = f"'{sys.executable}' {line.removeprefix('python ')}"
    subprocess.run([bash, "-c", command], check=True, cwd=tmp_path)
    assert columns(path.with_suffix(".parquet")) == TABLE.to_dict("list")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.rds", r"""by: Rscript -e "write.csv\(readRDS\('.*a.rds'\), '.*a.csv', row.names = F"""),
        ("a.RData", r"write.csv\(get\(load\('"),
        ("a.sav", "by: pip install pyreadstat && python -c "),
        ("a.sas7bdat", r"pd.read_sas\('"),
        ("a.pickle", "only if it is from somebody you trust"),
        ("a.db", "with the name of its table for NAME: python"),
        ("a.docx", r"must end in \.csv, .*\.arff$"),
    ],
)
def test_what_else_is_said(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(BadInputError, match=says):
        columns(tmp_path / name)
