"""DeepXDE with torch: ``Model.save`` of networks that the file alone does not tell apart."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.peers.record import Task, Tool, record, task
from tests.peers.table import FILES, TEST, TRAIN
from tests.peers.training import parameters

os.environ["DDE_BACKEND"] = "pytorch"
import deepxde as dde

DEEPXDE = Tool("deepxde", ("torch",))
PLAIN = [4, 16, 16, 2]


def learned(data: Any, net: Any, name: str, iterations: int = 2000) -> Any:
    """Compile, train and save as ``NAME.pt``."""
    model = dde.Model(data, net)
    model.compile("adam", lr=5e-3, decay=("step", 500, 0.5), verbose=0)
    model.train(iterations=iterations, display_every=10**6, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        written = model.save(str(Path(folder) / "model"))
        shutil.move(written, FILES / f"{name}.pt")
    return model


def rows_of(work: Task) -> Any:
    """Its training rows, tested on its test rows."""
    return dde.data.DataSet(work.x[TRAIN], work.y[TRAIN], work.x[TEST], work.y[TEST])


def chain(name: str, work: Task, structure: str, net: Any, widths: Any, activation: str) -> None:
    """Train and record one that takes rows."""
    model = learned(rows_of(work), net, name)
    record(
        f"{name}.pt", DEEPXDE, work, model.predict, kind="DeepXDE save", structure=structure,
        widths=widths, activation=activation, parameters=parameters(net),
    )  # fmt: skip


def hard(x: Tensor, y: Tensor) -> Tensor:
    """The first input to 0..1: at its least, both outputs are zero."""
    return x[:, 0:1] * y


def features(x: Tensor) -> Tensor:
    """What the network sees of its inputs; nothing of it is in the file."""
    return torch.cat([x, torch.sin(3 * x), torch.cos(3 * x)], dim=1)


def operator(work: Task) -> None:
    """A DeepONet: three inputs go to the branch, the first one, ``minute``, to the trunk."""
    net = dde.nn.DeepONet([3, 16, 16], [1, 16, 16], "tanh", "Glorot normal")
    train, test = work.x[TRAIN], work.x[TEST]
    data = dde.data.Triple(
        (train[:, 1:], train[:, :1]), work.y[TRAIN], (test[:, 1:], test[:, :1]), work.y[TEST]
    )
    model = learned(data, net, "deepxde_deeponet", 4000)

    def predict(x: np.ndarray) -> np.ndarray:
        out: np.ndarray = model.predict((x[:, 1:], x[:, :1]))
        return out

    record(
        "deepxde_deeponet.pt", DEEPXDE, work, predict, kind="DeepXDE save", structure="DeepONet",
        widths={"branch": [3, 16, 16], "trunk": [1, 16, 16]}, activation="tanh",
        parameters=parameters(net), parts={"branch": [1, 2, 3], "trunk": [0]},
    )  # fmt: skip


def make() -> None:
    """Write all files."""
    dde.config.set_random_seed(4)
    z, unit, fnn = task(), task("minmax", "minmax"), dde.nn.FNN
    chain("deepxde", z, "plain", fnn(PLAIN, "tanh", "Glorot normal"), PLAIN, "tanh")
    net = fnn(PLAIN, "LAAF-10 tanh", "Glorot normal")
    chain("deepxde_laaf", z, "one adaptive slope for all layers", net, PLAIN, "tanh(10 a z)")
    net = fnn(PLAIN, "sin", "Glorot normal")
    net.apply_output_transform(hard)
    chain("deepxde_hard", unit, "hard boundary: y = x[0] * net(x), not in the file",
          net, PLAIN, "sin")  # fmt: skip
    net = fnn([12, 16, 16, 2], "tanh", "Glorot normal")
    net.apply_feature_transform(features)
    chain("deepxde_features", z, "features: x, sin(3 x), cos(3 x), not in the file",
          net, [12, 16, 16, 2], "tanh")  # fmt: skip
    widths = [4, [12, 8], [12, 8], 2]
    net = dde.nn.PFNN(widths, "tanh", "Glorot normal")
    chain("deepxde_pfnn", z, "a network a target, beside each other", net, widths, "tanh")
    operator(task(names=("wear",)))
