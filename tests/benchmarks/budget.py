"""Is the dense network trained enough? ``python -m tests.benchmarks.budget [SEEDS]``.

Tables of 140 to 5,600 training rows that packages ship or formulas give, 64-64, all other options
by default; beside it scikit-learn's ``MLPRegressor`` (defaults, 2,000 iterations) on the same
standardised rows and split. Prints the mean test R2 of both, and what the training took.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import plotly.data
import torch
from sklearn import datasets
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor
from statsmodels import datasets as statistics

from spinn_engine.artifacts.checkpoints import load_stack
from spinn_engine.artifacts.creation import create_run
from spinn_engine.evaluation.tested import evaluate_networks
from spinn_engine.pipeline import Runner
from spinn_engine.spec import RunSpec

FRIEDMAN = {1: 1.0, 2: 100.0, 3: 0.1}  # which, and the noise that it has besides none


def tables() -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Name, table and target."""
    yield "diabetes", datasets.load_diabetes(as_frame=True).frame, "target"
    countries = plotly.data.gapminder()
    numbers = countries[["year", "lifeExp"]].assign(
        people=np.log(countries["pop"]), income=np.log(countries["gdpPercap"])
    )
    yield "gapminder", numbers, "lifeExp"
    yield "engel", statistics.engel.load_pandas().data, "foodexp"
    firms = statistics.grunfeld.load_pandas().data.drop(columns="firm")
    yield "grunfeld", firms.astype(float), "invest"
    schools = statistics.star98.load_pandas().data
    share = schools["NABOVE"] / (schools["NABOVE"] + schools["NBELOW"])
    yield "star98", schools.iloc[:, 2:14].assign(share=share), "share"
    yield "anes96", statistics.anes96.load_pandas().data, "PID"
    yield "fair", statistics.fair.load_pandas().data, "affairs"
    for rows in (200, 2000):
        for k, most in FRIEDMAN.items():
            for noise in (0.0, most):
                make = getattr(datasets, f"make_friedman{k}")
                x, y = make(n_samples=rows, noise=noise, random_state=k)
                names = [f"x{column}" for column in range(x.shape[1])]
                table = pd.DataFrame(x, columns=names).assign(y=y)
                yield f"friedman{k}, {rows}, {noise:g}", table, "y"
    turned = np.random.default_rng(0).uniform(-np.pi, np.pi, (8000, 3))
    reach = (np.cos(turned.cumsum(axis=1)) * (1.0, 0.7, 0.4)).sum(axis=1)
    arm = pd.DataFrame(turned, columns=["shoulder", "elbow", "wrist"]).assign(reach=reach)
    yield "arm, 8000", arm, "reach"


def ours(path: Path, target: str, seeds: int) -> tuple[list[float], str, Runner]:
    """Test R2 of every seed's dense network, what its training took, and the runner."""
    spec = RunSpec.from_dict(
        {
            "data": {"source": f"table:{path}", "targets": [target], "split": "row"},
            "model": {"hidden": [64, 64]},
            "seeds": list(range(seeds)),
        }
    )
    runner = Runner(create_run(spec))
    start = time.perf_counter()
    runner.run_stage(0)
    spent = time.perf_counter() - start
    stored = load_stack(runner.folder.stack_path(0, "dense"), torch.device("cpu"))
    found = evaluate_networks(stored.stack, stored.folds, runner.data).r2()[:, 0].tolist()
    epochs, each = stored.taken.epochs, stored.updates_an_epoch
    how = "stalled" if stored.taken.stalled else "budget"
    kept = "/".join(map(str, stored.kept))
    return found, f"{epochs * each} updates ({how}), kept {kept} of {epochs}, {spent:.0f} s", runner


def theirs(runner: Runner, seeds: int) -> list[float]:
    """The same of scikit-learn's network."""
    fold, problem = runner.data.folds[0], runner.data.problem
    x, y = (
        fold.scaler.inputs(np.asarray(problem.inputs)),
        fold.scaler.targets(problem.targets)[:, 0],
    )
    found = []
    for seed in range(seeds):
        network = MLPRegressor(hidden_layer_sizes=(64, 64), max_iter=2000, random_state=seed)
        network.fit(x[fold.train], y[fold.train])
        found.append(float(r2_score(y[fold.test], network.predict(x[fold.test]))))
    return found


def main() -> None:
    warnings.filterwarnings("ignore")
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for name, table, target in tables():
        with TemporaryDirectory() as folder:
            os.environ["SPINN_RESULTS"] = folder
            path = Path(folder) / "table.csv"
            table.to_csv(path, index=False)
            mine, took, runner = ours(path, target, seeds)
            other = theirs(runner, seeds)
        apart = float(np.mean(mine) - np.mean(other))
        sign = "" if apart >= -0.03 else "  BELOW"
        print(
            f"{name:22} {np.mean(mine):.3f}  {np.mean(other):.3f}  {apart:+.3f}  {took}{sign}",
            flush=True,
        )


if __name__ == "__main__":
    main()
