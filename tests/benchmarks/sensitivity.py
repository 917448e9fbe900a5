"""Does sensitivity help the ``global`` schedule? ``python -m tests.benchmarks.sensitivity``.

Trains the reference network on ``milling-sim``, picks one stage's widths for the same parameters in
three ways (``uniform``; ``global``, by score over the layer's mean; the same times what removing
half of the layer alone costs a neuron), prunes by L1 with reconstruction and fine-tunes. Prints the
validation R2 before and after, and the paired differences to ``global`` over seeds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from tempfile import TemporaryDirectory

import numpy as np
import torch

from spinn_engine.api import plan
from spinn_engine.artifacts.checkpoints import StoredStack, load_stack
from spinn_engine.artifacts.creation import create_run
from spinn_engine.artifacts.whatif import read_facts
from spinn_engine.evaluation.intervals import interval
from spinn_engine.graph.sizes import Widths
from spinn_engine.pipeline import Runner
from spinn_engine.pruning.facts import DenseFacts
from spinn_engine.pruning.importance import ScoringData, l1
from spinn_engine.pruning.path import levels, nearest, walk
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.schedule import global_widths
from spinn_engine.pruning.sizes import Stage, parameter_count
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.pruning.whatif import sensitivity
from spinn_engine.spec import CompareSpec, PruneSpec, RunSpec
from spinn_engine.training.course import Fixed
from spinn_engine.training.loop import Members, Settings, fit
from spinn_engine.training.validation import validate

SEEDS = range(5)
REDUCTIONS = (0.685, 0.9, 0.97)
ENDS = (18, 2)


def by_sensitivity(facts: DenseFacts, scores: Sequence[Sequence[float]], stage: Stage) -> Widths:
    """The global ranking with each layer's scores times its cost a neuron."""
    half = [layer[0] for layer in sensitivity(facts, shares=(0.5,))]
    dense = sensitivity(facts, shares=(0.0,))[0][0].r2
    events = []
    for layer, (values, found) in enumerate(zip(scores, half, strict=True)):
        cost = max(dense - found.r2, 1e-6) / (len(values) / 2)
        mean, rising, worth = float(np.mean(values)), sorted(values), 0.0
        for above, below in pairwise(levels(PruneSpec(round_to=8), len(values))):
            gone = rising[len(values) - above : len(values) - below]
            worth = max(worth, float(np.mean(gone)) / mean * cost)
            events.append((worth, layer, above - below))
    path = walk(facts.hidden, events)
    sizes = [-parameter_count((ENDS[0], *widths, ENDS[1])) for widths in path]
    return path[nearest(sizes, -stage.params)]


def tuned(runner: Runner, stored: StoredStack, hidden: Widths) -> tuple[float, float]:
    """Validation R2 after one pruning to ``hidden``, before and after fine-tuning."""
    data, fold = runner.data, torch.zeros(1, dtype=torch.int64)
    rows = Calibration(
        data.take(fold, data.calibration[fold])[0], data.take(fold, data.held_out[fold])[0]
    )
    scores = l1(stored.stack, ScoringData(torch.empty(0), torch.empty(0), ()))
    stack = prune_stage(stored.stack, select(scores, hidden), "least_squares", rows)
    before = validate(stack, data, fold)[1][0]
    fit(stack, data, Members(fold, [1]), Settings(Fixed(6), 5e-4, 256), lambda _: None)
    return before, validate(stack, data, fold)[1][0]


def main() -> None:
    """Print one line a reduction and way."""
    found: dict[tuple[float, str], list[tuple[float, float]]] = {}
    for seed in SEEDS:
        with TemporaryDirectory() as store:
            spec = RunSpec(seeds=(seed,), compare=CompareSpec(controls=()))
            os.environ["SPINN_RESULTS"] = store
            folder = create_run(spec)
            runner = Runner(folder)
            runner.run_stage(0)
            facts = read_facts(folder)
            stored = load_stack(folder.stack_path(0, "dense"), runner.device)
        scores = [layer.tolist() for layer in facts.scores["l1"]]
        for reduction in REDUCTIONS:
            prune = PruneSpec(stages=1, param_reduction=reduction, round_to=8)
            stage = plan(prune, facts.hidden, *ENDS)[1]
            ways = {
                "uniform": stage.hidden,
                "global": global_widths(prune, scores, stage, facts.graph),
                "global, by sensitivity": by_sensitivity(facts, scores, stage),
            }
            for way, hidden in ways.items():
                r2 = tuned(runner, stored, hidden)
                found.setdefault((reduction, way), []).append(r2)
                sys.stdout.write(f"{seed} {reduction} {way} {hidden} {r2[0]:.4f} {r2[1]:.4f}\n")
    for (reduction, way), values in found.items():
        against = np.array(found[reduction, "global"])
        before, after = (interval((np.array(values) - against)[:, at].tolist()) for at in (0, 1))
        means = np.mean(values, axis=0)
        sys.stdout.write(
            f"{reduction} {way}: R2 {means[0]:.4f} before, {means[1]:.4f} after; against global "
            f"{before['mean']:+.4f} [{before['low']:+.4f}, {before['high']:+.4f}] before, "
            f"{after['mean']:+.4f} [{after['low']:+.4f}, {after['high']:+.4f}] after, "
            f"n = {after['n']}\n"
        )


if __name__ == "__main__":
    main()
