"""The numbers of what stands fixed at the ends of a network, by its training rows."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spinn_engine.graph.fixed_ends import ANGLES, Ends, distance

Floats = NDArray[np.float64]


def end_numbers(
    ends: Ends, mean: Floats, spread: Floats, training: Callable[[int], Floats]
) -> dict[str, Floats]:
    """The numbers of the operations at the ends, by parameter, ``[columns]``.

    The distances from all places together have a mean square of one over the training rows, and
    are positive in most of them: between two places, or on the side where the rows are.

    Args:
        ends: what they are.
        mean: what the inputs are taken less, ``[in]``, and then
        spread: divided by, ``[in]``.
        training: the values of an input in the training rows, ``[rows]``, in raw units.
    """
    found: dict[str, Floats] = {}
    if ends.periodic:
        columns = [column for column, _ in ends.periodic]
        turn = 2 * math.pi / np.array([period for _, period in ends.periodic])
        found[f"{ANGLES}.scale"] = turn * spread[columns]
        found[f"{ANGLES}.shift"] = turn * mean[columns]
    if not ends.zeros:
        return found
    sizes, product = [], np.ones(())
    for column, place in ends.zeros:
        off = training(column) - place
        sizes.append(float(np.sqrt(np.square(off).mean())) or 1.0)
        product = product * (off / sizes[-1])
    sizes[0] *= float(np.sqrt(np.square(product).mean())) or 1.0
    sizes[0] *= -1.0 if product.mean() < 0 else 1.0
    for number, ((column, place), size) in enumerate(zip(ends.zeros, sizes, strict=True), start=1):
        found[f"{distance(number)}.scale"] = spread[[column]] / size
        found[f"{distance(number)}.shift"] = (mean[[column]] - place) / size
    return found
