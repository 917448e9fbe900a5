"""skorch: ``save_params`` in both formats, of a network behind scikit-learn's scalers."""

from __future__ import annotations

import numpy as np
import torch
from skorch import NeuralNetRegressor
from torch import nn

from tests.peers.record import Tool, record, task
from tests.peers.table import FILES, TRAIN
from tests.peers.training import parameters

SKORCH = Tool("skorch", ("torch",))


class Module(nn.Module):
    """4-24-12-2, named as a person names layers."""

    def __init__(self) -> None:
        super().__init__()
        self.dense0, self.dense1 = nn.Linear(4, 24), nn.Linear(24, 12)
        self.output = nn.Linear(12, 2)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        h = torch.relu(self.dense1(torch.relu(self.dense0(X))))
        return self.output(h)  # type: ignore[no-any-return]


def make() -> None:
    """Write all files."""
    work = task()
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002 - skorch draws its batches from it
    net = NeuralNetRegressor(
        Module, max_epochs=200, lr=0.01, optimizer=torch.optim.Adam, batch_size=25, verbose=0,
        train_split=None,
    )  # fmt: skip
    net.fit(work.x[TRAIN], work.y[TRAIN])
    forms = {"skorch.pt": False, "skorch.safetensors": True}
    for file, safe in forms.items():
        net.save_params(f_params=FILES / file, use_safetensors=safe)
        record(
            file, SKORCH, work, net.predict, kind="safetensors" if safe else "state_dict",
            structure="plain", widths=[4, 24, 12, 2], activation="relu",
            parameters=parameters(net.module_),
        )  # fmt: skip
