"""What each layer of Keras does, as operations of a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.others.assembly import Assembly, Floats
from spinn_engine.imported.others.keras.config import Config, Layer
from spinn_engine.imported.others.keras.functions import OPERATIONS, Activation, layered, number
from spinn_engine.imported.others.keras.functions import activation as named_activation
from spinn_engine.imported.others.keras.hdf5 import Array
from spinn_engine.words import shown

EPSILON = 1e-7  # of keras.backend.epsilon(), below which no spread is divided by
RESTING = (
    "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D",
    "ActivityRegularization", "Identity", "Flatten",
)  # fmt: skip


class Variables(Protocol):
    """Where variables are found."""

    def of(self, layer: Layer, names: tuple[str, ...]) -> dict[str, Array]:
        """Those of a layer by their names."""


@dataclass
class Making:
    """What is needed to add layers.

    Attributes:
        built: where they are added.
        variables: their numbers.
        frozen: whether layers that do not learn are fixed maps.
        fixed: names of those.
    """

    built: Assembly
    variables: Variables
    frozen: bool
    fixed: list[str] = field(default_factory=list)

    def numbers(self, layer: Layer, *names: str) -> list[Floats]:
        """Variables of a layer in double precision."""
        found = self.variables.of(layer, names)
        return [np.asarray(found[name], np.float64) for name in names]

    def vectors(self, layer: Layer, width: int, *names: str) -> list[Floats]:
        """Those that have a number for every column."""
        found = self.numbers(layer, *names)
        for name, one in zip(names, found, strict=True):
            if one.shape != (width,):
                raise CorruptArtifactError(
                    f"the {name} of its layer {shown(layer.name)} has the shape {list(one.shape)}, "
                    f"where {width} columns come in"
                )
        return found


def add(making: Making, layer: Layer, taken: Sequence[str | float]) -> str:
    """Add a layer; the name of the value that it gives.

    Raises:
        BadInputError: its kind is not read, or it takes what such a layer does not take.
        CorruptArtifactError: its variables are not there.
    """
    values = [one for one in taken if isinstance(one, str)]
    if len(values) == len(taken) > 0 and layer.kind in MERGING:
        return MERGING[layer.kind](making, layer, values)
    if len(values) == 1 and len(taken) == 2:
        return _with_number(making, layer, values[0], taken)
    if len(values) != 1 or len(taken) != 1:
        raise _unread(layer)
    found = (FUNCTIONS if layer.is_operation else SINGLE).get(layer.kind)
    if found is None:
        raise _unread(layer)
    return found(making, layer, values[0])


def _rested(making: Making, layer: Layer, taken: str) -> str:
    """What does nothing but in training."""
    return taken


def _function(making: Making, layer: Layer, taken: str) -> str:
    return making.built.function(layer.name, taken, OPERATIONS[layer.kind])


def _activation(making: Making, layer: Layer, taken: str) -> str:
    return _acted(making, layer.name, taken, layered(layer.kind, layer.config, layer.name))


def _acted(making: Making, name: str, taken: str, found: Activation) -> str:
    if found.function is None:
        return taken
    return making.built.function(name, taken, found.function, slope=found.slope)


def _dense(making: Making, layer: Layer, taken: str) -> str:
    config = layer.config
    if config.get("quantization_config") is not None or config.get("lora_rank") is not None:
        raise BadInputError(f"its layer {shown(layer.name)} is quantised, which is not read")
    trained = not making.frozen or config.get("trainable", True) is not False
    if not trained:
        making.fixed.append(layer.name)
    if config.get("use_bias", True):
        weight, bias = making.numbers(layer, "kernel", "bias")
    else:
        (weight,), bias = making.numbers(layer, "kernel"), None
    value = making.built.dense(layer.name, taken, weight, bias, trained)
    if making.built.width(value) != config.get("units"):
        raise BadInputError(
            f"its layer {shown(layer.name)} has {making.built.width(value)} neurons and its config "
            f"says {shown(config.get('units'))}: one of the two is of another network"
        )
    found = named_activation(config.get("activation"), layer.name)
    return _acted(making, f"{layer.name}.activation", value, found)


def _batch_norm(making: Making, layer: Layer, taken: str) -> str:
    """At rest: by the mean and variance that it has kept."""
    _check_axis(making, layer, taken)
    config = layer.config
    names = _affine_names(config)
    width, kept = making.built.width(taken), ("moving_mean", "moving_variance")
    *affine, mean, variance = making.vectors(layer, width, *names, *kept)
    by_name = dict(zip(names, affine, strict=True))
    eps = number(config.get("epsilon", 1e-3), "epsilon", layer.name)
    with np.errstate(all="ignore"):
        scale = by_name.get("gamma", np.ones_like(mean)) / np.sqrt(variance + eps)
        shift = by_name.get("beta", np.zeros_like(mean)) - mean * scale
    return making.built.scale(layer.name, taken, scale, shift)


def _layer_norm(making: Making, layer: Layer, taken: str) -> str:
    _check_axis(making, layer, taken)
    if layer.config.get("rms_scaling"):
        raise BadInputError(f"its layer {shown(layer.name)} scales by RMS, which is not read")
    names = _affine_names(layer.config)
    affine = dict(zip(names, making.numbers(layer, *names), strict=True))
    eps = number(layer.config.get("epsilon", 1e-3), "epsilon", layer.name)
    return making.built.layer_norm(layer.name, taken, eps, affine.get("gamma"), affine.get("beta"))


def _affine_names(config: Config) -> tuple[str, ...]:
    named = (("scale", "gamma"), ("center", "beta"))
    return tuple(name for key, name in named if config.get(key, True))


def _normalization(making: Making, layer: Layer, taken: str) -> str:
    """By a mean and variance that were given, or found in data."""
    config = layer.config
    if config.get("axis") not in (None, []):  # without one, a single mean for all columns
        _check_axis(making, layer, taken)
    if config.get("mean") is None:
        mean, variance, _ = making.numbers(layer, "mean", "variance", "count")
        mean, variance = mean.ravel(), variance.ravel()
    else:
        mean, variance = (_listed(layer, key, config.get(key)) for key in ("mean", "variance"))
    if mean.shape != variance.shape:
        raise CorruptArtifactError(
            f"mean and variance of its layer {shown(layer.name)} have other shapes"
        )
    with np.errstate(all="ignore"):
        spread = np.maximum(np.sqrt(variance), EPSILON)
    if config.get("invert"):
        return making.built.scale(layer.name, taken, spread, mean)
    return making.built.scale(layer.name, taken, 1 / spread, -mean / spread)


def _rescaling(making: Making, layer: Layer, taken: str) -> str:
    scale, offset = (_listed(layer, key, layer.config.get(key)) for key in ("scale", "offset"))
    return making.built.scale(layer.name, taken, scale, offset)


def _prelu(making: Making, layer: Layer, taken: str) -> str:
    (slopes,) = making.numbers(layer, "alpha")
    return making.built.prelu(layer.name, taken, slopes)


def _listed(layer: Layer, key: str, told: object) -> Floats:
    """Numbers of a config, one or a list, perhaps in lists of one."""
    found: list[float] = []
    waiting = [told]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict):  # as an array is written
            inner = one.get("config")
            one = inner.get("value") if isinstance(inner, dict) else None
        if isinstance(one, list) and len(waiting) + len(one) + len(found) <= 65_536:
            waiting = one + waiting
        else:
            found.append(number(one, key, layer.name))
    return np.array(found)


def _check_axis(making: Making, layer: Layer, taken: str) -> None:
    axis = layer.config.get("axis", -1)
    if axis not in (-1, 1, [-1], [1]):
        raise BadInputError(
            f"its layer {shown(layer.name)} works along the axis {shown(axis)}, not along columns"
        )


def _added(making: Making, layer: Layer, taken: Sequence[str]) -> str:
    return making.built.sum(layer.name, taken)


def _subtracted(making: Making, layer: Layer, taken: Sequence[str]) -> str:
    if len(taken) != 2:
        raise _unread(layer)
    return making.built.sum(layer.name, taken, (1.0, -1.0))


def _averaged(making: Making, layer: Layer, taken: Sequence[str]) -> str:
    return making.built.sum(layer.name, taken, (1 / len(taken),) * len(taken))


def _multiplied(making: Making, layer: Layer, taken: Sequence[str]) -> str:
    return making.built.product(layer.name, taken)


def _joined(making: Making, layer: Layer, taken: Sequence[str]) -> str:
    _check_axis(making, layer, taken[0])
    return making.built.concat(layer.name, taken)


def _with_number(making: Making, layer: Layer, value: str, taken: Sequence[str | float]) -> str:
    """A sum, difference, product or quotient with a number, as a scale and a shift."""
    first, second = taken
    number_first = isinstance(first, float)
    given = first if isinstance(first, float) else second
    assert isinstance(given, float)
    ways = {
        "Add": (1.0, given),
        "Multiply": (given, 0.0),
        "Subtract": (-1.0, given) if number_first else (1.0, -given),
    }
    if not number_first and given:
        ways |= {"Divide": (1 / given, 0.0), "TrueDivide": (1 / given, 0.0)}
    if layer.kind not in ways:
        raise _unread(layer)
    scale, shift = map(np.array, ways[layer.kind])
    return making.built.scale(layer.name, value, scale, shift)


def _unread(layer: Layer) -> BadInputError:
    name, kind = shown(layer.name), shown(layer.kind)
    if layer.kind in ("Lambda", "TFOpLambda"):
        return BadInputError(f"its layer {name} is code ({kind}), which is never run")
    if layer.kind in ("Sequential", "Functional", "Model"):
        return BadInputError(
            f"its layer {name} is a model within the model, which is not read: build one of all "
            "layers"
        )
    return BadInputError(
        f"its layer {name} is of the class {kind}, or takes what is not read of such a layer: read "
        "are Dense, activations, dropout, norms but RMS, Rescaling, sums, products, Concatenate"
    )


OfOne = Callable[[Making, Layer, str], str]
FUNCTIONS: dict[str, OfOne] = dict.fromkeys(OPERATIONS, _function)
SINGLE: dict[str, OfOne] = {
    **dict.fromkeys(RESTING, _rested),
    **dict.fromkeys(("Activation", "ReLU", "LeakyReLU", "ELU"), _activation),
    "Dense": _dense,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "Normalization": _normalization,
    "Rescaling": _rescaling,
    "PReLU": _prelu,
}
MERGING: dict[str, Callable[[Making, Layer, Sequence[str]], str]] = {
    "Add": _added,
    "Subtract": _subtracted,
    "Average": _averaged,
    "Multiply": _multiplied,
    "Concatenate": _joined,
}
