"""The shapes of texts: which signs stand where, whatever the digits are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spinn_engine.problems.problem import Indices

Bytes = NDArray[np.uint8]
ZERO, NINE = ord("0"), ord("9")
AS_NINES: Bytes = np.arange(256, dtype=np.uint8)
AS_NINES[ZERO : NINE + 1] = NINE
INSIDE = np.isin(np.arange(256), list(b"0123456789.,'"))  # of what may go on in a number


def shapes_of(texts: pa.StringArray) -> pa.StringArray:
    """Texts with a nine for each digit, but for a zero that stands first in a number.

    Whether a text is a number with some marks, and which, depends on its shape alone.
    """
    offsets, content = bytes_of(texts)
    shapes = AS_NINES[content]
    is_inside = np.concatenate([[False], INSIDE[content[:-1]]])
    starts = offsets[:-1]
    is_inside[starts[starts < len(content)]] = False
    shapes[(content == ZERO) & ~is_inside] = ZERO
    return texts_of(offsets, shapes)


def bytes_of(texts: pa.StringArray) -> tuple[NDArray[np.int32], Bytes]:
    """Where each text begins, and where the last one ends; and the bytes of all, in UTF-8."""
    _, offsets, content = texts.buffers()
    first = texts.offset
    places = np.frombuffer(offsets, dtype=np.int32)[first : first + len(texts) + 1]
    if len(texts) == 0 or content is None:
        return np.zeros(len(texts) + 1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    whole = np.frombuffer(content, dtype=np.uint8)[places[0] : places[-1]]
    return places - places[0], whole


def texts_of(offsets: NDArray[np.int32], content: Bytes) -> pa.StringArray:
    """The opposite of ``bytes_of``."""
    return pa.StringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(content)
    )


def first_of_each(texts: pa.Array) -> Indices:
    """The first place ``[different]`` of each different text, rising."""
    codes = texts.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    so_far = np.maximum.accumulate(codes.astype(np.int64))  # they are numbered as they come
    return np.flatnonzero(np.diff(so_far, prepend=-1))


def first_of_numbers(numbers: Indices) -> Indices:
    """The first place ``[different]`` of each different number, rising; none is below zero."""
    places = np.full(numbers.max(initial=-1) + 1, len(numbers))
    places[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return np.sort(places[places < len(numbers)])


def digit_pairs(shape: bytes) -> list[tuple[int, int]]:
    """Where the digits of a shape stand two by two, and a last one alone: first byte and length."""
    pairs, at = [], 0
    while at < len(shape):
        is_digit = shape[at] in b"0123456789"
        size = 1 + (is_digit and shape[at + 1 : at + 2] in (b"9",))
        if is_digit:
            pairs.append((at, size))
        at += size
    return pairs


def are_in(texts: pa.Array, among: pa.Array) -> NDArray[np.bool_]:
    """``[texts]`` whether a text is one of some."""
    return np.asarray(pc.is_in(texts, value_set=among).to_numpy(zero_copy_only=False))
