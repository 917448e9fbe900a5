"""A ``.npy`` file, of which nothing is unpickled; what it claims is compared with what is there."""

from __future__ import annotations

import math
import warnings
from tokenize import TokenError
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.values import MOST_DIMENSIONS
from spinn_engine.words import shown

# What NumPy raises of a header that is no dictionary of three entries.
FAULTS = (
    ValueError, TypeError, SyntaxError, TokenError, KeyError, RecursionError, MemoryError, Warning,
)  # fmt: skip


def read_npy(file: BinaryIO, available: int, name: str) -> NDArray[np.generic]:
    """The array that begins at the file's place.

    Args:
        file: to read from.
        available: bytes that are there.
        name: of the array, for a sentence.

    Raises:
        BadInputError: it holds no numbers.
        CorruptArtifactError: it is cut off or damaged.
    """
    damaged = CorruptArtifactError(f"{shown(name)} is cut off or damaged, copy the file again")
    start = file.tell()
    try:
        if npy.read_magic(file) != (1, 0):  # others are for names of fields
            raise damaged
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            shape, fortran, dtype = npy.read_array_header_1_0(file)
    except FAULTS:
        raise damaged from None
    if dtype.kind not in "fiub":
        raise BadInputError(f"{shown(name)} holds no numbers, which is not read")
    if len(shape) > MOST_DIMENSIONS or not all(0 <= side < 2**48 for side in shape):
        raise damaged
    wanted = math.prod(shape) * dtype.itemsize
    if wanted > available - (file.tell() - start):
        raise damaged
    data = file.read(wanted)
    if len(data) != wanted:
        raise damaged
    flat = np.frombuffer(data, dtype).astype(dtype.newbyteorder("="), copy=False)
    return flat.reshape(shape, order="F" if fortran else "C")
