"""All tensors of a network, sorted by what they are: layers, norms, slopes, and what is loose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.tensors import plain_claim
from spinn_engine.imported.files.values import Tensor, TensorClaim
from spinn_engine.imported.recognition.layers import Layer, layer_of, parted, refuse_too_large
from spinn_engine.imported.recognition.name_words import words_of
from spinn_engine.imported.recognition.other_kinds import refuse_extra, refuse_other_kinds
from spinn_engine.words import shown

LAYER_NORM, BATCH_NORM, PRELU = "LayerNorm", "BatchNorm", "PReLU"
SLOPE, ADAPTIVE = "adaptive slope", "adaptive activation"
PRELU_WORDS = frozenset(("prelu", "act", "activation", "acts", "activations"))
SLOPES = re.compile(r"a|alpha|slopes?|omega|activation_par|adaptive\w*|scaling_factor", re.I)
ADAPTIVE_PARTS = ("alpha", "beta", "gamma")
BATCH_PARTS = ("running_mean", "running_var", "num_batches_tracked")
NORM_PARTS = {"gamma": "weight", "beta": "bias", "scale": "weight", "mean": "running_mean",
              "var": "running_var"}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Piece:
    """A norm or a slope.

    Attributes:
        kind: which, as a constant of this module says.
        name: what its tensors are called before the last point.
        names: of its tensors, by what they are there.
        width: how many columns it has; 1 where it has one number for all.
    """

    kind: str
    name: str
    names: dict[str, str]
    width: int


@dataclass(eq=False)
class Pieces:
    """What a network is made of.

    Attributes:
        tensors: all, by name.
        layers: in no order, and so ``norms`` and ``slopes``.
        norms: LayerNorm, BatchNorm and PReLU.
        slopes: factors inside of activations.
        loose: names of tensors that are none of these.
        biases: names of loose tensors that a structure has taken as its biases.
    """

    tensors: Mapping[str, Tensor]
    layers: list[Layer] = field(default_factory=list)
    norms: list[Piece] = field(default_factory=list)
    slopes: list[Piece] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    biases: list[str] = field(default_factory=list)

    def claim(self, name: str) -> TensorClaim:
        """A tensor that must be one of plain numbers."""
        return plain_claim(name, self.tensors[name])


def pieces_of(tensors: Mapping[str, Tensor], classes: Mapping[str, str]) -> Pieces:
    """Sort tensors by their names and shapes.

    Args:
        tensors: by name.
        classes: of PyTorch's own modules, by name, where the file tells them.

    Raises:
        BadInputError: there is something of another kind of network, or too much.
        CorruptArtifactError: a tensor looks outside of its storage.
    """
    refuse_other_kinds(tensors)
    found, grouped = Pieces(tensors), dict[str, dict[str, str]]()
    for name in tensors:
        prefix, last = name.rpartition(".")[::2]
        own, part = parted(name)
        if part is None:
            own, part = prefix, last.strip("_")
        if part in grouped.setdefault(own, {}):
            found.loose.append(name)
        else:
            grouped[own][part] = name
    for prefix, names in grouped.items():
        _sort(found, prefix, names, classes.get(prefix))
    parts = [name for name in found.loose if name.endswith((".weight", ".bias"))]
    if parts:
        refuse_extra(parts)
    refuse_too_large(found.layers)
    return found


def _sort(found: Pieces, prefix: str, names: dict[str, str], kind: str | None) -> None:
    """Take in the tensors of one prefix."""
    shapes = {part: _shape(found.tensors[name]) for part, name in names.items()}
    if len(shapes.get("weight", ())) >= 2 or _odd(found.tensors, names):
        own = {part: name for part, name in names.items() if part in OF_LAYERS}
        found.layers.append(layer_of(prefix, own, found.tensors))
        names = {part: name for part, name in names.items() if part not in own}
    elif norm := _norm(prefix, names, shapes, kind):
        found.norms.append(norm)
        return
    elif {*names} == {*ADAPTIVE_PARTS} and all(_single(shape) for shape in shapes.values()):
        found.slopes.append(Piece(ADAPTIVE, prefix, names, 1))
        return
    for name in names.values():
        slope = _slope(name, _shape(found.tensors[name]))
        found.slopes.append(slope) if slope else found.loose.append(name)


OF_LAYERS = ("weight", "bias", "weight_mask", "bias_mask", "length", "factor", "log_factor")


def _odd(tensors: Mapping[str, Tensor], names: Mapping[str, str]) -> bool:
    """Whether there is a weight that is no plain tensor: it is refused as that of a layer."""
    return "weight" in names and not isinstance(tensors[names["weight"]], TensorClaim)


def _shape(tensor: Tensor) -> tuple[int, ...]:
    return tensor.shape if isinstance(tensor, TensorClaim) else ()


def _single(shape: tuple[int, ...]) -> bool:
    return shape in ((), (1,), (1, 1))


def _norm(
    prefix: str, names: dict[str, str], shapes: dict[str, tuple[int, ...]], kind: str | None
) -> Piece | None:
    """A norm or a PReLU: vectors of one length, with names of such."""
    parts = {NORM_PARTS.get(part, part): name for part, name in names.items()}
    flat = {NORM_PARTS.get(part, part): shape for part, shape in shapes.items()}
    counted = flat.pop("num_batches_tracked", ())
    widths = set(flat.values())
    if counted or len(widths) != 1 or len(parts) != len(names) or not prefix:
        return None
    (shape,) = widths
    if len(shape) != 1 or not shape[0]:
        return None
    if {"running_mean", "running_var"} <= {*parts} <= {"weight", "bias", *BATCH_PARTS}:
        return Piece(BATCH_NORM, prefix, parts, shape[0])
    if {*parts} == {"weight", "bias"} and {"weight", "gamma", "scale"} & {*names}:
        return Piece(LAYER_NORM, prefix, parts, shape[0])
    return _of_weight(prefix, parts, shape, kind) if {*names} == {"weight"} else None


def _of_weight(
    prefix: str, parts: dict[str, str], shape: tuple[int, ...], kind: str | None
) -> Piece:
    """A vector called weight, without a bias: slopes, unless its class says otherwise."""
    if kind == LAYER_NORM:
        return Piece(LAYER_NORM, prefix, parts, shape[0])
    if kind != PRELU and shape != (1,) and not PRELU_WORDS & set(words_of(prefix)):
        raise BadInputError(
            f"{shown(parts['weight'])} may be an RMSNorm, a LayerNorm without a bias or a PReLU "
            "with a slope a column: save the whole network as ONNX"
        )
    return Piece(PRELU, prefix, parts, shape[0])


def _slope(name: str, shape: tuple[int, ...]) -> Piece | None:
    """One number, or one a neuron, under the name of an adaptive slope."""
    steps = name.split(".")
    while len(steps) > 1 and steps[-1].isdigit():
        steps.pop()
    is_row = len(shape) == 1 or (len(shape) == 2 and shape[0] == 1)
    if SLOPES.fullmatch(steps[-1].strip("_")) and (_single(shape) or is_row):
        width = 1 if _single(shape) else shape[-1]
        return Piece(SLOPE, name, {"slope": name}, width)
    return None


def refuse_kind(pieces: list[Piece], what: str) -> None:
    """Refuse pieces that have no known place in a kind of network.

    Raises:
        BadInputError: there are some.
    """
    if pieces:
        one = pieces[0]
        raise BadInputError(
            f"it seems to be {what} with {one.kind} ({shown(one.name)}), whose place its names do "
            "not tell: save the whole network as a torch.nn.Sequential, or as ONNX"
        )
