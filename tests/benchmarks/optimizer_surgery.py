"""Does it help to slice Adam's moments with the neurons? ``python -m ....optimizer_surgery``.

Trains dense networks on ``milling-sim``, prunes them once by L1 with reconstruction, and fine-tunes
the same pruned networks twice over the same batches: with new moments, and with the dense network's
moments at the kept neurons. Prints the paired differences of test R2 over seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from spinn_engine.evaluation.intervals import interval
from spinn_engine.evaluation.tested import evaluate_networks
from spinn_engine.problems import load_problem
from spinn_engine.pruning.importance import ScoringData, l1
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.spec import DataSpec
from spinn_engine.training.course import learning_rate_at
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.network import Stack
from tests.plain import plain_stack

SEEDS = range(8)
WIDTHS, SMALLER = (192, 192, 192, 96), (110, 110, 110, 55)


def train(
    stack: Stack, data: PlacedData, epochs: int, rate: float, moments: Sequence[Stack] | None
) -> list[Stack]:
    """A plain loop, last epoch kept; returns Adam's two moments, shaped as the stack."""
    optimizer = torch.optim.Adam(stack.parameters(), lr=rate, fused=True)
    if moments is not None:
        start = zip(stack.parameters(), *(m.parameters() for m in moments), strict=True)
        for parameter, first, second in start:
            optimizer.state[parameter] = {
                "step": torch.tensor(1000.0),  # long past the bias correction, as in the dense run
                "exp_avg": first.detach().clone(),
                "exp_avg_sq": second.detach().clone(),
            }
    generators = [torch.Generator().manual_seed(epochs * 100 + seed) for seed in SEEDS]
    folds = torch.zeros(stack.size, dtype=torch.int64)
    count = data.train.counts[0]
    steps = math.ceil(count / 256)
    for epoch in range(epochs):
        order = torch.stack([torch.randperm(count, generator=g) for g in generators])
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = learning_rate_at(
                (epoch + step / steps) / epochs, rate
            )
            rows = data.train.rows[0][order[:, step * 256 : (step + 1) * 256]]
            x, y = data.take(folds, rows)
            optimizer.zero_grad()
            torch.autograd.backward((stack(x) - y).square().mean(dim=(1, 2)).sum())
            optimizer.step()

    def shaped(name: str) -> Stack:
        found = {
            one: optimizer.state[p][name]
            for one, p in zip(stack.tensors, stack.learned, strict=False)
        }
        return Stack(stack.graph, found)

    return [shaped("exp_avg"), shaped("exp_avg_sq")]


def main() -> None:
    """Print the paired differences after 1, 2 and 4 epochs of fine-tuning."""
    data = on_device(load_problem(DataSpec()), torch.device("cpu"))
    stack = plain_stack((data.ends[0], *WIDTHS, data.ends[1]), "tanh", SEEDS)
    moments = train(stack, data, 20, 1e-3, None)
    folds = torch.zeros(stack.size, dtype=torch.int64)
    rows = Calibration(
        data.take(folds, data.calibration[folds])[0], data.take(folds, data.held_out[folds])[0]
    )
    kept = select(l1(stack, ScoringData(torch.empty(0), torch.empty(0), ())), SMALLER)
    pruned = prune_stage(stack, kept, "least_squares", rows)
    sliced = [remove_neurons(moment, kept) for moment in moments]
    for epochs in (1, 2, 4):
        r2 = []
        for start in (None, sliced):
            tuned = pruned.subset(range(pruned.size))
            train(tuned, data, epochs, 5e-4, start)
            r2.append(evaluate_networks(tuned, [0] * tuned.size, data).r2()[:, 0])
        found = interval(r2[1] - r2[0])
        print(
            f"{epochs} epochs: new moments {r2[0].mean():.5f}, sliced {r2[1].mean():.5f}, "
            f"difference {found['mean']:+.5f} [{found['low']:+.5f}, {found['high']:+.5f}], "
            f"n = {found['n']}"
        )


if __name__ == "__main__":
    main()
