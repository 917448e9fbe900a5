"""Torch-Pruning: a pruned network as its guide saves it, whole, and as ``tp.state_dict``."""

from __future__ import annotations

import torch
import torch_pruning as tp

from tests.peers.modules import Residual
from tests.peers.record import Tool, record, task
from tests.peers.table import FILES
from tests.peers.training import fit, parameters, predicted_by

PRUNING = Tool("torch-pruning", ("torch",))


def make() -> None:
    """Write all files."""
    torch.manual_seed(7)
    work = task()
    network = fit(Residual(), work)
    pruner = tp.pruner.MetaPruner(
        network, torch.from_numpy(work.x[:2]), importance=tp.importance.MagnitudeImportance(),
        pruning_ratio=0.25, ignored_layers=[network.last],
    )  # fmt: skip
    pruner.step()
    fit(network, work)
    network.zero_grad()
    shapes = {name: one.shape for name, one in network.state_dict().items()}
    width = shapes["first.weight"][0]
    inner = [shapes[f"blocks.{k}.fc1.weight"][0] for k in range(2)]
    widths = [4, width, inner[0], width, inner[1], width, 2]
    torch.save(network, FILES / "torch_pruning_whole.pth")
    torch.save(tp.state_dict(network), FILES / "torch_pruning_state.pth")
    for file, kind in {
        "torch_pruning_whole.pth": "whole module",
        "torch_pruning_state.pth": "tp.state_dict",
    }.items():
        record(
            file, PRUNING, work, predicted_by(network), kind=kind, structure="residual, pruned",
            widths=widths, activation="tanh", parameters=parameters(network),
        )  # fmt: skip
