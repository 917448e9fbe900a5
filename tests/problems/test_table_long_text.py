"""Long text files, whose cells stay in files of our own: the same problem as in memory."""

import errno
import gzip
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem, matrix
from spinn_engine.problems.checks import check_problem
from spinn_engine.problems.matrix import Stored
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.tables.texts import kept, raw
from spinn_engine.problems.tables.typed import gathering
from spinn_engine.spec import DataSpec
from tests.problems.long_text_files import (
    AMONG_TEXTS,
    REFUSED,
    TEXTS,
    WRITERS,
    plain,
    with_thousands,
)

ARRAYS = ("inputs", "targets", "train", "val", "test", "groups", "times")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "BLOCK_CELLS", 700)
    monkeypatch.setattr(raw, "START_BYTES", 4096)
    monkeypatch.setattr(raw, "BLOCK_BYTES", 8192)
    monkeypatch.setattr(kept, "GROUP_BYTES", 24_000)


def loaded(data: DataSpec) -> Problem | str:
    """The problem, or why there is none."""
    try:
        return load_problem(data)
    except BadInputError as error:
        return str(error)


def assert_same(held: Problem | str, stored: Problem | str) -> None:
    if isinstance(held, str) or isinstance(stored, str):
        assert stored == held
        return
    assert not isinstance(held.inputs, Stored)
    assert isinstance(stored.inputs, Stored)
    assert stored.sha256() == held.sha256()
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(stored, name), getattr(held, name), name)
    for name in set(asdict(replace(held, inputs=np.zeros((1, 1))))) - set(ARRAYS):
        assert getattr(stored, name) == getattr(held, name), name
    assert check_problem(stored) == check_problem(held)


@pytest.mark.parametrize("most", [gathering.MOST_TEXTS, 25])
@pytest.mark.parametrize("write", WRITERS, ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"group": "run", "time": "t"},
        {"missing": ("3", "soft", "-9999"), "drop": ("x2",)},
        {"not_missing": ("None",), "group": "run"},
    ],
    ids=["", "group", "missing", "kept"],
)
def test_a_long_file_is_the_same_problem(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path], None],
    asked: dict[str, Any],
    most: int,
) -> None:
    path = tmp_path / "t.csv"
    write(path)
    monkeypatch.setattr(gathering, "MOST_TEXTS", most)
    if write in TEXTS:
        asked = asked | {name: one for name, one in AMONG_TEXTS.items() if name in asked}
    data = DataSpec.model_validate({"source": f"table:{path}", "targets": ("wear",), **asked})
    held = loaded(data)
    assert isinstance(held, str) == (write in REFUSED)
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    assert_same(held, loaded(data))


def spec(path: Path) -> DataSpec:
    return DataSpec(source=f"table:{path}", targets=("wear",), drop=("serial",))


def test_a_packed_file_is_the_same_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, packed = tmp_path / "t.csv", tmp_path / "t.csv.gz"
    plain(path)
    packed.write_bytes(gzip.compress(path.read_bytes()))
    held = load_problem(spec(path))
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    stored = load_problem(spec(packed))
    assert isinstance(stored.inputs, Stored)
    assert stored.sha256() == held.sha256()


def test_its_values_are_those_that_pandas_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    with_thousands(path)
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    stored = load_problem(spec(path))
    theirs = pd.read_csv(path, thousands=",", parse_dates=["when"], keep_default_na=False)
    theirs["gaps"] = pd.to_numeric(theirs["gaps"], errors="coerce")
    theirs = theirs[theirs["gaps"].notna()]
    for name in ("x1", "gaps", "count", "feed", "sold"):
        at = stored.input_names.index(name)
        np.testing.assert_array_equal(stored.inputs[:, at], theirs[name].to_numpy(float))
    since = (theirs["when"] - pd.Timestamp("2024-05-01")).dt.total_seconds()
    np.testing.assert_array_equal(stored.inputs[:, stored.input_names.index("when")], since)
    hard = stored.inputs[:, stored.input_names.index("steel=hard")]
    np.testing.assert_array_equal(hard, theirs["steel"] == "hard")


def test_a_row_too_long_is_named_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    plain(path)
    lines = path.read_text().splitlines()
    lines[500] += ",1,2"
    path.write_text("\n".join(lines))
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    with pytest.raises(BadInputError, match=r"line 501 has 15 cells but the header has 13 names"):
        load_problem(spec(path))


def test_nothing_lies_in_a_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = tmp_path / "temporary", tmp_path / "t.csv"
    folder.mkdir()
    plain(path)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    problem = load_problem(spec(path))
    first = problem.sha256()
    assert list(folder.iterdir()) == []
    path.unlink()  # its numbers are there for as long as the problem is
    assert problem.sha256() == first


@pytest.mark.parametrize("after", [0, 9_000])
def test_a_full_disk_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    path = tmp_path / "t.csv"
    plain(path)
    write = kept.OwnFile.write

    def full(self: kept.OwnFile, content: Any) -> int:
        if self.tell() >= after:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, content)

    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    monkeypatch.setattr(kept.OwnFile, "write", full)
    with pytest.raises(BadInputError) as told:
        load_problem(spec(path))
    assert str(told.value) == (
        f"{path}: cannot be read as a table: its cells are kept in {tempfile.gettempdir()} while "
        "it is read, and that cannot be written (no space left on device): make room there, or "
        "name another folder (TMPDIR)"
    )


def test_no_folder_for_temporary_files_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    plain(path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    with pytest.raises(BadInputError, match="cells are kept in .*none while it is read"):
        load_problem(spec(path))
