"""The kinds of table files. What reads each is named by its ``reader``, imported when used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table

TEXTS = (".csv", ".tsv", ".txt", ".dat", ".asc", ".prn", ".lvm")
CONTAINERS = "spinn_engine.problems.tables.containers"


@dataclass(frozen=True, kw_only=True)
class TableRow(Row):
    """A kind of table file.

    Attributes:
        suffixes: that its files end in, with small letters.
        reader: ``module:function`` that takes a path, how a person wants it read, and at most how
            many rows are wanted (None: all), and gives a ``Sheet``; None for text, which is read
            as a stream.
        size: ``module:function`` that takes a path and gives the bytes of the file as it is
            unpacked, without unpacking it; None where that is the size of the file.
        at_once: whether all of a file is unpacked even where only its start is wanted.
    """

    suffixes: tuple[str, ...]
    reader: str | None
    size: str | None = None
    at_once: bool = False


TABLES = table(
    TableRow(
        name="separated",
        label="CSV",
        help="text with a sign between the cells",
        suffixes=(*TEXTS, *(f"{suffix}.gz" for suffix in TEXTS)),
        reader=None,
        size="spinn_engine.problems.tables.texts.raw:text_bytes",
    ),
    TableRow(
        name="parquet",
        label="Parquet",
        help="as pandas, polars, DuckDB and Spark write it",
        suffixes=(".parquet",),
        reader=f"{CONTAINERS}.parquet:read_parquet",
        size=f"{CONTAINERS}.parquet:parquet_bytes",
    ),
    TableRow(
        name="workbook",
        label="Excel",
        help="a sheet of a workbook, of OpenDocument too",
        suffixes=(".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
        reader="spinn_engine.problems.tables.excel:read_excel",
        size="spinn_engine.problems.tables.excel_sizes:unpacked_bytes",
        at_once=True,
    ),
    TableRow(
        name="feather",
        label="Feather",
        help="Arrow's own files and streams",
        suffixes=(".feather", ".arrow"),
        reader=f"{CONTAINERS}.feather:read_feather",
        size=f"{CONTAINERS}.feather:feather_bytes",
    ),
    TableRow(
        name="numpy",
        label="NumPy",
        help="an array, or several side by side; no objects",
        suffixes=(".npz", ".npy"),
        reader=f"{CONTAINERS}.numpy_files:read_numpy",
        size=f"{CONTAINERS}.numpy_files:numpy_bytes",
        at_once=True,
    ),
    TableRow(
        name="matlab",
        label="MATLAB",
        help="vectors, matrices and structs of versions 5 to 7.3; no objects",
        suffixes=(".mat",),
        reader=f"{CONTAINERS}.matlab.files:read_matlab",
        size=f"{CONTAINERS}.matlab.files:matlab_bytes",
        at_once=True,
    ),
    TableRow(
        name="hdf5",
        label="HDF5",
        help="datasets of equal length",
        suffixes=(".h5", ".hdf5"),
        reader=f"{CONTAINERS}.hdf5.files:read_hdf5",
        size=f"{CONTAINERS}.hdf5.files:hdf5_bytes",
    ),
    TableRow(
        name="tdms",
        label="TDMS",
        help="a group of channels, as LabVIEW writes it",
        suffixes=(".tdms",),
        reader=f"{CONTAINERS}.tdms:read_tdms",
        size=f"{CONTAINERS}.tdms:tdms_bytes",
    ),
    TableRow(
        name="arff",
        label="ARFF",
        help="as Weka and OpenML write it",
        suffixes=(".arff",),
        reader=f"{CONTAINERS}.arff_files:read_arff",
    ),
)


def table_suffixes(rows: Mapping[str, TableRow] = TABLES) -> tuple[str, ...]:
    """All suffixes that a table file may have."""
    return tuple(suffix for row in rows.values() for suffix in row.suffixes)


def table_kind(name: str) -> tuple[TableRow, str] | None:
    """The kind of table file that a file's name tells, and its suffix; None where there is none."""
    found = [
        (row, suffix)
        for row in TABLES.values()
        for suffix in row.suffixes
        if name.lower().endswith(suffix)
    ]
    return max(found, key=lambda one: len(one[1]), default=None)


def table_labels() -> str:
    """The kinds in words: ``CSV, Parquet, ... or ARFF``."""
    *first, last = (row.label for row in TABLES.values())
    return f"{', '.join(first)} or {last}"
