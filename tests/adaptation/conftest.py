"""A finished run on a small table, and new rows that no longer obey what it has learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spinn_engine import api
from spinn_engine.adaptation.rows import Rows
from spinn_engine.problems.problem import Floats
from spinn_engine.spec import RunSpec
from spinn_engine.store.runs import RunFolder
from tests.adaptation.plain import some_rows

FINISHED = "finished"


def drawn(rng: np.random.Generator, count: int, drift: float) -> pd.DataFrame:
    """Inputs a, b, c, targets y, z, twenty rows a group g, and the time t; drift moves targets."""
    x = rng.normal(size=(count, 3))
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    frame["y"] = np.tanh(x[:, 0]) + (0.5 + drift) * x[:, 1] + drift
    frame["z"] = 100 + 20 * np.sin(x[:, 1]) + 10 * drift * x[:, 2] + 0.1 * rng.normal(size=count)
    frame["g"] = np.arange(count) // 20
    frame["t"] = np.arange(count) % 20
    return frame


def small_spec(table: Path) -> RunSpec:
    return RunSpec.from_dict(
        {
            "data": {
                "source": f"table:{table}",
                "targets": ["y", "z"],
                "group": "g",
                "time": "t",
                "drop": ["t"],
            },
            "model": {"hidden": [12, 8], "activation": "tanh"},
            "train": {"epochs": 30, "fine_tune_epochs": 3, "batch_size": 32, "device": "cpu"},
            "prune": {"stages": 1, "param_reduction": 0.4},
            "compare": {"controls": ["dense_longer"]},
            "seeds": [3, 1, 2],
        }
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the run, and beside it ``old.csv`` and ``new.csv``; made once."""
    folder, rng = tmp_path_factory.mktemp("adaptation"), np.random.default_rng(7)
    drawn(rng, 400, 0.0).to_csv(folder / "old.csv", index=False)
    drawn(rng, 230, 0.4).to_csv(folder / "new.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(folder / "results"))
        api.run(small_spec(folder / "old.csv")).path.rename(folder / "results" / FINISHED)
    return folder


@pytest.fixture
def finished(made: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("SPINN_RESULTS", str(made / "results"))
    return api.open_run(FINISHED)


@pytest.fixture
def new_rows(made: Path) -> Path:
    return made / "new.csv"


@pytest.fixture
def rows(rng: np.random.Generator) -> Rows:
    return some_rows(rng)


def r2(predicted: Floats, target: Floats) -> float:
    """Mean over targets, written out."""
    scores = []
    for column in range(target.shape[1]):
        mean = target[:, column].mean()
        left = sum((predicted[:, column] - target[:, column]) ** 2)
        scores.append(1 - left / sum((target[:, column] - mean) ** 2))
    return float(np.mean(scores))
