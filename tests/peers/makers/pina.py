"""PINA: checkpoints of its solvers, which store no activation."""

from __future__ import annotations

import tempfile
import warnings
from typing import Any

import torch
from pina import Trainer
from pina.adaptive_function import AdaptiveTanh
from pina.model import FeedForward, PirateNet, ResidualFeedForward
from pina.model.block import FourierFeatureEmbedding
from pina.optim import TorchOptimizer
from pina.problem.zoo import SupervisedProblem
from pina.solver import SupervisedSingleModelSolver
from torch import nn

from tests.peers.record import Tool, record, task
from tests.peers.table import FILES, TRAIN
from tests.peers.training import parameters, predicted_by

PINA = Tool("pina-mathlab", ("torch",))
PLAIN = [4, 16, 16, 2]


def learned(file: str, inputs: str, model: nn.Module, **facts: Any) -> None:
    """Train by PINA's own solver and trainer, save its checkpoint, and record."""
    work = task(inputs)
    problem = SupervisedProblem(
        torch.from_numpy(work.x[TRAIN].copy()), torch.from_numpy(work.y[TRAIN].copy())
    )
    adam = TorchOptimizer(torch.optim.Adam, lr=5e-3)
    solver = SupervisedSingleModelSolver(problem, model, optimizer=adam, use_lt=False)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            solver, max_epochs=1500, accelerator="cpu", default_root_dir=folder, logger=False,
            enable_progress_bar=False, enable_model_summary=False,
            enable_checkpointing=False,
        )  # fmt: skip
        trainer.train()
        trainer.save_checkpoint(FILES / file)
    record(
        file, PINA, work, predicted_by(model.eval()), kind="PINA checkpoint",
        parameters=parameters(model), **facts,
    )  # fmt: skip


def make() -> None:
    """Write all files."""
    warnings.simplefilter("ignore")
    torch.manual_seed(5)
    plain = FeedForward(4, 2, inner_size=16, n_layers=2, func=nn.Softplus)
    learned("pina.ckpt", "plus_minus_one", plain, structure="plain", widths=PLAIN,
            activation="softplus")  # fmt: skip
    slopes = FeedForward(4, 2, inner_size=16, n_layers=2, func=AdaptiveTanh)
    learned("pina_adaptive.ckpt", "z", slopes, structure="adaptive activations", widths=PLAIN,
            activation="alpha tanh(beta z + gamma)")  # fmt: skip
    gates = ResidualFeedForward(4, 2, inner_size=16, n_layers=2, func=nn.Tanh)
    learned("pina_residual.ckpt", "z", gates, structure="modified MLP (ResidualFeedForward)",
            widths=PLAIN, activation="tanh")  # fmt: skip
    features = FourierFeatureEmbedding(4, 16, 0.15)
    pirate = PirateNet(4, 16, 2, embedding=features, n_layers=1)
    learned("pina_pirate.ckpt", "plus_minus_one", pirate, activation="tanh",
            structure="PirateNet; the matrix of its Fourier features is not in the file",
            widths=PLAIN)  # fmt: skip
