import contextlib
import re
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from spinn_engine.errors import BadInputError
from spinn_engine.problems import level5
from spinn_engine.problems.nasa.matlab import read_struct

CELL, STRUCT, FUNCTION, DOUBLE = 1, 2, 16, 6


def element(kind: int, content: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "II", kind, len(content)) + content + b"\0" * (-len(content) % 8)


def array(kind: int, name: str, content: bytes, size: int = 1, order: str = "<") -> bytes:
    """An array element of ``1 x size``, as the format lays it out."""
    flags = element(6, struct.pack(order + "II", kind, 0), order)
    shape = element(5, struct.pack(order + "ii", 1, size), order)
    return element(14, flags + shape + element(1, name.encode(), order) + content, order)


def number(value: float, order: str = "<") -> bytes:
    return array(DOUBLE, "", element(9, struct.pack(order + "d", value), order), order=order)


def fields(*names: str, order: str = "<") -> bytes:
    length = struct.pack(order + "Ii", 4 << 16 | 5, 8)  # four bytes fit into their tag
    return length + element(1, b"".join(name.encode().ljust(8, b"\0") for name in names), order)


def file_of(*elements: bytes, order: str = "<") -> bytes:
    mark = b"IM" if order == "<" else b"MI"
    header = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack(order + "H", 0x0100) + mark
    return header + b"".join(elements)


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    start = time.process_time()
    with pytest.raises(BadInputError) as caught:
        read_struct(path, "mill")
    assert time.process_time() - start < 3
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compressed", [False, True])
def test_both_byte_orders_plain_and_compressed(
    tmp_path: Path, order: str, compressed: bool
) -> None:
    content = fields("a", "b", order=order) + number(3.5, order) + number(-2, order)
    mill = array(STRUCT, "mill", content, order=order)
    if compressed:
        squeezed = zlib.compress(mill)
        mill = struct.pack(order + "II", 15, len(squeezed)) + squeezed
    path = tmp_path / "hand.mat"
    path.write_bytes(file_of(array(DOUBLE, "x", b"", 0, order), mill, order=order))
    found = read_struct(path, "mill")
    assert [{name: values.tolist() for name, values in record.items()} for record in found] == [
        {"a": [3.5], "b": [-2.0]}
    ]


@pytest.mark.parametrize("compressed", [False, True])
def test_what_scipy_wrote_is_read_beside_anything_else(tmp_path: Path, compressed: bool) -> None:
    mill = np.empty((1, 3), dtype=[("case", object), ("smcAC", object)])
    for row in range(3):
        mill[0, row] = (row + 1, np.arange(5.0)[:, None] * row)
    others = {"notes": "text", "cells": np.array([1, "a"], dtype=object), "aa": np.eye(3)}
    path = tmp_path / "scipy.mat"
    savemat(path, {**others, "mill": mill, "zz": 1}, do_compression=compressed)
    found = read_struct(path, "mill")
    assert [record["case"].tolist() for record in found] == [[1], [2], [3]]
    assert found[2]["smcAC"].tolist() == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no MATLAB file"),
        (b"case,run\n1,2\n" * 100, "no MATLAB file"),
        (b"\0" * 5_000, "MATLAB 4 file or none"),
        (b"\x89HDF\r\n\x1a\n" + bytes(600), "no MATLAB file"),
        (b"PK\x03\x04" + b"x" * 600, "no MATLAB file"),
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM" + bytes(400), "MATLAB 7.3 .*-v7"),
        (file_of(), "no variable 'mill', and nothing else"),
        (file_of(element(9, bytes(8))), "no variable stands in it"),
        (file_of(array(DOUBLE, "miller", b"")), "no variable 'mill', only miller"),
        (file_of(number(1)[:-20]), "damaged, copy it again"),
        (file_of(array(DOUBLE, "mill", element(9, bytes(8)))), "'mill' is an array of numbers"),
        (file_of(array(CELL, "mill", number(1))), "'mill' is a cell array"),
        (file_of(array(FUNCTION, "mill", number(1))), "'mill' is a function handle"),
        (file_of(array(STRUCT, "mill", b"")), "no field names"),
        (file_of(array(STRUCT, "mill", fields("a") + number(1), 2)), "as much as its size"),
        (file_of(array(STRUCT, "mill", fields("a") + number(1), 2**31 - 1)), "as its size"),
        (file_of(array(STRUCT, "mill", fields(), 0)), "a struct has no fields"),
        (file_of(struct.pack("<II", 15, 40) + b"x" * 40), "damaged, copy it again"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, words: str
) -> None:
    assert re.search(words, refusal(tmp_path / "mill.mat", content))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("worn", "'VB' of record 2 of variable 'mill' holds text, plain numbers are needed"),
        (np.array([1, "a"], dtype=object), "holds a cell array"),
        (np.array([1 + 2j]), "holds complex numbers, plain numbers are needed"),
        ({"inner": 1.0}, "holds a struct"),
    ],
)
def test_a_field_that_is_no_array_of_numbers_is_named(
    tmp_path: Path, value: object, words: str
) -> None:
    mill = np.empty((1, 3), dtype=[("case", object), ("VB", object)])
    for row in range(3):
        mill[0, row] = (row, value if row == 1 else 0.1)
    path = tmp_path / "mill.mat"
    savemat(path, {"mill": mill})
    assert words in refusal(path, path.read_bytes())


def test_functions_and_objects_in_a_field_are_refused(tmp_path: Path) -> None:
    for kind in (3, 16, 17):
        inside = array(kind, "", number(1))
        words = refusal(tmp_path / "mill.mat", file_of(array(STRUCT, "mill", fields("a") + inside)))
        assert "field 'a' of record 1" in words
        assert "plain numbers are needed" in words


def test_matlab_4_is_told_how_to_save(tmp_path: Path) -> None:
    path = tmp_path / "old.mat"
    savemat(path, {"mill": np.eye(3)}, format="4")
    assert "MATLAB 4 file" in refusal(path, path.read_bytes())


def test_cells_nested_so_deeply_that_scipy_ends_the_process(tmp_path: Path) -> None:
    head = array(CELL, "", b"")[8:40]  # flags and shape
    opening, size = [], len(number(1))
    for _ in range(50_000):
        opening.append(struct.pack("<II", 14, size + 40) + head + element(1, b""))
        size += 48
    nested = b"".join(reversed(opening)) + number(1)
    mill = array(STRUCT, "mill", fields("a") + nested)
    assert "numbers are needed" in refusal(tmp_path / "deep.mat", file_of(mill))


def test_little_that_expands_to_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level5, "LARGEST_BYTES", 2**20)
    large = array(DOUBLE, "", element(9, bytes(2**20)), 2**17)
    squeezed = zlib.compress(array(STRUCT, "mill", fields("a") + large))
    assert len(squeezed) < 2**12
    bomb = file_of(struct.pack("<II", 15, len(squeezed)) + squeezed)
    assert "expands to more than 1 MiB" in refusal(tmp_path / "bomb.mat", bomb)


def test_an_array_that_claims_more_than_is_there_makes_nothing_large(tmp_path: Path) -> None:
    inside = array(DOUBLE, "", element(9, bytes(8)), 2**30)
    claim = file_of(array(STRUCT, "mill", fields("a") + inside))
    assert "as much as its size says" in refusal(tmp_path / "claim.mat", claim)


def test_a_file_of_two_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.mat"
    with path.open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(BadInputError, match="larger than 512 MiB"):
        read_struct(path, "mill")


def test_what_is_no_readable_file(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path, "folder"),
        (tmp_path / "none.mat", "no such file"),
        (Path("/dev/zero"), "device"),
        (Path("a\0b"), "null"),
    ):
        with pytest.raises(BadInputError, match=words):
            read_struct(path, "mill")


@pytest.mark.parametrize("compressed", [False, True])
def test_every_cut_and_any_damage_is_refused_or_harmless(
    tmp_path: Path, compressed: bool, rng: np.random.Generator
) -> None:
    mill = np.empty((1, 2), dtype=[("case", object), ("smcAC", object)])
    for row in range(2):
        mill[0, row] = (row, np.arange(6.0))
    whole = tmp_path / "whole.mat"
    savemat(whole, {"mill": mill}, do_compression=compressed)
    content = whole.read_bytes()
    for length in range(0, len(content) - 8, 5):
        refusal(tmp_path / "cut.mat", content[:length])
    damaged = tmp_path / "damaged.mat"
    for _ in range(400):
        changed = bytearray(content)
        for place in rng.integers(0, len(content), size=rng.integers(1, 4)):
            changed[place] = rng.integers(256)
        damaged.write_bytes(changed)
        with contextlib.suppress(BadInputError):
            read_struct(damaged, "mill")
