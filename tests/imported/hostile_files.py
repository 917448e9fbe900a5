"""Files that are broken or mean harm, by name: their bytes, and words of what is said of them."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import pickle
import struct
import tarfile
import warnings
import zipfile

import numpy as np
import torch

from tests.imported.hostile_pickles import LAYERS, TOUCH, Files, bombs, broken_pickles, claims, code
from tests.imported.programs.hostile import onnx_files, pt2_files
from tests.imported.support import Part, floats, mlp, small, zip_of


def every_file() -> Files:
    groups = (code, bombs, broken_pickles, claims, _zips, _entries, _safetensors, _others)
    for group in (*groups, onnx_files, pt2_files):
        yield from group()


def _zips() -> Files:
    whole = small()
    for length in (1, 4, 30, 200, len(whole) // 2, len(whole) - 100, len(whole) - 1):
        yield f"the first {length} bytes", whole[:length], ""
    yield "bytes before", b"MZ" + whole, "no file of a network that is read"
    yield "bytes after", whole + b"x", "without its end"
    flipped = bytearray(whole)
    flipped[whole.index(floats(4, 3)) + 5] ^= 1
    yield "a flipped bit", bytes(flipped), "data/0 do not match their checksum"
    newer = bytearray(whole)
    newer[whole.index(b"PK\1\2") + 6] = 64  # what the first entry of the list says it needs
    yield "a format of the future", bytes(newer), "needs a zip format newer than 6.3"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/data.pkl", b"\x80\x02N.")
    yield "compressed", buffer.getvalue(), "data.pkl is compressed"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/data.pkl", b"\x80\x02N.")
        for number in range(8):
            file.writestr(f"a/data/{number}", bytes(2**24))
    yield "a zip bomb", buffer.getvalue(), "data.pkl is compressed"
    pickle_part, other = Part("a/data.pkl", b"\x80\x02N."), Part("a/data/0", b"abcd")
    yield (
        "part of several",
        zip_of([pickle_part]).replace(b"PK\5\6\0\0", b"PK\5\6\1\0"),
        "part of several",
    )
    yield "more entries than there are", zip_of([pickle_part], count=2), "list of entries"
    yield "fewer entries than there are", zip_of([pickle_part, other], count=1), "list of entries"
    yield "65,535 entries", zip_of([pickle_part], count=65_535), "65,535 entries"
    twin = Part("a/data.pkl", b"\x80\x02N0N.")
    yield "an entry twice", zip_of([pickle_part, twin]), "entry a/data.pkl twice"
    yield (
        "quoted in itself",
        zip_of([pickle_part, dataclasses.replace(other, at=0, local_name="a/data.pkl")]),
        "is another",
    )
    inner = zip_of([Part("a/data/0", b"abcd")])
    outer = Part("a/data/1", inner)
    start = 30 + len("a/data.pkl") + 4 + 30 + len("a/data/1")
    overlap = dataclasses.replace(other, data=b"abcd", at=start)
    yield "one inside of another", zip_of([pickle_part, outer, overlap]), "lie over one another"
    yield (
        "zip64 that lies",
        zip_of([pickle_part], tail=_end64(2, 0, 0)),
        "two end records do not agree",
    )
    yield (
        "zip64 elsewhere",
        zip_of([pickle_part], tail=_end64(1, 0, 0, 7)),
        "zip64 end is not where",
    )


def _end64(count: int, length: int, place: int, at: int | None = None) -> bytes:
    whole = zip_of([Part("a/data.pkl", b"\x80\x02N.")])
    length, place = struct.unpack("<II", whole[-10:-2])
    end = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 0, 0, 0, 0, count, count, length, place)
    at = place + length if at is None else at
    return end + struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)


def _entries() -> Files:
    """Entries whose headers do not tell the truth, and names with tricks."""
    good, data = Part("a/data.pkl", b"\x80\x02N."), Part("a/data/0", b"abcd")
    zip64 = b"\1\0\x10\0" + b"\xff" * 16
    for name, part, words in (
        ("claims 4 GB", dataclasses.replace(data, size=2**32 - 2), "claims 4,294,967,294 bytes"),
        ("claims zip64", dataclasses.replace(data, size=2**32 - 1, extra=zip64), "claims 4,2"),
        ("a wrong checksum", dataclasses.replace(data, crc=1), "do not match their checksum"),
        ("another name", dataclasses.replace(data, local_name="a/b"), "is another in the list"),
        ("outside", dataclasses.replace(data, at=2**31), "more than there are"),
        ("at another place", dataclasses.replace(data, at=1), "is another in the list"),
        ("encrypted", dataclasses.replace(data, flags=1), "is encrypted"),
        ("another method", dataclasses.replace(data, method=99), "is compressed"),
        ("another folder", Part("b/data/0", b"abcd"), "zip file of another kind"),
        ("no folder", Part("data", b"abcd"), "zip file of another kind"),
        ("up", Part("a/../../etc/passwd", b"abcd"), "points out of its folder"),
        ("absolute", Part("/etc/passwd", b"abcd"), "points out of its folder"),
        ("backwards", Part("a\\..\\b", b"abcd"), "points out of its folder"),
        ("zero byte", Part("a/b\0c", b"abcd"), "points out of its folder"),
        ("wrong order of bytes", Part("a/byteorder", b"middle"), "neither little nor big"),
        ("a long order of bytes", Part("a/byteorder", b"little" * 99), "594 bytes"),
    ):  # fmt: skip
        yield name, zip_of([good, part]), words
    other = zip_of([good, Part("a/data/xyz", b"abcd")]).replace(b"xyz", b"x\xff\xfe")
    yield "a name that is no text", other, "is not UTF-8"
    yield "no pickle", zip_of([data]), "zip file of another kind"


def _safetensors() -> Files:
    def file(header: object, data: bytes = b"") -> bytes:
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data

    def about(dtype: object, shape: object, *places: object) -> dict[str, object]:
        return {"dtype": dtype, "shape": shape, "data_offsets": list(places)}

    one = {"0.weight": about("F32", [4, 3], 0, 48), "2.weight": about("F32", [2, 4], 48, 80)}
    body = floats(4, 3) + floats(2, 4)
    yield "header beyond its end", struct.pack("<Q", 2**60) + b"{}" + body, "claims 1,152,921"
    yield "header of no JSON", file(b"{" + b"x" * 40), "header is damaged"
    yield "nested JSON", file(b'{"a":' + b"[" * 200_000), "header is damaged"
    yield "numbers without end", file(b'{"a":' + b"1" * 9_000 + b"}"), "header is damaged"
    yield "header of a list", file(b"{}" + b" " * 9), LAYERS
    yield "named twice", file(b'{"a":1,"a":1}'), "names something twice"
    yield "metadata that is none", file({"__metadata__": [1], **one}, body), "header is damaged"
    yield "a header too large", file(b"{" + b" " * 2**22 + b"}"), "more than the 4,194,304"
    yield "cut off", file(one, body[:-1]), "claim 80 bytes and 79 are there"
    yield "more than was said", file(one, body + b"x"), "claim 80 bytes and 81 are there"
    for name, changed, words in (
        ("over one another", about("F32", [2, 4], 16, 48), "lie over one another"),
        ("a gap", about("F32", [2, 4], 52, 84), "leave a gap"),
        ("another size", about("F32", [2, 4], 48, 81), "claims the shape [2, 4] and has 33"),
        ("backwards", about("F32", [2, 4], 80, 48), "has \N{MINUS SIGN}32 bytes"),
        ("negative", about("F32", [2, 4], -48, -16), "header is damaged"),
        ("no whole numbers", about("F32", [2.0, 4], 48, 80), "header is damaged"),
        ("bools", about("F32", [True, 8], 48, 80), "header is damaged"),
        ("4 TB", about("F32", [2**20, 2**20], 48, 80), "claims the shape"),
        ("an overflow", about("F32", [2**40, 2**40, 2**40], 48, 80), "claims the shape"),
        ("an unknown type", about("F3", [2, 4], 48, 80), "unknown kind, F3"),
        ("a type that is none", about([], [2, 4], 48, 80), "unknown kind, []"),
        ("integers", about("I32", [2, 4], 48, 80), "2.weight holds int32 numbers"),
        ("no offsets", about("F32", [2, 4]), "header is damaged"),
        ("three offsets", about("F32", [2, 4], 48, 80, 96), "header is damaged"),
        ("no dict", 7, "header is damaged"),
    ):
        yield f"safetensors, {name}", file({**one, "2.weight": changed}, body), words
    yield "safetensors, NaN", file(one, np.full(20, np.nan, "<f4").tobytes()), "0.weight holds NaN"
    many = {f"{n}": about("F32", [0], 0, 0) for n in range(10_000)}
    yield "safetensors, 10,000", file(many), "10,000 tensors, more than the 4,096"
    yield "safetensors, no text", file(b'{"\xff\xfe":1}'), "header is damaged"


def _others() -> Files:
    """Files of other kinds."""
    state = mlp().state_dict()
    buffer = io.BytesIO()
    torch.save(state, buffer, _use_new_zipfile_serialization=False)
    legacy = buffer.getvalue()
    yield "legacy, cut off", legacy[:-8], "it is cut off or damaged"
    yield "legacy, with more", legacy + b"more", "it is cut off or damaged"
    yield "legacy, another size", legacy.replace(b"K\x18Nt", b"K\x19Nt", 1), "another size"
    yield "legacy, another version", legacy.replace(b"M\xe9\x03.", b"M\xea\x03.", 1), "its head is"
    yield "legacy, only its head", legacy[:40], "its pickle is cut off"
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.trace(mlp(), torch.ones(1, 3)), buffer)  # type: ignore[no-untyped-call]
    yield "TorchScript", buffer.getvalue(), "a TorchScript program, which holds code"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        file.addfile(tarfile.TarInfo("storages"))
    yield "tar", buffer.getvalue(), "a tar archive"
    yield "a plain pickle", pickle.dumps({"a": [1, 2, 3]}), "a plain pickle"
    evil = pickle.dumps(1)[:-2] + TOUCH + b")R."
    yield "a plain pickle with code", evil, "a plain pickle"
    buffer = io.BytesIO()
    np.save(buffer, np.eye(3))
    yield "NumPy", buffer.getvalue(), "a NumPy array"
    buffer = io.BytesIO()
    np.savez(buffer, a=np.eye(3))
    yield "NumPy archive", buffer.getvalue(), "a NumPy archive"
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n"
    yield "LFS pointer", pointer, "a Git LFS pointer, fetch the file itself with 'git lfs pull'"
    yield "web page", b"\n <!DOCTYPE html><html><title>404", "a web page, download the file itself"
    yield "HDF5", b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5 that is cut off or damaged"
    yield "ONNX", b"\x08\x08\x12\x07pytorch\x1a\x052.1.0" + bytes(100), "no whole ONNX model"
    yield "gzip", gzip.compress(small()), "compressed with gzip, unpack it first"
    yield "JSON", b'{"a": 1}', "JSON or other text"
    yield "empty", b"", "it is empty"
    yield "zeros", bytes(10_000), "no file of a network that is read"
    yield "noise", np.random.default_rng(1).bytes(10_000), "no file of a network that is read"
    yield "an empty zip", zip_of([]), "an empty zip file"
    yield "a Word file", zip_of([Part("word/document.xml", b"<a/>")]), "zip file of another kind"
