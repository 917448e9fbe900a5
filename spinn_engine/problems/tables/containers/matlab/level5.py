"""What MATLAB saved by ``save(...)`` or ``save(..., '-v7')``: vectors, matrices, texts, structs."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.level5 import (
    CLASSES,
    COMPRESSED,
    HEADER_BYTES,
    LARGEST_BYTES,
    MATRIX,
    NUMERIC,
    STRUCT,
    Array,
    array_of,
    byte_order,
    elements,
    expand,
    field_names,
    mat_bytes,
    stored_numbers,
)
from spinn_engine.problems.tables.containers import arrays
from spinn_engine.problems.tables.containers.arrays import Variable, in_memory
from spinn_engine.problems.tables.containers.matlab.odd import (
    matlab_object,
    odd_cells,
    odd_records,
    same_kind,
)
from spinn_engine.problems.tables.containers.trees import DEEPEST, Odd, Tree

BLOCK_BYTES = 2**20
CELL, TEXT, OPAQUE = 1, 4, 17
TYPES = ("f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")  # of classes 6 to 15
LETTERS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}


def level5_tree(path: Path) -> Tree:
    """All variables of a file.

    Raises:
        BadInputError: it is of another version, or too large.
        ValueError: it is damaged.
        OSError: it cannot be opened.
    """
    data = mat_bytes(path)
    order = byte_order(data)
    found: dict[str, Variable | Odd | Tree] = {}
    for kind, content in _variables(data, order):
        body = expand(content) if kind == COMPRESSED else content
        name = _name(body, order)
        if name:  # what has none is MATLAB's own
            found[name] = _value(name, body, order, 0)
    return found


def level5_bytes(path: Path) -> int:
    """Bytes of all variables when they are unpacked, counted block by block."""
    data = mat_bytes(path)
    return len(data) + sum(
        _expanded(content) if kind == COMPRESSED else len(content)
        for kind, content in _variables(data, byte_order(data))
    )


def _variables(data: bytes, order: str) -> Iterator[tuple[int, memoryview]]:
    for kind, content in elements(memoryview(data)[HEADER_BYTES:], order):
        if kind not in (MATRIX, COMPRESSED):
            raise ValueError("something that is no variable stands in it")
        yield kind, content


def _expanded(content: memoryview) -> int:
    expander, size, rest = zlib.decompressobj(), 0, bytes(content)
    while rest and not expander.eof:
        size += len(expander.decompress(rest, BLOCK_BYTES))
        rest = expander.unconsumed_tail
        if size > LARGEST_BYTES:
            raise BadInputError(
                f"a variable expands to more than {LARGEST_BYTES // 2**20} MiB: save it in MATLAB "
                "with save(..., '-v7.3')"
            )
    return size


def _class(body: memoryview, order: str) -> int:
    flags = next(elements(body, order), (0, memoryview(b"")))[1]
    if len(flags) != 8:
        raise ValueError("an array has no header")
    return int(flags[0] if order == "<" else flags[3])


def _name(body: memoryview, order: str) -> str:
    if _class(body, order) == OPAQUE:
        return _opaque(body, order)[0]
    return array_of(body, order).name


def _opaque(body: memoryview, order: str) -> tuple[str, str]:
    """Name and class of an object, which has no shape."""
    parts = [bytes(content) for _, content in islice(elements(body, order), 4)]
    if len(parts) < 4:
        raise ValueError("an object has no header")
    return parts[1].decode("latin-1"), parts[3].decode("latin-1")


def _value(name: str, body: memoryview, order: str, depth: int) -> Variable | Odd | Tree:
    if not len(body):  # how MATLAB may write []
        return in_memory(name, np.empty(0))
    kind = _class(body, order)
    if kind == OPAQUE:
        return matlab_object(name, _opaque(body, order)[1])
    array = array_of(body, order)
    if kind == STRUCT and depth < DEEPEST:
        return _struct(name, array, order, depth)
    if kind == CELL:
        found = same_kind([_single(content, order) for content in _contents(array, name)])
        return odd_cells(name) if found is None else in_memory(name, _shaped(found, array.shape))
    if kind == TEXT:
        return in_memory(name, np.array(_texts(array, order), dtype=object))
    if kind in NUMERIC:
        return in_memory(name, _shaped(_numbers(array, name, order), array.shape))
    what = CLASSES.get(kind, "of an unknown class")
    return Odd(what, "save its numbers as a full matrix or as vectors")


def _shaped(flat: arrays.Array, shape: tuple[int, ...]) -> arrays.Array:
    return flat.reshape(shape, order="F")


def _numbers(array: Array, where: str, order: str) -> arrays.Array:
    """Numbers, flat, in the type of their class; they may be stored in a smaller one."""
    dtype = "?" if array.is_logical else TYPES[array.kind - NUMERIC.start]
    numbers = stored_numbers(array, where, order).astype(dtype)
    if array.is_complex:
        return numbers + 1j * stored_numbers(array, where, order).astype(dtype)
    return numbers


def _texts(array: Array, order: str) -> list[str]:
    """The rows of a matrix of letters."""
    kind, data = next(array.rest, (16, memoryview(b"")))
    if kind not in LETTERS:
        raise ValueError("a text has letters of an unknown kind")
    letters = LETTERS[kind]
    if letters in ("utf-16", "utf-32"):
        letters += "-le" if order == "<" else "-be"
    text = bytes(data).decode(letters, errors="replace")
    rows = array.shape[0] if array.shape else 0
    if rows < 2:
        return [text]
    return [text[row::rows].rstrip() for row in range(rows)]


def _contents(array: Array, where: str) -> Iterator[memoryview]:
    """What each cell or field holds; as many as the shape says."""
    count = 0
    for kind, content in array.rest:
        if kind != MATRIX:
            raise ValueError(f"what {where!r} holds is no array")
        yield content
        count += 1
    if count % max(math.prod(array.shape), 1) or (count == 0) != (math.prod(array.shape) == 0):
        raise ValueError(f"{where!r} does not hold as much as its size says")


def _single(body: memoryview, order: str) -> object:
    """One text or number, None for an empty cell, and ``...`` for whatever else."""
    if not len(body):
        return None
    kind = _class(body, order)
    if kind == OPAQUE or (kind != TEXT and kind not in NUMERIC):
        return ...
    array = array_of(body, order)
    size = math.prod(array.shape)
    if kind == TEXT:
        return _texts(array, order)[0] if size == 0 or array.shape[0] == 1 else ...
    if size > 1 or array.is_complex:
        return ...
    return _numbers(array, "a cell", order)[0] if size else None


def _struct(name: str, array: Array, order: str, depth: int) -> Odd | Tree:
    fields = field_names(list(islice(array.rest, 2)), order)
    contents = list(_contents(array, name))
    rows = math.prod(array.shape)
    if len(contents) != rows * len(fields):
        raise ValueError(f"{name!r} does not hold as much as its size says")
    if rows == 1:
        pairs = zip(fields, contents, strict=True)
        return {field: _value(field, content, order, depth + 1) for field, content in pairs}
    single = [_single(content, order) for content in contents]
    columns = [same_kind(single[n :: len(fields)]) for n in range(len(fields))]
    if any(column is None for column in columns):
        return odd_records(name)
    return {
        field: in_memory(field, column)
        for field, column in zip(fields, columns, strict=True)
        if column is not None
    }
