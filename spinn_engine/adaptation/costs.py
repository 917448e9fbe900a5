"""Multiply-accumulates of an update, counted by formula; biases and activations are not counted.

A forward pass has one multiply-accumulate a weight and row. Going back there are as many for the
gradients of the weights, and again as many for those of the layer's inputs, which the first layer
that learns does not need (Hobbhahn and Sevilla 2021, *What's the backward-forward FLOP ratio for
neural networks?*). A Cholesky factor of an n x n matrix takes n^3 / 6, its two triangular solves
n^2 a right-hand side (Golub and Van Loan 2013, *Matrix Computations*, sections 3.1 and 4.2).
"""

from __future__ import annotations

from collections.abc import Sequence

from spinn_engine.pruning.sizes import mac_count


def training_macs(widths: Sequence[int], frozen: int, rows: int) -> int:
    """Forward and backward through the layers that learn, for so many rows.

    Args:
        widths: inputs, hidden widths, outputs.
        frozen: layers that do not learn, whose activations are at hand.
        rows: that are gone through, counted in every epoch.
    """
    learning = widths[frozen:]
    return rows * (3 * mac_count(learning) - learning[0] * learning[1])


def forward_macs(widths: Sequence[int], layers: int, rows: int) -> int:
    """Forward through the first layers, for so many rows."""
    return rows * mac_count(widths[: layers + 1])


def gathering_macs(widths: Sequence[int], rows: int) -> int:
    """The last hidden activations and a one times themselves and times the targets, added up."""
    features = widths[-2] + 1
    return rows * (features**2 + features * widths[-1])


def solving_macs(widths: Sequence[int]) -> int:
    """The last layer from what was gathered."""
    features = widths[-2] + 1
    return features**3 // 6 + features**2 * widths[-1]
