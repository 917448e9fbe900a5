"""From names and shapes to linear layers: matrices, their biases, and what scales them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.tensors import plain_claim
from spinn_engine.imported.files.values import Tensor, TensorClaim
from spinn_engine.imported.recognition.other_kinds import refuse_extra
from spinn_engine.words import shown

PARTS = {
    "weight": "weight", "bias": "bias",
    "weight_orig": "weight", "weight_mask": "weight_mask",
    "bias_orig": "bias", "bias_mask": "bias_mask",
    "weight_v": "weight", "weight_g": "length",
    "parametrizations.weight.original1": "weight", "parametrizations.weight.original0": "length",
    "kernel": "weight",
    "v": "weight", "g": "factor", "s": "log_factor",
}  # fmt: skip
SCALES = ("length", "factor", "log_factor")
MOST_HIDDEN, LARGEST_WIDTH = 64, 65_536  # as in a spec
MOST_PARAMETERS = 2**26


@dataclass(frozen=True, eq=False)
class Layer:
    """A linear layer of the file.

    Attributes:
        name: what its weight and bias are called before the last point.
        parts: ``weight`` ``[out, in]``, and of ``bias``, ``weight_mask``, ``bias_mask``, ``length``
            (of the rows of a weight norm, or of the whole matrix), ``factor`` and ``log_factor``
            (of the rows) those that it has.
        names: of the parts in the file.
    """

    name: str
    parts: dict[str, TensorClaim]
    names: dict[str, str]

    @property
    def inputs(self) -> int:
        """How many inputs it takes."""
        return self.parts["weight"].shape[1]

    @property
    def outputs(self) -> int:
        """How many outputs it gives."""
        return self.parts["weight"].shape[0]

    def __str__(self) -> str:
        return f"{shown(self.name) or 'weight'} ({self.inputs} to {self.outputs})"


def parted(name: str) -> tuple[str, str | None]:
    """Name of the layer, and which part of it this is; None for none."""
    for ending, part in PARTS.items():
        if name == ending or name.endswith(f".{ending}"):
            return name[: -len(ending)].rstrip("."), part
    return name, None


def layer_of(prefix: str, names: dict[str, str], tensors: Mapping[str, Tensor]) -> Layer:
    """The layer of some tensors.

    Args:
        prefix: what they are called before the last point.
        names: by part.
        tensors: of the file.

    Raises:
        BadInputError: their shapes do not fit together, or it has a parametrisation.
        CorruptArtifactError: a tensor looks outside of its storage.
    """
    parts = {part: plain_claim(name, tensors[name]) for part, name in names.items()}
    if names["weight"].rpartition(".")[2] == "kernel":  # [in, out], as JAX and Keras have it
        claim = parts["weight"]
        turned = replace(claim, shape=claim.shape[::-1], strides=claim.strides[::-1])
        parts["weight"] = turned
    shape = parts["weight"].shape
    if len(shape) != 2 or 0 in shape:
        raise BadInputError(
            f"{shown(names['weight'])} has the shape {list(shape)}, a layer's weight has [out, in]"
        )
    rows, row = shape[:1], (shape[0], 1)
    right: dict[str, list[tuple[int, ...]]] = {
        "weight": [shape],
        "weight_mask": [shape],
        "length": [row, ()],
    }
    for part, claim in parts.items():
        allowed = right.get(part) or ([rows, row] if part in SCALES else [rows])
        if claim.shape not in allowed:
            raise BadInputError(
                f"{shown(names[part])} has the shape {list(claim.shape)} beside a weight of "
                f"{list(shape)}, it must be {list(allowed[0])}"
            )
    _refuse_parametrised(parts, names)
    return Layer(prefix, parts, names)


def _refuse_parametrised(parts: Mapping[str, object], names: Mapping[str, str]) -> None:
    weight = names["weight"]
    if weight.endswith("weight_orig") and "weight_mask" not in parts:
        raise BadInputError(
            f"{shown(weight)} has a spectral norm or another parametrisation, remove it before "
            "saving"
        )
    if weight.endswith(("weight_v", "original1")) and "length" not in parts:
        refuse_extra([weight])


def refuse_too_large(layers: Sequence[Layer]) -> None:
    """Refuse more or wider layers than a run may have.

    Raises:
        BadInputError: as said.
    """
    if len(layers) > MOST_HIDDEN + 1:
        raise BadInputError(f"it has {len(layers)} layers, more than {MOST_HIDDEN + 1}")
    for layer in layers:
        if max(layer.inputs, layer.outputs) > LARGEST_WIDTH:
            raise BadInputError(f"layer {layer} is wider than {LARGEST_WIDTH:,}")
    params = sum(layer.inputs * layer.outputs for layer in layers)
    if params > MOST_PARAMETERS:
        raise BadInputError(
            f"it has {params:,} weights, more than the {MOST_PARAMETERS:,} that are read"
        )
