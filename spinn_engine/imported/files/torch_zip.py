"""The inside of a ``torch.save`` file: a pickle, and a storage an entry."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.kinds import SAVE_AGAIN
from spinn_engine.imported.files.pickles import LARGEST_PICKLE, read_pickle
from spinn_engine.imported.files.values import ITEM_BYTES, Storage
from spinn_engine.imported.files.zip_archive import check_sums, locate, read_list
from spinn_engine.words import shown

PICKLE = "data.pkl"


class TorchZip:
    """An open ``torch.save`` file.

    Attributes:
        value: what was saved, as ``read_pickle`` gives it.
        order: sign for ``struct`` of the order of bytes in storages.
        called: the classes and functions that loading it would have called.
        metadata: nothing, as such a file has no other place for it.
    """

    kind = "zip"

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        listed = read_list(file, size)
        folder = _folder(listed)
        entries = locate(file, listed)
        self._entries = {name.removeprefix(folder): one for name, one in entries.items()}
        check_sums(file, self._entries)
        self.order = self._byte_order()
        self.metadata: dict[str, object] = {}
        found = read_pickle(self._bytes(PICKLE, LARGEST_PICKLE))
        self.value, self.called = found.value, found.called

    def check(self, storage: Storage) -> None:
        """Compare what is said of a storage with its entry.

        Raises:
            CorruptArtifactError: it is not there, or of another size.
        """
        name, claimed = f"data/{storage.key}", storage.count * ITEM_BYTES[storage.dtype]
        entry = self._entries.get(name)
        if entry is None:
            raise CorruptArtifactError(f"its storage {shown(name)} is not in the file")
        if entry.size != claimed:
            raise CorruptArtifactError(
                f"its storage {shown(name)} claims {claimed:,} bytes and has {entry.size:,}"
            )

    def read(self, storage: Storage, start: int, length: int) -> bytes:
        """Bytes of a checked storage."""
        self._file.seek(self._entries[f"data/{storage.key}"].start + start)
        return self._file.read(length)

    def _byte_order(self) -> str:
        if "byteorder" not in self._entries:
            return "<"
        order = {b"little": "<", b"big": ">"}.get(self._bytes("byteorder", 16))
        if order is None:
            raise CorruptArtifactError("its entry byteorder is neither little nor big")
        return order

    def _bytes(self, name: str, most: int) -> bytes:
        entry = self._entries[name]
        if entry.size > most:
            raise BadInputError(
                f"its entry {name} has {entry.size:,} bytes, more than the {most:,} that are read: "
                "save model.state_dict() alone"
            )
        self._file.seek(entry.start)
        return self._file.read(entry.size)


def _folder(names: Collection[str]) -> str:
    """The one folder that all entries are in, with its slash; refuses other kinds of zip files."""
    folders = {name.partition("/")[0] for name in names}
    inside = {name.partition("/")[2].partition("/")[0] for name in names}
    if "constants.pkl" in inside or "code" in inside:
        raise BadInputError(
            "it is a TorchScript program, which holds code: save model.state_dict() of the model "
            "that it was made from"
        )
    if any(name.endswith(".npy") for name in names):
        raise BadInputError(f"it is a NumPy archive (.npz), no PyTorch checkpoint: {SAVE_AGAIN}")
    if PICKLE not in inside or len(folders) != 1 or "" in inside:
        raise BadInputError(
            f"it is a zip file of another kind, no PyTorch checkpoint: {SAVE_AGAIN}"
        )
    return f"{folders.pop()}/"
