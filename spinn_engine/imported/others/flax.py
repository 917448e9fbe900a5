"""Parameters of Flax by ``flax.serialization``: a msgpack map of maps, arrays as extensions.

Nothing in it says what is computed with them. Source of the layout: flax/serialization.py.
"""

from __future__ import annotations

import math
from typing import BinaryIO

import msgpack
import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.tensors import FLOATS
from spinn_engine.imported.files.values import ITEM_BYTES, LARGEST_SIZE, MOST_DIMENSIONS
from spinn_engine.imported.others.claims import Named, bfloat16
from spinn_engine.words import shown, shown_list

LARGEST_MSGPACK = 2**28
MOST_ARRAYS = 4096
DEEPEST = 32
ARRAY, SCALAR = 1, 3  # codes of the extensions
DAMAGED = "its msgpack is cut off or damaged, copy the file again"
PARTS = {"kernel": "weight", "scale": "weight"}  # what torch calls them
BESIDE = ("opt_state", "step")

Array = NDArray[np.generic]


def read_flax(file: BinaryIO, size: int) -> Named:
    """The parameters, under names that end as torch's do.

    Raises:
        BadInputError: it is larger than is read, or holds no parameters of Flax.
        CorruptArtifactError: it is cut off or damaged.
    """
    if size > LARGEST_MSGPACK:
        raise BadInputError(
            f"it has {size:,} bytes, more than the {LARGEST_MSGPACK:,} of msgpack that are read: "
            "save the parameters alone"
        )
    found: dict[str, Array] = {}
    left: list[str] = []
    root = _unpacked(file.read(size))
    for key in BESIDE if "params" in root else ():
        if root.pop(key, None) is not None:
            left.append(key)
    _collect(root, (), found)
    named = Named("flax msgpack", _notes(left))
    for name, array in found.items():
        path, _, last = name.rpartition(".")
        is_kernel = last == "kernel" and array.ndim == 2
        named.add(f"{path}.{PARTS.get(last, last)}".lstrip("."), array, turned=is_kernel)
    if not any(name.rpartition(".")[2] == "kernel" for name in found):
        raise BadInputError(
            "it is msgpack without a kernel, as Flax names a layer's weight: save the parameters "
            "with flax.serialization.to_bytes(params)"
        )
    return named


def refuse_orbax(file: BinaryIO, size: int) -> Named:
    """Say how a checkpoint of Orbax is to be saved.

    Raises:
        BadInputError: always.
    """
    raise BadInputError(
        "it is a checkpoint of Orbax, whose database of arrays is not read: restore it, and save "
        "with flax.serialization.to_bytes(params)"
    )


def _notes(left: list[str]) -> tuple[str, ...]:
    if not left:
        return ()
    return (f"Beside the network stood, and was left out: {shown_list(left)}.",)


def _unpacked(data: bytes) -> dict[object, object]:
    try:
        value = msgpack.unpackb(data, raw=False, strict_map_key=False)
    except (ValueError, RecursionError, TypeError, msgpack.exceptions.UnpackException):
        raise CorruptArtifactError(DAMAGED) from None
    if not isinstance(value, dict):
        raise CorruptArtifactError(DAMAGED)
    return value


def _collect(value: object, path: tuple[str, ...], found: dict[str, Array]) -> None:
    """All arrays, by the names that lead to them."""
    if len(path) > DEEPEST or len(found) > MOST_ARRAYS:
        raise BadInputError(
            f"it holds more than {MOST_ARRAYS:,} arrays, or some deeper than {DEEPEST} levels: "
            "save the parameters alone"
        )
    if isinstance(value, dict):
        if "__msgpack_chunked_array__" in value:
            found[".".join(path)] = _chunked(value)
            return
        for key, part in value.items():
            _collect(part, (*path, str(key)), found)
    elif isinstance(value, msgpack.ExtType):
        found[".".join(path)] = _array(".".join(path), value)


def _array(name: str, packed: msgpack.ExtType) -> Array:
    if packed.code not in (ARRAY, SCALAR):
        raise BadInputError(f"{shown(name)} is no array: save the parameters alone")
    try:
        shape, dtype, data = msgpack.unpackb(packed.data, raw=False)
    except (ValueError, RecursionError, TypeError, msgpack.exceptions.UnpackException):
        raise CorruptArtifactError(DAMAGED) from None
    sizes = _sizes(shape)
    if not isinstance(dtype, str) or not isinstance(data, bytes):
        raise CorruptArtifactError(DAMAGED)
    if dtype not in ITEM_BYTES or (dtype not in FLOATS and not dtype.startswith(("int", "uint"))):
        raise BadInputError(f"{shown(name)} holds numbers of an unknown kind, {shown(dtype)}")
    if math.prod(sizes) * ITEM_BYTES[dtype] != len(data):
        raise CorruptArtifactError(
            f"{shown(name)} claims the shape {list(sizes)} and has {len(data):,} bytes"
        )
    flat = bfloat16(data) if dtype == "bfloat16" else np.frombuffer(data, np.dtype(dtype))
    return np.asarray(flat.reshape(sizes))


def _chunked(value: dict[object, object]) -> Array:
    """An array of more than a GB is in pieces, more than is read here."""
    raise BadInputError("it holds an array in pieces, which has more than 2^30 bytes")


def _sizes(shape: object) -> tuple[int, ...]:
    if not isinstance(shape, list) or len(shape) > MOST_DIMENSIONS:
        raise CorruptArtifactError(DAMAGED)
    for side in shape:
        if type(side) is not int or not 0 <= side < LARGEST_SIZE:
            raise CorruptArtifactError(DAMAGED)
    return tuple(shape)
