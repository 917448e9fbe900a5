"""Texts of a column: which ones there are, and which one each row has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spinn_engine.problems.matrix import BLOCK_CELLS, Floats, Indices
from spinn_engine.problems.tables.gaps import gaps_and_levels, words_kept
from spinn_engine.problems.tables.sheet import MISSING
from spinn_engine.problems.tables.times.reading import may_be_time
from spinn_engine.problems.tables.typed.gathering import Different
from spinn_engine.problems.tables.typed.shapes import are_in, first_of_each, first_of_numbers
from spinn_engine.spec import ReadingSpec

Parts = Callable[[], Iterator[pa.Array]]
SPACE = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
USUAL_GAPS = pa.array(MISSING)


class Part(NamedTuple):
    """Some rows of a column: texts, trimmed and all there, and which one each row has, or -1."""

    texts: pa.StringArray
    codes: Indices


@dataclass(frozen=True)
class Words:
    """A column of texts.

    Attributes:
        texts: the different ones, trimmed and sorted; of too many, such as stand for all.
        rows: ``[texts]`` the first row of each.
        is_all: whether these are all that there are.
        are_shapes: whether every text has the shape of one of these.
        missing: how many rows have none.
        length: number of rows.
        gaps: words in it that count as missing.
        levels: words in it that usually count as missing, and do not here.
        source: gives its cells, as often as they are needed.
    """

    texts: list[str]
    rows: Indices
    is_all: bool
    are_shapes: bool
    missing: int
    length: int
    gaps: tuple[str, ...]
    levels: tuple[str, ...]
    source: Parts

    @classmethod
    def of(cls, source: Parts, asked: ReadingSpec, all_held: bool = False) -> Words:
        """What there is in a column.

        Args:
            source: gives its cells, of text or in a dictionary of texts.
            asked: what a person said stands for a missing one.
            all_held: whether all different texts are to be held, however many there are.
        """
        different, usual = Different(may_be_time, all_held), dict[str, tuple[int, int]]()
        at = there = 0
        for cells in source():
            part, gaps = _parted(cells, ())
            for word, (row, times) in gaps.items():
                first, before = usual.get(word, (at + row, 0))
                usual[word] = first, before + times
            present = np.flatnonzero(part.codes >= 0)
            there += len(present)
            codes = part.codes[present]
            if pa.types.is_dictionary(cells.type):
                places = first_of_numbers(codes)
                present, codes = present[places], codes[places]
            different.add(part.texts.take(pa.array(codes)), at + present)
            at += len(cells)
        words = [*different.first, *usual]
        kept = words_kept(words, asked)
        gaps_found, levels = gaps_and_levels(words, kept)
        first_rows = different.first | {word: usual[word][0] for word in levels}
        texts = sorted(first_rows)
        return cls(
            texts,
            np.array([first_rows[text] for text in texts], dtype=np.int64),
            different.is_all,
            different.are_shapes,
            at - there - sum(usual[word][1] for word in levels),
            at,
            gaps_found,
            levels,
            source,
        )

    def parts(self) -> Iterator[Part]:
        """All rows, some at a time."""
        return (_parted(cells, self.levels)[0] for cells in self.source())

    def with_text(self, text: str, row: int) -> Words:
        """With one more of the texts that are not held."""
        at = int(np.searchsorted(np.array(self.texts, dtype=object), text))
        texts = [*self.texts[:at], text, *self.texts[at:]]
        return replace(self, texts=texts, rows=np.insert(self.rows, at, row))

    def count(self, among: Collection[str]) -> int:
        """How many rows have one of some texts."""
        wanted = pa.array(sorted(among), pa.string())
        return sum(
            int(np.isin(part.codes, np.flatnonzero(are_in(part.texts, wanted))).sum())
            for part in self.parts()
        )

    def values(self, meaning: Callable[[pa.StringArray], Floats]) -> Floats:
        """What each text means ``[rows]``, NaN where there is none.

        Args:
            meaning: gives a number for each of some texts.
        """
        found, at = np.full(self.length, np.nan), 0
        for texts, codes in self.parts():
            has = codes >= 0
            found[at : at + len(codes)][has] = meaning(texts)[codes[has]]
            at += len(codes)
        return found

    def codes(self) -> Indices:
        """``[rows]`` number of the text that each row has, or -1; 0 where it is not held."""
        wanted = pa.array(self.texts, pa.string())

        def number(texts: pa.StringArray) -> Floats:
            found = pc.index_in(texts, wanted).fill_null(0)
            return np.asarray(found.to_numpy(), dtype=np.float64)

        return np.nan_to_num(self.values(number), nan=-1.0).astype(np.int64)


def held(cells: pa.ChunkedArray) -> Parts:
    """Cells that are in memory; a dictionary that is not short is looked at once."""
    cells = _encoded(cells)
    whole = cells.chunk(0) if cells.num_chunks == 1 else cells.combine_chunks()
    rows = BLOCK_CELLS if 10 * len(whole.dictionary) < BLOCK_CELLS else len(whole)
    return lambda: (whole.slice(at, rows) for at in range(0, len(whole), rows))


def _encoded(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells as a dictionary of texts, the same for all chunks."""
    kind = cells.type
    if pa.types.is_nested(kind) or _is_binary(kind) or isinstance(kind, pa.BaseExtensionType):
        written = [None if cell is None else str(cell) for cell in cells.to_pylist()]
        cells = pa.chunked_array([written], type=pa.string())
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    return cells.unify_dictionaries()


def _is_binary(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return any(test(kind) for test in tests)


def _parted(cells: pa.Array, kept: Collection[str]) -> tuple[Part, dict[str, tuple[int, int]]]:
    """Cells as texts, and of the words among them that count as missing the first row and how many.

    Args:
        cells: text, or a dictionary of texts.
        kept: words that are usually a missing cell, and are none here.
    """
    if pa.types.is_dictionary(cells.type):
        texts, codes = cells.dictionary, cells.indices.cast(pa.int64()).fill_null(-1)  # some uint8
        codes = codes.to_numpy(zero_copy_only=False)
    else:
        texts = cells
        codes = np.where(cells.is_valid().to_numpy(zero_copy_only=False), np.arange(len(cells)), -1)
    texts = pc.utf8_trim(texts.cast(pa.string()), SPACE)
    is_text = texts.is_valid().to_numpy(zero_copy_only=False)
    is_gap = is_text & are_in(texts, USUAL_GAPS)
    if kept:
        is_gap &= ~are_in(texts, pa.array(sorted(kept)))
    gaps = {}
    if is_gap.any():
        rows = np.flatnonzero(np.append(is_gap, False)[codes])
        counts = Counter(texts.take(pa.array(codes[rows])).to_pylist())
        first = texts.take(pa.array(codes[rows]))
        for place in first_of_each(first).tolist():
            word = first[place].as_py()
            gaps[word] = int(rows[place]), counts[word]
    is_word = is_text & ~is_gap
    if not is_word.all():
        number = np.append(np.where(is_word, np.cumsum(is_word) - 1, -1), -1)
        texts, codes = texts.filter(pa.array(is_word)), number[codes]
    return Part(texts, codes), gaps
