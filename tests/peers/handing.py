"""A pruned network as the users of a tool open it, without this project: only started by path.

``python -I handing.py WAY FILE ONNX ROWS OUT``: ``WAY`` opens ``FILE``, ONNX Runtime the same
network in ``ONNX``; what both give for raw rows, and how many numbers ``FILE`` has learned, is
written to ``OUT``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from itertools import chain
from typing import Any, cast

import numpy as np

Predict = Callable[[np.ndarray], Any]
Opened = tuple[Predict, int]


def program(file: str) -> Opened:
    """PyTorch: a program of ``torch.export``, for which no class is needed."""
    import torch

    program = torch.export.load(file)
    count = sum(one.numel() for one in program.parameters())
    return _of_torch(program.module()), count


def module(file: str) -> Opened:
    """PINA, PhysicsNeMo, neuromancer: a module of torch's own classes, which all of them take."""
    import torch

    network = torch.load(file, weights_only=False)
    return _of_torch(network), _numbers(network)


def lightning(file: str) -> Opened:
    """Lightning: a module of one's own around the network, and ``Trainer.predict``."""
    import pytorch_lightning
    import torch
    from torch.utils.data import DataLoader

    class Whole(pytorch_lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net = torch.load(file, weights_only=False)

        def predict_step(self, batch: Any) -> Any:
            return self.net(batch)

    whole, root = Whole(), tempfile.mkdtemp()
    trainer = pytorch_lightning.Trainer(
        accelerator="cpu", logger=False, enable_progress_bar=False, default_root_dir=root
    )

    def predict(x: np.ndarray) -> Any:
        rows = torch.from_numpy(x).to(next(whole.parameters()).dtype)
        parts = trainer.predict(whole, DataLoader(cast(Any, rows), batch_size=32))
        return torch.cat(cast(Any, parts)).numpy()

    return predict, _numbers(whole)


def skorch(file: str) -> Opened:
    """skorch: ``load_params`` of a regressor around a module of the smaller widths."""
    import skorch as library

    layers = _layers(file)
    net = library.NeuralNetRegressor(_sequential(layers, "ReLU")).initialize()
    net.load_params(f_params=file, use_safetensors=True)
    return lambda x: net.predict(x.astype(layers[0][0].dtype)), _numbers(net.module_)


def deepxde(file: str) -> Opened:
    """DeepXDE: an ``FNN`` of the smaller widths takes them under its own names."""
    os.environ["DDE_BACKEND"] = "pytorch"
    import deepxde as library
    import torch

    layers = _layers(file)
    widths = [layers[0][0].shape[1], *(len(b) for _, b in layers)]
    net = library.nn.FNN(widths, "tanh", "Glorot normal").to(torch.from_numpy(layers[0][0]).dtype)
    state = {
        f"linears.{at}.{name}": torch.from_numpy(array)
        for at, layer in enumerate(layers)
        for name, array in zip(("weight", "bias"), layer, strict=True)
    }
    net.load_state_dict(state)
    return _of_torch(net), _numbers(net)


def sklearn(file: str) -> Opened:
    """scikit-learn: the arrays of a ``StandardScaler`` and of an ``MLPRegressor`` behind it."""
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    layers, (_, found) = _layers(file), _opened(file)
    net = MLPRegressor(hidden_layer_sizes=[len(b) for _, b in layers[:-1]])
    whole = make_pipeline(StandardScaler(), net)
    scale, shift = found["StandardScaler.scale"], found["StandardScaler.shift"]
    whole[0].fit(np.zeros((2, len(scale))))
    whole[0].scale_, whole[0].mean_ = 1 / scale, -shift / scale
    net.partial_fit(np.zeros((2, len(scale))), np.zeros(2))
    net.coefs_, net.intercepts_ = [w.T for w, _ in layers], [b for _, b in layers]
    return whole.predict, sum(one.size for one in chain(net.coefs_, net.intercepts_))


def keras(file: str) -> Opened:
    """Keras: ``set_weights`` of a model of the smaller widths."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras as library

    layers = _layers(file)
    steps = [library.layers.Dense(len(b), activation="tanh") for _, b in layers[:-1]]
    steps = [library.Input((layers[0][0].shape[1],)), *steps]
    net = library.Sequential([*steps, library.layers.Dense(len(layers[-1][1]))])
    net.set_weights([one for w, b in layers for one in (w.T, b)])
    return lambda x: net.predict(x, verbose=0), int(net.count_params())


def flax(file: str) -> Opened:
    """Flax: ``apply`` of dense layers of the smaller widths with these parameters."""
    import jax
    from flax import linen

    layers = _layers(file)
    widths = [len(b) for _, b in layers]

    class Network(linen.Module):  # type: ignore[misc, unused-ignore]
        @linen.compact  # type: ignore[untyped-decorator, unused-ignore]
        def __call__(self, x: Any) -> Any:
            for width in widths[:-1]:
                x = linen.gelu(linen.Dense(width)(x))
            return linen.Dense(widths[-1])(x)

    params = {f"Dense_{at}": {"kernel": w.T, "bias": b} for at, (w, b) in enumerate(layers)}
    count = sum(one.size for one in jax.tree.leaves(params))
    return lambda x: Network().apply({"params": params}, x), count


def equinox(file: str) -> Opened:
    """Equinox: ``tree_at`` puts them into the layers."""
    import equinox as library
    import jax

    layers, key = _layers(file), jax.random.key(0)
    made = []
    for w, b in layers:
        layer = library.nn.Linear(w.shape[1], len(b), key=key)
        made += [library.tree_at(lambda one: (one.weight, one.bias), layer, (w, b))]
        made += [library.nn.Lambda(jax.nn.tanh)]
    net = library.nn.Sequential(made[:-1])
    count = sum(one.size for one in jax.tree.leaves(library.filter(net, library.is_array)))
    return jax.vmap(net), count


def arrays(file: str) -> Opened:
    """Whoever has NumPy: the layers one after another, as their users would write them down."""
    layers = _layers(file)
    functions: dict[str, Predict] = {"tanh": np.tanh, "gelu_tanh": _gelu}
    function = functions[_opened(file)[0]["activation"]]

    def predict(x: np.ndarray) -> Any:
        for w, b in layers[:-1]:
            x = function(x @ w.T + b)
        return x @ layers[-1][0].T + layers[-1][1]

    return predict, sum(one.size for one in chain(*layers))


def _gelu(z: np.ndarray) -> Any:
    """In the form with tanh."""
    return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def _opened(file: str) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    """What a file of weights says of itself, and its arrays."""
    from safetensors import safe_open

    with safe_open(file, "np") as opened:
        names = list(opened.keys())
        return opened.metadata(), {name: opened.get_tensor(name) for name in names}


def _layers(file: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weight ``[out, in]`` and bias of each layer, in the order of its graph or of its numbers."""
    told, found = _opened(file)
    if "graph" in told:
        ops = json.loads(told["graph"])["ops"]
        names = [one["name"] for one in ops if one["kind"] == "dense"]
    else:
        names = sorted({name.split(".")[0] for name in found}, key=int)
    return [(found[f"{name}.weight"], found[f"{name}.bias"]) for name in names]


def _sequential(layers: list[tuple[np.ndarray, np.ndarray]], function: str) -> Any:
    import torch

    made: list[Any] = []
    for w, b in layers:
        dtype = torch.from_numpy(w).dtype
        made += [torch.nn.Linear(w.shape[1], len(b), dtype=dtype), getattr(torch.nn, function)()]
    return torch.nn.Sequential(*made[:-1])


def _numbers(network: Any) -> int:
    return sum(one.numel() for one in network.parameters() if one.requires_grad)


def _of_torch(network: Any) -> Predict:
    import torch

    dtype = next(iter(network.parameters())).dtype

    def predict(x: np.ndarray) -> Any:
        with torch.no_grad():
            return network(torch.from_numpy(x).to(dtype)).numpy()

    return predict


def _by_onnx_runtime(file: str, x: np.ndarray) -> Any:
    import onnxruntime

    session = onnxruntime.InferenceSession(file)
    given = session.get_inputs()[0]
    kind = {"tensor(float)": np.float32, "tensor(double)": np.float64}[given.type]
    return session.run(None, {given.name: x.astype(kind)})[0]


WAYS: dict[str, Callable[[str], Opened]] = {
    one.__name__: one
    for one in (program, module, lightning, skorch, deepxde, sklearn, keras, flax, equinox, arrays)
}


def main() -> None:
    """Open both files, and write what they give."""
    sys.modules["spinn_engine"] = cast(Any, None)  # to import it is from now on an error
    way, file, onnx, rows, out = sys.argv[1:]
    x = np.load(rows)
    predict, count = WAYS[way](file)
    given = np.asarray(predict(x)).reshape(len(x), -1)
    np.savez(out, given=given, onnx=_by_onnx_runtime(onnx, x), count=count)


if __name__ == "__main__":
    main()
