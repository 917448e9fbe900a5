"""PhysicsNeMo: ``.mdlus`` of its ``FullyConnected`` in several forms."""

from __future__ import annotations

from typing import Any

import torch

from tests.peers.record import Tool, record, task
from tests.peers.table import FILES
from tests.peers.training import fit, parameters, predicted_by

try:
    import torchvision  # noqa: F401
except RuntimeError:  # it is built for CUDA and, beside a torch for CPUs, lacks two operators
    missing = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        missing.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from physicsnemo.models.mlp import FullyConnected

NEMO = Tool("nvidia-physicsnemo", ("torch",))


def saved(model: Any, file: str, **facts: Any) -> None:
    """Train, save and record."""
    work = task()
    model = fit(model, work)
    model.save(str(FILES / file))
    count = parameters(model)
    record(file, NEMO, work, predicted_by(model), kind="mdlus", parameters=count, **facts)


def connected(layers: int = 2, **options: Any) -> Any:
    """4-24-...-2."""
    return FullyConnected(4, layer_size=24, out_features=2, num_layers=layers, **options)


def make() -> None:
    """Write all files."""
    torch.manual_seed(10)
    two = [4, 24, 24, 2]
    saved(connected(activation_fn="silu"), "physicsnemo.mdlus", structure="plain", widths=two,
          activation="silu")  # fmt: skip
    saved(connected(5, activation_fn="tanh", skip_connections=True), "physicsnemo_skips.mdlus",
          structure="skips", widths=[4, *[24] * 5, 2], activation="tanh")  # fmt: skip
    saved(connected(activation_fn="gelu", adaptive_activations=True, weight_norm=True),
          "physicsnemo_adaptive.mdlus", structure="one adaptive slope, weight_norm", widths=two,
          activation="gelu(a z)")  # fmt: skip
    saved(connected(activation_fn="tanh", weight_fact=True), "physicsnemo_factorised.mdlus",
          structure="weight factorisation", widths=two, activation="tanh")  # fmt: skip
