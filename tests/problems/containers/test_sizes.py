"""Files that unpack to far more than they weigh are refused before they are unpacked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import h5py
import numpy as np
import pandas as pd
import polars as pl
import pytest
from nptdms import ChannelObject, TdmsWriter
from odf import opendocument, table, text  # type: ignore[import-untyped]
from scipy.io import savemat

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables import files
from spinn_engine.problems.tables.excel_sizes import unpacked_bytes
from spinn_engine.problems.tables.files import read_table
from spinn_engine.vocabulary import TABLES

CELLS = np.zeros(500_000)
TABLE: dict[str, Any] = {"x": CELLS, "y": CELLS}
LEAST = 2 * CELLS.nbytes


def to_h5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name in "xy":
            file.create_dataset(name, data=CELLS, compression="gzip")


def to_h5_of_nothing(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name in "xy":
            file.create_dataset(name, CELLS.shape, "f8", chunks=True)


def to_tdms(path: Path) -> None:
    with TdmsWriter(path) as writer:
        writer.write_segment([ChannelObject("g", name, CELLS) for name in "xy"])


def to_mat(path: Path) -> None:
    savemat(path, TABLE, do_compression=True)


WRITERS: list[tuple[str, Callable[[Path], None]]] = [
    (".npz", lambda path: np.savez_compressed(path, **TABLE)),
    (".mat", to_mat),
    (".h5", to_h5),
    (".hdf5", to_h5_of_nothing),
    (".tdms", to_tdms),
    (
        ".arrow",
        lambda path: pl.DataFrame({"x": CELLS, "y": CELLS}).write_ipc(path, compression="zstd"),
    ),
    (".feather", lambda path: pd.DataFrame({"x": CELLS, "y": CELLS}).to_feather(path)),
]


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
def test_what_it_takes_is_counted_before(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
    write: Callable[[Path], None],
) -> None:
    path = tmp_path / f"t{suffix}"
    write(path)
    monkeypatch.setattr(files, "free_memory", lambda: LEAST)
    with pytest.raises(BadInputError, match="of memory but 8 MB are free"):
        read_table(path)
    monkeypatch.setattr(files, "free_memory", lambda: 16 * LEAST)
    columns, layout = read_table(path)
    assert (list(columns), layout.rows) == (["x", "y"], len(CELLS))
    start, layout = read_table(path, whole=False)
    assert not layout.whole
    assert {len(cells) for cells in start.values()} == {files.START_ROWS}


def test_cells_that_an_opendocument_repeats_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    book, sheet = opendocument.OpenDocumentSpreadsheet(), table.Table(name="data")
    for times in (1, 1000, 1000):
        row = table.TableRow(numberrowsrepeated=times)
        cell = table.TableCell(valuetype="string", numbercolumnsrepeated=500)
        cell.addElement(text.P(text="x" * 5000))
        row.addElement(cell)
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    book.save(str(path))
    assert path.stat().st_size < 10_000
    assert unpacked_bytes(path) > 2000 * 500 * 5000


@pytest.mark.parametrize("name", TABLES)
def test_a_kind_has_a_reader_and_a_size(name: str) -> None:
    row = TABLES[name]
    assert all(callable(resolve_name(one)) for one in (row.reader, row.size) if one)
    assert all(suffix.startswith(".") and suffix.islower() for suffix in row.suffixes)
