"""How many numbers, as a polynomial of the widths: fast enough to be asked for every neuron."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

Widths = tuple[int, ...]


@dataclass(frozen=True)
class Size:
    """``constant + sum of count * width + sum of count * width * width``.

    Attributes:
        constant: what no width changes.
        linear: (count, which width).
        square: (count, which width, which other or the same).
    """

    constant: int
    linear: tuple[tuple[int, int], ...]
    square: tuple[tuple[int, int, int], ...]

    def __call__(self, hidden: Sequence[int]) -> int:
        """The number for these widths of the dimensions that may be pruned."""
        found = self.constant
        for count, one in self.linear:
            found += count * hidden[one]
        for count, one, other in self.square:
            found += count * hidden[one] * hidden[other]
        return found


def size_of(
    products: Sequence[tuple[Sequence[str], Sequence[str]]],
    fixed: Callable[[str], int],
    prunable: Sequence[str],
) -> Size:
    """The sum over matrices of rows times columns.

    Args:
        products: the dimensions of each matrix' rows and columns; none stand for one.
        fixed: the width of a dimension that is never pruned.
        prunable: the dimensions whose widths are asked for.
    """
    place = {dim: at for at, dim in enumerate(prunable)}
    terms: Counter[tuple[int, ...]] = Counter()
    for rows, columns in products:
        for pair in product(rows or [""], columns or [""]):
            dims = [dim for dim in pair if dim]
            which = sorted(place[dim] for dim in dims if dim in place)
            terms[tuple(which)] += prod(fixed(dim) for dim in dims if dim not in place)
    return Size(
        terms[()],
        tuple((count, key[0]) for key, count in terms.items() if len(key) == 1),
        tuple((count, key[0], key[1]) for key, count in terms.items() if len(key) == 2),
    )
