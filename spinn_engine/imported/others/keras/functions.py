"""Functions of Keras by their names, with the slopes that they have there."""

from __future__ import annotations

from typing import NamedTuple

from spinn_engine.errors import BadInputError
from spinn_engine.imported.others.keras.config import Config, is_of_keras
from spinn_engine.words import shown


class Activation(NamedTuple):
    """A function of ``FUNCTIONS``; None for the identity."""

    function: str | None
    slope: float | None = None


ACTIVATIONS = {
    "linear": Activation(None),
    "relu": Activation("relu"),
    "tanh": Activation("tanh"),
    "sigmoid": Activation("sigmoid"),
    "silu": Activation("silu"),
    "swish": Activation("silu"),
    "gelu": Activation("gelu"),  # exact, unlike that of JAX
    "elu": Activation("elu"),
    "selu": Activation("selu"),
    "softplus": Activation("softplus"),
    "mish": Activation("mish"),
    "exponential": Activation("exp"),
    "leaky_relu": Activation("leaky_relu", 0.2),  # the layer LeakyReLU has 0.3
}
OPERATIONS = {
    "Sin": "sin", "Cos": "cos", "Tanh": "tanh", "Exp": "exp", "Square": "square", "Relu": "relu",
    "Sigmoid": "sigmoid", "Silu": "silu", "Softplus": "softplus", "Selu": "selu", "Mish": "mish",
}  # fmt: skip


def activation(told: object, layer: str) -> Activation:
    """That of a config.

    Raises:
        BadInputError: it is none of these.
    """
    if told is None:
        return Activation(None)
    if not isinstance(told, dict):
        name, is_own = told, False
    else:
        name, is_own = told.get("config"), not is_of_keras(told.get("module"))
        kind = told.get("class_name")
        if kind in ("__lambda__", "Lambda") or "value" in told:
            raise BadInputError(
                f"the activation of its layer {shown(layer)} is code (a lambda), which is never run"
            )
        if isinstance(name, dict) and isinstance(kind, str) and not is_own:
            return layered(kind, name, layer)
    if not isinstance(name, str) or name not in ACTIVATIONS or is_own:
        raise _unknown(name, layer)
    return ACTIVATIONS[name]


def layered(kind: str, config: Config, layer: str) -> Activation:
    """That of a layer which is an activation.

    Raises:
        BadInputError: it is none of these, or has a bend elsewhere than at zero.
    """
    if kind == "Activation":
        return activation(config.get("activation"), layer)
    slope = config.get("negative_slope", config.get("alpha"))
    if kind == "LeakyReLU":
        return Activation("leaky_relu", number(0.3 if slope is None else slope, kind, layer))
    if kind == "ELU":
        return Activation("elu", number(1.0 if slope is None else slope, kind, layer))
    if kind == "ReLU":
        if config.get("max_value") is not None or config.get("threshold") not in (None, 0, 0.0):
            raise BadInputError(
                f"its layer {shown(layer)} is a ReLU with a largest value or a threshold, which is "
                "not read: use a plain one"
            )
        below = number(slope or 0.0, kind, layer)
        return Activation("leaky_relu", below) if below else Activation("relu")
    raise _unknown(kind, layer)


def number(value: object, what: str, layer: str) -> float:
    """A finite number of a config.

    Raises:
        BadInputError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e300:
        raise BadInputError(
            f"{what} of its layer {shown(layer)} has {shown(value)} where a number must stand"
        )
    return float(value)


def _unknown(name: object, layer: str) -> BadInputError:
    return BadInputError(
        f"its layer {shown(layer)} has the activation {shown(name)}, which is not read: "
        f"{', '.join(ACTIVATIONS)} are"
    )
