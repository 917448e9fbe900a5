"""Texts taken apart by a form: numbers, names and zones of all texts at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spinn_engine.problems.matrix import BLOCK_CELLS, Floats, Indices
from spinn_engine.problems.tables.times.forms import Form

Mask = NDArray[np.bool_]
NANOS = 10**9
_LONGEST = 9  # digits of a number, and decimals of a second that are kept


class Read(NamedTuple):
    """Texts read in one form.

    Attributes:
        form: which.
        seconds: ``[texts]`` since 1970, or since a clock's zero.
        nanos: ``[texts]`` of a second after that.
        fits: ``[texts]`` whether a text is of this form, and a time.
        dated: whether it has a date.
        zoned: whether it has a zone, so that it is in UTC now.
        precise: whether any text has seconds.
        counts: whether a clock has days or a sign, and so begins at no midnight.
        joined: whether texts that are dates as programs write them were read so.
    """

    form: Form
    seconds: Indices
    nanos: Indices
    fits: Mask
    dated: bool
    zoned: bool = False
    precise: bool = True
    counts: bool = False
    joined: bool = False


class Fields:
    """The fields of texts by their letters; a text that is not of the form has none."""

    def __init__(self, form: Form, texts: pa.StringArray) -> None:
        self._found = pc.extract_regex(texts, form.pattern)
        self._names = {field.name for field in self._found.type}
        self.rows = len(texts)
        self.matched = np.asarray(self._found.is_valid().to_numpy(zero_copy_only=False))

    def __contains__(self, letter: str) -> bool:
        return letter in self._names

    def there(self, letter: str) -> Mask:
        """``[texts]`` whether a text has the field."""
        if letter not in self:
            return np.zeros(self.rows, dtype=bool)
        lengths = pc.utf8_length(self._texts(letter)).to_numpy(zero_copy_only=False)
        return np.asarray(lengths > 0)

    def number(self, letter: str, otherwise: int = 0) -> Indices:
        """``[texts]`` a field as a number; -1 where it has too many digits."""
        if letter not in self:
            return np.full(self.rows, otherwise, dtype=np.int64)
        texts = self._texts(letter)
        texts = pc.if_else(pc.equal(texts, ""), str(otherwise), texts)
        texts = pc.if_else(pc.greater(pc.utf8_length(texts), _LONGEST), "-1", texts)
        return np.asarray(texts.cast(pa.int64()).to_numpy(zero_copy_only=False))

    def named(self, letter: str, meaning: Callable[[str], int | None], wrong: int) -> Indices:
        """``[texts]`` what a field means, told once for each different text of it."""
        encoded = self._texts(letter).dictionary_encode()
        meant = [meaning(text) for text in encoded.dictionary.to_pylist()]
        numbers = np.array([wrong if one is None else one for one in meant], dtype=np.int64)
        return np.asarray(numbers[encoded.indices.to_numpy(zero_copy_only=False)])

    def nanos(self) -> Indices:
        """``[texts]`` nanoseconds of a second; decimals beyond are cut off."""
        nanos = np.zeros(self.rows, dtype=np.int64)
        if "f" in self:
            kept = pc.utf8_slice_codeunits(self._texts("f"), 0, _LONGEST)
            padded = pc.utf8_rpad(kept, _LONGEST, "0")
            nanos = np.asarray(padded.cast(pa.int64()).to_numpy(zero_copy_only=False))
        return np.where(self.there("t"), self.number("t") * (NANOS // 1000), nanos)

    def _texts(self, letter: str) -> pa.StringArray:
        return pc.struct_field(self._found, letter).fill_null("")


def earliest(seconds: Indices, nanos: Indices) -> int:
    """Which of some times is the first."""
    first = np.flatnonzero(seconds == seconds.min())
    return int(first[nanos[first].argmin()])


def elapsed(
    length: int, times: Callable[[slice], tuple[Indices, Indices]], first: int, last: int
) -> Floats:
    """Seconds ``[length]`` from the earliest, rounded once wherever double precision allows it.

    Args:
        length: how many times there are.
        times: gives seconds and nanoseconds of some.
        first: which is the earliest.
        last: which has the most seconds.
    """
    (start,), (offset,) = times(slice(first, first + 1))
    longest = times(slice(last, last + 1))[0][0] - start
    blocks = [slice(at, at + BLOCK_CELLS) for at in range(0, length, BLOCK_CELLS)]
    parts = next(
        (
            parts
            for parts in (1, 10**3, 10**6, NANOS)
            if longest < 2**53 // parts
            and not any(((times(block)[1] - offset) % (NANOS // parts)).any() for block in blocks)
        ),
        None,
    )
    found = np.empty(length)
    for block in blocks:
        seconds, nanos = times(block)
        whole, rest = seconds - start, nanos - offset
        if parts is None:
            found[block] = whole + rest / NANOS
        else:
            found[block] = (whole * parts + rest // (NANOS // parts)) / parts
    return found


def moment(second: int, nanos: int, dated: bool, zoned: bool) -> str:
    """A time for people and for pandas: a date, a time of day, or days and a clock."""
    decimals = f".{nanos:09d}".rstrip("0") if nanos else ""
    if dated:
        date = str(np.datetime64(int(second), "s")).replace("T", " ")
        return f"{date}{decimals}{'+00:00' if zoned else ''}"
    days, rest = divmod(int(second), 86400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}{decimals}"
    return f"{days} days +{clock}" if days < 0 else f"{days} days {clock}" if days else clock
