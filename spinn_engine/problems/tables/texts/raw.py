"""The bytes of a text file, plain or packed by gzip, and the encoding of its letters."""

from __future__ import annotations

import codecs
import gzip
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

START_BYTES = BLOCK_BYTES = 2**20
UTF_8, WESTERN = "utf-8-sig", "cp1252"
MARKS = {  # the first of these that a file begins with
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A text file to read in any order; one that is packed is unpacked beside it, for that long.

    Raises:
        OSError: it cannot be opened, or is no gzip file.
    """
    with path.open("rb") as file:
        if path.suffix.lower() != ".gz":
            yield file
            return
        with tempfile.TemporaryFile() as unpacked:
            for block in _unpacked(file):
                unpacked.write(block)
            unpacked.seek(0)
            yield unpacked


def text_bytes(path: Path) -> int:
    """Bytes of a text file when it is unpacked."""
    if path.suffix.lower() != ".gz":
        return path.stat().st_size
    with path.open("rb") as file:
        return sum(map(len, _unpacked(file)))


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    try:
        with gzip.open(file) as packed:
            while block := packed.read(BLOCK_BYTES):
                yield block
    except EOFError:
        raise OSError("it is cut off, so it cannot be unpacked") from None


def find_encoding(file: BinaryIO, start: bytes, beyond: bool) -> str:
    """UTF-8 if all bytes are; else UTF-16 or 32 by its mark or zeros; else Western European.

    Args:
        file: the whole file.
        start: its first bytes.
        beyond: whether to read on behind these.

    Raises:
        ValueError: it is not text.
    """
    if told := next((name for mark, name in MARKS.items() if start.startswith(mark)), None):
        return told
    zeros = [start[offset:4096:2].count(0) for offset in (0, 1)]
    if any(zeros):  # every other byte of Latin letters and digits in UTF-16
        if min(zeros) * 10 > max(zeros) or max(zeros) * 8 < len(start[:4096]):
            raise ValueError("it holds zero bytes, so it is not text")
        return "utf-16-le" if zeros[1] else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)
        if beyond:
            file.seek(len(start))
            while block := file.read(BLOCK_BYTES):
                decoder.decode(block)
    except UnicodeDecodeError:
        return WESTERN
    return UTF_8


@contextmanager
def in_utf_8(file: BinaryIO, encoding: str) -> Iterator[BinaryIO]:
    """The same text in UTF-8; where it is written otherwise, a copy for that long.

    Raises:
        UnicodeDecodeError: it holds bytes that stand for no letter in this encoding.
    """
    if encoding == UTF_8:
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        decoder = codecs.getincrementaldecoder(encoding)()
        file.seek(0)
        is_start = True
        while block := file.read(BLOCK_BYTES):
            text = decoder.decode(block)
            copy.write((text.removeprefix("\ufeff") if is_start else text).encode())
            is_start = False
        copy.write(decoder.decode(b"", final=True).encode())
        copy.seek(0)
        yield copy


class Part(io.RawIOBase):
    """The bytes of a file from one place to another, as a file of their own."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        super().__init__()
        self._file, self._start, self._at, self._end = file, start, start, end

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from its own start."""
        origins = {io.SEEK_SET: self._start, io.SEEK_CUR: self._at, io.SEEK_END: self._end}
        self._at = origins[whence] + offset
        return self.tell()

    def tell(self) -> int:
        """The place where it is read next."""
        return self._at - self._start

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none at the end."""
        left = self._end - self._at
        self._file.seek(self._at)
        found = self._file.read(left if size < 0 else min(size, left))
        self._at += len(found)
        return found
