"""The safetensors format: a JSON header, then the bytes of the tensors, one after the other.

Source of the layout: README of the safetensors project, section Format.
"""

from __future__ import annotations

import json
import math
import struct
from typing import BinaryIO

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.values import (
    ITEM_BYTES,
    LARGEST_SIZE,
    MOST_DIMENSIONS,
    Named,
    Storage,
    TensorClaim,
)
from spinn_engine.imported.files.zip_archive import MOST_ENTRIES
from spinn_engine.words import counted, shown

LARGEST_HEADER = 2**22
DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64",
    "I32": "int32", "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32",
    "U16": "uint16", "U8": "uint8", "BOOL": "bool", "C64": "complex64", "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
}  # fmt: skip
DAMAGED = "its safetensors header is damaged, copy the file again"


class Safetensors:
    """An open safetensors file.

    Attributes:
        value: tensors by name.
        metadata: what was written beside them, text by name.
        order: sign for ``struct`` of the order of bytes.
        called: nothing, as no pickle is in it.
    """

    kind = "safetensors"
    order = "<"
    called: tuple[Named, ...] = ()

    def __init__(self, file: BinaryIO, size: int) -> None:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > min(LARGEST_HEADER, size - 8):
            raise BadInputError(
                f"its safetensors header has {length:,} bytes, more than the {LARGEST_HEADER:,} "
                "that are read"
            )
        header = _json(file.read(length))
        self._file, self._data = file, 8 + length
        self.metadata = _metadata(header)
        if len(header) > MOST_ENTRIES:
            raise BadInputError(
                f"it holds {len(header):,} tensors, more than the {MOST_ENTRIES:,} that a "
                "checkpoint of an MLP may have"
            )
        self._starts: dict[str, int] = {}
        self.value: dict[object, object] = {}
        ends = [(0, 0)]
        for name, about in header.items():
            claim, start, end = _claim(name, about)
            self.value[name], self._starts[name] = claim, start
            ends.append((start, end))
        _check_places(sorted(ends), size - self._data)

    def check(self, storage: Storage) -> None:
        """Nothing is left to compare: places and sizes were checked when it was opened."""

    def read(self, storage: Storage, start: int, length: int) -> bytes:
        """Bytes of a tensor."""
        self._file.seek(self._data + self._starts[storage.key] + start)
        return self._file.read(length)


def _metadata(header: dict[str, object]) -> dict[str, object]:
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict):
        raise CorruptArtifactError(DAMAGED)
    return metadata


def _json(data: bytes) -> dict[str, object]:
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise CorruptArtifactError(DAMAGED) from None
    if not isinstance(value, dict):
        raise CorruptArtifactError(DAMAGED)
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CorruptArtifactError("its safetensors header names something twice")
    return found


def _claim(name: str, about: object) -> tuple[TensorClaim, int, int]:
    """A tensor, and where its bytes begin and end after the header."""
    if not isinstance(about, dict):
        raise CorruptArtifactError(DAMAGED)
    kind, shape, places = (about.get(key) for key in ("dtype", "shape", "data_offsets"))
    dtype = DTYPES.get(kind) if isinstance(kind, str) else None
    if dtype is None:
        raise BadInputError(f"tensor {shown(name)} has numbers of an unknown kind, {shown(kind)}")
    sizes, ends = _sizes(shape, MOST_DIMENSIONS), _sizes(places, 2)
    if len(ends) != 2:
        raise CorruptArtifactError(DAMAGED)
    count, (start, end) = math.prod(sizes), ends
    if end - start != count * ITEM_BYTES[dtype]:
        raise CorruptArtifactError(
            f"tensor {shown(name)} claims the shape {list(sizes)} and has "
            f"{counted(end - start, 'byte')}"
        )
    strides = tuple(math.prod(sizes[dim + 1 :]) for dim in range(len(sizes)))
    return TensorClaim(Storage(name, dtype, count), dtype, 0, sizes, strides), start, end


def _sizes(values: object, most: int) -> tuple[int, ...]:
    if not isinstance(values, list) or len(values) > most:
        raise CorruptArtifactError(DAMAGED)
    for value in values:
        if type(value) is not int or not 0 <= value < LARGEST_SIZE:
            raise CorruptArtifactError(DAMAGED)
    return tuple(values)


def _check_places(places: list[tuple[int, int]], available: int) -> None:
    """Tensors must fill the bytes after the header without a gap, and without lying on another."""
    position = 0
    for start, end in places:
        if start != position:
            raise CorruptArtifactError(
                "its tensors lie over one another, or leave a gap: it is damaged, copy it again"
            )
        position = end
    if position != available:
        raise CorruptArtifactError(
            f"its tensors claim {position:,} bytes and {available:,} are there: it is cut off or "
            "damaged, copy it again"
        )
