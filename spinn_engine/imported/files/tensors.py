"""Numbers of a tensor, once what the file claims of it has been compared with the bytes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.values import ITEM_BYTES, OddTensor, Storage, Tensor, TensorClaim
from spinn_engine.imported.network import Floats32
from spinn_engine.words import shown

FLOATS = ("float64", "float32", "float16", "bfloat16")
ROWS_AT_ONCE = 256
MOST_SKIPPED = 2**24  # numbers read for a tensor that skips some of them

Floats = NDArray[np.floating[Any]]


class Numbers(Protocol):
    """A file that holds storages."""

    order: str

    def check(self, storage: Storage) -> None:
        """Compare what is said of a storage with the bytes that are there."""

    def read(self, storage: Storage, start: int, length: int) -> bytes:
        """Bytes of a checked storage, from ``start``."""


def plain_claim(name: str, tensor: Tensor) -> TensorClaim:
    """The tensor, if it is one of floating-point numbers, each with a place of its own.

    Raises:
        BadInputError: it is sparse, quantised, integer, expanded or the like.
        CorruptArtifactError: it looks outside of its storage.
    """
    if isinstance(tensor, OddTensor):
        raise BadInputError(f"{shown(name)} is {tensor.what}: save it as a plain float32 tensor")
    if tensor.dtype not in FLOATS:
        raise BadInputError(
            f"{shown(name)} holds {tensor.dtype} numbers, a weight must hold one of "
            f"{', '.join(FLOATS)}"
        )
    count, extent = math.prod(tensor.shape), _extent(tensor)
    available = tensor.storage.count * ITEM_BYTES[tensor.storage.dtype] // ITEM_BYTES[tensor.dtype]
    if tensor.offset + extent > available:
        raise CorruptArtifactError(
            f"{shown(name)} claims {tensor.offset + extent:,} numbers of a storage of {available:,}"
        )
    if extent > max(count, MOST_SKIPPED):
        raise BadInputError(
            f"{shown(name)} is a few numbers out of {extent:,}: save it with .clone()"
        )
    if count > extent or _repeats(tensor):
        raise BadInputError(
            f"{shown(name)} is an expanded view, which shows the same numbers several times: save "
            "it with .clone()"
        )
    return tensor


def refuse_shared(claims: Iterable[tuple[str, TensorClaim]]) -> None:
    """Refuse tensors that share numbers: what is pruned in one would change in the other.

    Raises:
        BadInputError: two look at the same part of a storage.
    """
    places: dict[str, list[tuple[int, int, str]]] = {}
    for name, claim in claims:
        size = ITEM_BYTES[claim.dtype]
        place = claim.offset * size, (claim.offset + _extent(claim)) * size, name
        places.setdefault(claim.storage.key, []).append(place)
    for some in places.values():
        for (_, end, one), (start, _, other) in pairwise(sorted(some)):
            if start < end:
                raise BadInputError(
                    f"{shown(one)} and {shown(other)} share their numbers (tied weights), so "
                    "neither can be pruned alone: save each with .clone()"
                )


def stored(numbers: Numbers, claim: TensorClaim) -> Floats:
    """The numbers of a plain claim, in its shape; bfloat16 becomes float32, which loses nothing.

    Raises:
        CorruptArtifactError: its storage is not there, or of another size.
    """
    numbers.check(claim.storage)
    size, extent = ITEM_BYTES[claim.dtype], _extent(claim)
    data = numbers.read(claim.storage, claim.offset * size, extent * size)
    if len(data) != extent * size:
        raise CorruptArtifactError("the file became shorter while it was read")
    if claim.dtype == "bfloat16":
        upper = np.frombuffer(data, dtype=f"{numbers.order}u2").astype(np.uint32)
        flat: Floats = (upper << 16).view(np.float32)
    else:
        kind = f"{numbers.order}f{size}"
        flat = np.frombuffer(data, dtype=kind).astype(f"=f{size}", copy=False)
    steps = [step * flat.itemsize for step in claim.strides]
    return np.lib.stride_tricks.as_strided(flat, claim.shape, steps, writeable=False)


def as_float32(name: str, values: Floats) -> tuple[Floats32, float]:
    """The numbers as float32, and the largest change that this made to one of them.

    Raises:
        BadInputError: one is NaN or infinite, or too large for float32.
    """
    largest = 0.0
    result = values.astype(np.float32)
    for first in range(0, len(values), ROWS_AT_ONCE):
        part, rounded = values[first : first + ROWS_AT_ONCE], result[first : first + ROWS_AT_ONCE]
        if not np.isfinite(part).all():
            raise BadInputError(f"{shown(name)} holds NaN or infinite numbers")
        if not np.isfinite(rounded).all():
            raise BadInputError(f"{shown(name)} holds numbers that are too large for float32")
        if values.dtype == np.float64:
            largest = max(largest, float(np.abs(part - rounded).max(initial=0.0)))
    return result, largest


def _extent(claim: TensorClaim) -> int:
    """How many numbers of its storage lie from its first to its last."""
    if 0 in claim.shape:
        return 0
    steps = zip(claim.shape, claim.strides, strict=True)
    return 1 + sum((size - 1) * stride for size, stride in steps)


def _repeats(claim: TensorClaim) -> bool:
    """Whether two of its places may show the same number of the storage."""
    steps = sorted(
        (stride, size) for size, stride in zip(claim.shape, claim.strides, strict=True) if size > 1
    )
    reach = 0
    for stride, size in steps:
        if stride <= reach:
            return True
        reach += stride * (size - 1)
    return False
