"""One struct array of plain numbers out of a MATLAB file of versions 5 to 7.

``scipy.io.loadmat`` would read it, but ends the process on deeply nested cells and on a wrong kind
of number, and builds whatever size a file claims. This reader takes nothing but numbers, checks
every size against the bytes that are there, and never descends further than the fields.
"""

from __future__ import annotations

import math
import zlib
from itertools import islice
from pathlib import Path

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.level5 import (
    CLASSES,
    COMPRESSED,
    HEADER_BYTES,
    MATRIX,
    NAME_WITHIN_BYTES,
    NUMERIC,
    STRUCT,
    TAG_BYTES,
    array_of,
    byte_order,
    elements,
    expand,
    field_names,
    mat_bytes,
    stored_numbers,
)
from spinn_engine.problems.problem import Floats
from spinn_engine.words import listed


def read_struct(path: Path, name: str) -> list[dict[str, Floats]]:
    """The struct array ``name``: for each element its fields, flat, columns one after the other.

    Raises:
        BadInputError: there is no such file; it is no MATLAB file, an older or newer one, damaged
            or too large; it has no such variable, or one that is no struct of plain numbers.
    """
    try:
        data = mat_bytes(path)
        order = byte_order(data)
        return _records(_find(data, name, order), name, order)
    except BadInputError as error:
        raise BadInputError(f"{path}: {error}") from None
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {(error.strerror or '').lower()}") from None
    except (ValueError, zlib.error) as error:
        raise BadInputError(f"{path}: it is damaged, copy it again: {error}") from None


def _find(data: bytes, name: str, order: str) -> memoryview:
    """The expanded array called ``name``, without its tag."""
    others = []
    for kind, content in elements(memoryview(data)[HEADER_BYTES:], order):
        if kind not in (MATRIX, COMPRESSED):
            raise ValueError("something that is no variable stands in it")
        head = content
        if kind == COMPRESSED:
            start = zlib.decompressobj().decompress(content, NAME_WITHIN_BYTES)
            head = memoryview(start)[TAG_BYTES:]
        found = array_of(head, order).name
        if found == name:
            return expand(content) if kind == COMPRESSED else content
        others.append(found)
    has = f"only {listed(others)}" if others else "and nothing else"
    raise BadInputError(f"it holds no variable {name!r}, {has}")


def _records(body: memoryview, name: str, order: str) -> list[dict[str, Floats]]:
    array = array_of(body, order)
    if array.kind != STRUCT:
        what = CLASSES.get(array.kind, "an array of numbers")
        raise BadInputError(f"variable {name!r} is {what}, it must be a struct array")
    names = field_names(list(islice(array.rest, 2)), order)
    records: list[dict[str, Floats]] = []
    for count, (kind, content) in enumerate(array.rest):
        field = names[count % len(names)]
        if field == names[0]:
            records.append({})
        where = f"field {field!r} of record {len(records)} of variable {name!r}"
        if kind != MATRIX:
            raise ValueError(f"{where} is no array")
        records[-1][field] = _numbers(content, where, order)
    if not len(records) == math.prod(array.shape) == sum(len(r) == len(names) for r in records):
        raise ValueError(f"variable {name!r} does not hold as much as its size says")
    return records


def _numbers(content: memoryview, where: str, order: str) -> Floats:
    if not len(content):  # how MATLAB may write []
        return np.empty(0)
    array = array_of(content, order)
    if array.kind not in NUMERIC or array.is_complex:
        what = "complex numbers" if array.is_complex else CLASSES.get(array.kind, "something else")
        raise BadInputError(f"{where} holds {what}, plain numbers are needed")
    return stored_numbers(array, where, order).astype(np.float64)
