"""A network with its scaling in its first and last layer: plain torch, from raw units to raw."""

from __future__ import annotations

import copy
from typing import cast

import torch
from torch import Tensor, nn

from spinn_engine.artifacts.checkpoints import RawUnitsNetwork


@torch.no_grad()
def fold(whole: RawUnitsNetwork, dtype: torch.dtype) -> nn.Sequential:
    """A ``torch.nn.Sequential`` that gives what ``whole`` does, for rows ``[B, in]`` of ``dtype``.

    A first layer ``W (x - x_mean) / x_std + b`` is ``V x + (b - V x_mean)`` with ``V = W / x_std``;
    a last one ``y_std (W h + b) + y_mean`` is ``(y_std W) h + (y_std b + y_mean)``. Computed in
    float64, rounded once. A first or last layer without a bias gets one.
    """
    x_mean, x_std, y_mean, y_std = (
        cast(Tensor, getattr(whole, name)) for name in ("x_mean", "x_std", "y_mean", "y_std")
    )
    network = cast(nn.Sequential, copy.deepcopy(whole.network).double())
    layers = linear_layers(network)
    first, last = layers[0], layers[-1]
    first.weight.div_(x_std)  # [out, in] / [in]
    first.bias = nn.Parameter(_bias(first) - first.weight @ x_mean)
    last.weight.mul_(y_std[:, None])  # [out, in] * [out, 1]
    last.bias = nn.Parameter(_bias(last) * y_std + y_mean)
    return network.to(dtype)


def linear_layers(network: nn.Sequential) -> list[nn.Linear]:
    """The layers that have weights, in order."""
    return [module for module in network if isinstance(module, nn.Linear)]


def _bias(layer: nn.Linear) -> Tensor:
    """A layer's bias ``[out]``, zero if it has none."""
    bias = cast("Tensor | None", layer.bias)
    return layer.weight.new_zeros(layer.out_features) if bias is None else bias
