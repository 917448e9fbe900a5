"""Which different texts a column holds, gathered some rows at a time.

Of too many to be held, some stand for all: the first ones of every shape, those in which digits in
a place are not all zeros, and of a shape that may be a time the first with each two digits in each
place, so that every day, month and hour is among them. Which these are depends on the rows alone,
not on how many come at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spinn_engine.problems.problem import Indices
from spinn_engine.problems.tables.typed.shapes import (
    ZERO,
    bytes_of,
    digit_pairs,
    first_of_each,
    shapes_of,
)

MOST_TEXTS = 10_000  # different ones that are all held
MOST_SHAPES = 5_000  # that are told apart
OF_A_SHAPE = 5  # texts that are held for it


@dataclass
class Shape:
    """What was seen of a shape.

    Attributes:
        pairs: where its digits stand, two by two.
        seen: ``[pairs, kinds]`` which were there: of a time each number, else zero and others.
        held: texts of it that stand for all.
    """

    pairs: list[tuple[int, int]]
    seen: NDArray[np.bool_]
    held: int = 0


class Different:
    """The different texts of a column.

    Args:
        may_be_time: whether a text looks like a time.
        all_held: whether all are, however many there are.

    Attributes:
        first: those that are held, with the first row of each.
        is_all: whether these are all.
        are_shapes: whether every text has the shape of one that is held.
    """

    def __init__(self, may_be_time: Callable[[str], bool], all_held: bool) -> None:
        self.first: dict[str, int] = {}
        self.is_all = self.are_shapes = True
        self._may_be_time, self._all_held = may_be_time, all_held
        self._shapes: dict[str, Shape] = {}

    def add(self, texts: pa.StringArray, rows: Indices) -> None:
        """Add texts, the first of them first.

        Args:
            texts: all are there.
            rows: ``[texts]`` rising.
        """
        for start in range(0, len(texts), MOST_TEXTS):
            if not self.is_all:
                if self.are_shapes:
                    self._add_some(texts[start:], rows[start:])
                return
            self._add_all(texts[start : start + MOST_TEXTS], rows[start : start + MOST_TEXTS])

    def _add_all(self, texts: pa.StringArray, rows: Indices) -> None:
        """Hold all of them, as long as they are not too many."""
        places = first_of_each(texts)
        new = texts.take(pa.array(places)).to_pylist()
        for text, row in zip(new, rows[places].tolist(), strict=True):
            self.first.setdefault(text, row)
        if len(self.first) > MOST_TEXTS and not self._all_held:
            self.is_all, held = False, self.first
            self.first = {}
            self._add_some(pa.array(list(held)), np.array(list(held.values())))

    def _add_some(self, texts: pa.StringArray, rows: Indices) -> None:
        """Hold those that show something new."""
        shapes = shapes_of(texts).dictionary_encode()
        codes = shapes.indices.to_numpy(zero_copy_only=False)
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(shapes.dictionary)))
        for name, start, end in zip(
            shapes.dictionary.to_pylist(), [0, *ends[:-1]], ends, strict=True
        ):
            if name not in self._shapes and len(self._shapes) == MOST_SHAPES:
                self.are_shapes = False
                last = rows[order[start]]  # of what comes behind it, nothing counts
                self.first = {text: row for text, row in self.first.items() if row < last}
                return
            self._add_shape(name, texts, rows, order[start:end])

    def _add_shape(self, name: str, texts: pa.StringArray, rows: Indices, own: Indices) -> None:
        """Hold those of one shape that show something new.

        Args:
            name: the shape.
            texts: of all shapes.
            rows: of these.
            own: which are of this one, rising.
        """
        shape = self._shapes.get(name)
        if shape is None:
            pairs = digit_pairs(name.encode())
            kinds = 100 if self._may_be_time(texts[int(own[0])].as_py()) else 2
            shape = self._shapes[name] = Shape(pairs, np.zeros((len(pairs), kinds), dtype=bool))
        if shape.held < OF_A_SHAPE:
            some = texts.take(pa.array(own))
            for place in own[first_of_each(some)].tolist():
                text = texts[place].as_py()
                if text not in self.first:
                    self.first[text] = int(rows[place])
                    shape.held += 1
                if shape.held == OF_A_SHAPE:
                    break
        if not shape.seen.all():
            for place in _with_new_pairs(shape, texts.take(pa.array(own))):
                self.first.setdefault(texts[int(own[place])].as_py(), int(rows[own[place]]))


def _with_new_pairs(shape: Shape, texts: pa.StringArray) -> list[int]:
    """The first texts of a shape that have digits in a place where such were not before."""
    digits = bytes_of(texts)[1].reshape(len(texts), -1).astype(np.int64) - ZERO
    found: list[int] = []
    for (place, length), seen in zip(shape.pairs, shape.seen, strict=True):
        pairs = digits[:, place] if length == 1 else 10 * digits[:, place] + digits[:, place + 1]
        pairs = np.minimum(pairs, len(seen) - 1)
        new = np.flatnonzero(~seen[pairs])
        values, at = np.unique(pairs[new], return_index=True)
        seen[values] = True
        found += new[at].tolist()
    return sorted(set(found))
