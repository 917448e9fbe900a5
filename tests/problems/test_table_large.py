"""Large Parquet tables, whose numbers stay in their file: the same problem as in memory."""

from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem, matrix
from spinn_engine.problems.checks import check_problem
from spinn_engine.problems.matrix import Stored
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import DataSpec
from spinn_engine.training.data import on_device
from spinn_engine.training.scaling import moments

ROWS = 400


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "BLOCK_CELLS", 700)


def moments_in_digits() -> list[int]:
    moments = pd.date_range("2021-03-01", periods=ROWS, freq="min")
    return [int(text) for text in moments.strftime("%Y%m%d%H%M%S")]


def table(seed: int = 0) -> pa.Table:
    """Every kind of column that a Parquet file may have, with gaps in some."""
    rng = np.random.default_rng(seed)
    run = np.repeat(np.arange(ROWS // 20), 20)
    whole = rng.normal(size=ROWS) * 1e3 + 1e9
    gaps = np.where(rng.random(ROWS) < 0.05, np.nan, rng.normal(size=ROWS))
    count = pd.array(rng.integers(0, 9, ROWS), dtype="Int64")
    count[rng.random(ROWS) < 0.03] = pd.NA
    return pa.table(
        {
            "far [mm]": whole,
            "single": rng.normal(size=ROWS).astype(np.float32),
            "gaps": gaps,
            "count": pa.array(count),
            "on": rng.random(ROWS) < 0.5,
            "price": [Decimal(int(n)) / 100 for n in rng.integers(0, 9999, ROWS)],
            "steel": np.array(["hard", "soft", "new", "old"])[rng.integers(0, 4, ROWS)],
            "empty": np.full(ROWS, np.nan),
            "when": pd.Timestamp("2024-05-01") + pd.to_timedelta(np.arange(ROWS), "min"),
            "serial": run + 4_000_000_000_000_000_000,
            "timestamp": pa.array(moments_in_digits(), pa.int64()),
            "t": np.tile(np.arange(20.0), ROWS // 20),
            "wear": np.sin(gaps) + whole / 1e3 + rng.normal(size=ROWS),
        }
    )


def both(path: Path, data: DataSpec, monkeypatch: pytest.MonkeyPatch) -> tuple[Problem, Problem]:
    """The problem in memory, and with its numbers in the file."""
    in_memory = load_problem(data)
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    return in_memory, load_problem(data)


@pytest.mark.parametrize(
    ("group", "row_group"), [(None, 7), (None, 1000), ("serial", 150), ("steel", 33)]
)
def test_a_table_in_its_file_is_the_same_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str | None, row_group: int
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(table(), path, row_group_size=row_group)
    time = "t" if group == "serial" else None
    source = f"table:{path}"
    data = DataSpec(source=source, targets=("wear",), group=group, time=time, missing=("7", "old"))
    held, stored = both(path, data, monkeypatch)
    assert not isinstance(held.inputs, Stored)
    assert isinstance(stored.inputs, Stored)
    assert stored.sha256() == held.sha256()
    arrays = ("inputs", "targets", "train", "val", "test", "groups", "times")
    for name in arrays:
        np.testing.assert_array_equal(getattr(stored, name), getattr(held, name))
    for name in set(asdict(replace(held, inputs=np.zeros((1, 1))))) - set(arrays):
        assert getattr(stored, name) == getattr(held, name), name
    assert check_problem(stored, group) == check_problem(held, group)
    cpu = torch.device("cpu")
    for folds in (1, 3):
        assert torch.equal(on_device(stored, cpu, folds).x, on_device(held, cpu, folds).x)


def test_its_values_are_those_that_pandas_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(table(), path, row_group_size=33)
    data = DataSpec(source=f"table:{path}", targets=("wear",))
    stored = both(path, data, monkeypatch)[1]
    frame = pd.read_parquet(path).drop(columns="empty").dropna()
    assert len(stored.inputs) == len(frame) == ROWS - stored.left_out
    for name, header in (("far", "far [mm]"), ("single", "single"), ("price", "price")):
        at = stored.input_names.index(name)
        theirs = frame[header].astype(float)  # Arrow may round a decimal's last bit otherwise
        np.testing.assert_allclose(stored.inputs[:, at], theirs, rtol=3e-16, atol=0)
    hard = stored.inputs[:, stored.input_names.index("steel=hard")]
    np.testing.assert_array_equal(hard, frame["steel"] == "hard")


@given(st.lists(st.integers(0, 299), max_size=40), st.integers(1, 400), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_rows_are_taken_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[int], row_group: int, columns: int
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.parquet"
    values = np.random.default_rng(0).normal(size=(300, columns + 1))
    names = [f"c{n}" for n in range(columns + 1)]
    pq.write_table(
        pa.table(dict(zip(names, values.T, strict=True))), path, row_group_size=row_group
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matrix, "STAYS_BYTES", 0)
        inputs = load_problem(DataSpec(source=f"table:{path}", targets=(names[-1],))).inputs
    expected = values[:, :-1]
    np.testing.assert_array_equal(inputs[np.array(rows, dtype=np.int64)], expected[rows])
    np.testing.assert_array_equal(inputs[5:90:3], expected[5:90:3])
    np.testing.assert_array_equal(inputs[-1], expected[-1])
    np.testing.assert_array_equal(inputs[1:, columns - 1], expected[1:, columns - 1])
    np.testing.assert_array_equal(np.stack(list(inputs.T)), expected.T)


@given(st.integers(1, 20), st.integers(1, 500), st.integers(2, 300), st.booleans())
@settings(max_examples=80, deadline=None)
def test_moments_by_blocks_are_numpys_to_the_last_bit(
    columns: int, cells: int, rows: int, rising: bool
) -> None:
    rng = np.random.default_rng(rows)
    values = rng.normal(size=(300, columns)) * 1e3 + 5e6
    before, chosen = values.copy(), rng.permutation(300)[:rows]
    chosen = np.sort(chosen) if rising else chosen
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matrix, "BLOCK_CELLS", cells)
        found = moments(values, chosen)
    own = values[chosen]
    expected = own.mean(axis=0), own.std(axis=0), np.abs(own).max(axis=0)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(values, before)


def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(table(), path)
    stored = both(path, DataSpec(source=f"table:{path}", targets=("wear",)), monkeypatch)[1]
    pq.write_table(table(1).slice(0, 300), path)
    with pytest.raises(BadInputError, match="was changed while it was read, start again"):
        stored.sha256()
    path.unlink()
    with pytest.raises(BadInputError, match="was changed while it was read, start again"):
        stored.sha256()


def test_a_damaged_file_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(table(), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[100:400] = bytes(300)
    path.write_bytes(content)
    monkeypatch.setattr(matrix, "STAYS_BYTES", 0)
    with pytest.raises(BadInputError, match="cannot be read as a table: ") as told:
        load_problem(DataSpec(source=f"table:{path}", targets=("wear",)))
    assert "\n" not in str(told.value)
