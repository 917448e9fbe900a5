"""The one table that every peer learns: 300 rows of four inputs and two targets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FILES = Path(__file__).parent / "files"
TABLE = FILES / "table.csv"
INPUTS = ("minute", "force", "vib", "feed")
TARGETS = ("wear", "temp")
TRAIN = slice(0, 200)
VAL = slice(200, 240)
TEST = slice(240, 300)


def write_table() -> None:
    """Two smooth functions of random rows, with noise of about one per cent."""
    random = np.random.default_rng(20)
    low, high = [0.0, 350.0, -0.3, 0.2], [30.0, 650.0, 1.0, 0.5]
    inputs = random.uniform(low, high, (300, 4))
    minute, force, vib, feed = inputs.T
    wear = 0.03 + 0.01 * minute * (0.4 + feed) * (force / 500) + 0.04 * np.sin(3 * vib) ** 2
    temp = 35 + 22 * np.tanh(minute / 12) + 0.05 * (force - 350) * (1 + vib) + 18 * feed
    targets = np.stack([wear, temp], axis=1)
    targets += 0.01 * targets.std(axis=0) * random.standard_normal(targets.shape)
    names, columns = ",".join((*INPUTS, *TARGETS)), np.hstack([inputs, targets])
    FILES.mkdir(exist_ok=True)
    np.savetxt(TABLE, columns, "%.5g", delimiter=",", header=names, comments="")


def rows() -> tuple[Floats, Floats]:
    """Inputs ``[300, 4]`` and targets ``[300, 2]`` in their units."""
    columns = np.loadtxt(TABLE, delimiter=",", skiprows=1)
    return columns[:, : len(INPUTS)], columns[:, len(INPUTS) :]
