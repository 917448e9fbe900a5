"""The functions between layers, in NumPy, for predictions. Imports no torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.spec import Activation

Floats = NDArray[np.float32]

# Of Klambauer et al. 2017, as torch has them.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def _gelu(x: Floats) -> Floats:
    from scipy.special import ndtr  # a fifth of a second to import, and not for every network

    return np.asarray(x * ndtr(x))


def _sigmoid(x: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(x))


def _silu(x: Floats) -> Floats:
    return np.asarray(x * _sigmoid(x))


def _elu(x: Floats) -> Floats:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def _selu(x: Floats) -> Floats:
    return np.asarray(SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0))))


def _softplus(x: Floats) -> Floats:
    return np.asarray(np.logaddexp(0, x))


def _mish(x: Floats) -> Floats:
    return np.asarray(x * np.tanh(_softplus(x)))


ACTIVATIONS: dict[Activation, Any] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "gelu": _gelu,
    "silu": _silu,
    "sigmoid": _sigmoid,
    "elu": _elu,
    "selu": _selu,
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "softplus": _softplus,
    "mish": _mish,
}
