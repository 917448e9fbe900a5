"""neuromancer: what its ``Trainer`` leaves behind of a ``Problem``."""

from __future__ import annotations

from typing import Any

import torch
from neuromancer.constraint import variable
from neuromancer.dataset import DictDataset
from neuromancer.loss import PenaltyLoss
from neuromancer.modules import blocks
from neuromancer.problem import Problem
from neuromancer.system import Node
from neuromancer.trainer import Trainer
from torch import nn
from torch.utils.data import DataLoader

from tests.peers.record import Task, Tool, record, task
from tests.peers.table import FILES, TRAIN
from tests.peers.training import parameters, predicted_by

NEUROMANCER = Tool("neuromancer", ("torch",))
WIDTHS = [4, 16, 16, 2]


def rows_of(work: Task, name: str) -> Any:
    """A loader of its training rows."""
    x, y = torch.from_numpy(work.x[TRAIN]), torch.from_numpy(work.y[TRAIN])
    data = DictDataset({"x": x, "y": y}, name=name)
    return DataLoader(data, batch_size=50, collate_fn=data.collate_fn, shuffle=True)


def learned(block: Any, work: Task, file: str, structure: str, activation: str) -> None:
    """Train a block as a node of a problem, and save the problem's state_dict."""
    node = Node(block, ["x"], ["y_hat"], name="net")
    loss = PenaltyLoss([(variable("y_hat") == variable("y")) ^ 2], [])
    problem = Problem([node], loss)
    optimizer = torch.optim.Adam(problem.parameters(), lr=5e-3)
    trainer = Trainer(
        problem, rows_of(work, "train"), rows_of(work, "dev"), optimizer=optimizer, epochs=250,
        epoch_verbose=10**6, patience=250, warmup=1,
    )  # fmt: skip
    problem.load_state_dict(trainer.train())
    torch.save(problem.state_dict(), FILES / file)
    record(
        file, NEUROMANCER, work, predicted_by(block.eval()), kind="state_dict of a problem",
        structure=structure, widths=WIDTHS, activation=activation, parameters=parameters(block),
    )  # fmt: skip


def make() -> None:
    """Write all files."""
    torch.manual_seed(6)
    work = task()
    mlp = blocks.MLP(4, 2, nonlin=nn.ELU, hsizes=[16, 16])
    learned(mlp, work, "neuromancer.pth", "plain", "elu")
    residual = blocks.ResMLP(4, 2, nonlin=nn.SiLU, hsizes=[16, 16])
    learned(residual, work, "neuromancer_residual.pth", "residual (ResMLP)", "silu")
