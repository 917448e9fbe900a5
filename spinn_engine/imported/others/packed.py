"""The entries of a zip file that may be compressed, unpacked within limits."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection
from typing import BinaryIO

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.words import shown

LARGEST_UNPACKED = 2**29
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Packed:
    """An open zip file, whose list was read before (``zip_archive.read_list``).

    Attributes:
        names: of its entries.
    """

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
            raise CorruptArtifactError("its list of entries is damaged, copy it again") from None
        self.names: Collection[str] = self._zip.namelist()
        self._left = LARGEST_UNPACKED

    def read(self, name: str) -> bytes:
        """The bytes of an entry, compared with their checksum.

        Raises:
            BadInputError: it is encrypted, compressed in a way that is not read, or what was
                unpacked is more than is read.
            CorruptArtifactError: it is not there, cut off or damaged.
        """
        if name not in self.names:
            raise CorruptArtifactError(f"its entry {shown(name)} is missing, copy it again")
        entry = self._zip.getinfo(name)
        if entry.flag_bits & 1:
            raise BadInputError(f"its entry {shown(name)} is encrypted, unpack it first")
        if entry.compress_type not in METHODS:
            raise BadInputError(
                f"its entry {shown(name)} is compressed in a way that is not read: save it without "
                "compression"
            )
        self._left -= entry.file_size
        if self._left < 0:
            raise BadInputError(
                f"its entries unpack to more than the {LARGEST_UNPACKED:,} bytes that are read"
            )
        try:
            with self._zip.open(entry) as part:
                data = part.read()
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
            raise CorruptArtifactError(
                f"its entry {shown(name)} is damaged, copy the file again"
            ) from None
        if len(data) != entry.file_size:
            raise CorruptArtifactError(f"its entry {shown(name)} is cut off, copy the file again")
        return data
