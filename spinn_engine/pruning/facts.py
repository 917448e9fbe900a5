"""A dense network and what its activations do: all that a prediction needs. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import Arrays, values_of
from spinn_engine.graph.functions import Floats
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import Dense

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Moments:
    """Mean ``[width]`` and second moments ``[width, width]`` of what a layer takes, over rows.

    The second moments are a covariance; of a layer without a bias, which cannot mend a mean, they
    are about zero, and the mean is none.
    """

    mean: Floats
    covariance: Floats


@dataclass(frozen=True)
class DenseFacts:
    """One dense network and what its activations do.

    Attributes:
        graph: what it is.
        arrays: its parameters by name, ``[rows, columns]``, or ``[columns]`` of a single row.
        scores: criterion to per dimension that may be pruned ``[width]``.
        fit: by layer that takes such dimensions, over the calibration rows.
        held_out: the same over calibration rows of other groups.
        x: standardised validation inputs ``[rows, in]``.
        y: standardised validation targets ``[rows, out]``.
        seed: whose network it is.
        targets: names of the outputs.
    """

    graph: Graph
    arrays: Arrays
    scores: dict[str, list[Floats]]
    fit: dict[str, Moments]
    held_out: dict[str, Moments]
    x: Floats
    y: Floats
    seed: int
    targets: tuple[str, ...]

    @property
    def hidden(self) -> tuple[int, ...]:
        """Widths of what may be pruned."""
        return self.graph.hidden

    def scored_by(self, criterion: str) -> list[Floats]:
        """The scores of one criterion, per dimension ``[width]``.

        Raises:
            BadInputError: the network was trained before there was such a criterion.
        """
        if criterion not in self.scores:
            raise BadInputError(
                f"the dense network was trained before there was a criterion {criterion}: use one "
                f"of {', '.join(self.scores)}, or train it anew"
            )
        return self.scores[criterion]


def takes_neurons(graph: Graph) -> list[Dense]:
    """The layers that take neurons which may be pruned."""
    return [op for op in graph.dense if {*graph.dims[op.inputs[0]]} & {*graph.prunable}]


def moments(graph: Graph, arrays: Arrays, x: Floats) -> dict[str, Moments]:
    """Moments of what every layer takes that takes neurons, over the rows ``x`` ``[rows, in]``."""
    values, found = values_of(graph, arrays, x), {}
    for op in takes_neurons(graph):
        taken = values[op.inputs[0]]
        mean = taken.mean(axis=0) if op.bias else np.zeros(taken.shape[1], taken.dtype)
        centred = taken - mean
        found[op.name] = Moments(mean, centred.T @ centred / np.float32(len(x)))
    return found
