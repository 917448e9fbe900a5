"""One store a test, one source of randomness, and the real data where it is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

NASA = Path(__file__).parents[2] / "shared" / "data" / "nasa_milling"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store of the test's own."""
    folder = tmp_path / "results"
    monkeypatch.setenv("SPINN_RESULTS", str(folder))
    monkeypatch.delenv("SPINN_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_240_101)


@pytest.fixture(scope="session")
def nasa_folder() -> Path:
    """The processed NASA milling files."""
    if not (NASA / "train.csv").exists():
        pytest.skip(f"the NASA milling files are not at {NASA}")
    return NASA


@pytest.fixture
def small_table(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A smooth problem of 400 rows: inputs a, b, c, targets y, z, twenty groups g."""
    x = rng.normal(size=(400, 3))
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    frame["y"] = np.tanh(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + 0.01 * rng.normal(size=400)
    frame["z"] = 100 + 20 * np.sin(x[:, 1]) + 0.1 * rng.normal(size=400)
    frame["g"] = np.repeat(np.arange(20), 20)
    path = tmp_path / "small.csv"
    frame.to_csv(path, index=False)
    return path
