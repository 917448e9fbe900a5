"""Numbers of a file as float32: masks applied, weight norms and factors multiplied out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.tensors import Floats, Numbers, as_float32, stored
from spinn_engine.imported.network import Floats32
from spinn_engine.imported.recognition.layers import SCALES, Layer
from spinn_engine.imported.recognition.pieces import Pieces
from spinn_engine.words import scientific, shown, shown_list

LOSSLESS = "changes no number"
Floats64 = NDArray[np.float64]


@dataclass(eq=False)
class Matrices:
    """The numbers of a network, and what was done on the way.

    Attributes:
        weights: by layer ``[in, out]``.
        biases: by layer ``[out]``, of those that have one.
        others: by name, those of norms, slopes and fixed maps, in the shape that they have.
        dtypes: of the numbers in the file.
        masked: layers with a mask.
        unbiased: layers without a bias.
        normed: layers with a weight norm.
        factored: layers that are a product.
        rounded: largest change of a number by rounding float64 to float32.
        ways: to scale rows, other than the usual ones.
    """

    weights: dict[str, Floats32] = field(default_factory=dict)
    biases: dict[str, Floats32] = field(default_factory=dict)
    others: dict[str, Floats64] = field(default_factory=dict)
    dtypes: set[str] = field(default_factory=set)
    masked: list[str] = field(default_factory=list)
    unbiased: list[str] = field(default_factory=list)
    normed: list[str] = field(default_factory=list)
    factored: list[str] = field(default_factory=list)
    rounded: float = 0.0
    ways: dict[str, str] = field(default_factory=dict)

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
        if self.factored:
            notes.append(f"Factors of weights were multiplied in ({shown_list(self.factored)}).")
        if "float64" in self.dtypes:
            change = f"changes a number by {scientific(self.rounded)} at most"
            notes.append(f"float64 became float32, which {change if self.rounded else LOSSLESS}.")
        half = sorted(self.dtypes & {"bfloat16", "float16"})
        if half:
            notes.append(f"{' and '.join(half)} became float32, which {LOSSLESS}.")
        return notes


def matrices_of(
    pieces: Pieces, layers: Sequence[Layer], numbers: Numbers, how: Mapping[str, str] | None = None
) -> Matrices:
    """Read the numbers of a network.

    Args:
        pieces: what it is made of.
        layers: those of them that are read, from input to output.
        numbers: the file that holds them.
        how: another way to scale rows, in the place of a ``factor`` or ``log_factor``.

    Raises:
        BadInputError: a number is NaN, infinite or too large, or a mask is not of zeros and ones.
        CorruptArtifactError: a storage is not there, or of another size.
    """
    made = Matrices(ways=dict(how or {}))
    for layer in layers:
        with np.errstate(all="ignore"):  # what is not finite is refused
            weight = _part(made, layer, "weight", numbers)
            if "bias" in layer.parts:
                made.biases[layer.name] = _part(made, layer, "bias", numbers)
            else:
                made.unbiased.append(layer.name or "weight")
        made.weights[layer.name] = np.ascontiguousarray(weight.T)  # [out, in] -> [in, out]
    names = [name for piece in pieces.norms + pieces.slopes for name in piece.names.values()]
    for name in (
        [one for one in names if not one.endswith("num_batches_tracked")]
        + pieces.loose
        + pieces.biases
    ):
        with np.errstate(all="ignore"):
            values, _ = as_float32(name, np.atleast_1d(stored(numbers, pieces.claim(name))))
        made.others[name] = values.astype(np.float64)
    return made


def _part(made: Matrices, layer: Layer, part: str, numbers: Numbers) -> Floats32:
    """A weight ``[out, in]`` or bias ``[out]`` of a layer, as the network computes with it."""
    name, claim = layer.names[part], layer.parts[part]
    values = stored(numbers, claim)
    made.dtypes.add(claim.dtype)
    if f"{part}_mask" in layer.parts:
        values = values * _mask(layer, part, numbers).astype(values.dtype)
        made.masked.append(name)
    for scale in SCALES if part == "weight" else ():
        if scale in layer.parts:
            way = made.ways.get(scale, scale)
            values = _scaled(values, stored(numbers, layer.parts[scale]), way)
            (made.normed if scale == "length" else made.factored).append(name)
    result, rounded = as_float32(name, values)
    made.rounded = max(made.rounded, rounded)
    return result


def _mask(layer: Layer, part: str, numbers: Numbers) -> Floats:
    mask = stored(numbers, layer.parts[f"{part}_mask"])
    if not np.isin(mask, (0, 1)).all():
        name = shown(layer.names[f"{part}_mask"])
        raise BadInputError(f"{name} is no mask: it holds other numbers than 0 and 1")
    return mask


def _scaled(values: Floats, by: Floats, how: str) -> Floats:
    """A matrix ``[out, in]`` whose rows are scaled.

    To given lengths (Salimans & Kingma 2016, *Weight Normalization*, eq. 2), one for the whole
    matrix where there is one, or by factors or their logarithms (Wang et al. 2022, *Random Weight
    Factorization*, eq. 3.2).

    Args:
        values: ``[out, in]``.
        by: ``[out]``, ``[out, 1]`` or of no dimension.
        how: ``length``, ``factor`` or ``log_factor``.
    """
    values = values.astype(np.promote_types(values.dtype, np.float32))
    by = by.astype(values.dtype)
    by = by.reshape(-1, 1) if by.ndim else by
    if how == "length":
        norms = np.linalg.norm(values, axis=1 if by.ndim else None, keepdims=True)
        scaled: Floats = by * (values / norms)  # a row of zeros becomes NaN, as in torch
        return scaled
    return (np.exp(by) if how == "log_factor" else by) * values
