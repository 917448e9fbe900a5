"""A network with its scaling in it: plain torch, from raw units to raw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from spinn_engine.artifacts.checkpoints import SCALER_PARTS, RawUnitsNetwork
from spinn_engine.graph.ends import Floats, rescaled
from spinn_engine.graph.graph import Graph
from spinn_engine.training.modules import module_of


@dataclass(frozen=True)
class RawNetwork:
    """A network for rows in raw units.

    Attributes:
        graph: what it is.
        module: of torch's own classes, for rows ``[B, in]`` of its ``dtype``: a
            ``torch.nn.Sequential`` where it can be one, else a ``torch.fx.GraphModule``.
    """

    graph: Graph
    module: nn.Module

    @property
    def weights(self) -> dict[str, Tensor]:
        """All its numbers as torch names and shapes them: of a layer ``[out, in]``."""
        return dict(self.module.state_dict())

    @property
    def matrices(self) -> dict[str, Tensor]:
        """Those of layers that are trained, ``[out, in]``."""
        weights, names = self.weights, [op.name for op in self.graph.dense if op.trained]
        return {f"{name}.weight": weights[f"{name}.weight"] for name in names}

    @property
    def dtype(self) -> torch.dtype:
        """Of its numbers, and of the rows that it takes."""
        return next(iter(self.weights.values())).dtype


def fold(whole: RawUnitsNetwork, dtype: torch.dtype) -> RawNetwork:
    """What ``whole`` does, for rows ``[B, in]`` of ``dtype``.

    A first layer ``W (x - x_mean) / x_std + b`` is ``V x + (b - V x_mean)`` with ``V = W / x_std``;
    a last one ``y_std (W h + b) + y_mean`` is ``(y_std W) h + (y_std b + y_mean)``; where no layer
    stands at an end, an operation of its own does it (``graph.ends.rescaled``). Computed in
    float64, rounded once. A first or last layer without a bias gets one.
    """
    graph, weights = whole.graph, whole.network.state_dict()
    single = {p.name for p in graph.parameters if p.rows is None}
    arrays = {
        name: (one if name in single else one.T).double().numpy() for name, one in weights.items()
    }
    x_mean, x_std, y_mean, y_std = (_numbers(whole, name) for name in SCALER_PARTS)
    folded, arrays = rescaled(graph, arrays, 1 / x_std, -x_mean / x_std, y_std, y_mean)
    single = {p.name for p in folded.parameters if p.rows is None}
    tensors = {
        name: torch.tensor(one if name in single else np.ascontiguousarray(one.T), dtype=dtype)
        for name, one in arrays.items()
    }
    return RawNetwork(folded, module_of(folded, tensors))


def _numbers(whole: RawUnitsNetwork, name: str) -> Floats:
    return np.asarray(cast(Tensor, getattr(whole, name)).numpy(), np.float64)
