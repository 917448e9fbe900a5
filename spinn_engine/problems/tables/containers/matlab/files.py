"""MATLAB files as columns: versions 5 to 7 by our own reader, 7.3 as the HDF5 that they are."""

from __future__ import annotations

import zlib
from pathlib import Path

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.containers.hdf5.files import hdf5_bytes
from spinn_engine.problems.tables.containers.hdf5.objects import is_hdf5, opened
from spinn_engine.problems.tables.containers.matlab.level5 import level5_bytes, level5_tree
from spinn_engine.problems.tables.containers.matlab.version73 import matlab_tree
from spinn_engine.problems.tables.containers.trees import read_tree
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.spec import ReadingSpec

MARK = "."


def read_matlab(path: Path, asked: ReadingSpec, most_rows: int | None) -> Sheet:
    """The columns of vectors, matrices or a struct.

    Raises:
        ValueError: it is no MATLAB file, is damaged, holds objects alone, or no table is told by
            ``asked``.
        OSError: it cannot be opened.
    """
    if is_hdf5(path):
        with opened(path) as file:
            return read_tree(path, matlab_tree(file), asked.sheet, most_rows, MARK)
    try:
        tree = level5_tree(path)
    except BadInputError as error:
        raise ValueError(str(error)) from None
    except zlib.error as error:
        raise ValueError(f"it is damaged, copy it again: {error}") from None
    return read_tree(path, tree, asked.sheet, most_rows, MARK)


def matlab_bytes(path: Path) -> int:
    """Bytes of all variables when they are unpacked."""
    if is_hdf5(path):
        return hdf5_bytes(path)
    try:
        return level5_bytes(path)
    except BadInputError as error:
        raise ValueError(str(error)) from None
