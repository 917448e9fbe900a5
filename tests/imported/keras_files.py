"""Files as Keras 3 lays them out, written without it: a config, and an HDF5 file of weights."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np

Config = dict[str, Any]
Variables = Sequence[np.ndarray]
GROUPS = {  # as Keras 3.15 writes them
    "BatchNormalization": "batch_normalization",
    "LayerNormalization": "layer_normalization",
    "PReLU": "p_re_lu",
}
NAMES = {
    "Dense": ("kernel", "bias"),
    "BatchNormalization": ("gamma", "beta", "moving_mean", "moving_variance"),
    "LayerNormalization": ("gamma", "beta"),
    "Normalization": ("mean", "variance", "count"),
    "PReLU": ("alpha",),
}


def layer(
    kind: str, name: str, variables: Variables = (), **config: Any
) -> tuple[Config, Variables]:
    """A layer and its variables, as a Sequential has it."""
    told = {"module": "keras.layers", "class_name": kind, "registered_name": None}
    return {**told, "config": {"name": name, **config}}, variables


def called(one: tuple[Config, Variables], *taken: str) -> tuple[Config, Variables]:
    """The layer as a functional model has it, called once with values of others."""
    told, variables = one
    tensors = [
        {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}
        for name in taken
    ]
    args = [tensors[0] if len(tensors) == 1 else tensors]
    nodes = [{"args": args, "kwargs": {}}] if taken else []
    return {**told, "name": told["config"]["name"], "inbound_nodes": nodes}, variables


def sequential(layers: Sequence[tuple[Config, Variables]]) -> Config:
    return {"class_name": "Sequential", "config": {"layers": [told for told, _ in layers]}}


def functional(layers: Sequence[tuple[Config, Variables]], output: str) -> Config:
    config = {"layers": [told for told, _ in layers], "output_layers": [output, 0, 0]}
    return {"class_name": "Functional", "config": config}


def given(columns: int) -> tuple[Config, Variables]:
    return layer("InputLayer", "rows", batch_shape=[None, columns])


def keras_bytes(config: Config, layers: Sequence[tuple[Config, Variables]]) -> bytes:
    """A ``.keras`` file: weights by class, and how many of that class came before."""
    weights, used = io.BytesIO(), dict[str, int]()
    with h5py.File(weights, "w") as file:
        for told, variables in layers:
            group = GROUPS.get(told["class_name"], told["class_name"].lower())
            used[group] = used.get(group, -1) + 1
            name = f"{group}_{used[group]}" if used[group] else group
            for place, array in enumerate(variables):
                file[f"layers/{name}/vars/{place}"] = array
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        packed.writestr("config.json", json.dumps(config))
        packed.writestr("model.weights.h5", weights.getvalue())
    return buffer.getvalue()


def h5_bytes(config: Config, layers: Sequence[tuple[Config, Variables]]) -> bytes:
    """An ``.h5`` file: weights by the names of layers and variables."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        for told, variables in layers:
            name = told["config"]["name"]
            group = file.create_group(f"model_weights/{name}")
            parts = NAMES.get(told["class_name"], ())[-len(variables) :] if variables else ()
            if told["class_name"] == "Dense":
                parts = NAMES["Dense"][: len(variables)]
            group.attrs["weight_names"] = [f"{name}/{part}:0" for part in parts]
            for part, array in zip(parts, variables, strict=True):
                group[f"{name}/{part}:0"] = array
    return buffer.getvalue()
