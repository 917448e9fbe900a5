"""What a file is, by its first bytes: a kind that is read, or which other kind."""

from __future__ import annotations

import struct
from collections.abc import Collection

from spinn_engine.errors import BadInputError, CorruptArtifactError

HEAD_BYTES = 512
ZIP, SAFETENSORS, HDF5, MSGPACK, LEAVES = "zip", "safetensors", "hdf5", "msgpack", "leaves"
ONNX = "onnx"
PT2 = "pt2"  # a zip file, by where its parts lie
KERAS, SKOPS, ORBAX = "keras", "skops", "orbax"  # zip files, by what lies in them
LEGACY, MDLUS = "legacy", "mdlus"
SAVE_AGAIN = "save it again with torch.save(model.state_dict(), ...) in PyTorch 1.6 or newer"
BEGINNINGS = (
    (b"version https://git-lfs", "a Git LFS pointer, fetch the file itself with 'git lfs pull'"),
    (b"GGUF", f"a GGUF file, {SAVE_AGAIN}"),
    (b"\x1f\x8b", "compressed with gzip, unpack it first"),
    (b"BZh", "compressed with bzip2, unpack it first"),
    (b"\xfd7zXZ\x00", "compressed with xz, unpack it first"),
    (b"7z\xbc\xaf'\x1c", "a 7z archive, unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd, unpack it first"),
    (b"PK\x05\x06", "an empty zip file, no checkpoint"),
)
LEGACY_MAGIC = (
    b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."  # the pickled number that such files begin with
)
TAR_MARK = slice(257, 262)
# Behind the version of an ONNX model: who made it, in which version, for what domain, the version
# of the model, a text, its graph, or its operations' version.
ONNX_FIELDS = (0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42)
STARTS = (
    (b"PK\x03\x04", ZIP),
    (b"\x89HDF\r\n\x1a\n", HDF5),
    (b"\x93NUMPY", LEAVES),
    (b"{", LEAVES),  # behind a line of JSON
)
ENTRIES = (
    ("config.json", KERAS),
    ("schema.json", SKOPS),
    ("manifest.ocdbt", ORBAX),
    ("args.json", MDLUS),
)


def kind_of(head: bytes, size: int) -> str:
    """``zip``, ``safetensors`` or another kind that is read.

    Args:
        head: the first ``HEAD_BYTES`` of the file, or all where there are fewer.
        size: bytes of the file.

    Raises:
        BadInputError: the file is of another kind, which the sentence names.
    """
    if not head:
        raise CorruptArtifactError("it is empty, copy it again")
    for start, kind in STARTS:
        if head.startswith(start):
            return kind
    for beginning, what in BEGINNINGS:
        if head.startswith(beginning):
            raise BadInputError(f"it is {what}")
    return _inside(head, size)


def _inside(head: bytes, size: int) -> str:
    """The kind of a file that has no beginning of its own."""
    if LEGACY_MAGIC in head[:32]:
        return LEGACY
    if _is_safetensors(head, size):
        return SAFETENSORS
    told = next((kind for is_it, kind in TOLD if is_it(head)), None)
    if told is None:
        raise BadInputError(f"it is {_other(head)}")
    return told


def zip_kind(names: Collection[str]) -> str:
    """What a zip file is, by the names of its entries; ``zip`` where torch may have written it."""
    if any(name.split("/")[1:2] == ["models"] for name in names):
        return PT2
    last = {name.rpartition("/")[2] for name in names}
    return next((kind for name, kind in ENTRIES if name in last), ZIP)


def _is_msgpack(head: bytes) -> bool:
    """Whether it begins with a map whose first key is a text."""
    first = head[1:2] if 0x81 <= head[0] <= 0x8F else head[3:4] if head[0] == 0xDE else b""
    return bool(first) and (0xA0 <= first[0] <= 0xBF or first[0] in (0xD9, 0xDA))


def _is_onnx(head: bytes) -> bool:
    """Whether it begins with a version of ONNX and another field of a model."""
    return len(head) > 2 and head[0] == 0x08 and 0 < head[1] < 64 and head[2] in ONNX_FIELDS


TOLD = ((_is_onnx, ONNX), (_is_msgpack, MSGPACK))


def _is_safetensors(head: bytes, size: int) -> bool:
    if len(head) < 10 or head[8:9] != b"{":
        return False
    (length,) = struct.unpack("<Q", head[:8])
    if length > size - 8:
        raise CorruptArtifactError(
            f"its safetensors header claims {length:,} bytes of a file of {size:,}: it is cut off "
            "or damaged, copy it again"
        )
    return True


def _other(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<?xml")):
        return "a web page, download the file itself"
    if head[TAR_MARK] == b"ustar":
        return f"a tar archive, as very old versions of PyTorch wrote, {SAVE_AGAIN}"
    if head[0] == 0x80 and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return f"a plain pickle, not written by torch.save, {SAVE_AGAIN}"
    if text.startswith(b"["):
        return f"JSON or other text, {SAVE_AGAIN}"
    return f"no file of a network that is read here, {SAVE_AGAIN}"
