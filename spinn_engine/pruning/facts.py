"""A dense network and what its activations do: all that a prediction needs. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError
from spinn_engine.pruning.activations import ACTIVATIONS, Floats
from spinn_engine.spec import Activation

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Moments:
    """Mean ``[width]`` and covariance ``[width, width]`` of a layer's activations over rows."""

    mean: Floats
    covariance: Floats


@dataclass(frozen=True)
class DenseFacts:
    """One dense network and what its activations do.

    Attributes:
        weights: per layer ``[in, out]``.
        biases: per layer ``[out]``.
        activation: the function after every layer but the last.
        scores: criterion to per hidden layer ``[width]``.
        fit: per hidden layer, over the calibration rows.
        held_out: per hidden layer, over calibration rows of other groups.
        x: standardised validation inputs ``[rows, in]``.
        y: standardised validation targets ``[rows, out]``.
        seed: whose network it is.
        targets: names of the outputs.
    """

    weights: list[Floats]
    biases: list[Floats]
    activation: Activation
    scores: dict[str, list[Floats]]
    fit: list[Moments]
    held_out: list[Moments]
    x: Floats
    y: Floats
    seed: int
    targets: tuple[str, ...]

    @property
    def hidden(self) -> tuple[int, ...]:
        """Hidden widths of the dense network."""
        return tuple(len(bias) for bias in self.biases[:-1])

    def scored_by(self, criterion: str) -> list[Floats]:
        """The scores of one criterion, per hidden layer ``[width]``.

        Raises:
            BadInputError: the network was trained before there was such a criterion.
        """
        if criterion not in self.scores:
            raise BadInputError(
                f"the dense network was trained before there was a criterion {criterion}: use one "
                f"of {', '.join(self.scores)}, or train it anew"
            )
        return self.scores[criterion]


def moments(
    weights: Sequence[Floats], biases: Sequence[Floats], activation: Activation, x: Floats
) -> list[Moments]:
    """Moments of every hidden layer over the rows ``x`` ``[rows, in]``."""
    found = []
    for weight, bias in list(zip(weights, biases, strict=True))[:-1]:
        x = ACTIVATIONS[activation](x @ weight + bias)
        mean = x.mean(axis=0)
        centred = x - mean
        found.append(Moments(mean, centred.T @ centred / np.float32(len(x))))
    return found
