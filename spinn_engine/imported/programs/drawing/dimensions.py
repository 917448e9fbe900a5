"""Which dimensions are one: a union-find over their names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from spinn_engine.graph.ops import INPUTS, ONE, Dims


class Dimensions:
    """Dimensions of a graph while it is made.

    Attributes:
        widths: by name, as each was made.
        joins_inputs: whether a value was joined with the inputs, column by column.
    """

    def __init__(self) -> None:
        self.widths: dict[str, int] = {ONE[0]: 1}
        self._same: dict[str, str] = {}
        self.joins_inputs = False

    def new(self, name: str, width: int) -> str:
        """A dimension of its own."""
        while name in self.widths:
            name = f"{name}_"
        self.widths[name] = width
        return name

    def name(self, dim: str) -> str:
        """That of all that are one with it."""
        while dim in self._same:
            dim = self._same[dim]
        return dim

    def width(self, dim: str) -> int:
        """How many columns it has."""
        return self.widths[self.name(dim)]

    def unite(self, some: Dims, others: Dims) -> None:
        """Make dimensions one, pair by pair; both have the same widths."""
        for pair in zip(some, others, strict=True):
            one, other = map(self.name, pair)
            if one == other:
                continue
            if other in ONE:
                one, other = other, one
            if INPUTS in (one, other):
                self.joins_inputs = True  # and all is made again, with the inputs apart
            else:
                self._same[other] = one

    def common(self, of: Sequence[Dims]) -> list[int] | None:
        """Widths of the parts into which values must be cut to lie alike; None where they do."""
        ends = [list(accumulate(self.width(dim) for dim in dims)) for dims in of]
        if all(one == ends[0] for one in ends):
            return None
        every = sorted({end for one in ends for end in one})
        return [end - start for start, end in zip([0, *every], every, strict=False)]
