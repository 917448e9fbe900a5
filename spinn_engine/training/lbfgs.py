"""L-BFGS on all training rows, for every member by itself.

The line search of one member must not wait for another's: so a member learns the same whatever
stands beside it. Liu & Nocedal 1989, *On the limited memory BFGS method for large scale
optimization*, Mathematical Programming 45, with strong Wolfe line searches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from spinn_engine.training.data import PlacedData
from spinn_engine.training.network import Stack
from spinn_engine.training.objective import Objective

HISTORY = 100  # pairs of steps and changes of the gradient that are remembered
EVALUATIONS = 2  # of an iteration at most, on average; it seldom needs more than one


class Lbfgs:
    """Goes on with every member of a stack where the last call left it.

    Args:
        stack: ``M`` networks, changed in place.
        data: the rows.
        folds: ``[M]`` whose training rows a member learns from.
        masks: per layer ``[M, in, out]``, or None: weights where the mask is zero stay zero.
        objective: without anything learned beside the networks.
    """

    def __init__(
        self,
        stack: Stack,
        data: PlacedData,
        folds: Tensor,
        masks: Sequence[Tensor] | None,
        objective: Objective,
    ) -> None:
        self.stack, self.folds, self.masks, self.objective = stack, folds, masks, objective
        self.rows = data.train.rows[folds]  # [M, n]
        self.networks = [stack.subset([member]) for member in range(stack.size)]
        self.optimizers = [
            torch.optim.LBFGS(
                one.parameters(),
                history_size=HISTORY,
                line_search_fn="strong_wolfe",
                tolerance_grad=0.0,
                tolerance_change=0.0,
            )
            for one in self.networks
        ]

    def run(self, iterations: int) -> list[float]:
        """So many iterations of every member; returns the losses that they started from."""
        losses = [self._run_member(member, iterations) for member in range(self.stack.size)]
        with torch.no_grad():
            for member, network in enumerate(self.networks):
                for now, own in zip(self.stack.parameters(), network.parameters(), strict=True):
                    now[member] = own[0]
        return losses

    def _run_member(self, member: int, iterations: int) -> float:
        network, optimizer = self.networks[member], self.optimizers[member]
        own = slice(member, member + 1)

        def closure() -> Tensor:
            optimizer.zero_grad()
            loss = self.objective.loss(network, self.folds[own], self.rows[own]).sum()
            torch.autograd.backward(loss)
            if self.masks is not None:
                for weight, mask in zip(network.weights, self.masks, strict=True):
                    assert weight.grad is not None
                    weight.grad *= mask[own]  # a step is made of gradients alone
            return loss.detach()

        group = optimizer.param_groups[0]
        group["max_iter"], group["max_eval"] = iterations, EVALUATIONS * iterations
        step: Callable[[Callable[[], Tensor]], Tensor] = optimizer.step
        return float(step(closure))
