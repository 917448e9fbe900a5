"""Burgers' equation as a loss: exact derivatives of the networks (``jets``), and what they obey.

residual = u_t + u u_x - nu u_xx
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from spinn_engine.problems.burgers import density, initial
from spinn_engine.problems.problem import Floats
from spinn_engine.training.data import PlacedData
from spinn_engine.training.jets import Jet, propagate
from spinn_engine.training.network import Felt, Stack
from spinn_engine.training.validation import validate

EDGE_WEIGHT = 10.0  # of initial and boundary values, against the residual
FRONT_DAMPING = 0.1  # how much less a residual counts where the solution is steep
INITIAL_POINTS, BOUNDARY_POINTS = 129, 65  # evenly spaced; the boundary's on each side


def residual(jet: Jet) -> Tensor:
    """What the equation leaves over, ``[M, B]``, of networks with one output."""
    return (jet.heat + jet.value * jet.slope)[..., 0]


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
        values = propagate(stack, self.data.take(folds, rows)[0], self.scale[folds], gates)
        return values[stack.graph.ops[-1].name]

    def effects(self, stack: Stack, folds: Tensor, rows: Tensor) -> list[Tensor]:
        """Output times gradient of the row's squared residual, per dimension ``[M, B, width]``.

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

    def felt(self, stack: Stack, folds: Tensor, rows: Tensor) -> dict[str, list[Felt]]:
        """How the residual and u follow each layer: by its value, its slope and its heat.

        The three are linear in the layer's weights alike, but no bias mends a derivative.
        """
        x, found = self.data.take(folds, rows)[0], {}
        with torch.enable_grad():
            jets = propagate(stack, x, self.scale[folds])
            given = jets[stack.graph.ops[-1].name]
            missed = (self._counts(given, rows).detach().sqrt() * residual(given)).sum()
            for op in stack.graph.dense:
                made, taken = jets[op.name], jets[op.inputs[0]]
                parts = (made.value, made.slope, made.heat)
                own = torch.autograd.grad(missed, parts, retain_graph=True)
                of_value = torch.autograd.grad(given.value.sum(), made.value, retain_graph=True)
                found[op.name] = [
                    Felt(part.detach().expand(*rows.shape, -1), op.bias and not at, list(gradients))
                    for at, (part, gradients) in enumerate(
                        zip(
                            (taken.value, taken.slope, taken.heat),
                            ((own[0], *of_value), own[1:2], own[2:]),
                            strict=True,
                        )
                    )
                ]
        return found

    def _squares(
        self, stack: Stack, folds: Tensor, rows: Tensor, gates: Sequence[Tensor] | None = None
    ) -> Tensor:
        """Squared residuals ``[M, B]``, weighed so that their mean is one over the whole domain."""
        jet = self.jet(stack, folds, rows, gates)
        squares: Tensor = self._counts(jet, rows) * residual(jet).square()
        return squares

    def _counts(self, jet: Jet, rows: Tensor) -> Tensor:
        """How much a squared residual counts, ``[M, B]``."""
        counts: Tensor = self.share[rows] / (1 + FRONT_DAMPING * jet.slope[..., 0].abs())
        return counts

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
