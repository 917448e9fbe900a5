"""Keras 3 with its torch backend: ``.keras``, whole ``.h5``, weights alone, and ONNX.

ONNX is written by ``Model.export``, which with this backend asks torch's exporter.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from tests.peers.record import Task, Tool, record, task
from tests.peers.table import FILES, TRAIN

os.environ["KERAS_BACKEND"] = "torch"
import keras
from keras import layers

KERAS = Tool("keras", ("torch", "h5py"))
PLAIN = [4, 16, 16, 2]


def sequential(activation: str = "tanh") -> Any:
    """4-16-16-2."""
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(16, activation=activation),
            layers.Dense(16, activation=activation),
            layers.Dense(2),
        ]
    )


def normalised(known: np.ndarray) -> Any:
    """A Normalization layer that has seen the training rows."""
    normal = layers.Normalization(name="scale")
    normal.adapt(known)
    return keras.Sequential(
        [
            keras.Input((4,)),
            normal,
            layers.Dense(24, activation="gelu", name="first"),
            layers.Dense(12, activation="gelu", name="second"),
            layers.Dense(2, name="last"),
        ]
    )


def residual() -> Any:
    """A block with LayerNormalization before it, by the functional API."""
    given = keras.Input((4,), name="rows")
    h = layers.Dense(16, name="enter")(given)
    inner = layers.LayerNormalization(name="norm")(h)
    inner = layers.Dense(24, activation="silu", name="up")(inner)
    h = layers.Add(name="sum")([h, layers.Dense(16, name="down")(inner)])
    return keras.Model(given, layers.Dense(2, name="leave")(h))


def batch_normed() -> Any:
    """Dense without bias, BatchNormalization, LeakyReLU of slope 0.3."""
    steps: list[Any] = [keras.Input((4,))]
    for _ in range(2):
        steps += [
            layers.Dense(16, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.LeakyReLU(),
        ]
    return keras.Sequential([*steps, layers.Dense(2, activation="softplus")])


def heads() -> Any:
    """A trunk and two heads, as a model of two outputs joined."""
    given = keras.Input((4,))
    h = layers.Dense(16, activation="elu")(given)
    h = layers.Dense(16, activation="elu")(h)
    ends = [layers.Dense(1, name=name)(layers.Dense(8, activation="elu")(h)) for name in "ab"]
    return keras.Model(given, layers.Concatenate()(ends))


def fitted(model: Any, work: Task) -> Any:
    """By ``fit``."""
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
    scale = work.y[TRAIN].std(axis=0).mean()
    epochs = 200 if scale > 0.5 else 300
    model.fit(work.x[TRAIN], work.y[TRAIN], batch_size=40, epochs=epochs, verbose=0)
    return model


def kept(model: Any, work: Task, file: str, kind: str, **facts: Any) -> None:
    """Save as the file's name says, and record."""
    path = FILES / file
    if file.endswith(".weights.h5"):
        model.save_weights(path)
    elif file.endswith(".onnx"):
        model.export(path, format="onnx", verbose=False)
    else:
        model.save(path)
    tool = Tool("keras", ("torch", "onnx")) if file.endswith(".onnx") else KERAS

    def predict(x: np.ndarray) -> np.ndarray:
        out: np.ndarray = model.predict(x, verbose=0)
        return out

    record(file, tool, work, predict, kind=kind, **facts, parameters=int(model.count_params()))


def make() -> None:
    """Write all files."""
    warnings.simplefilter("ignore")
    keras.utils.set_random_seed(9)
    z, raw, unit = task(), task("none", "z"), task("minmax", "minmax")
    plain = fitted(sequential(), z)
    facts: dict[str, Any] = {"structure": "plain", "widths": PLAIN, "activation": "tanh"}
    kept(plain, z, "keras.keras", "keras", **facts)
    kept(plain, z, "keras.h5", "keras h5", **facts)
    kept(plain, z, "keras.weights.h5", "keras weights", **facts)
    kept(plain, z, "keras.onnx", "onnx", **facts)
    facts = {"structure": "Normalization inside", "widths": [4, 24, 12, 2], "activation": "gelu"}
    model = fitted(normalised(raw.x[TRAIN]), raw)
    kept(model, raw, "keras_normalised.keras", "keras", **facts)
    kept(model, raw, "keras_normalised.h5", "keras h5", **facts)
    facts = {
        "structure": "residual, LayerNorm",
        "widths": [4, 16, 24, 16, 2],
        "activation": "silu",
    }
    model = fitted(residual(), z)
    kept(model, z, "keras_residual.keras", "keras", **facts)
    kept(model, z, "keras_residual.h5", "keras h5", **facts)
    facts = {
        "structure": "BatchNorm, softplus after the output",
        "widths": PLAIN,
        "activation": "leaky_relu(0.3)",
    }
    model = fitted(batch_normed(), unit)
    kept(model, unit, "keras_batchnorm.keras", "keras", **facts)
    kept(model, unit, "keras_batchnorm.onnx", "onnx", **facts)
    facts = {"structure": "two heads", "widths": [4, 16, 16, 8, 1], "activation": "elu"}
    kept(fitted(heads(), z), z, "keras_heads.keras", "keras", **facts)
