"""Arrays of NumPy's own files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spinn_engine.errors import BadInputError
from tests.problems.containers.support import columns, notes

X = np.arange(12.0).reshape(6, 2)
Y = np.arange(6) * 0.5


def test_a_matrix_and_a_vector_of_as_many_rows_are_one_table(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X=X, y=Y, rate=np.float64(8.0), film=np.zeros((2, 3, 4)))
    assert columns(tmp_path / "a.npz") == {
        "X_1": X[:, 0].tolist(),
        "X_2": X[:, 1].tolist(),
        "y": Y.tolist(),
    }
    told = notes(tmp_path / "a.npz")
    assert "Left out, for they hold one value: rate." in told
    assert "Left out, for they are no vectors or matrices: film." in told
    assert "The arrays X and y have 6 rows each: they are columns of one table." in told


def test_texts_as_many_as_columns_name_them(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X=X, names=np.array(["force", "temp"]), y=Y)
    assert list(columns(tmp_path / "a.npz")) == ["force", "temp", "y"]


def test_texts_that_may_be_names_or_a_column_are_asked_about(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X=X[:2], names=np.array(["force", "temp"]))
    with pytest.raises(BadInputError, match="'names' may hold the names of the columns of 'X', or"):
        columns(tmp_path / "a.npz")


def test_several_tables_are_chosen_from_or_stacked(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    rows = np.zeros(4, [("a", "f8"), ("b", "i4")])
    rows["a"] = np.arange(4)
    np.savez(path, one=rows, two=rows[:3], X=X)
    with pytest.raises(BadInputError, match=r"several tables, X \(6 rows by 2 columns\), one"):
        columns(path)
    assert columns(path, "two")["a"] == [0, 1, 2]
    assert columns(path, "two", "one")["a"] == [0, 1, 2, 0, 1, 2, 3]
    assert "Read one after another: two (3 rows) and one (4 rows)." in notes(path, "two", "one")
    with pytest.raises(BadInputError, match="'X' cannot follow 'one': their columns must be"):
        columns(path, "one", "X")
    with pytest.raises(BadInputError, match="holds no table 'three': there are X"):
        columns(path, "three")


def test_the_kinds_of_cells(tmp_path: Path) -> None:
    days = np.array(["2024-01-01", "NaT"], dtype="M8[D]")
    cells: dict[str, Any] = {
        "day": days,
        "wide": np.array([1, 2], np.longdouble),
        "big": np.array([1, 2], ">i2"),
    }
    np.savez(tmp_path / "a.npz", **cells, z=np.array([1 + 2j, 3]), word=np.array([b"a", b"\xe4"]))
    found = columns(tmp_path / "a.npz")
    assert [str(cell)[:10] for cell in found["day"]] == ["2024-01-01", "None"]
    assert (found["wide"], found["big"]) == ([1.0, 2.0], [1, 2])
    assert (found["z.real"], found["z.imag"]) == ([1, 3], [2, 0])
    assert found["word"] == ["a", "ä"]


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_objects_are_refused_unread(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    made = np.array(["a", None], dtype=object)
    np.save(path, made) if suffix == ".npy" else np.savez(path, a=made)
    with pytest.raises(BadInputError, match="array 'a' holds Python objects, which .*astype"):
        columns(path)


def test_a_header_that_tells_another_size_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, X)
    path.write_bytes(path.read_bytes().replace(b"(6, 2)", b"(9, 2)"))
    with pytest.raises(BadInputError, match="'a' is damaged: its header tells another size"):
        columns(path)
