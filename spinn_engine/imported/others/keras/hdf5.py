"""HDF5 of a stranger: groups and datasets of this very file, each read within limits.

Links, data kept in other files and virtual datasets are told and never followed.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import h5py
import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.words import shown

LARGEST_ARRAYS = 2**29
MOST_MEMBERS = 4096
DAMAGED = "it is HDF5 that is cut off or damaged, copy the file again"
FAULTS = (OSError, RuntimeError, ValueError, KeyError, TypeError, MemoryError, OverflowError)

Array = NDArray[Any]


class Hdf5:
    """An open HDF5 file.

    Attributes:
        dtypes: of the numbers that were read.
    """

    def __init__(self, file: h5py.File) -> None:
        self._file, self._left = file, LARGEST_ARRAYS
        self.dtypes: set[str] = set()

    def members(self, path: str) -> list[str]:
        """Names in a group, in the order of the file; none where there is no such group."""
        found = self._at(path)
        if not isinstance(found, h5py.Group):
            return []
        with _told():
            if len(found) > MOST_MEMBERS:
                raise BadInputError(f"{shown(path)} holds more than {MOST_MEMBERS:,} parts")
            return [str(name) for name in found]

    def texts(self, path: str, name: str) -> list[str] | None:
        """The texts of an attribute of a group, one or a list; None where there are none."""
        group = self._at(path)
        if group is None:
            return None
        with _told():
            if name not in group.attrs:
                return None
            about = group.attrs.get_id(name)
            if 0 in about.shape:
                return []
            if math.prod(about.shape) > MOST_MEMBERS or about.get_storage_size() > 2**24:
                raise BadInputError(f"its attribute {shown(name)} is larger than is read")
            value = group.attrs[name]
            return [_text(name, one) for one in np.atleast_1d(np.asarray(value, dtype=object))]

    def array(self, path: str) -> Array | None:
        """The numbers of a dataset; None where there is none.

        Raises:
            BadInputError: they lie elsewhere, are no numbers, or are more than is read.
            CorruptArtifactError: the file is damaged.
        """
        found = self._at(path)
        if not isinstance(found, h5py.Dataset):
            return None
        with _told():
            if found.external or found.is_virtual:
                raise BadInputError(
                    f"{shown(path)} shows numbers of another place: copy them into this file"
                )
            if found.dtype.kind not in "fiu" or found.shape is None:
                raise BadInputError(f"{shown(path)} holds no numbers")
            self._left -= math.prod(found.shape) * max(found.dtype.itemsize, 8)
            if self._left < 0:
                raise BadInputError(
                    f"its arrays have more than the {LARGEST_ARRAYS:,} bytes that are read"
                )
            values: Array = found[()]
        if values.dtype.kind == "f":
            self.dtypes.add(str(values.dtype.newbyteorder("=")))
        return np.asarray(values)

    def _at(self, path: str) -> Any:
        """What lies at a path, by hard links alone; None for nothing."""
        found: Any = self._file
        with _told():
            for step in filter(None, path.split("/")):
                if not isinstance(found, h5py.Group) or step == ".." or step not in found:
                    return None
                if not isinstance(found.get(step, getlink=True), h5py.HardLink):
                    raise BadInputError(
                        f"{shown(path)} is reached by a link: copy what it leads to into its place"
                    )
                found = found[step]
        return found


@contextmanager
def hdf5_of(content: bytes | BinaryIO) -> Iterator[Hdf5]:
    """An HDF5 file, to be read.

    Raises:
        CorruptArtifactError: it is damaged.
    """
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    with _told():
        file = h5py.File(source, "r")
    try:
        yield Hdf5(file)
    finally:
        file.close()


@contextmanager
def _told() -> Iterator[None]:
    """What the library raises of a damaged file, as one sentence."""
    try:
        yield
    except BadInputError:
        raise
    except FAULTS:
        raise CorruptArtifactError(DAMAGED) from None


def _text(name: str, value: object) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise CorruptArtifactError(f"its attribute {shown(name)} is no text") from None
    if not isinstance(value, str):
        raise CorruptArtifactError(f"its attribute {shown(name)} is no text")
    return value
