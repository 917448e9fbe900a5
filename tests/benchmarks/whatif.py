"""How long a prediction takes: ``python -m tests.benchmarks.whatif RUN_ID`` of a finished run.

Prints the median time of one prediction at the run's own widths, of the curve of 20 points, and of
really pruning and evaluating the same network once, whose R2 it is compared with.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

from spinn_engine.artifacts.checkpoints import load_stack
from spinn_engine.artifacts.whatif import read_facts
from spinn_engine.problems import load_problem
from spinn_engine.pruning.importance import ScoringData, l1
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.pruning.whatif import curve, predict_many
from spinn_engine.store.runs import open_run
from spinn_engine.training.data import on_device
from spinn_engine.training.validation import validate


def timed(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Median milliseconds of ``times`` calls after one more, and what the last one gave."""
    found, seconds = work(), []
    for _ in range(times):
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
    return median(seconds) * 1000, found


def main(run_id: str) -> None:
    """Print the three times and the two R2."""
    folder = open_run(run_id)
    facts, result = read_facts(folder), folder.result() or {}
    hidden = result["architectures"][-1]
    alone, predictions = timed(lambda: predict_many(facts, [hidden]), 15)
    whole, _ = timed(lambda: curve(facts), 5)
    stored = load_stack(folder.stack_path(0, "dense"), torch.device("cpu"))
    stack = stored.stack.subset([stored.seeds.index(facts.seed)])
    data = on_device(load_problem(folder.spec().data), torch.device("cpu"))
    first = torch.zeros(1, dtype=torch.int64)
    rows = Calibration(data.take(first, data.calibration)[0], data.take(first, data.held_out)[0])

    def really() -> float:
        scores = l1(stack, ScoringData(rows.fit, rows.fit, ()))
        pruned = prune_stage(stack, select(scores, hidden), "least_squares", rows)
        return validate(pruned, data, first)[1][0]

    slow, r2 = timed(really, 3)
    print(
        f"prediction {alone:.0f} ms, R2 {predictions[0].r2:.4f}; "
        f"curve of 20 points {whole:.0f} ms; pruning and evaluating {slow:.0f} ms, R2 {r2:.4f}"
    )


if __name__ == "__main__":
    main(sys.argv[1])
