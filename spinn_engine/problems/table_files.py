"""Table files as data frames: one CSV or Parquet file, or a folder of train, val and test files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from spinn_engine.errors import BadInputError
from spinn_engine.problems.columns import listed

SUFFIXES = (".csv", ".parquet")
UNREADABLE = (  # what the readers raise on damaged or foreign bytes
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    NotImplementedError,
)


def read_tables(path: Path) -> list[pd.DataFrame]:
    """The table of a file, or the train, val and test tables of a folder in this order.

    All tables have the same columns in the same order, with names that are different strings, and
    at least one row.

    Raises:
        BadInputError: a file is missing, is not a table or has no rows, or the files' columns
            differ.
    """
    try:
        is_there, is_folder = path.exists(), path.is_dir()
    except OSError as error:
        raise BadInputError(f"{path}: cannot be opened: {_reason(error)}") from None
    if not is_there:
        raise BadInputError(f"{path}: there is no such file or folder")
    if not is_folder:
        return [_read(path)]
    files = [_part_file(path, part) for part in ("train", "val", "test")]
    tables = [_read(file) for file in files]
    for file, table in zip(files[1:], tables[1:], strict=True):
        for names, other, verb in ((tables[0], table, "lacks"), (table, tables[0], "also has")):
            different = [str(name) for name in names.columns if name not in other.columns]
            if different:
                raise BadInputError(
                    f"{file}: columns must be those of {files[0].name}, but it {verb} "
                    f"{listed(different)}"
                )
    return [table[tables[0].columns] for table in tables]


def _part_file(folder: Path, part: str) -> Path:
    found = sorted(
        file
        for file in folder.glob(f"{part}.*")
        if file.stem == part and file.suffix.lower() in SUFFIXES
    )
    if len(found) != 1:
        names = " and ".join(file.name for file in found) or f"no {part} file"
        raise BadInputError(
            f"{folder}: found {names}, but a folder must hold one {part}.csv or {part}.parquet"
        )
    return found[0]


def _read(path: Path) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInputError(f"{path}: a table file must end in {' or '.join(SUFFIXES)}")
    try:
        table = _read_csv(path) if suffix == ".csv" else _read_parquet(path)
    except UNREADABLE as error:
        raise BadInputError(f"{path}: cannot be read as a table: {_reason(error)}") from None
    table.columns = table.columns.map(str)
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()]
        raise BadInputError(f"{path}: column {twice[0]!r} is there twice, rename one")
    if table.empty:
        raise BadInputError(f"{path}: the table has no rows")
    return table


def _read_csv(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, low_memory=False)  # column types from the whole column
    if not table.index.equals(pd.RangeIndex(len(table))):  # pandas takes a surplus cell as index
        raise ValueError("its rows have more cells than its header has names")
    return table


def _read_parquet(path: Path) -> pd.DataFrame:
    table = pd.read_parquet(path)
    index_has_no_name = list(table.index.names) == [None]
    return table.reset_index(drop=index_has_no_name)


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split())[:200]
