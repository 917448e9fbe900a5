"""PyTorch Lightning: a checkpoint with hyperparameters, and one of an averaged network."""

from __future__ import annotations

import tempfile
import warnings
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer, seed_everything
from pytorch_lightning.callbacks import EMAWeightAveraging
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from tests.peers.record import Task, Tool, record, task
from tests.peers.table import FILES, TRAIN
from tests.peers.training import parameters, predicted_by

LIGHTNING = Tool("pytorch-lightning", ("torch",))


class Regressor(LightningModule):
    """4-24-12-2 with dropout."""

    def __init__(self, widths: tuple[int, ...] = (24, 12), activation: str = "gelu") -> None:
        super().__init__()
        self.save_hyperparameters()
        self.model = nn.Sequential(
            nn.Linear(4, widths[0]),
            nn.GELU(),
            nn.Dropout(0.02),
            nn.Linear(widths[0], widths[1]),
            nn.GELU(),
            nn.Dropout(0.02),
            nn.Linear(widths[1], 2),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.model(x)
        return out

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        return nn.functional.mse_loss(self(batch[0]), batch[1])

    def configure_optimizers(self) -> Any:
        return torch.optim.AdamW(self.parameters(), lr=5e-3)


def fitted(work: Task, file: str, callbacks: list[Callback]) -> None:
    """Train, ``save_checkpoint`` and record what the loaded checkpoint predicts."""
    seed_everything(3, verbose=False)
    module = Regressor()
    data = TensorDataset(torch.from_numpy(work.x[TRAIN]), torch.from_numpy(work.y[TRAIN]))
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            max_epochs=150, accelerator="cpu", default_root_dir=folder, logger=False,
            enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
            callbacks=callbacks,
        )  # fmt: skip
        trainer.fit(module, DataLoader(data, 25, shuffle=True))
        trainer.save_checkpoint(FILES / file)
    loaded = Regressor.load_from_checkpoint(FILES / file, map_location="cpu").eval()
    record(
        file, LIGHTNING, work, predicted_by(loaded), kind="Lightning checkpoint",
        structure="plain, dropout", widths=[4, 24, 12, 2], activation="gelu",
        parameters=parameters(loaded),
    )  # fmt: skip


def make() -> None:
    """Write all files."""
    warnings.simplefilter("ignore")
    fitted(task(), "lightning.ckpt", [])
    fitted(task("minmax", "z"), "lightning_ema.ckpt", [EMAWeightAveraging(decay=0.98)])
