"""HDF5 as columns: datasets of equal length, or the fields of one; nothing outside the file.

Links to other files, data that lie in other files and virtual datasets, which gather data of other
files, are told and never followed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import h5py
import numpy as np

from spinn_engine.problems.tables.containers.arrays import Array, Variable
from spinn_engine.problems.tables.containers.hdf5.objects import (
    elsewhere,
    is_hdf5,
    is_text,
    members,
    opened,
    start_of,
)
from spinn_engine.problems.tables.containers.hdf5.pandas_store import is_of_pandas, pandas_frame
from spinn_engine.problems.tables.containers.trees import Odd, Tree, read_tree
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.spec import ReadingSpec

MARK = "/"


def read_hdf5(path: Path, asked: ReadingSpec, most_rows: int | None) -> Sheet:
    """The columns of the datasets of one group, or of the fields of a dataset.

    Raises:
        ValueError: it is no HDF5 file, is damaged, or no table is told by ``asked``.
        OSError: it cannot be opened.
    """
    if not is_hdf5(path):
        raise ValueError("it is no HDF5 file, or damaged: copy or save it again")
    names = tuple(name.strip(MARK) for name in asked.sheet)
    with opened(path) as file:
        return read_tree(path, hdf5_tree(file), names, most_rows, MARK)


def hdf5_bytes(path: Path) -> int:
    """Bytes of the file, and of all vectors and matrices in it when they are unpacked."""
    if not is_hdf5(path):
        return path.stat().st_size
    with opened(path) as file:
        return path.stat().st_size + sum(_bytes(one) for one in _datasets(file, start_of(file), 0))


def hdf5_tree(file: h5py.File) -> Tree:
    """All groups and datasets of a file."""
    return _group(file, start_of(file), 0)


def _datasets(group: h5py.Group, seen: dict[int, str], depth: int) -> Iterator[h5py.Dataset]:
    for _, one in members(group, seen, depth):
        if isinstance(one, h5py.Dataset):
            yield one
        elif isinstance(one, h5py.Group):
            yield from _datasets(one, seen, depth + 1)


def _bytes(dataset: h5py.Dataset) -> int:
    shape = dataset.shape or ()
    is_table = sum(side != 1 for side in shape) < 3
    return math.prod(shape) * dataset.dtype.itemsize if is_table else 0


def _group(group: h5py.Group, seen: dict[int, str], depth: int) -> Tree:
    found: dict[str, Variable | Odd | Tree] = {}
    for name, one in members(group, seen, depth):
        if isinstance(one, Odd):
            found[name] = one
        elif isinstance(one, h5py.Dataset):
            found[name] = plain_dataset(name, one)
        elif is_of_pandas(one):
            found[name] = pandas_frame(one)
        else:
            found[name] = _group(one, seen, depth + 1)
    return found


def plain_dataset(name: str, dataset: h5py.Dataset) -> Variable | Odd | Tree:
    """A dataset as it stands in the file; its fields, where it has some."""
    if odd := elsewhere(dataset):
        return odd
    if dataset.shape is None:
        return Odd("empty", "save values in it")
    if dataset.dtype.names is not None and dataset.shape:
        return dict(_fields(dataset, dataset.dtype, ()))
    if not _is_plain(dataset.dtype):
        return Odd("of a type without numbers or text", "save numbers or text")
    return Variable(name, dataset.shape, is_text(dataset.dtype), partial(_read, dataset))


def _fields(
    dataset: h5py.Dataset, dtype: np.dtype, above: tuple[str, ...]
) -> Iterator[tuple[str, Variable | Odd]]:
    """The fields of a dataset, those of fields within it by both names."""
    for field in dtype.names or ():
        kind, path = dtype[field], (*above, field)
        name = ".".join(path)
        base, inner = kind.subdtype or (kind, ())
        if base.names is not None and not inner:
            yield from _fields(dataset, base, path)
        elif _is_plain(base):
            shape = (*dataset.shape, *inner)
            yield name, Variable(name, shape, is_text(base), partial(_read_field, dataset, path))
        else:
            yield name, Odd("of a type without numbers or text", "save numbers or text")


def _is_plain(dtype: np.dtype) -> bool:
    return is_text(dtype) or (dtype.kind in "biufc" and h5py.check_ref_dtype(dtype) is None)


def _read(dataset: h5py.Dataset, most_rows: int | None) -> Array:
    found: Array = dataset[:most_rows] if dataset.shape else dataset[()]
    return found


def _read_field(dataset: h5py.Dataset, path: tuple[str, ...], most_rows: int | None) -> Array:
    found: Array = dataset.fields(path[0])[:most_rows]
    for field in path[1:]:
        found = found[field]
    return found
