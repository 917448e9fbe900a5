"""From names and shapes to linear layers: plain matrices, with or without a bias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.tensors import plain_claim
from spinn_engine.imported.files.values import Tensor, TensorClaim
from spinn_engine.imported.recognition.other_kinds import refuse_extra, refuse_other_kinds
from spinn_engine.words import shown

PARTS = {
    "weight": "weight", "bias": "bias",
    "weight_orig": "weight", "weight_mask": "weight_mask",
    "bias_orig": "bias", "bias_mask": "bias_mask",
    "weight_v": "weight", "weight_g": "scale",
    "parametrizations.weight.original1": "weight", "parametrizations.weight.original0": "scale",
}  # fmt: skip
MOST_HIDDEN, LARGEST_WIDTH = 64, 65_536  # as in a spec
MOST_PARAMETERS = 2**26


@dataclass(frozen=True, eq=False)
class Layer:
    """A linear layer of the file.

    Attributes:
        name: what its weight and bias are called before the last point.
        parts: ``weight`` ``[out, in]``, and of ``bias``, ``weight_mask``, ``bias_mask`` and
            ``scale`` (the lengths of a weight norm) those that it has.
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


def layers_of(tensors: Mapping[str, Tensor]) -> list[Layer]:
    """The linear layers, in no order.

    Args:
        tensors: by the names of a state_dict.

    Raises:
        BadInputError: there is something that a plain MLP has not, or too much.
        CorruptArtifactError: a tensor looks outside of its storage.
    """
    refuse_other_kinds(tensors)
    grouped: dict[str, dict[str, str]] = {}
    extra = []
    for name in tensors:
        prefix, part = _parted(name)
        if part is None or part in grouped.setdefault(prefix, {}):
            extra.append(name)
        else:
            grouped[prefix][part] = name
    for names in grouped.values():
        extra += names.values() if "weight" not in names else ()
    if extra:
        refuse_extra(extra)
    layers = [_layer(prefix, names, tensors) for prefix, names in grouped.items() if names]
    _refuse_too_large(layers)
    return layers


def _parted(name: str) -> tuple[str, str | None]:
    """Name of the layer, and which part of it this is; None for none."""
    for ending, part in PARTS.items():
        if name == ending or name.endswith(f".{ending}"):
            return name[: -len(ending)].rstrip("."), part
    return name, None


def _layer(prefix: str, names: dict[str, str], tensors: Mapping[str, Tensor]) -> Layer:
    parts = {part: plain_claim(name, tensors[name]) for part, name in names.items()}
    shape = parts["weight"].shape
    if len(shape) != 2 or 0 in shape:
        raise BadInputError(
            f"{shown(names['weight'])} has the shape {list(shape)}, a layer's weight has [out, in]"
        )
    right = {"weight": shape, "weight_mask": shape, "scale": (shape[0], 1)}
    for part, claim in parts.items():
        if claim.shape != right.get(part, shape[:1]):
            raise BadInputError(
                f"{shown(names[part])} has the shape {list(claim.shape)} beside a weight of "
                f"{list(shape)}, it must be {list(right.get(part, shape[:1]))}"
            )
    if names["weight"].endswith("weight_orig") and "weight_mask" not in parts:
        raise BadInputError(
            f"{shown(names['weight'])} has a spectral norm or another parametrisation, remove it "
            "before saving"
        )
    if names["weight"].endswith(("weight_v", "original1")) and "scale" not in parts:
        refuse_extra([names["weight"]])
    return Layer(prefix, parts, names)


def _refuse_too_large(layers: Sequence[Layer]) -> None:
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
