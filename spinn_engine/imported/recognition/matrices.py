"""Layers of a file as float32 matrices: masks applied, weight norms multiplied out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.tensors import Floats, Numbers, as_float32, stored
from spinn_engine.imported.network import Floats32
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.words import scientific, shown, shown_list

LOSSLESS = "changes no number"


@dataclass(eq=False)
class Matrices:
    """The numbers of all layers, and what was counted and done on the way.

    Attributes:
        weights: per layer ``[in, out]``.
        biases: per layer ``[out]``, or None.
        params: weights and biases.
        nonzero: how many are not zero in the file, after masks.
        dtypes: of the numbers in the file.
        masked: layers with a mask.
        unbiased: layers without a bias.
        normed: layers with a weight norm.
        rounded: largest change of a number by rounding float64 to float32.
    """

    weights: list[Floats32] = field(default_factory=list)
    biases: list[Floats32 | None] = field(default_factory=list)
    params: int = 0
    nonzero: int = 0
    dtypes: set[str] = field(default_factory=set)
    masked: list[str] = field(default_factory=list)
    unbiased: list[str] = field(default_factory=list)
    normed: list[str] = field(default_factory=list)
    rounded: float = 0.0

    def notes(self) -> list[str]:
        """What was done, in sentences."""
        notes = []
        if self.masked:
            notes.append(
                "Masks of torch.nn.utils.prune were applied: the weights that they hide are zero "
                f"({shown_list(self.masked)})."
            )
        if self.unbiased:
            notes.append(f"Layers without a bias: {shown_list(self.unbiased)}.")
        if self.normed:
            notes.append(f"Weight norms were multiplied out ({shown_list(self.normed)}).")
        if "float64" in self.dtypes:
            change = f"changes a number by {scientific(self.rounded)} at most"
            notes.append(f"float64 became float32, which {change if self.rounded else LOSSLESS}.")
        half = sorted(self.dtypes & {"bfloat16", "float16"})
        if half:
            notes.append(f"{' and '.join(half)} became float32, which {LOSSLESS}.")
        return notes


def matrices_of(layers: Sequence[Layer], numbers: Numbers) -> Matrices:
    """Read the numbers of layers.

    Args:
        layers: from input to output.
        numbers: the file that holds them.

    Raises:
        BadInputError: a number is NaN, infinite or too large, or a mask is not of zeros and ones.
        CorruptArtifactError: a storage is not there, or of another size.
    """
    made = Matrices()
    for layer in layers:
        with np.errstate(all="ignore"):  # what is not finite is refused
            weight = _part(made, layer, "weight", numbers)
            bias = _part(made, layer, "bias", numbers) if "bias" in layer.parts else None
        if bias is None:
            made.unbiased.append(layer.name or "weight")
        made.weights.append(np.ascontiguousarray(weight.T))  # [out, in] -> [in, out]
        made.biases.append(bias)
    return made


def _part(made: Matrices, layer: Layer, part: str, numbers: Numbers) -> Floats32:
    """A weight ``[out, in]`` or bias ``[out]`` of a layer, as the network computes with it."""
    name, claim = layer.names[part], layer.parts[part]
    values = stored(numbers, claim)
    made.dtypes.add(claim.dtype)
    if f"{part}_mask" in layer.parts:
        values = values * _mask(layer, part, numbers).astype(values.dtype)
        made.masked.append(name)
    if part == "weight" and "scale" in layer.parts:
        values = _with_lengths(values, stored(numbers, layer.parts["scale"]))
        made.normed.append(name)
    result, rounded = as_float32(name, values)
    made.params += values.size
    made.nonzero += int(np.count_nonzero(values))
    made.rounded = max(made.rounded, rounded)
    return result


def _mask(layer: Layer, part: str, numbers: Numbers) -> Floats:
    mask = stored(numbers, layer.parts[f"{part}_mask"])
    if not np.isin(mask, (0, 1)).all():
        name = shown(layer.names[f"{part}_mask"])
        raise BadInputError(f"{name} is no mask: it holds other numbers than 0 and 1")
    return mask


def _with_lengths(directions: Floats, lengths: Floats) -> Floats:
    """Rows of given lengths (Salimans & Kingma 2016, *Weight Normalization*, eq. 2).

    Args:
        directions: ``[out, in]``.
        lengths: ``[out, 1]``.
    """
    directions = directions.astype(np.promote_types(directions.dtype, np.float32))
    norms: Floats = np.linalg.norm(directions, axis=1, keepdims=True)
    return lengths * (directions / norms)  # a row of zeros becomes NaN, as in torch
