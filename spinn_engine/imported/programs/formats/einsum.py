"""Sums over products that are written as an equation, such as ``bi,bi->b``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from spinn_engine.errors import BadInputError
from spinn_engine.words import shown


class Maker(Protocol):
    """Makes the calls of one operation, of either format."""

    where: str

    def call(self, op: str, *args: Any, last: bool = False, **given: Any) -> Any:
        """Another call; the last one gives what the operation gives."""


def einsum(m: Maker, equation: str, tensors: Sequence[Any]) -> None:
    """Rows times rows, or times a matrix.

    Raises:
        BadInputError: it is another equation.
    """
    letters = re.fullmatch(r"(\w)(\w),(\w)(\w)->(\w)(\w?)", equation.replace(" ", ""))
    a, b, c, d, e, f = letters.groups() if letters and len(tensors) == 2 else "aaaaaa"
    if (a, b, e, f) == (c, d, a, "") and a != b:
        made = m.call("mul", *tensors)
        m.call("total", made, last=True, axes=[1], keep=False)
    elif (b, e, f) == (c, a, d) and a != b != d:
        m.call("matmul", *tensors, last=True)
    elif (b, e, f) == (d, a, c) and a != b != c:
        m.call("matmul", tensors[0], m.call("transpose", tensors[1]), last=True)
    else:
        raise BadInputError(f"it has the operation {m.where} of {shown(equation)}")
