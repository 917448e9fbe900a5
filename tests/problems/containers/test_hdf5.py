"""HDF5 of h5py and of pandas."""

from pathlib import Path
from typing import Literal

import h5py
import numpy as np
import pandas as pd
import pytest

from spinn_engine.errors import BadInputError
from tests.problems.containers.support import columns, notes


def test_groups_are_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        for run, rows in (("a", 3), ("b", 2)):
            file[f"runs/{run}/force"] = np.arange(rows) * 1.5
            file[f"runs/{run}/temp"] = np.arange(rows)
        file["title"] = "a test"
    with pytest.raises(BadInputError, match=r"several tables, runs/a \(3 rows by 2 columns\) and"):
        columns(path)
    assert columns(path, "runs/b") == {"force": [0, 1.5], "temp": [0, 1]}
    assert columns(path, "/runs/b/temp") == columns(path, "runs/b")
    both = columns(path, "runs/b", "runs/a")
    assert both == {"force": [0, 1.5, 0, 1.5, 3], "temp": [0, 1, 0, 1, 2]}


def test_nothing_outside_the_file_is_opened(tmp_path: Path) -> None:
    path, secret = tmp_path / "a.h5", tmp_path / "secret.bin"
    secret.write_bytes(np.full(4, 7.0).tobytes())
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = np.full(4, 7.0)
    with h5py.File(path, "w") as file:
        file["a"], file["b"] = np.arange(4), np.arange(4)
        file["soft"] = h5py.SoftLink("/a")
        file["link"] = h5py.ExternalLink("other.h5", "/x")
        file.create_dataset("raw", (4,), "f8", external=[(str(secret), 0, 32)])
        layout = h5py.VirtualLayout((4,), "f8")
        layout[:] = h5py.VirtualSource(tmp_path / "other.h5", "x", (4,))
        file.create_virtual_dataset("virtual", layout)
        file["again"] = file["a"]
        file["down/up"] = file["/"]
    assert columns(path) == {"a": [0, 1, 2, 3], "b": [0, 1, 2, 3]}
    told = notes(path)
    for words in ("raw (kept in another file)", "link (a link)", "again (the same as 'a')"):
        assert words in told
    for name in ("soft", "link", "raw", "virtual"):
        with pytest.raises(BadInputError, match=f"'{name}' is .*: copy its values into a dataset"):
            columns(path, name)


def test_a_frame_of_numbers_and_times_that_pandas_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    when = pd.date_range("2024-01-01", periods=3, freq="h")
    made = pd.DataFrame({"z": [1.5, None, 2], "n": [1, 2, 3], "when": when, "a": [1.0, 2, 3]})
    made.to_hdf(path, key="runs")
    found = columns(path)
    assert list(found) == ["z", "n", "when", "a"]
    assert (found["z"], found["n"]) == ([1.5, None, 2], [1, 2, 3])
    assert found["when"] == list(when)
    made.set_index("when").to_hdf(path, key="timed")
    assert list(columns(path, "timed")) == ["index", "z", "n", "a"]


@pytest.mark.parametrize(("how", "word"), [("fixed", "x"), ("table", None)])
def test_what_pandas_pickled_says_what_makes_parquet_of_it(
    tmp_path: Path, how: Literal["fixed", "table"], word: str | None
) -> None:
    made = pd.DataFrame({"a": [1.0, 2], **({"s": ["x", word]} if word else {})})
    path = tmp_path / "a.h5"
    made.to_hdf(path, key="runs", format=how)
    with pytest.raises(BadInputError, match=r"'runs' is kept by pandas .*read_hdf\(.*to_parquet"):
        columns(path)
