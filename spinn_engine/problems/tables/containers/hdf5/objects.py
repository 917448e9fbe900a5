"""What is in an HDF5 file, each once, and nothing that is not in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from spinn_engine.problems.tables.containers.trees import DEEPEST, Odd

MOST_OBJECTS = 100_000
COPY = "copy its values into a dataset of this file"


def is_hdf5(path: Path) -> bool:
    """Whether a file is HDF5, by its signature."""
    return bool(h5py.is_hdf5(str(path)))


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """An HDF5 file, to be read."""
    with h5py.File(str(path), "r", locking=False) as file:
        yield file


def start_of(file: h5py.File) -> dict[int, str]:
    """The places that are known before anything in a file is met: the file's own group."""
    return {_place(file): file.name}


def _place(one: h5py.Group | h5py.Dataset) -> int:
    return int(h5py.h5o.get_info(one.id).addr)


def members(
    group: h5py.Group, seen: dict[int, str], depth: int
) -> Iterator[tuple[str, h5py.Group | h5py.Dataset | Odd]]:
    """What is in a group, each once; links and what has been seen are odd.

    Args:
        group: whose members are wanted.
        seen: places in the file of what was met before; it grows.
        depth: of the group.

    Raises:
        ValueError: there is too much in the file.
    """
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            yield name, Odd("a link", COPY)
            continue
        one = group[name]
        place = _place(one)
        if place in seen:
            yield name, Odd(f"the same as {seen[place]!r}", "name that")
            continue
        seen[place] = name
        if len(seen) > MOST_OBJECTS:
            raise ValueError(f"it holds more than {MOST_OBJECTS:,} datasets: save fewer of them")
        if isinstance(one, h5py.Dataset) or (isinstance(one, h5py.Group) and depth < DEEPEST):
            yield name, one


def elsewhere(dataset: h5py.Dataset) -> Odd | None:
    """Why a dataset is not read: its values are not its own."""
    if dataset.external:
        return Odd("kept in another file", COPY)
    if dataset.is_virtual:
        return Odd("a virtual dataset, which gathers values of others", COPY)
    return None


def is_text(dtype: np.dtype) -> bool:
    """Whether cells are texts."""
    return h5py.check_string_dtype(dtype) is not None
