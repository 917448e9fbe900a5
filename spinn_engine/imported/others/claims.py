"""Arrays that were read from a file as the tensors of a ``state_dict``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.imported.files.values import Storage, TensorClaim


class Named:
    """Arrays under names that end as torch's do.

    Attributes:
        value: tensors by name.
        order: sign for ``struct`` of the order of bytes.
        kind: what wrote them, as ``StoredNetwork.format`` has it.
        notes: what is to be said of the file, in sentences.
    """

    order = "<"

    def __init__(self, kind: str, notes: tuple[str, ...] = ()) -> None:
        self.kind, self.notes = kind, notes
        self.value: dict[object, object] = {}
        self._bytes: dict[str, bytes] = {}

    def add(self, name: str, array: NDArray[Any], turned: bool = False) -> None:
        """Add an array.

        Args:
            name: of the tensor.
            array: its numbers.
            turned: whether the file has ``[in, out]`` where torch has ``[out, in]``.
        """
        self._bytes[name] = array.astype(array.dtype.newbyteorder("<")).tobytes()
        shape = array.shape
        strides = tuple(math.prod(shape[dim + 1 :]) for dim in range(len(shape)))
        if turned:
            shape, strides = shape[::-1], strides[::-1]
        dtype = str(array.dtype.newbyteorder("="))
        storage = Storage(name, dtype, array.size)
        self.value[name] = TensorClaim(storage, dtype, 0, shape, strides)

    def check(self, storage: Storage) -> None:
        """Nothing is left to compare."""

    def read(self, storage: Storage, start: int, length: int) -> bytes:
        """Bytes of an array."""
        return self._bytes[storage.key][start : start + length]


def bfloat16(data: bytes) -> NDArray[np.float32]:
    """Numbers of two bytes, the upper ones of a float32."""
    return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
