"""What the recipe for ``burgers`` rests on. ``python -m tests.benchmarks.burgers [SEEDS]``.

Trains the default network with Adam alone and with L-BFGS after it, for the same processor time;
compares the exact derivatives with nested ``torch.func.jvp`` on the clock; then prunes four times
by L1 and by chance, with and without fine-tuning. Errors are relative L2 errors on the test grid.
A matrix product timed in the same process says what the machine was worth.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import jvp

from spinn_engine.api import plan
from spinn_engine.evaluation.tested import evaluate_networks
from spinn_engine.problems import load_problem
from spinn_engine.pruning.importance import CRITERIA, ScoringData
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.spec import Criterion, RunSpec, fitted
from spinn_engine.training.burgers import Burgers, residual
from spinn_engine.training.course import Fixed
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.jets import propagate
from spinn_engine.training.loop import Members, Settings, fit
from spinn_engine.training.network import Stack
from tests.plain import plain_stack

SPEC = RunSpec.from_dict({"data": {"source": "burgers"}})


def seconds(work: Callable[[], object], times: int) -> float:
    """Processor seconds of one call, after a first that is not counted."""
    work()
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def errors(stack: Stack, data: PlacedData) -> str:
    found = evaluate_networks(stack, [0] * stack.size, data).relative_l2
    assert found is not None
    return " ".join(f"{error:.2e}" for error in found[:, 0])


def train(stack: Stack, data: PlacedData, settings: Settings) -> float:
    """Train in place; returns the processor seconds."""
    folds = torch.zeros(stack.size, dtype=torch.int64)
    members = Members(folds, range(100, 100 + stack.size))
    start = time.process_time()
    fit(stack, data, members, settings, lambda _: None, Burgers(data))
    return time.process_time() - start


def compare_derivatives(data: PlacedData, stack: Stack) -> None:
    x = data.x[0, data.train.rows.repeat(stack.size, 1)]
    scale = Burgers(data).scale.repeat(stack.size, 1)
    along = [torch.zeros_like(x) for _ in range(2)]
    for axis in (0, 1):
        along[axis][..., axis] = scale[0, axis]

    def nested() -> Tensor:
        def slope(at: Tensor) -> Tensor:
            found: Tensor = jvp(stack, (at,), (along[0],))[1]
            return found

        u_x, u_xx = jvp(slope, (x,), (along[0],))[:2]
        u, u_t = jvp(stack, (x,), (along[1],))[:2]
        residual: Tensor = u_t + u * u_x - 0.01 / torch.pi * u_xx
        return residual

    ways = {
        "forward": lambda: residual(propagate(stack, x, scale)[stack.graph.ops[-1].name]),
        "nested jvp": nested,
    }
    for name, way in ways.items():
        spent = seconds(lambda way=way: way().square().sum().backward(), 10)  # type: ignore[misc]
        print(f"residual and gradient, {name}: {spent * 1e3:.1f} ms")


def shrink(data: PlacedData, dense: Stack, criterion: Criterion, iterations: int) -> None:
    folds = torch.zeros(dense.size, dtype=torch.int64)
    rows = Calibration(
        data.take(folds, data.calibration[folds])[0], data.take(folds, data.held_out[folds])[0]
    )
    stack = dense
    for stage in plan(SPEC.prune, dense.hidden, *data.ends)[1:]:
        scoring = ScoringData(rows.fit, rows.fit, range(dense.size))
        scores = CRITERIA[criterion](stack, scoring)
        stack = prune_stage(stack, select(scores, stage.hidden), "least_squares", rows)
        before = errors(stack, data)
        spent = train(stack, data, Settings(Fixed(0), 1e-3, 256, iterations))
        print(
            f"  {criterion}, {iterations} iterations, {stage.params:,} parameters: {before} before "
            f"fine-tuning, {errors(stack, data)} after {spent:.0f} s"
        )


def main() -> None:
    """Print all of it."""
    torch.set_num_threads(1)
    square = torch.randn(1024, 1024)
    print(f"matrix product: {2 * 1.024**3 / seconds(lambda: square @ square, 20):.0f} GFLOP/s")
    data = on_device(load_problem(SPEC.data), torch.device("cpu"))
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    train_spec, widths = fitted(SPEC, len(data.problem.train)).train, (2, *SPEC.model.hidden, 1)
    compare_derivatives(data, plain_stack(widths, "tanh", seeds))

    def settings(epochs: int, iterations: int) -> Settings:
        return Settings(
            Fixed(epochs), train_spec.learning_rate, train_spec.batch_size or 256, iterations
        )

    dense = plain_stack(widths, "tanh", seeds)
    spent = train(dense, data, settings(train_spec.epochs or 0, train_spec.lbfgs_iterations))
    print(f"Adam and L-BFGS: {errors(dense, data)} after {spent:.0f} s")
    first = train(plain_stack(widths, "tanh", seeds), data, settings(20, 0))
    alone = plain_stack(widths, "tanh", seeds)
    took = train(alone, data, settings(round(20 * spent / first), 0))
    print(f"Adam alone: {errors(alone, data)} after {took:.0f} s")
    fresh = plain_stack(widths, "tanh", seeds)
    took = train(fresh, data, settings(0, train_spec.lbfgs_iterations))
    print(f"L-BFGS alone: {errors(fresh, data)} after {took:.0f} s")
    for criterion in ("l1", "random"):
        for iterations in (100, train_spec.fine_tune_lbfgs_iterations):
            shrink(data, dense, criterion, iterations)


if __name__ == "__main__":
    main()
