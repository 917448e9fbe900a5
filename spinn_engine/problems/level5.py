"""Elements of a MATLAB file of versions 5 to 7, read with every size held against the bytes there.

Source of the layout: The MathWorks, MAT-File Format (R2024b), on level 5 files.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError

LARGEST_BYTES = 2**29  # of the file, and of a variable when expanded
HEADER_BYTES = 128
TAG_BYTES = 8
NAME_WITHIN_BYTES = 512  # an array's header, its name of at most 63 letters included
MATRIX, COMPRESSED = 14, 15  # kinds of element, as are these of numbers
NUMBERS = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
STRUCT = 2  # classes of array
NUMERIC = range(6, 16)
CLASSES = {
    1: "a cell array",
    STRUCT: "a struct",
    3: "an object",
    4: "text",
    5: "a sparse matrix",
    16: "a function handle",
    17: "an object",
}
COMPLEX_FLAG, LOGICAL_FLAG = 0x0800, 0x0200


class Array(NamedTuple):
    """Header of an array, and the elements that follow it."""

    kind: int
    is_complex: bool
    is_logical: bool
    shape: tuple[int, ...]
    name: str
    rest: Iterator[tuple[int, memoryview]]


def mat_bytes(path: Path) -> bytes:
    """All of a file.

    Raises:
        BadInputError: it is no plain file, or too large.
        OSError: it cannot be opened.
    """
    if path.exists() and not path.is_file():
        raise BadInputError("this is a folder or a device, name a file")
    if path.stat().st_size > LARGEST_BYTES:
        raise BadInputError(
            f"it is larger than {LARGEST_BYTES // 2**20} MiB, no file of this kind is"
        )
    return path.read_bytes()


def byte_order(data: bytes) -> str:
    """Sign for ``struct`` of the order of bytes; refuses other formats."""
    if data and 0 in data[:4]:
        raise BadInputError(
            "it is an old MATLAB 4 file or none at all, save it in MATLAB with save(..., '-v7')"
        )
    order = {b"IM": "<", b"MI": ">"}.get(data[126:HEADER_BYTES])
    version = data[124:126] if order == ">" else data[125:123:-1]
    if order is None or version not in (b"\1\0", b"\2\0"):
        raise BadInputError("it is no MATLAB file, or damaged: unpack or copy it again")
    if version == b"\2\0":
        raise BadInputError(
            "it is a MATLAB 7.3 (HDF5) file, save it in MATLAB with save(..., '-v7')"
        )
    return order


def expand(content: memoryview) -> memoryview:
    """What is in a compressed element, without its tag.

    Raises:
        BadInputError: it is too large.
        ValueError: it is cut off.
        zlib.error: it is damaged.
    """
    expander = zlib.decompressobj()
    data = expander.decompress(content, LARGEST_BYTES)
    if expander.unconsumed_tail:
        raise BadInputError(f"it expands to more than {LARGEST_BYTES // 2**20} MiB")
    if not expander.eof:
        raise ValueError("it is cut off in the middle of a variable")
    return memoryview(data)[TAG_BYTES:]


def stored_numbers(array: Array, where: str, order: str) -> NDArray[Any]:
    """The next numbers of an array, flat, as they are stored.

    Raises:
        ValueError: they are of an unknown kind, or not as many as the array's size says.
    """
    kind, data = next(array.rest, (9, memoryview(b"")))
    if kind not in NUMBERS:
        raise ValueError(f"{where} has numbers of an unknown kind")
    dtype = np.dtype(order + NUMBERS[kind])
    if len(data) != math.prod(array.shape) * dtype.itemsize:
        raise ValueError(f"{where} does not hold as much as its size says")
    return np.frombuffer(data, dtype=dtype)


def field_names(parts: list[tuple[int, memoryview]], order: str) -> list[str]:
    """The names of a struct's fields, from the two elements that hold them.

    Raises:
        BadInputError: it has no fields.
        ValueError: it is damaged.
    """
    if len(parts) < 2 or len(parts[0][1]) != 4:
        raise ValueError("a struct has no field names")
    length, text = struct.unpack(order + "i", parts[0][1])[0], bytes(parts[1][1])
    if length < 1 or not text:
        raise BadInputError("a struct has no fields")
    names = [
        text[start : start + length].partition(b"\0")[0].decode("latin-1")
        for start in range(0, len(text), length)
    ]
    if len(set(names)) != len(names):
        raise ValueError("a struct has a field twice")
    return names


def array_of(body: memoryview, order: str) -> Array:
    """An array, from its header on.

    Raises:
        ValueError: it has no header.
    """
    parts = elements(body, order)
    header = list(islice(parts, 3))
    # Some programs write the shape as unsigned.
    kinds = [kind for kind, _ in header[:2]]
    if len(header) < 3 or kinds not in ([6, 5], [6, 6]) or len(header[0][1]) != 8:
        raise ValueError("an array has no header")
    (_, flags), (_, shape), (_, name) = header
    mark = struct.unpack(order + "I", flags[:4])[0]
    return Array(
        kind=mark & 0xFF,
        is_complex=bool(mark & COMPLEX_FLAG),
        is_logical=bool(mark & LOGICAL_FLAG),
        shape=struct.unpack(f"{order}{len(shape) // 4}i", shape[: len(shape) // 4 * 4]),
        name=bytes(name).decode("latin-1"),
        rest=parts,
    )


def elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Kind and content of each element."""
    position = 0
    while position < len(data):
        if position + TAG_BYTES > len(data):
            raise ValueError("it is cut off between two arrays")
        kind, size = struct.unpack_from(order + "II", data, position)
        position += TAG_BYTES
        if kind >> 16:  # the size stands above the kind, and the content in the tag
            kind, size = kind & 0xFFFF, kind >> 16
            if size > 4:
                raise ValueError("an element is larger than its place")
            yield kind, data[position - 4 : position - 4 + size]
            continue
        if position + size > len(data):
            raise ValueError("it is cut off in the middle of a variable")
        yield kind, data[position : position + size]
        position += size + (0 if kind == COMPRESSED else -size % TAG_BYTES)
