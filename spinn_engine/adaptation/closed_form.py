"""A last layer by recursive least squares, in double precision, without going back to old rows.

A linear last layer is the least-squares solution of its own rows, and can follow each new batch
exactly (Plackett 1950, *Some theorems in least squares*, Biometrika 37; for networks Liang et al.
2006, *A fast and accurate online sequential learning algorithm for feedforward networks*, IEEE
Transactions on Neural Networks 17). With ``h`` what the layer takes and, if it has a bias, a one,
``W0`` the layer as the run trained it and ``W`` the one to find, what is minimised is

    sum over new rows |y - h W|^2 + sum over old rows |h W0 - h W|^2 + ridge |W0 - W|^2

so old training rows count as much as new ones, with what the network said of them: where new rows
ask for nothing else, they stay as they were. Of the old rows their information matrix, the sum of
``h'h``, is all that is needed. No row fades with time: a forgetting factor was measured to give
nothing (``tests/benchmarks/adaptation.py``).
"""

from __future__ import annotations

import torch
from torch import Tensor

RIDGE = 1e-6  # of the mean of the information matrix's diagonal: enough to factorise it


class LeastSquares:
    """A last layer of ``M`` networks.

    Attributes:
        start: ``[M, w + 1, out]`` weights and, last, biases, as they were.
        information: ``[M, w + 1, w + 1]`` sum of ``h'h`` over old and new rows.
        missed: ``[M, w + 1, out]`` sum of ``h'(y - h start)`` over new rows.
        ridge: ``[M]``.
    """

    def __init__(self, start: Tensor) -> None:
        self.start = start
        members, features, _ = start.shape
        self.information = start.new_zeros(members, features, features)
        self.missed = torch.zeros_like(start)
        self.ridge = start.new_zeros(members)

    def remember(self, features: Tensor) -> None:
        """Let old rows ``[M, n, w + 1]`` count; all of them, before anything is learned."""
        self.information += features.mT @ features
        self.ridge = RIDGE * self.information.diagonal(dim1=1, dim2=2).mean(dim=1)

    def learn(self, features: Tensor, targets: Tensor) -> None:
        """Add new rows ``[M, n, w + 1]`` and their targets ``[M, n, out]``."""
        self.information += features.mT @ features
        self.missed += features.mT @ (targets - features @ self.start)

    def solve(self) -> Tensor:
        """The layers ``[M, w + 1, out]`` that fit all rows so far best.

        Raises:
            ArithmeticError: some rows are so large that beside them no other row counts.
        """
        regular = self.information + torch.diag_embed(
            self.ridge[:, None].expand(self.information.shape[:2])
        )
        factor, failed = torch.linalg.cholesky_ex(regular)
        if failed.any():
            raise ArithmeticError("the information matrix cannot be factorised")
        return self.start + torch.cholesky_solve(self.missed, factor)
