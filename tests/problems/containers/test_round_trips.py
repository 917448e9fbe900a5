"""Random tables through every container, each written by a program that people use for it."""

from __future__ import annotations

import itertools
import math
import operator
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import arff
import duckdb
import h5py
import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nptdms import ChannelObject, TdmsWriter

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.files import read_table
from spinn_engine.vocabulary import TABLES, table_suffixes
from tests.problems.containers.support import columns, written

Table = dict[str, list[Any]]

WORDS = st.sampled_from(["steel", "Al 7075", "a,b", "it's", "ä°µ", "x y"])
NUMBERS = st.floats(-1e300, 1e300)
TIMES = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(
    lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000)
)


@st.composite
def tables(draw: st.DrawFn, kinds: str) -> Table:
    """Columns of numbers (f), whole numbers (i), words (s), times (t), numbers with gaps (g)."""
    rows = draw(st.integers(2, 12))
    cells: dict[str, st.SearchStrategy[Any]] = {
        "f": NUMBERS,
        "i": st.integers(-(2**53), 2**53),
        "s": WORDS,
        "t": TIMES,
        "g": st.none() | NUMBERS,
    }
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
    made = {
        f"{kind}{n}": draw(st.lists(cells[kind], min_size=rows, max_size=rows))
        for n, kind in enumerate(chosen)
    }
    first = draw(st.lists(NUMBERS, min_size=rows, max_size=rows))
    return {"first": first, **made}


def arrays(table: Table) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, cells in table.items():
        if name.startswith("t"):
            made[name] = np.array(cells, dtype="M8[us]")
        elif name.startswith("g"):
            made[name] = np.array([np.nan if cell is None else cell for cell in cells])
        else:
            made[name] = np.array(cells)
    return made


def to_npz(table: Table, path: Path) -> None:
    np.savez_compressed(path, **arrays(table))


def to_npy(table: Table, path: Path) -> None:
    made = arrays(table)
    records = np.zeros(len(table["first"]), [(name, a.dtype) for name, a in made.items()])
    for name, cells in made.items():
        records[name] = cells
    np.save(path, records)


def to_mat(table: Table, path: Path) -> None:
    made = {
        name: np.array(cells, dtype=object) if name.startswith("s") else cells
        for name, cells in arrays(table).items()
    }
    scipy.io.savemat(path, {"T": made}, do_compression=True, oned_as="column")


def to_h5(table: Table, path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name, cells in arrays(table).items():
            file.create_dataset(f"run/{name}", data=table[name] if name.startswith("s") else cells)


def to_h5_records(table: Table, path: Path) -> None:
    made = arrays(table)
    kinds = [
        (name, h5py.string_dtype() if cells.dtype.kind == "U" else cells.dtype)
        for name, cells in made.items()
    ]
    records = np.zeros(len(table["first"]), kinds)
    for name, cells in made.items():
        records[name] = cells
    with h5py.File(path, "w") as file:
        file["runs"] = records


def to_tdms(table: Table, path: Path) -> None:
    half = len(table["first"]) // 2
    made = {
        name: table[name] if name.startswith("s") else cells
        for name, cells in arrays(table).items()
    }
    with TdmsWriter(path) as writer:
        for part in (slice(0, half), slice(half, None)):
            writer.write_segment(
                [ChannelObject("run", name, cells[part]) for name, cells in made.items()]
            )


def to_arff(table: Table, path: Path) -> None:
    kinds = {"s": sorted({word for n, c in table.items() if n.startswith("s") for word in c})}
    made = {
        "relation": "runs",
        "attributes": [(name, kinds.get(name[0], "REAL")) for name in table],
        "data": [list(row) for row in zip(*table.values(), strict=True)],
    }
    path.write_text(arff.dumps(made), encoding="utf-8")


def to_feather(table: Table, path: Path) -> None:
    pd.DataFrame(arrays(table)).to_feather(path, compression="zstd")


def to_polars_ipc(table: Table, path: Path) -> None:
    frame(table).write_ipc(path, compression="lz4")


def to_polars_stream(table: Table, path: Path) -> None:
    frame(table).write_ipc_stream(path)


def to_polars_parquet(table: Table, path: Path) -> None:
    frame(table).write_parquet(path)


def to_duckdb_parquet(table: Table, path: Path) -> None:
    found = frame(table).to_arrow()
    with duckdb.connect() as made:
        made.register("found", found)
        made.execute(f"copy found to '{path}' (format parquet)")


def to_xlsxwriter(table: Table, path: Path) -> None:
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        pd.DataFrame(table).to_excel(book, index=False)


def frame(table: Table) -> pl.DataFrame:
    words = [name for name in table if name.startswith("s")]
    return pl.DataFrame(table, strict=False).with_columns(pl.col(words).cast(pl.Categorical))


WRITERS: list[tuple[Callable[[Table, Path], None], str, str]] = [
    (to_npz, ".npz", "fistg"),
    (to_npy, ".npy", "fistg"),
    (to_mat, ".mat", "fisg"),
    (to_h5, ".h5", "fisg"),
    (to_h5_records, ".hdf5", "fisg"),
    (to_tdms, ".tdms", "fistg"),
    (to_arff, ".arff", "fisg"),
    (to_feather, ".feather", "fistg"),
    (to_polars_ipc, ".arrow", "fistg"),
    (to_polars_stream, ".arrow", "fistg"),
    (to_polars_parquet, ".parquet", "fistg"),
    (to_duckdb_parquet, ".parquet", "fistg"),
    (to_xlsxwriter, ".xlsx", "fsg"),
]


@pytest.mark.parametrize("way", WRITERS, ids=lambda way: f"{way[0].__name__}")
def test_what_is_read_is_what_was_written(way: tuple[Callable[..., None], str, str]) -> None:
    write, suffix, kinds = way

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(tables(kinds))
    def check(table: Table) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"t{suffix}"
            write(table, path)
            found = columns(path)
            assert found.keys() == table.keys()
            for name, cells in written(table).items():
                same = near if write is to_xlsxwriter else operator.eq  # it writes 16 digits
                assert all(map(same, found[name], cells)), (name, found[name], cells)

    check()


def near(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-14, abs_tol=1e-300)
    return bool(one == other)


def test_every_kind_of_container_is_among_them() -> None:
    text = {*TABLES["separated"].suffixes}
    like_xlsx = {".xlsm", ".xls", ".xlsb", ".ods"}
    assert {suffix for _, suffix, _ in WRITERS} >= {*table_suffixes()} - text - like_xlsx


@pytest.mark.parametrize("way", WRITERS, ids=lambda way: f"{way[0].__name__}")
def test_a_file_that_is_cut_off_or_changed_is_read_or_one_sentence(
    tmp_path: Path, way: tuple[Callable[..., None], str, str]
) -> None:
    write, suffix, kinds = way
    rows = 30
    made: Table = {
        "first": [n / 7 for n in range(rows)],
        "s": [["steel", "Al"][n % 2] for n in range(rows)],
    }
    path = tmp_path / f"t{suffix}"
    write(made, path)
    content, draw = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for turn, at in itertools.product(range(3), draw.integers(0, len(content), 12)):
        changed = bytearray(content)
        if turn == 0:
            changed = changed[:at]
        else:
            changed[at] ^= 1 << int(draw.integers(8)) if turn == 1 else 0xFF
        path.write_bytes(changed)
        try:
            read_table(path)
        except BadInputError as error:
            refused += 1
            assert "\n" not in str(error)  # noqa: PT017
            assert str(error).startswith(f"{path}: ")  # noqa: PT017
    assert refused
