"""What a stack is trained towards: the loss of a batch, and the state of its validation rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from spinn_engine.spec import PhysicsSpec
from spinn_engine.training.burgers import Burgers
from spinn_engine.training.data import PlacedData
from spinn_engine.training.functions import along, jacobians, signs
from spinn_engine.training.network import Felt, Stack
from spinn_engine.training.physics import PhysicsTerms
from spinn_engine.training.validation import validate

EQUATIONS = {"burgers": Burgers}  # by what a problem calls its equation


MEASURED_ROWS = 2048  # of the validation rows, on which derivatives are compared


class Objective(Protocol):
    """What ``fit`` needs to know of a problem."""

    def loss(self, stack: Stack, folds: Tensor, rows: Tensor) -> Tensor:
        """The loss ``[M]`` of each member on rows ``[M, B]`` of its fold, which is in ``[M]``."""

    def validate(self, stack: Stack, folds: Tensor) -> tuple[list[float], list[float]]:
        """On validation rows: the loss that picks each member's best epoch, and its mean R2."""

    def learned(self) -> Sequence[Tensor]:
        """What is learned beside the networks, each ``[M]``; leaves of the gradient."""

    def coefficients(self) -> dict[str, list[float]]:
        """The fitted coefficient of each member, by law."""


class Supervised:
    """Mean squared error of standardised targets, and the physics terms that have a weight."""

    def __init__(self, data: PlacedData, terms: PhysicsTerms | None) -> None:
        self.data, self.terms = data, terms

    def loss(self, stack: Stack, folds: Tensor, rows: Tensor) -> Tensor:
        """See ``Objective``."""
        x, y = self.data.take(folds, rows)
        if self.terms is None:
            squared: Tensor = (stack(x) - y).square()  # [M, B, out]
            return squared.mean(dim=(1, 2))
        after = self.terms.rows_after(folds, rows)
        predicted: Tensor = stack(
            torch.cat([x, self.data.take(folds, after)[0]], dim=1)
        )  # [M, B + Q, out]
        error = (predicted[:, : rows.shape[1]] - y).square().mean(dim=(1, 2))
        return error + self.terms.loss(predicted, folds, rows, after)

    def validate(self, stack: Stack, folds: Tensor) -> tuple[list[float], list[float]]:
        """See ``Objective``; the squared error alone, so that weights of terms can be compared."""
        return validate(stack, self.data, folds)

    def learned(self) -> Sequence[Tensor]:
        """See ``Objective``."""
        return () if self.terms is None else self.terms.fitted

    def coefficients(self) -> dict[str, list[float]]:
        """See ``Objective``."""
        found = {} if self.terms is None else self.terms.coefficients()
        return {law: values.tolist() for law, values in found.items()}


class Derivatives:
    """Another objective, and that outputs change with the inputs as those of teachers do.

    Sobolev training (Czarnecki et al. 2017, *Sobolev training for neural networks*): the squared
    error of derivatives, in standardised units, along directions of +1 and -1 that are drawn anew
    for every row and update, the same for all members; on average that is the mean over outputs of
    the sum over inputs.

    Attributes:
        teachers: for each member the network whose derivatives it has to keep.
    """

    def __init__(self, base: Objective, data: PlacedData, teachers: Stack, weight: float) -> None:
        self.base, self.data, self.teachers, self.weight = base, data, teachers, weight
        self._draw = torch.Generator().manual_seed(0)

    def loss(self, stack: Stack, folds: Tensor, rows: Tensor) -> Tensor:
        """See ``Objective``."""
        return self.base.loss(stack, folds, rows) + self._missed(stack, folds, rows, self._draw)

    def validate(self, stack: Stack, folds: Tensor) -> tuple[list[float], list[float]]:
        """See ``Objective``; directions are the same every time."""
        loss, r2 = self.base.validate(stack, folds)
        rows, draw = measured_rows(self.data, folds), torch.Generator().manual_seed(1)
        with torch.no_grad():
            missed = self._missed(stack, folds, rows, draw)
        return (torch.tensor(loss) + missed.cpu()).tolist(), r2

    def learned(self) -> Sequence[Tensor]:
        """See ``Objective``."""
        return self.base.learned()

    def coefficients(self) -> dict[str, list[float]]:
        """See ``Objective``."""
        return self.base.coefficients()

    def _missed(self, stack: Stack, folds: Tensor, rows: Tensor, draw: torch.Generator) -> Tensor:
        """The weighted squared error ``[M]`` in rows ``[M, B]``."""
        x = self.data.take(folds, rows)[0]
        directions = signs(x.shape[1:], draw).to(x.device).expand_as(x)
        with torch.no_grad():
            wanted = along(self.teachers, x, directions)
        off = along(stack, x, directions) - wanted  # [M, B, out]
        missed: Tensor = self.weight * off.square().mean(dim=(1, 2))
        return missed

    @torch.no_grad()
    def errors(self, stack: Stack, folds: Tensor) -> list[float]:
        """How far derivatives are from the teachers', relative in L2, on validation rows, ``[M]``.

        All derivatives of outputs by inputs, in standardised units.
        """
        x = self.data.take(folds, measured_rows(self.data, folds))[0]
        wanted, found = jacobians(self.teachers, x), jacobians(stack, x)
        norms = [one.square().sum(dim=(1, 2, 3)).sqrt() for one in (found - wanted, wanted)]
        relative: list[float] = (norms[0] / norms[1].clamp_min(1e-30)).tolist()
        return relative


def derivative_errors(objective: Objective, stack: Stack, folds: Tensor) -> list[float]:
    """``Derivatives.errors``; none where derivatives are not asked for."""
    return objective.errors(stack, folds) if isinstance(objective, Derivatives) else []


def measured_rows(data: PlacedData, folds: Tensor) -> Tensor:
    """Some validation rows ``[M, n]`` of each member's fold, evenly spread."""
    rows = data.val.rows[folds]
    return rows[:, :: -(-rows.shape[1] // MEASURED_ROWS)]


def objective_of(
    data: PlacedData, physics: PhysicsSpec, members: int, start: dict[str, list[float]]
) -> Objective:
    """The objective of a problem for a stack of so many members.

    Args:
        data: the placed problem.
        physics: weights of the physics terms.
        members: networks in the stack.
        start: by law, where fitted coefficients start, one a member.
    """
    if data.problem.equation is not None:
        return EQUATIONS[data.problem.equation](data)
    terms = PhysicsTerms(data, physics, members, start) if physics.weights() else None
    return Supervised(data, terms)


@dataclass(frozen=True)
class Asked:
    """What an equation asks of networks in some rows, for criteria.

    Attributes:
        equation: the objective.
        folds: of the members ``[M]``.
        rows: ``[M, B]``.
    """

    equation: Burgers
    folds: Tensor
    rows: Tensor

    def effects(self, stack: Stack) -> list[Tensor]:
        """How the loss of a row hangs on every neuron; see the equation."""
        return self.equation.effects(stack, self.folds, self.rows)

    def felt(self, stack: Stack) -> dict[str, list[Felt]]:
        """How what is asked follows every layer; see the equation."""
        return self.equation.felt(stack, self.folds, self.rows)


def asked_of(data: PlacedData, folds: Tensor, rows: Tensor) -> Asked | None:
    """What the equation of a problem asks on ``rows`` ``[M, B]``; None of one that has none."""
    if data.problem.equation is None:
        return None
    return Asked(EQUATIONS[data.problem.equation](data), folds, rows)
