"""Burgers' equation as a loss: exact derivatives of the networks, and what they must obey.

    residual = u_t + u u_x - nu u_xx

Beside the value of every neuron two more numbers go forward through the layers: its derivative by
x, and what the operator ``D = d/dt - nu d2/dx2`` makes of it. Both are exact: a linear layer maps
them as it maps the values, and an activation f obeys the chain rule

    (f(z))_x = f'(z) z_x,   D f(z) = f'(z) D z - nu f''(z) z_x^2.

That costs three forward passes, a third of nested ``torch.func.jvp`` (Li et al. 2024, *A
computational framework for neural network-based variational Monte Carlo with Forward Laplacian*,
Nature Machine Intelligence 6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from spinn_engine.problems.burgers import VISCOSITY, density, initial
from spinn_engine.problems.problem import Floats
from spinn_engine.spec import Activation
from spinn_engine.training.data import PlacedData
from spinn_engine.training.network import Stack
from spinn_engine.training.validation import validate

EDGE_WEIGHT = 10.0  # of initial and boundary values, against the residual
FRONT_DAMPING = 0.1  # how much less a residual counts where the solution is steep
INITIAL_POINTS, BOUNDARY_POINTS = 129, 65  # evenly spaced; the boundary's on each side


@dataclass(frozen=True)
class Jet:
    """A network's ``u``, ``u_x`` and ``u_t - nu u_xx``, each ``[M, B]``, in raw units."""

    value: Tensor
    slope: Tensor
    heat: Tensor

    def residual(self) -> Tensor:
        """What the equation leaves over, ``[M, B]``."""
        return self.heat + self.value * self.slope


def propagate(stack: Stack, x: Tensor, scale: Tensor, gates: Sequence[Tensor] | None = None) -> Jet:
    """Values and derivatives of networks with the inputs x and t.

    Args:
        stack: ``M`` networks with one output, which is u itself.
        x: standardised inputs ``[M, B, 2]``.
        scale: ``[M, 2]`` what one raw unit of x and of t is in standardised ones.
        gates: per hidden layer ``[M, B, width]``, factors of the neurons' outputs.
    """
    layers = list(zip(stack.weights, stack.biases, strict=True))
    weight, bias = layers[0]
    z = torch.baddbmm(bias, x, weight)  # [M, B, width]
    z_x, z_heat = (weight * scale[:, :, None]).split(1, dim=1)  # [M, 1, width]: the same in all B
    for number, (weight, bias) in enumerate(layers[1:]):
        h, first, second = DERIVATIVES[stack.activation](z)
        parts = [h, first * z_x, first * z_heat - VISCOSITY * second * z_x.square()]
        if gates is not None:
            parts = [part * gates[number] for part in parts]
        z, z_x, z_heat = (torch.cat(parts, dim=1) @ weight).split(x.shape[1], dim=1)
        z = z + bias
    return Jet(z[..., 0], z_x[..., 0], z_heat[..., 0])


class Burgers:
    """The objective of the problem ``burgers``; the reference solution is no part of it.

    The loss of a network is the mean square of its residual over the domain, plus that of what it
    misses of the initial and of the boundary values. A squared residual counts
    ``1 / (1 + |u_x| / 10)``, so that the front does not drown the rest (after Liu et al. 2024,
    *Discontinuity computing using physics-informed neural networks*, Journal of Scientific
    Computing 98).
    """

    def __init__(self, data: PlacedData) -> None:
        self.data = data
        share = 1 / density(data.problem.inputs[:, 0])
        self.share = torch.from_numpy(share.astype(np.float32)).to(data.device)  # [N]
        scale = np.stack([1 / fold.scaler.x_std for fold in data.folds])
        self.scale = torch.from_numpy(scale.astype(np.float32)).to(data.device)  # [F, 2]
        edge, wanted = _edge()
        placed = np.stack([fold.scaler.inputs(edge) for fold in data.folds])
        self.edge = torch.from_numpy(placed).to(data.device)  # [F, E, 2]
        self.wanted = torch.from_numpy(wanted.astype(np.float32)).to(data.device)  # [E]

    def loss(self, stack: Stack, folds: Tensor, rows: Tensor) -> Tensor:
        """See ``Objective``."""
        return self._squares(stack, folds, rows).mean(dim=1) + self._missed(stack, folds)

    def validate(self, stack: Stack, folds: Tensor) -> tuple[list[float], list[float]]:
        """See ``Objective``; the loss needs no reference solution, only R2 does."""
        with torch.no_grad():
            loss = self.loss(stack, folds, self.data.val.rows[folds])
        return loss.tolist(), validate(stack, self.data, folds)[1]

    def learned(self) -> Sequence[Tensor]:
        """See ``Objective``."""
        return ()

    def coefficients(self) -> dict[str, list[float]]:
        """See ``Objective``."""
        return {}

    def jet(
        self, stack: Stack, folds: Tensor, rows: Tensor, gates: Sequence[Tensor] | None = None
    ) -> Jet:
        """Values and derivatives in rows ``[M, B]``; ``gates`` as in ``propagate``."""
        return propagate(stack, self.data.take(folds, rows)[0], self.scale[folds], gates)

    def effects(self, stack: Stack, folds: Tensor, rows: Tensor) -> list[Tensor]:
        """Output times gradient of the row's squared residual, per hidden layer ``[M, B, width]``.

        The output is meant with its derivatives: the product is how fast the loss changes with a
        factor before the neuron.
        """
        shape = rows.shape
        gates = [
            torch.ones(*shape, w, device=rows.device, requires_grad=True) for w in stack.hidden
        ]
        with torch.enable_grad():
            for gate in gates:
                gate.requires_grad_()  # [M, B, width]
            total = self._squares(stack, folds, rows, gates).sum()
            return list(torch.autograd.grad(total, gates))

    def _squares(
        self, stack: Stack, folds: Tensor, rows: Tensor, gates: Sequence[Tensor] | None = None
    ) -> Tensor:
        """Squared residuals ``[M, B]``, weighed so that their mean is one over the whole domain."""
        jet = self.jet(stack, folds, rows, gates)
        counts = self.share[rows] / (1 + FRONT_DAMPING * jet.slope.abs())
        squares: Tensor = counts * jet.residual().square()
        return squares

    def _missed(self, stack: Stack, folds: Tensor) -> Tensor:
        """Mean squares of what is missed of the initial and the boundary values, ``[M]``."""
        off = (stack(self.edge[folds])[..., 0] - self.wanted).square()  # [M, E]
        at_start, sides = off[:, :INITIAL_POINTS], off[:, INITIAL_POINTS:]
        missed: Tensor = EDGE_WEIGHT * (at_start.mean(dim=1) + sides.mean(dim=1))
        return missed


def _edge() -> tuple[Floats, Floats]:
    """Points ``[E, 2]`` where u is given, first those at t = 0, and u there ``[E]``."""
    x, t = np.linspace(-1, 1, INITIAL_POINTS), np.linspace(0, 1, BOUNDARY_POINTS)
    at_start = np.column_stack([x, np.zeros_like(x)])
    sides = [np.column_stack([np.full_like(t, side), t]) for side in (-1.0, 1.0)]
    wanted = np.concatenate([initial(x), np.zeros(2 * BOUNDARY_POINTS)])
    return np.concatenate([at_start, *sides]), wanted


def _tanh(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value = torch.tanh(z)
    slope = 1 - value.square()
    return value, slope, -2 * value * slope


def _sigmoid(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value = torch.sigmoid(z)
    slope = value * (1 - value)
    return value, slope, slope * (1 - 2 * value)


def _silu(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    gate, slope, curvature = _sigmoid(z)
    return z * gate, gate + z * slope, 2 * slope + z * curvature


def _gelu(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    gate = torch.special.ndtr(z)
    slope = torch.exp(-0.5 * z.square()) / math.sqrt(2 * math.pi)
    return z * gate, gate + z * slope, (2 - z.square()) * slope


def _softplus(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    slope = torch.sigmoid(z)
    return torch.nn.functional.softplus(z), slope, slope * (1 - slope)


def _mish(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value, slope, curvature = _softplus(z)
    gate = torch.tanh(value)
    rest = 1 - gate.square()
    first = rest * slope  # of the gate
    second = rest * curvature - 2 * gate * first * slope
    return z * gate, gate + z * first, 2 * first + z * second


# Each activation with its first and second derivative; one that has none cannot solve the equation.
DERIVATIVES: dict[Activation, Callable[[Tensor], tuple[Tensor, Tensor, Tensor]]] = {
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "silu": _silu,
    "gelu": _gelu,
    "softplus": _softplus,
    "mish": _mish,
}
