"""False differences on real trainings: ``python -m tests.benchmarks.null_worlds [WORLDS]``.

A world is a table of its own (120 rows of friedman1, with noise), on which the engine trains,
prunes and fine-tunes with 3 seeds and 3 folds, and again with 3 other seeds. The two are equal by
construction, so whatever a verdict calls better or worse is false. Prints the share; 5 % are meant,
at most 6 % asked for.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.datasets import make_friedman1

from spinn_engine import api
from spinn_engine.evaluation.metrics import Floats
from spinn_engine.evaluation.verdict import verdict
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import SUBJECT

ROWS = 120
SPEC: dict[str, Any] = {
    "model": {"hidden": [12, 8], "activation": "silu"},
    "train": {"max_updates": 150, "fine_tune_max_updates": 40},
    "prune": {"stages": 1, "param_reduction": 0.6, "round_to": 1},
    "compare": {"controls": [], "folds": 3},
}


def r2_of(path: Path, first_seed: int) -> Floats:
    """Test R2 ``[3, 3]`` of the pruned networks of three seeds."""
    data = {"source": f"table:{path}", "targets": ["y"], "split": "row"}
    seeds = [first_seed + seed for seed in range(3)]
    result = api.run(RunSpec.from_dict({**SPEC, "data": data, "seeds": seeds})).result() or {}
    return api.repetitions_of(next(a["r2"] for a in result["arms"] if a["arm"] == SUBJECT))


def outcome(world: int, store: Path) -> tuple[str, float]:
    """What a verdict calls the difference of one world, and the difference."""
    x, y = make_friedman1(ROWS, n_features=5, noise=1.0, random_state=world)
    path = store / f"{world}.csv"
    names = ",".join([*(f"x{column}" for column in range(5)), "y"])
    np.savetxt(path, np.column_stack([x, y]), delimiter=",", header=names, comments="")
    one, other = r2_of(path, 6 * world), r2_of(path, 6 * world + 3)
    found = verdict({"dense": other, "structured": one, "random": other}, 0.01)["against_random"]
    return found["outcome"], found["difference"]["mean"]


def main() -> None:
    """Run them, and print the share that is false."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    said: list[str] = []
    differences: list[float] = []
    with TemporaryDirectory() as folder:
        os.environ["SPINN_RESULTS"] = str(Path(folder) / "store")
        for world in range(worlds):
            name, difference = outcome(world, Path(folder))
            said.append(name)
            differences.append(difference)
    false = sum(name in ("better", "worse") for name in said)
    print(f"{worlds} worlds: {false} false differences, {100 * false / worlds:.1f} %")
    print({name: said.count(name) for name in sorted(set(said))})
    print(f"mean difference {np.mean(differences):+.4f}, its spread {np.std(differences):.4f}")


if __name__ == "__main__":
    main()
