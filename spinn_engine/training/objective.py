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
from spinn_engine.training.network import Felt, Stack
from spinn_engine.training.physics import PhysicsTerms
from spinn_engine.training.validation import validate

EQUATIONS = {"burgers": Burgers}  # by what a problem calls its equation


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
