"""Least-squares reconstruction: the kept neurons take over the work of the removed ones.

After a layer has lost neurons, every layer that takes them is solved anew so that what it gives on
the calibration rows stays what it was in the network before pruning:

    minimise over W', b':   |Z - (H W' + 1 b')|^2 + ridge * |W' - W|^2

``Z`` is what it gave before pruning, ``H`` the activations of the neurons that are left, ``W`` the
sliced weights. Where derivatives are to be kept too, what ``Z`` and ``H`` change with the inputs
along directions counts as further rows. The ridge pulls towards ``W``, so an infinite ridge changes
only the bias. It is picked on held-out rows, and leaving the layer as it is stands among the
choices. After He, Zhang & Sun 2017, *Channel pruning for accelerating very deep neural networks*,
section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.autograd.forward_ad import dual_level

from spinn_engine.graph.ops import INPUTS, Dense
from spinn_engine.pruning.surgery import columns_kept, take
from spinn_engine.training.functions import dual, parts_of, signs, step_of
from spinn_engine.training.network import Stack

ROUNDING = 1e-6  # of the moments, which are sums in float32
RIDGES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # times the mean diagonal of the Gram matrix


@dataclass(frozen=True)
class Calibration:
    """Each member's standardised inputs ``[S, rows, in]``.

    Attributes:
        fit: to solve on.
        held_out: to pick the ridge on.
        derivatives: weight of what a layer's values change with the inputs, beside the values.
    """

    fit: Tensor
    held_out: Tensor
    derivatives: float = 0.0

    def parts(self) -> tuple[Tensor, Tensor]:
        """Both; if derivatives count, as dual numbers with one direction of +1 and -1 a row."""
        draw = torch.Generator().manual_seed(0)
        if not self.derivatives:
            return self.fit, self.held_out
        first, second = (
            dual(x, signs(x.shape[1:], draw).to(x).expand_as(x).contiguous())
            for x in (self.fit, self.held_out)
        )
        return first, second


@torch.no_grad()
def reconstruct(
    dense: Stack,
    pruned: Stack,
    kept: Sequence[Tensor],
    rows: Calibration,
    ridges: Sequence[float] = RIDGES,
) -> list[Tensor]:
    """Solve every layer of ``pruned`` that lost inputs anew, in place, from the first to the last.

    Each layer is fitted on what the layers before it, already mended, really give. Of a fixed map
    only the bias is solved.

    Args:
        dense: the networks before pruning.
        pruned: ``remove_neurons(dense, kept)``; changed in place.
        kept: as in ``remove_neurons``.
        rows: the calibration rows.
        ridges: the choices, as multiples of the Gram matrix's mean diagonal; with none, only the
            bias is solved: the mean of what is missing is folded into it.

    Returns:
        The ridge picked for each layer that takes neurons which may be pruned, ``[S]``; NaN where
        the layer was best left as it was, infinity where only the bias changed.
    """
    with dual_level():
        return _reconstruct(dense, pruned, kept, rows, ridges)


def _reconstruct(
    dense: Stack,
    pruned: Stack,
    kept: Sequence[Tensor],
    rows: Calibration,
    ridges: Sequence[float],
) -> list[Tensor]:
    graph, inputs = dense.graph, rows.parts()
    wanted = [dense.values(x) for x in inputs]
    have = [{INPUTS: x} for x in inputs]
    tensors, picked = pruned.tensors, []
    for op in graph.ops:
        own = [tensors[p.name] for p in graph.parameters_of(op)]
        if isinstance(op, Dense) and {*graph.dims[op.inputs[0]]} & {*graph.prunable}:
            hidden = [values[op.inputs[0]] for values in have]  # [S, rows, in]
            if hidden[0].shape[2] < wanted[0][op.inputs[0]].shape[2]:
                target = [values[op.name] for values in wanted]
                if (index := columns_kept(graph, (op.dim,), kept)) is not None:
                    target = [take(t, index, dim=2) for t in target]  # [S, rows, out]
                picked.append(_solve(op, own, hidden, target, ridges, rows.derivatives))
            else:
                picked.append(torch.full((dense.size,), torch.nan))
        for values in have:
            values[op.name] = step_of(op)([values[name] for name in op.inputs], own)
    return picked


def leave(dense: Stack, pruned: Stack, kept: Sequence[Tensor], rows: Calibration) -> None:
    """No reconstruction: ``pruned`` stays as it was cut."""


RECONSTRUCTIONS: dict[
    str, Callable[[Stack, Stack, Sequence[Tensor], Calibration], list[Tensor] | None]
] = {
    "least_squares": reconstruct,
    "bias": partial(reconstruct, ridges=()),
    "none": leave,
}


def _solve(
    op: Dense,
    own: list[Tensor],
    hidden: list[Tensor],
    target: list[Tensor],
    ridges: Sequence[float],
    derivatives: float,
) -> Tensor:
    """Solve one layer in place.

    Args:
        op: the layer.
        own: its weight ``[S, k, out]`` and, if it has one, its bias ``[S, 1, out]``.
        hidden: what it takes ``[S, rows, k]``, on the rows to fit and on those held out.
        target: what it should give ``[S, rows, out]``.
        ridges: as ``reconstruct`` has them.
        derivatives: the weight of those, of dual numbers.

    Returns:
        The picked ridge of each member ``[S]``, as ``reconstruct`` describes it.
    """
    missing = [t - step_of(op)([h], own) for h, t in zip(hidden, target, strict=True)]
    fit, held_out = (
        Moments(h, m, centred=op.bias, derivatives=derivatives)
        for h, m in zip(hidden, missing, strict=True)
    )
    best = Choice(held_out, torch.zeros(own[0].shape, dtype=torch.float64))
    best.offer(torch.inf, torch.zeros_like(best.weight_change), fit.missing_mean)
    scale = fit.gram.diagonal(dim1=1, dim2=2).mean(dim=1)[:, None, None]  # [S, 1, 1]
    identity = torch.eye(fit.gram.shape[1], dtype=torch.float64)
    for ridge in ridges if op.trained else ():
        factor, failed = torch.linalg.cholesky_ex(fit.gram + ridge * scale * identity)
        if failed.any():  # too small a ridge for the rounding of the Gram matrix
            continue
        change = torch.cholesky_solve(fit.cross, factor)  # [S, k, out]
        best.offer(ridge, change, fit.missing_mean - fit.hidden_mean @ change)
    best.apply(own)
    return best.ridge


class Moments:
    """Means and second moments over rows, all that a ridge solution and its error need.

    In float64 on the CPU: the systems are small and nearly singular, and some devices have no
    float64. Of a layer without a bias the moments are not ``centred``, as if the means were zero.
    Of dual numbers the derivatives count as further rows, which no bias can mend, with a weight.
    """

    def __init__(
        self, hidden: Tensor, missing: Tensor, centred: bool = True, derivatives: float = 0.0
    ) -> None:
        rows = hidden.shape[1]
        (hidden, h_along), (missing, m_along) = parts_of(hidden), parts_of(missing)
        h_mean, m_mean = hidden.mean(dim=1, keepdim=True), missing.mean(dim=1, keepdim=True)
        if not centred:
            h_mean, m_mean = torch.zeros_like(h_mean), torch.zeros_like(m_mean)
        h, m = hidden - h_mean, missing - m_mean
        self.hidden_mean = h_mean.cpu().double()  # [S, 1, k]
        self.missing_mean = m_mean.cpu().double()  # [S, 1, out]
        self.gram = (h.mT @ h).cpu().double() / rows  # [S, k, k]
        self.cross = (h.mT @ m).cpu().double() / rows  # [S, k, out]
        self.power = m.square().sum(dim=(1, 2)).cpu().double() / rows  # [S]
        if h_along is not None and m_along is not None:
            self.gram += derivatives * (h_along.mT @ h_along).cpu().double() / rows
            self.cross += derivatives * (h_along.mT @ m_along).cpu().double() / rows
            self.power += derivatives * m_along.square().sum(dim=(1, 2)).cpu().double() / rows

    def error(self, weight_change: Tensor, bias_change: Tensor) -> Tensor:
        """Mean over rows of ``|missing - hidden @ weight_change - bias_change|^2``, ``[S]``.

        Plus what the rounding of the moments can hide of a large change: where columns of
        ``hidden`` are nearly the same, the quadratic form alone could come out below zero.
        """
        quadratic = weight_change * (self.gram @ weight_change - 2 * self.cross)
        spread = self.gram.diagonal(dim1=1, dim2=2).sqrt()[:, :, None]  # [S, k, 1]
        hidden_by_rounding = ROUNDING * (spread * weight_change.abs()).sum(dim=1).square().sum(
            dim=1
        )
        offset = self.missing_mean - self.hidden_mean @ weight_change - bias_change
        exact = self.power + quadratic.sum(dim=(1, 2)) + offset.square().sum(dim=(1, 2))
        return exact + hidden_by_rounding


class Choice:
    """The change with the least error on the held-out rows, for each member by itself."""

    def __init__(self, held_out: Moments, no_change: Tensor) -> None:
        self.held_out = held_out
        self.weight_change = no_change
        self.bias_change = torch.zeros_like(held_out.missing_mean)
        self.error = held_out.error(self.weight_change, self.bias_change)
        self.ridge = torch.full_like(self.error, torch.nan)

    def offer(self, ridge: float, weight_change: Tensor, bias_change: Tensor) -> None:
        """Take a change for the members that it serves better; ``ridge`` is what made it."""
        error = self.held_out.error(weight_change, bias_change)
        better = error < self.error
        self.weight_change[better] = weight_change[better]
        self.bias_change[better] = bias_change[better]
        self.error = torch.where(better, error, self.error)
        self.ridge[better] = ridge

    def apply(self, own: Sequence[Tensor]) -> None:
        """Change a layer's weight and, if it has one, its bias, in place."""
        for tensor, change in zip(own, (self.weight_change, self.bias_change), strict=False):
            tensor += change.to(tensor)
