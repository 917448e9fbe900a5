"""What calls are given, as tensors and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Array, Constant, as_constant
from spinn_engine.imported.programs.meaning.values import Tensor, Value


def as_tensor(one: Any) -> Tensor:
    """An argument as a tensor; numbers become constants."""
    return one if isinstance(one, (Value, Constant)) else as_constant(one)


def as_numbers(one: Any, where: str) -> list[int]:
    """An argument as whole numbers, such as a shape.

    Raises:
        BadInputError: it depends on the rows.
    """
    if isinstance(one, Value):
        raise BadInputError(f"{where} has a size that depends on the numbers in the rows")
    if isinstance(one, list):
        return [number for part in one for number in as_numbers(part, where)]
    array = one.array if isinstance(one, Constant) else np.asarray(one)
    if array.size > 64:
        raise BadInputError(f"{where} has {array.size:,} sizes")
    return [int(number) for number in np.atleast_1d(array).reshape(-1).tolist()]


def merged(constants: Sequence[Constant], array: Array) -> Constant:
    """What is made of constants: learned where one of them is, and called like the largest."""
    named = [one for one in constants if one.trained is not False]
    most = max(named, key=lambda one: one.array.size, default=None)
    if most is None:
        return Constant(array)
    return Constant(array, most.name, True if any(one.trained for one in named) else most.trained)
