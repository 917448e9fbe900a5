"""The functions of single numbers, in NumPy. Imports no torch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Of Klambauer et al. 2017, as torch has them.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
GELU_ROOT = math.sqrt(2 / math.pi)  # of gelu's tanh form: Hendrycks & Gimpel 2016


def _gelu(x: Floats) -> Floats:
    from scipy.special import ndtr  # a fifth of a second to import, and not for every network

    return np.asarray(x * ndtr(x))


def _sigmoid(x: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(x))


def _silu(x: Floats) -> Floats:
    return np.asarray(x * _sigmoid(x))


def _selu(x: Floats) -> Floats:
    return np.asarray(SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0))))


def _softplus(x: Floats) -> Floats:
    return np.asarray(np.logaddexp(0, x))


def _mish(x: Floats) -> Floats:
    return np.asarray(x * np.tanh(_softplus(x)))


def _gelu_tanh(x: Floats) -> Floats:
    return np.asarray(x * (1 + np.tanh(GELU_ROOT * (x + 0.044715 * x**3))) / 2)


# Where those that may stand behind a new network have a given value.
INVERSES: dict[str, Any] = {
    "softplus": lambda y: y + np.log(-np.expm1(-y)),
    "sigmoid": lambda y: np.log(y) - np.log1p(-y),
}

FUNCTIONS: dict[str, Any] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "silu": _silu,
    "sigmoid": _sigmoid,
    "elu": lambda x, slope=1.0: np.where(x > 0, x, slope * np.expm1(np.minimum(x, 0))),
    "selu": _selu,
    "leaky_relu": lambda x, slope=0.01: np.where(x > 0, x, slope * x),
    "softplus": _softplus,
    "mish": _mish,
    "sin": np.sin,
    "cos": np.cos,
    "exp": np.exp,
    "square": np.square,
}
