"""One struct array of plain numbers out of a MATLAB file of versions 5 to 7.

``scipy.io.loadmat`` would read it, but ends the process on deeply nested cells and on a wrong kind
of number, and builds whatever size a file claims. This reader takes nothing but numbers, checks
every size against the bytes that are there, and never descends further than the fields.

Source of the layout: The MathWorks, MAT-File Format (R2024b), on level 5 files.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Floats
from spinn_engine.words import listed

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
COMPLEX_FLAG = 0x0800


class _Array(NamedTuple):
    """Header of an array, and the elements that follow it."""

    kind: int
    is_complex: bool
    shape: tuple[int, ...]
    name: str
    rest: Iterator[tuple[int, memoryview]]


def read_struct(path: Path, name: str) -> list[dict[str, Floats]]:
    """The struct array ``name``: for each element its fields, flat, columns one after the other.

    Raises:
        BadInputError: there is no such file; it is no MATLAB file, an older or newer one, damaged
            or too large; it has no such variable, or one that is no struct of plain numbers.
    """
    try:
        data = _bytes(path)
        order = _byte_order(data)
        return _records(_find(data, name, order), name, order)
    except BadInputError as error:
        raise BadInputError(f"{path}: {error}") from None
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {(error.strerror or '').lower()}") from None
    except (ValueError, zlib.error) as error:
        raise BadInputError(f"{path}: it is damaged, copy it again: {error}") from None


def _bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise BadInputError("this is a folder or a device, name a file")
    if path.stat().st_size > LARGEST_BYTES:
        raise BadInputError(
            f"it is larger than {LARGEST_BYTES // 2**20} MiB, no file of this kind is"
        )
    return path.read_bytes()


def _byte_order(data: bytes) -> str:
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


def _find(data: bytes, name: str, order: str) -> memoryview:
    """The expanded array called ``name``, without its tag."""
    others = []
    for kind, content in _elements(memoryview(data)[HEADER_BYTES:], order):
        if kind not in (MATRIX, COMPRESSED):
            raise ValueError("something that is no variable stands in it")
        head = content
        if kind == COMPRESSED:
            start = zlib.decompressobj().decompress(content, NAME_WITHIN_BYTES)
            head = memoryview(start)[TAG_BYTES:]
        found = _array(head, order).name
        if found == name:
            return _expand(content) if kind == COMPRESSED else content
        others.append(found)
    has = f"only {listed(others)}" if others else "and nothing else"
    raise BadInputError(f"it holds no variable {name!r}, {has}")


def _expand(content: memoryview) -> memoryview:
    expander = zlib.decompressobj()
    data = expander.decompress(content, LARGEST_BYTES)
    if expander.unconsumed_tail:
        raise BadInputError(f"it expands to more than {LARGEST_BYTES // 2**20} MiB")
    if not expander.eof:
        raise ValueError("it is cut off in the middle of a variable")
    return memoryview(data)[TAG_BYTES:]


def _records(body: memoryview, name: str, order: str) -> list[dict[str, Floats]]:
    array = _array(body, order)
    if array.kind != STRUCT:
        what = CLASSES.get(array.kind, "an array of numbers")
        raise BadInputError(f"variable {name!r} is {what}, it must be a struct array")
    names = _field_names(list(islice(array.rest, 2)), order)
    records: list[dict[str, Floats]] = []
    for count, (kind, content) in enumerate(array.rest):
        field = names[count % len(names)]
        if field == names[0]:
            records.append({})
        where = f"field {field!r} of record {len(records)} of variable {name!r}"
        if kind != MATRIX:
            raise ValueError(f"{where} is no array")
        records[-1][field] = _numbers(content, where, order)
    if not len(records) == math.prod(array.shape) == sum(len(r) == len(names) for r in records):
        raise ValueError(f"variable {name!r} does not hold as much as its size says")
    return records


def _numbers(content: memoryview, where: str, order: str) -> Floats:
    if not len(content):  # how MATLAB may write []
        return np.empty(0)
    array = _array(content, order)
    if array.kind not in NUMERIC or array.is_complex:
        what = "complex numbers" if array.is_complex else CLASSES.get(array.kind, "something else")
        raise BadInputError(f"{where} holds {what}, plain numbers are needed")
    kind, data = next(array.rest, (9, memoryview(b"")))
    if kind not in NUMBERS:
        raise ValueError(f"{where} has numbers of an unknown kind")
    dtype = np.dtype(order + NUMBERS[kind])
    if len(data) != math.prod(array.shape) * dtype.itemsize:
        raise ValueError(f"{where} does not hold as much as its size says")
    return np.frombuffer(data, dtype=dtype).astype(np.float64)


def _field_names(elements: list[tuple[int, memoryview]], order: str) -> list[str]:
    if len(elements) < 2 or len(elements[0][1]) != 4:
        raise ValueError("a struct has no field names")
    length, text = struct.unpack(order + "i", elements[0][1])[0], bytes(elements[1][1])
    if length < 1 or not text:
        raise BadInputError("a struct has no fields")
    names = [
        text[start : start + length].partition(b"\0")[0].decode("latin-1")
        for start in range(0, len(text), length)
    ]
    if len(set(names)) != len(names):
        raise ValueError("a struct has a field twice")
    return names


def _array(body: memoryview, order: str) -> _Array:
    elements = _elements(body, order)
    header = list(islice(elements, 3))
    # Some programs write the shape as unsigned.
    kinds = [kind for kind, _ in header[:2]]
    if len(header) < 3 or kinds not in ([6, 5], [6, 6]) or len(header[0][1]) != 8:
        raise ValueError("an array has no header")
    (_, flags), (_, shape), (_, name) = header
    mark = struct.unpack(order + "I", flags[:4])[0]
    return _Array(
        kind=mark & 0xFF,
        is_complex=bool(mark & COMPLEX_FLAG),
        shape=struct.unpack(f"{order}{len(shape) // 4}i", shape[: len(shape) // 4 * 4]),
        name=bytes(name).decode("latin-1"),
        rest=elements,
    )


def _elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
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
