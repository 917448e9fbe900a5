"""The functions between layers, in NumPy, for predictions. Imports no torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.spec import Activation

Floats = NDArray[np.float32]


def _gelu(x: Floats) -> Floats:
    from scipy.special import ndtr  # a fifth of a second to import, and not for every network

    return np.asarray(x * ndtr(x))


def _sigmoid(x: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(x))


def _silu(x: Floats) -> Floats:
    return np.asarray(x * _sigmoid(x))


ACTIVATIONS: dict[Activation, Any] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "gelu": _gelu,
    "silu": _silu,
    "sigmoid": _sigmoid,
}
