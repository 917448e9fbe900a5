"""Public tools that train a network and write it, each in its own way.

python -m tests.imported.writers TOOL FOLDER

They are run in a process of their own: a backend that one of them chooses, and the settings that it
leaves behind, are nobody else's. Beside the files lie rows and what the network makes of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Regressor(nn.Module):
    """A network as a person writes it, with names of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.dense0 = nn.Linear(3, 20)
        self.dense1 = nn.Linear(20, 10)
        self.output = nn.Linear(10, 2)
        self.act = nn.Tanh()

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        hidden = self.act(self.dense1(self.act(self.dense0(X))))
        return torch.as_tensor(self.output(hidden))


def rows() -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs ``[64, 3]`` and targets ``[64, 2]``."""
    x = torch.linspace(-1, 1, 64)[:, None]
    inputs = torch.hstack([x, x**2, torch.cos(x)])
    return inputs, torch.sin(3 * inputs[:, :2])


def skorch(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """``save_params`` in both formats, and the module whole."""
    from skorch import NeuralNetRegressor

    inputs, targets = rows()
    net = NeuralNetRegressor(Regressor, max_epochs=3, verbose=0, train_split=None)
    net.fit(inputs.numpy(), targets.numpy())
    net.save_params(f_params=folder / "params.pt")
    net.save_params(f_params=folder / "params.safetensors", use_safetensors=True)
    torch.save(net.module_, folder / "whole.pt")
    return inputs, torch.from_numpy(net.predict(inputs.numpy()))


def lightning(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """A checkpoint with all that goes on with training, and one of weights alone."""
    from pytorch_lightning import LightningModule, Trainer
    from torch.utils.data import DataLoader, TensorDataset

    class Module(LightningModule):
        def __init__(self, hidden: int = 16, activation: str = "tanh") -> None:
            super().__init__()
            self.save_hyperparameters()
            self.net = nn.Sequential(
                nn.Linear(3, hidden), nn.Tanh(), nn.Linear(hidden, 12), nn.Tanh(), nn.Linear(12, 2)
            )

        def training_step(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
            return nn.functional.mse_loss(self.net(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters())

    module = Module()
    trainer = Trainer(
        max_epochs=2, accelerator="cpu", default_root_dir=folder, logger=False,
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(module, DataLoader(TensorDataset(*rows()), 16))
    trainer.save_checkpoint(folder / "whole training.ckpt")
    trainer.save_checkpoint(folder / "weights.ckpt", weights_only=True)
    inputs, _ = rows()
    with torch.no_grad():
        return inputs, module.net(inputs)


def deepxde(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """A network that has learned an equation: ``Model.save``, and the network whole."""
    import deepxde as dde

    line = dde.geometry.TimeDomain(0, 2)
    start = dde.icbc.IC(line, lambda _: 1, lambda _, is_initial: is_initial)
    data = dde.data.PDE(line, lambda t, u: dde.grad.jacobian(u, t) + u, [start], 16, 2)
    net = dde.nn.FNN([1, 24, 24, 24, 1], "tanh", "Glorot uniform")
    model = dde.Model(data, net)
    model.compile("adam", lr=1e-3)
    model.train(iterations=20)
    model.save(str(folder / "model"))
    torch.save(net, folder / "whole.pt")
    inputs = torch.linspace(0, 2, 64)[:, None]
    return inputs, torch.from_numpy(model.predict(inputs.numpy()))


TOOLS: dict[str, Callable[[Path], tuple[torch.Tensor, torch.Tensor]]] = {
    "skorch": skorch,
    "lightning": lightning,
    "deepxde": deepxde,
}

if __name__ == "__main__":
    tool, where = sys.argv[1], Path(sys.argv[2])
    given, made = TOOLS[tool](where)
    np.savez(where / "rows.npz", inputs=given.numpy(), outputs=made.numpy())
