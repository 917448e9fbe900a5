"""PyTorch's format of before version 1.6: pickles one after the other, then the numbers.

Source of the layout: ``_legacy_save`` in ``torch/serialization.py``, PyTorch 2.13.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.pickles import LARGEST_PICKLE, read_next
from spinn_engine.imported.files.values import ITEM_BYTES, Storage

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
COUNT = struct.Struct("<q")  # before the numbers of every storage
MOST_STORAGES = 4096


class TorchLegacy:
    """An open file of the legacy format.

    Attributes:
        value: what was saved, as ``read_pickle`` gives it.
        order: sign for ``struct`` of the order of bytes in storages.
        called: the classes and functions that loading it would have called.
        metadata: nothing, as such a file has no other place for it.
    """

    kind = "legacy"

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.metadata: dict[str, object] = {}
        head = file.read(min(size, LARGEST_PICKLE))
        first = read_next(head, 0)
        second = read_next(head, first.end)
        about = read_next(head, second.end)
        if first.value != MAGIC or second.value != PROTOCOL or not isinstance(about.value, dict):
            raise CorruptArtifactError("its head is damaged, copy it again")
        self.order = "<" if about.value.get("little_endian", True) is True else ">"
        found = read_next(head, about.end)
        keys = read_next(head, found.end)
        self.value, self.called = found.value, found.called
        storages = {one.key: one for one in found.persistent if isinstance(one, Storage)}
        self._starts = _starts(file, size, keys.end, _checked(keys.value), storages)

    def check(self, storage: Storage) -> None:
        """Nothing is left to compare but its size: two claims of one storage must agree.

        Raises:
            CorruptArtifactError: it is not there, or of another size.
        """
        if storage.key not in self._starts:
            raise CorruptArtifactError("a storage of its pickle is not in the file")
        if self._starts[storage.key][1] != storage:
            raise CorruptArtifactError("its pickle claims two sizes of one storage")

    def read(self, storage: Storage, start: int, length: int) -> bytes:
        """Bytes of a checked storage."""
        self._file.seek(self._starts[storage.key][0] + start)
        return self._file.read(length)


def _checked(keys: object) -> list[str]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise CorruptArtifactError("its list of storages is damaged, copy it again")
    if len(keys) > MOST_STORAGES:
        raise BadInputError(
            f"it holds {len(keys):,} storages, more than the {MOST_STORAGES:,} that are read"
        )
    if len(set(keys)) < len(keys):
        raise CorruptArtifactError("it lists a storage twice")
    return keys


def _starts(
    file: BinaryIO, size: int, position: int, keys: list[str], storages: dict[str, Storage]
) -> dict[str, tuple[int, Storage]]:
    """Where the numbers of each storage begin, which must fill the file to its end."""
    found = {}
    for key in keys:
        storage = storages.get(key)
        if storage is None or storage.dtype not in ITEM_BYTES:
            raise CorruptArtifactError("it lists a storage of which its pickle knows nothing")
        file.seek(position)
        head = file.read(COUNT.size)
        if len(head) < COUNT.size or COUNT.unpack(head)[0] != storage.count:
            raise CorruptArtifactError(
                "a storage has another size than its pickle claims: it is cut off or damaged, copy "
                "it again"
            )
        found[key] = position + COUNT.size, storage
        position += COUNT.size + storage.count * ITEM_BYTES[storage.dtype]
    if position != size:
        raise CorruptArtifactError(
            f"its storages claim {position:,} bytes and the file has {size:,}: it is cut off or "
            "damaged, copy it again"
        )
    return found
