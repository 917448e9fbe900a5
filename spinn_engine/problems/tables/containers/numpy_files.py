"""NumPy's own files as columns: ``.npy`` and ``.npz``, never a pickle.

What an array takes is told by its header, which is held against the bytes that are there before
anything is unpacked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from tokenize import TokenError
from typing import IO, NamedTuple
from zipfile import ZipFile, is_zipfile

from numpy.lib import format as npy

from spinn_engine.problems.tables.containers.arrays import (
    Array,
    Level,
    Variable,
    in_memory,
    parts_of,
)
from spinn_engine.problems.tables.containers.choosing import read_parts
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.spec import ReadingSpec

SUFFIX = ".npy"
LONGEST_HEADER = 1_000_000  # letters; those of a structured array name its fields


class Entry(NamedTuple):
    """An array as it is packed: its name, its bytes when unpacked, and what reads them."""

    name: str
    size: int
    file: IO[bytes]


def read_numpy(path: Path, asked: ReadingSpec, most_rows: int | None) -> Sheet:
    """The columns of an array, or of several side by side.

    Raises:
        ValueError: it is no such file, is damaged, holds objects, or no table is told by ``asked``.
        OSError: it cannot be opened.
    """
    levels: dict[str, list[Variable]] = {"": []}
    for entry in _entries(path):
        _check_header(entry)
        entry.file.seek(0)
        array = npy.read_array(entry.file, allow_pickle=False, max_header_size=LONGEST_HEADER)
        if array.dtype.names is None:
            levels[""].append(in_memory(entry.name, array))
        else:
            levels[entry.name] = list(_fields("", array))
    parts = [part for name, found in levels.items() for part in parts_of(Level(name, found))]
    return read_parts(path, parts, asked.sheet, most_rows)


def numpy_bytes(path: Path) -> int:
    """Bytes of all arrays when they are unpacked."""
    return sum(map(_check_header, _entries(path)))


def _entries(path: Path) -> Iterator[Entry]:
    if not is_zipfile(path):
        with path.open("rb") as file:
            if file.read(len(npy.MAGIC_PREFIX)) != npy.MAGIC_PREFIX:
                raise ValueError("it is no NumPy file, or damaged: copy or save it again")
            file.seek(0)
            yield Entry(path.stem, path.stat().st_size, file)
        return
    with ZipFile(path) as packed:
        for one in packed.infolist():
            if one.filename.endswith(SUFFIX):
                with packed.open(one) as unpacked:
                    yield Entry(one.filename.removesuffix(SUFFIX), one.file_size, unpacked)


def _check_header(entry: Entry) -> int:
    """Bytes that an array takes, as its header says.

    Raises:
        ValueError: it is no array, one of objects, or its bytes are not as many.
    """
    version = npy.read_magic(entry.file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    try:
        shape, _, dtype = read(entry.file, max_header_size=LONGEST_HEADER)
    except (SyntaxError, TokenError):
        raise ValueError(f"array {entry.name!r} is damaged: its header cannot be read") from None
    if dtype.hasobject:
        raise ValueError(
            f"array {entry.name!r} holds Python objects, which would have to be run to be read: "
            "save it as numbers, array.astype(float), or as text, array.astype(str)"
        )
    needed = math.prod(shape) * dtype.itemsize
    if needed != entry.size - entry.file.tell() or min(shape, default=0) < 0:
        raise ValueError(f"array {entry.name!r} is damaged: its header tells another size")
    return needed


def _fields(above: str, array: Array) -> Iterator[Variable]:
    """The fields of a structured array, those of fields within it by both names."""
    for name in array.dtype.names or ():
        cells = array[name]
        if cells.dtype.names is None:
            yield in_memory(above + name, cells)
        else:
            yield from _fields(f"{above}{name}.", cells)
