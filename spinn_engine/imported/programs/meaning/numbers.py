"""Operations on arrays, in NumPy: for what does not depend on the rows, and to try expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.functions import FUNCTIONS
from spinn_engine.imported.programs.calls import LARGEST_CONSTANT, Array


def _erf(x: Array) -> Array:
    from scipy.special import erf

    return np.asarray(erf(x))


def _prelu(x: Array, slope: Array) -> Array:
    return np.where(x > 0, x, slope * x)


# Column by column, of arrays and of expressions alike.
ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "max": np.maximum,
    "min": np.minimum,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "where": np.where,
    "neg": np.negative,
    "sqrt": np.sqrt,
    "reciprocal": lambda x: 1 / x,
    "abs": np.abs,
    "erf": _erf,
    "log": np.log,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "prelu": _prelu,
    **FUNCTIONS,
}


def folded(op: str, arrays: Sequence[Array], given: dict[str, Any], where: str) -> Array:
    """An elementwise operation on arrays.

    Raises:
        BadInputError: the arrays do not fit together, or the result is too large.
    """
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = " and ".join(str(list(array.shape)) for array in arrays)
        raise BadInputError(f"{where} joins arrays of the shapes {shapes}") from None
    check_size(shape, where)
    try:
        with np.errstate(all="ignore"):
            return np.asarray(ELEMENTWISE[op](*arrays, **given))
    except (ValueError, TypeError):
        kinds = " and ".join(array.dtype.name for array in arrays)
        raise BadInputError(f"{where} cannot be done with numbers of the kind {kinds}") from None


def check_size(shape: Sequence[int], where: str) -> None:
    """Refuse an array that is too large.

    Raises:
        BadInputError: it is.
    """
    count = 1
    for size in shape:
        count *= int(size)
    if count > LARGEST_CONSTANT or len(shape) > 8:
        raise BadInputError(f"{where} makes an array of {count:,} numbers, too many to read")
