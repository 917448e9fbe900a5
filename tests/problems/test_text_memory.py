"""What reading a text file is said to take, before it is read."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from spinn_engine.errors import BadInputError
from spinn_engine.guarded import limits
from spinn_engine.problems.tables.files import read_table
from spinn_engine.problems.tables.texts.memory import memory_needed

LOAD = r"""
import re, sys
from pathlib import Path
from spinn_engine.problems import load_problem
from spinn_engine.spec import DataSpec
target, *group = sys.argv[2:]
def peak():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) * 1024
before = peak()
load_problem(DataSpec(source="table:" + sys.argv[1], targets=(target,), group=(*group, None)[0]))
print(peak() - before)
"""


FIXED = 150_000_000  # modules and blocks, however long the file is


def write(path: Path, rows: int, decimals: int) -> Path:
    values = np.random.default_rng(0).normal(size=(10, rows)).round(decimals)
    csv.write_csv(pa.table({f"c{n}": column for n, column in enumerate(values)}), path)
    return path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the peak")
@pytest.mark.parametrize(("rows", "decimals"), [(1_600_000, 1), (1_600_000, 15), (3_000_000, 3)])
def test_numbers_take_no_more_than_is_said(tmp_path: Path, rows: int, decimals: int) -> None:
    path = write(tmp_path / "t.csv", rows, decimals)
    said = memory_needed(path, path.stat().st_size, keep=True)
    assert taken(path, "c0") < said + FIXED


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the peak")
def test_texts_take_no_more_than_is_said(tmp_path: Path) -> None:
    path, rows = tmp_path / "t.csv", 2_500_000
    numbers = np.random.default_rng(0).integers(10**5, 10**8, (4, rows)).astype(str)
    when = np.datetime64("2024-01-01", "s") + np.arange(rows)
    made = {
        "run": np.char.add("run ", (np.arange(rows) // 1000).astype(str)),
        "steel": np.array(["hard", "soft", "None"])[np.arange(rows) % 3],
        "when": pc.strftime(pa.array(when), "%d.%m.%Y %H:%M:%S"),
    }
    for name, digits in zip(("x1", "x2", "x3", "y"), numbers, strict=True):
        made[name] = pc.replace_substring_regex(
            pa.array(digits), r"^(\d+)(\d{3})(\d{2})$", r"\1.\2,\3"
        )
    csv.write_csv(pa.table(made), path, csv.WriteOptions(delimiter=";"))
    said = memory_needed(path, path.stat().st_size, keep=True)
    assert said < path.stat().st_size
    assert taken(path, "y", "run") < said + FIXED


def taken(path: Path, *named: str) -> int:
    """Bytes of memory that a process takes to load a table, besides modules."""
    command = [sys.executable, "-c", LOAD, str(path), *named]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    return int(done.stdout)


def test_long_numbers_take_less_than_short_ones_for_each_byte(tmp_path: Path) -> None:
    long = write(tmp_path / "long.csv", 1000, 15)
    short = write(tmp_path / "short.csv", 1000, 1)
    assert memory_needed(long, 1) < 2 < memory_needed(short, 1)
    packed = tmp_path / "long.csv.gz"
    packed.write_bytes(gzip.compress(long.read_bytes()))
    assert memory_needed(packed, 1) == memory_needed(long, 1)
    german = tmp_path / "german.csv"
    german.write_text(re.sub(r"\.", ",", re.sub(",", ";", long.read_text())))
    assert memory_needed(german, 1) == pytest.approx(memory_needed(long, 1), rel=0.15)


def test_words_are_told_from_numbers(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("a,b\n" + "the left one,3.25\n" * 100)
    assert memory_needed(path, 1) == 4


def test_a_file_of_long_numbers_is_not_refused_where_it_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "t.csv", 2000, 15)
    monkeypatch.setattr(limits, "_given", [2 * path.stat().st_size])
    assert read_table(path)[1].rows == 2000
    monkeypatch.setattr(limits, "_given", [path.stat().st_size // 2])
    with pytest.raises(BadInputError, match="reading it may take .* of memory but .* are free"):
        read_table(path)
