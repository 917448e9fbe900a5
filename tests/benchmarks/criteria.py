"""Which criterion keeps most, and whether ``global`` beats ``uniform``: ``python -m ....criteria``.

On six data sets, with tanh and with ReLU, five dense networks each are cut in one shot to a
half, a quarter, an eighth and a sixteenth of their widths, by every criterion, with the same
least squares behind it; and by obs once more to as many parameters, with widths by one ranking of
all neurons. Prints test R2, mean over seeds, and for a quarter what each criterion loses over what
l1 loses. ``--tuned`` also trains what is left of an eighth on, and prints the updates until the
validation R2 is within 0.01 of the dense network's, beside new weights.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes, make_friedman1

from spinn_engine.evaluation.tested import evaluate_networks
from spinn_engine.graph.kinds import mlp
from spinn_engine.graph.sizes import Widths
from spinn_engine.problems import load_problem
from spinn_engine.pruning.importance import CRITERIA, ScoringData
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.schedule import global_widths
from spinn_engine.pruning.sizes import measure
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.spec import DataSpec, PruneSpec, batch_size
from spinn_engine.training.course import Fixed
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.loop import Epoch, Members, Settings, fit
from spinn_engine.training.network import Stack, new_stack

SEEDS, SHARES = range(5), (1 / 2, 1 / 4, 1 / 8, 1 / 16)
NEAR, MOST_EPOCHS = 0.01, 200
RANKED = ("l1", "taylor", "obs", "lamp")
Columns = dict[str, NDArray[np.float64]]


def uniform(rng: np.random.Generator, rows: int, **bounds: tuple[float, float]) -> Columns:
    """Columns drawn evenly between bounds."""
    return {name: rng.uniform(*ends, rows) for name, ends in bounds.items()}


def piston(rng: np.random.Generator) -> Columns:
    """The cycle time of a piston in a cylinder (Kenett & Zacks 1998)."""
    drawn = uniform(
        rng, 4000, m=(30, 60), s=(0.005, 0.02), v0=(0.002, 0.01), k=(1000, 5000),
        p0=(90_000, 110_000), ta=(290, 296), t0=(340, 360),
    )  # fmt: skip
    m, s, v0, k, p0, ta, t0 = drawn.values()
    a = p0 * s + 19.62 * m - k * v0 / s
    v = s / (2 * k) * (np.sqrt(a**2 + 4 * k * p0 * v0 / t0 * ta) - a)
    return {**drawn, "y": 2 * np.pi * np.sqrt(m / (k + s**2 * p0 * v0 / t0 * ta / v**2))}


def planar(rng: np.random.Generator) -> Columns:
    """How far a planar arm of four links reaches (An & Owen 2001)."""
    angles = rng.uniform(0, 2 * np.pi, (6000, 4))
    lengths, turned = rng.uniform(0, 1, (6000, 4)), angles.cumsum(axis=1)
    u, v = (lengths * np.cos(turned)).sum(axis=1), (lengths * np.sin(turned)).sum(axis=1)
    inputs = np.hstack([angles[:, 1:], lengths])  # the first angle turns the whole arm
    return {**{f"x{i}": column for i, column in enumerate(inputs.T)}, "y": np.hypot(u, v)}


def friedman(rng: np.random.Generator) -> Columns:
    """Friedman 1991, eq. 61."""
    x, y = make_friedman1(4000, noise=0.5, random_state=0)
    return {**{f"x{i}": column for i, column in enumerate(x.T)}, "y": y}


def diabetes(rng: np.random.Generator) -> Columns:
    """442 patients (Efron et al. 2004)."""
    x, y = load_diabetes(return_X_y=True)
    return {**{f"x{i}": column for i, column in enumerate(x.T)}, "y": y}


TABLES: dict[str, Callable[[np.random.Generator], Columns]] = {
    one.__name__: one for one in (friedman, piston, planar, diabetes)
}
DENSE = {"milling-sim": ((512, 512, 512, 256), 28, 1e-3), "diabetes": ((64, 64, 64, 32), 40, 1e-3)}
USUAL = ((128, 128, 128, 64), 60, 3e-3)


def placed(name: str) -> PlacedData:
    """The rows of a data set."""
    if name not in TABLES:
        return on_device(load_problem(DataSpec(source=name)), torch.device("cpu"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.csv"
        pd.DataFrame(TABLES[name](np.random.default_rng(0))).to_csv(path, index=False)
        spec = DataSpec(source=f"table:{path}", targets=("y",), split="row")
        return on_device(load_problem(spec), torch.device("cpu"))


def train(stack: Stack, data: PlacedData, epochs: int, rate: float) -> NDArray[np.float64]:
    """Train in place; the validation R2 after each epoch ``[epochs + 1, S]``."""
    folds, seen = torch.zeros(stack.size, dtype=torch.int64), []
    settings = Settings(Fixed(epochs), rate, batch_size(data.train.rows.shape[1]))

    def on_epoch(epoch: Epoch) -> None:
        seen.append(epoch.val_r2)

    fit(stack, data, Members(folds, list(SEEDS), None), settings, on_epoch)
    return np.array(seen)


def test_r2(stack: Stack, data: PlacedData) -> float:
    """Mean over seeds and targets."""
    return float(evaluate_networks(stack, [0] * stack.size, data).r2().mean())


class Cuts:
    """What five dense networks of a data set become."""

    def __init__(self, name: str, activation: str) -> None:
        self.data, (hidden, epochs, rate) = placed(name), DENSE.get(name, USUAL)
        self.rate, self.folds = rate, torch.zeros(len(SEEDS), dtype=torch.int64)
        self.stack = new_stack(mlp(hidden, *self.data.ends, activation), SEEDS)
        self.reached = train(self.stack, self.data, epochs, rate).max(axis=0)
        x, y = self.data.take(self.folds, self.data.calibration[self.folds])
        held_out = self.data.take(self.folds, self.data.held_out[self.folds])[0]
        self.scoring, self.rows = (x, y, list(SEEDS)), Calibration(x, held_out)

    def cut(self, criterion: str, hidden: Widths, ranked: bool = False) -> Stack:
        """To these widths, or to as many parameters with widths by one ranking."""
        graph = self.stack.graph
        scores = CRITERIA[criterion](self.stack, ScoringData(*self.scoring, hidden=hidden))
        if ranked:
            scores = CRITERIA[criterion](self.stack, ScoringData(*self.scoring))
            rank = [layer.sort(dim=1).values.mean(dim=0).tolist() for layer in scores]
            prune = PruneSpec(stages=1, schedule="global", criterion=criterion, param_reduction=0.5)
            hidden = global_widths(
                prune, rank, measure(graph, [self.stack.hidden, hidden])[1], graph
            )
        return prune_stage(self.stack, select(scores, hidden), "least_squares", self.rows)


def updates(cuts: Cuts, stack: Stack, epochs: int) -> str:
    """Updates until the validation R2 is near the dense network's, by seed."""
    per = len(range(0, cuts.data.train.rows.shape[1], batch_size(cuts.data.train.rows.shape[1])))
    near = train(stack, cuts.data, epochs, cuts.rate) >= cuts.reached - NEAR
    first = [int(column.argmax()) * per if column.any() else -1 for column in near.T]
    return " ".join(map(str, first))


def one(name: str, activation: str, lost: dict[str, list[float]]) -> None:
    """Print the table of a data set, and add to what criteria lose at a quarter of the widths."""
    cuts = Cuts(name, activation)
    dense, hidden = test_r2(cuts.stack, cuts.data), cuts.stack.hidden
    print(f"{name}, {activation}, {list(hidden)}: {dense:.4f}", flush=True)
    for share in SHARES:
        widths = tuple(max(1, round(width * share)) for width in hidden)
        found = {c: test_r2(cuts.cut(c, widths), cuts.data) for c in CRITERIA}
        for criterion in RANKED:
            cut = cuts.cut(criterion, widths, ranked=True)
            found[f"{criterion}, global"] = test_r2(cut, cuts.data)
        told = "  ".join(f"{c} {r2:.4f}" for c, r2 in found.items())
        print(f"  {share:.4f}: {told}", flush=True)
        if share == 1 / 4:
            for criterion, r2 in found.items():
                lost.setdefault(criterion, []).append(dense - r2)
    if "--tuned" in sys.argv:
        eighth = tuple(max(1, round(width / 8)) for width in hidden)
        for criterion in ("obs", "taylor", "l1", "random"):
            told = updates(cuts, cuts.cut(criterion, eighth), 60)
            print(f"  updates by {criterion}: {told}", flush=True)
        fresh = new_stack(cuts.stack.graph.smaller(eighth), SEEDS)
        print(f"  updates of new weights: {updates(cuts, fresh, MOST_EPOCHS)}", flush=True)


def main() -> None:
    """Print all tables."""
    lost: dict[str, list[float]] = {}
    for name in ("arm", *TABLES, "milling-sim"):
        for activation in ("tanh", "relu"):
            one(name, activation, lost)
    for criterion, own in lost.items():
        share = np.mean(own) / np.mean(lost["l1"])
        print(f"{criterion}: loses {share:.2f} of what l1 loses at a quarter of the widths")


if __name__ == "__main__":
    main()
