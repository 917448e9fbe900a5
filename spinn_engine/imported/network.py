"""What is read: a plain MLP as it stands in the file, and how much of it is alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spinn_engine.spec import Activation
from spinn_engine.training.scaling import Scaler

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class StoredNetwork:
    """A fully connected network with one activation after every layer but the last.

    Attributes:
        weights: per layer ``[in, out]``, which is torch's transposed.
        biases: per layer ``[out]``; None where the layer has none.
        activation: None where the file does not tell it.
        format: ``zip state_dict``, ``zip whole module``, ``safetensors`` or ``spinn checkpoint``.
        dtype: of the weights in the file; several are separated by commas.
        sha256: of the file.
        params: weights and biases in the file; a bias that does not exist is not counted.
        nonzero: how many of them are not zero, after masks.
        dead: per hidden layer, how many neurons have no incoming or no outgoing weight but zeros.
        scaler: of a checkpoint of this project, else None.
        input_names: of a checkpoint of this project, else None.
        target_names: of a checkpoint of this project, else None.
        notes: what was done to read it, and what was left out, in sentences.
    """

    weights: tuple[Floats32, ...]
    biases: tuple[Floats32 | None, ...]
    activation: Activation | None
    format: str
    dtype: str
    sha256: str
    params: int
    nonzero: int
    dead: tuple[int, ...]
    scaler: Scaler | None
    input_names: tuple[str, ...] | None
    target_names: tuple[str, ...] | None
    notes: tuple[str, ...]

    @property
    def inputs(self) -> int:
        """How many inputs it takes."""
        return int(self.weights[0].shape[0])

    @property
    def outputs(self) -> int:
        """How many outputs it gives."""
        return int(self.weights[-1].shape[1])

    @property
    def hidden(self) -> tuple[int, ...]:
        """Hidden widths, from input to output."""
        return tuple(int(weight.shape[1]) for weight in self.weights[:-1])

    @property
    def hidden_without_dead(self) -> tuple[int, ...]:
        """Hidden widths that would be left without the dead neurons."""
        return tuple(width - dead for width, dead in zip(self.hidden, self.dead, strict=True))

    @property
    def params_without_dead(self) -> int:
        """Weights and biases that would be left without the dead neurons."""
        widths = (self.inputs, *self.hidden_without_dead, self.outputs)
        layers = zip(pairwise(widths), self.biases, strict=True)
        return sum(a * b + (0 if bias is None else b) for (a, b), bias in layers)


def dead_neurons(weights: Sequence[Floats32]) -> tuple[int, ...]:
    """Per hidden layer, the neurons with no incoming or no outgoing weight but zeros.

    Args:
        weights: per layer ``[in, out]``.
    """
    return tuple(
        int(np.count_nonzero(~(into.any(axis=0) & out_of.any(axis=1))))
        for into, out_of in pairwise(weights)
    )
