"""The zip file that ``torch.save`` writes: entries that are stored as they are, in one folder.

Everything that the file claims is checked against its size before anything is read: a reader that
believes them may be sent to the same bytes twice, or to terabytes that are not there.

Source of the layout: PKWARE, .ZIP File Format Specification 6.3.10, sections 4.3 and 4.4.
"""

from __future__ import annotations

import struct
import zlib
from io import SEEK_END
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.words import shown

MOST_ENTRIES = 4096
LONGEST_LISTED = 256  # bytes of an entry in the list, on average
CHUNK_BYTES = 2**20
END = struct.Struct("<4s4H2IH")  # mark, two disks, two counts, size, offset, length of a comment
END64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR64 = struct.Struct("<4sIQI")
CENTRAL = struct.Struct("<4s6H3I5H2I")
LOCAL = struct.Struct("<4s5H3I2H")
ENCRYPTED, SIZES_FOLLOW = 1, 8  # flags
NEWEST_VERSION = 63  # of the format, ten times; the lower byte of what an entry says it needs


class Listed(NamedTuple):
    """What the list of entries says of one.

    Attributes:
        flags: how it is stored, as is ``method``.
        crc: CRC-32 of its bytes.
        packed: how many bytes it takes.
        size: how many they become when they are unpacked.
        header: where its own header begins.
    """

    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int


class Entry(NamedTuple):
    """Where an entry's header and its bytes begin, how many they are, and their CRC-32."""

    header: int
    start: int
    size: int
    crc: int


def read_list(file: BinaryIO, size: int, most: int = MOST_ENTRIES) -> dict[str, Listed]:
    """What the list at the end of the file says of its entries, by name.

    Args:
        file: the zip file.
        size: its bytes.
        most: entries that it may have.

    Raises:
        BadInputError: there are too many entries, or a name points elsewhere.
        CorruptArtifactError: the file is cut off or damaged.
    """
    count, length, offset = _end(file, size)
    if count > most:
        raise BadInputError(
            f"it holds {count:,} entries, more than the {most:,} that a network may have"
        )
    if length > most * LONGEST_LISTED:
        raise CorruptArtifactError(f"its list of entries claims {length:,} bytes")
    found: dict[str, Listed] = {}
    data, position = _at(file, offset, length), 0
    for _ in range(count):
        name, one, position = _listed(data, position)
        if name in found:
            raise CorruptArtifactError(f"it holds the entry {shown(name)} twice")
        found[name] = one
    if position != length:
        raise CorruptArtifactError("its list of entries is damaged, copy it again")
    return found


def locate(file: BinaryIO, found: dict[str, Listed]) -> dict[str, Entry]:
    """Where the bytes of all entries stand, by name.

    Raises:
        BadInputError: entries are compressed or encrypted.
        CorruptArtifactError: the list and the entries do not agree, or one lies over another.
    """
    entries = {name: _located(file, name, one) for name, one in found.items()}
    ordered = sorted(entries.items(), key=lambda item: item[1].header)
    for (first, one), (second, other) in pairwise(ordered):
        if one.start + one.size > other.header:
            raise CorruptArtifactError(
                f"its entries {shown(first)} and {shown(second)} lie over one another"
            )
    return entries


def check_sums(file: BinaryIO, entries: dict[str, Entry]) -> None:
    """Compare the bytes of every entry with its checksum.

    Raises:
        CorruptArtifactError: they differ.
    """
    for name, entry in entries.items():
        file.seek(entry.start)
        left, crc = entry.size, 0
        while left:
            chunk = file.read(min(left, CHUNK_BYTES))
            if not chunk:
                raise CorruptArtifactError("it became shorter while it was read")
            left, crc = left - len(chunk), zlib.crc32(chunk, crc)
        if crc != entry.crc:
            raise CorruptArtifactError(
                f"the bytes of {shown(name)} do not match their checksum: the file is damaged, "
                "copy it again"
            )


def _at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise CorruptArtifactError("it is cut off, copy it again")
    return data


def _end(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """How many entries there are, and the length and offset of their list."""
    if size < END.size:
        raise CorruptArtifactError("it is cut off, copy it again")
    end = size - END.size
    mark, *disks, here, count, length, offset, comment = END.unpack(_at(file, end, END.size))
    if mark != b"PK\x05\x06" or comment:
        raise CorruptArtifactError(
            "it is a zip file without its end: it is cut off, or something was added, copy it again"
        )
    if any(disks) or here != count:
        raise CorruptArtifactError("it is one part of several: it must be whole")
    end = _checked_end64(file, end, (count, length, offset))
    if offset + length != end:
        raise CorruptArtifactError("its list of entries is not where it says, copy it again")
    return count, length, offset


def _checked_end64(file: BinaryIO, end: int, claims: tuple[int, int, int]) -> int:
    """Where the list of entries ends; the second end record, if there is one, must agree."""
    start = end - LOCATOR64.size
    if start < END64.size:
        return end
    mark, disk, offset, disks = LOCATOR64.unpack(_at(file, start, LOCATOR64.size))
    if mark != b"PK\x06\x07":
        return end
    if disk or disks != 1 or offset != start - END64.size:
        raise CorruptArtifactError("its zip64 end is not where it says, copy it again")
    found = END64.unpack(_at(file, offset, END64.size))
    if found[0] != b"PK\x06\x06" or found[6:] != (claims[0], *claims):
        raise CorruptArtifactError("its two end records do not agree, copy it again")
    return int(offset)


def _listed(data: bytes, position: int) -> tuple[str, Listed, int]:
    """Name and claims of the entry at a position of the list, and the position after it."""
    if position + CENTRAL.size > len(data):
        raise CorruptArtifactError("its list of entries is cut off, copy it again")
    head = CENTRAL.unpack_from(data, position)
    named, extra, comment = head[10:13]
    start = position + CENTRAL.size
    raw = data[start : start + named]
    if head[0] != b"PK\x01\x02" or len(raw) != named:
        raise CorruptArtifactError("its list of entries is damaged, copy it again")
    if head[2] & 0xFF > NEWEST_VERSION:
        raise BadInputError(
            f"its entry {shown(_name(raw))} needs a zip format newer than 6.3: save it again with "
            "torch.save"
        )
    crc, packed, size = head[7:10]
    one = Listed(head[3], head[4], crc, packed, size, header=head[16])
    return _name(raw), one, start + named + extra + comment


def _name(raw: bytes) -> str:
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise CorruptArtifactError("the name of an entry is not UTF-8, copy it again") from None
    parts = name.split("/")
    if ".." in parts or "\\" in name or "\0" in name or not parts[0]:
        raise BadInputError(f"its entry {shown(name)} points out of its folder")
    return name


def _located(file: BinaryIO, name: str, one: Listed) -> Entry:
    """Where an entry's bytes stand; its own header must say what the list says."""
    if one.flags & ENCRYPTED:
        raise BadInputError(f"its entry {shown(name)} is encrypted, unpack it first")
    if one.method or one.packed != one.size:
        raise BadInputError(
            f"its entry {shown(name)} is compressed, which torch.save never does: save it again "
            "with torch.save"
        )
    end = file.seek(0, SEEK_END)
    if one.header + LOCAL.size + one.size > end:
        raise CorruptArtifactError(
            f"its entry {shown(name)} claims {one.size:,} bytes, more than there are"
        )
    head = LOCAL.unpack(_at(file, one.header, LOCAL.size))
    flags, method, sizes, (named, extra) = head[2], head[3], head[6:9], head[9:]
    follow = flags & SIZES_FOLLOW and not any(sizes)
    same = (flags, method) == one[:2] and (follow or sizes == one[2:5])
    raw = name.encode()
    if head[0] != b"PK\x03\x04" or not same or _at(file, one.header + LOCAL.size, named) != raw:
        raise CorruptArtifactError(
            f"its entry {shown(name)} is another in the list than where it stands"
        )
    start = one.header + LOCAL.size + named + extra
    if start + one.size > end:
        raise CorruptArtifactError(f"its entry {shown(name)} is cut off")
    return Entry(one.header, start, one.size, one.crc)
