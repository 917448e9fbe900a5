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

ROWS = 600
ARRAYS = ("inputs", "targets", "train", "val", "test", "groups", "times")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "BLOCK_CELLS", 700)
    monkeypatch.setattr(raw, "START_BYTES", 4096)
    monkeypatch.setattr(raw, "BLOCK_BYTES", 8192)
    monkeypatch.setattr(kept, "GROUP_BYTES", 24_000)


def frame(seed: int = 0) -> pd.DataFrame:
    """Every kind of column that a text file may have, with gaps in some."""
    rng = np.random.default_rng(seed)
    found = pd.DataFrame(rng.normal(size=(ROWS, 3)).round(6), columns=["x1", "x2", "x3"])
    found["gaps"] = np.where(rng.random(ROWS) < 0.05, np.nan, rng.normal(size=ROWS).round(4))
    found["count"] = rng.integers(0, 9, ROWS)
    found["serial"] = np.arange(ROWS) // 20 + 4_000_000_000_000_000_000
    stamps = pd.date_range("2024-05-01", periods=ROWS, freq="min")
    found["timestamp"] = stamps.strftime("%Y%m%d%H%M%S")
    found["when"] = pd.date_range("2024-05-01", periods=ROWS, freq="min")
    found["steel"] = np.array(["hard", "soft", "None"])[rng.integers(0, 3, ROWS)]
    found["run"] = np.arange(ROWS) // 20
    found["t"] = np.tile(np.arange(20.0), ROWS // 20)
    found["force [N]"] = rng.normal(size=ROWS).round(3) + 20
    found["wear"] = np.sin(found["x1"]) + found["x2"] + rng.normal(size=ROWS).round(3)
    return found


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


def plain(path: Path) -> None:
    frame().to_csv(path, index=False)


def german(path: Path) -> None:
    frame().to_csv(path, index=False, sep=";", decimal=",", encoding="cp1252")


def with_thousands(path: Path) -> None:
    made = frame()
    made["feed"] = [f"{n:,.2f}" for n in 1e6 * np.random.default_rng(1).random(ROWS)]
    made["sold"] = [f"{n:,}" for n in np.random.default_rng(2).integers(1000, 10**6, ROWS)]
    made.to_csv(path, index=False)


def thousandths(path: Path) -> None:
    """Numbers that may all be a thousand times as large, beside others that tell."""
    made = frame()
    made["length"] = [f"{n:.3f}" for n in 1 + 900 * np.random.default_rng(1).random(ROWS)]
    made.to_csv(path, index=False)


def with_units(path: Path) -> None:
    made = frame()
    made["depth"] = [f"{n:.2f} mm" for n in np.random.default_rng(1).random(ROWS)]
    units = [",".join("mm" if name == "x1" else "" for name in made)]
    lines = made.to_csv(index=False).splitlines()
    path.write_text("\n".join(["# a log", "", lines[0], *units, *lines[1:]]))


def with_footer(path: Path) -> None:
    made = frame().drop(columns=["timestamp", "when", "steel", "serial"])
    lines = made.to_csv(index=False).splitlines()
    path.write_text("\n".join([*lines, "end of the record", ""]))


def changes_late(path: Path) -> None:
    """Columns that are otherwise than their first rows show."""
    made = frame()
    late = np.arange(ROWS) > 400
    made["date"] = np.where(late, "2024-05-03", "")
    made["clock"] = np.where(late, "10:30:00", "")
    made["zoned"] = np.where(late, "2024-05-03T10:00:00Z", "")
    made["flag"] = np.where(late, "true", "1")
    made["halves"] = np.where(late, "4000000000000000000.5", "4000000000000000001")
    made["empty"] = ""
    made.to_csv(path, index=False)


def words_late(path: Path) -> None:
    made = frame()
    made["x1"] = made["x1"].astype(str)
    made.loc[500::7, "x1"] = "open"
    made.to_csv(path, index=False)


def in_spaces(path: Path) -> None:
    made = frame().drop(columns=["when", "gaps"]).rename(columns={"force [N]": "force"})
    path.write_text(made.to_string(index=False))


def marks() -> pd.DataFrame:
    """Texts alone: numbers with marks, times, few and many different words."""
    rng = np.random.default_rng(3)
    moments = pd.date_range("2024-01-28 22:00", periods=ROWS, freq="7min")
    found = pd.DataFrame({"run": [f"run {n // 40}" for n in range(ROWS)], "far": "long"})
    for name in ("feed", "wear"):
        numbers = 1e4 * rng.normal(size=ROWS)
        found[name] = [f"{n:,.2f}".translate(str.maketrans(",.", ".,")) for n in numbers]
    found["depth"] = [f"{n:.2f} mm".replace(".", ",") for n in 9 * rng.random(ROWS)]
    found["when"] = moments.strftime("%d.%m.%Y %H:%M:%S")
    found["clock"] = (pd.Timestamp("2024-01-01") + moments.to_series().diff().cumsum()).dt.strftime(
        "%H:%M:%S.5"
    ).to_numpy()  # fmt: skip
    found["steel"] = np.array(["hard", " soft", "None", "soft"])[rng.integers(0, 4, ROWS)]
    found["gap"] = np.where(rng.random(ROWS) < 0.1, "NA", found["feed"])
    return found


def texts_alone(path: Path) -> None:
    marks().to_csv(path, index=False, sep=";")


def one_text_a_row(path: Path) -> None:
    marks().assign(note=[f"cut {n:03}" for n in range(ROWS)]).to_csv(path, index=False, sep=";")


def beside_numbers(path: Path) -> None:
    made = marks()
    made["x1"], made["day"] = np.arange(ROWS) + 0.5, made["when"].str[:10]
    made.to_csv(path, index=False, sep=";", decimal=",")


def word_among_marks(path: Path) -> None:
    made = marks()
    made.loc[500::7, "feed"] = "open"
    made.to_csv(path, index=False, sep=";")


def no_such_day(path: Path) -> None:
    made = marks()
    made.loc[555, "when"] = "31.02.2024 10:00:00"
    made.to_csv(path, index=False, sep=";")


def day_or_month(path: Path) -> None:
    made = marks()
    days = pd.date_range("2024-03-01", periods=ROWS, freq="min").strftime("%d/%m/%Y %H:%M")
    made["when"] = days
    made.to_csv(path, index=False, sep=";")


def two_ways(path: Path) -> None:
    made = marks()[["run", "when", "far"]].assign(wear=range(ROWS))
    made["feed"] = [f"{n}.125" for n in range(1, ROWS + 1)]
    made["deep"] = [f"{n},250" for n in range(1, ROWS + 1)]
    made.to_csv(path, index=False, sep=";")


WRITERS = (
    plain, german, with_thousands, thousandths, with_units, with_footer, changes_late, words_late,
    in_spaces, texts_alone, one_text_a_row, beside_numbers, word_among_marks, no_such_day,
    day_or_month, two_ways,
)  # fmt: skip
TEXTS = WRITERS[9:]
AMONG_TEXTS = {"time": "when", "drop": ("far",)}
REFUSED = (words_late, one_text_a_row, word_among_marks, no_such_day, day_or_month, two_ways)


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
