"""Writes a small file of the same structure as NASA's ``mill.mat``, faults included.

Each run is idle, enters, and cuts; currents and acoustic emission grow with the wear.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import savemat

FIELDS = (
    "case",
    "run",
    "VB",
    "time",
    "DOC",
    "feed",
    "material",
    "smcAC",
    "smcDC",
    "vib_table",
    "vib_spindle",
    "AE_table",
    "AE_spindle",
)
SAMPLES = 9_000
ENTRY = 700
Record = dict[str, Any]

WITHOUT_VB = ((1, 2), (2, 1), (2, 3))
CORRUPT = (2, 2)
TRUNCATED = (3, 1)
TOO_LONG = (4, 1)
DEAD = (5, 2)


def mill_records(cases: int = 9, runs: int = 5, seed: int = 7) -> list[Record]:
    """Sound runs, case by case."""
    rng = np.random.default_rng(seed)
    return [
        _record(rng, case, run, runs) for case in range(1, cases + 1) for run in range(1, runs + 1)
    ]


def add_faults(records: Sequence[Record]) -> None:
    """The faults of the real file, and a dead sensor, in the runs named above."""
    by_name = {(record["case"], record["run"]): record for record in records}
    for unmeasured in WITHOUT_VB:
        by_name[unmeasured]["VB"] = np.nan
    by_name[CORRUPT]["vib_table"][5_000:5_010] = 1e30
    for name in FIELDS[7:]:
        by_name[TRUNCATED][name] = by_name[TRUNCATED][name][:4_300]
        by_name[TOO_LONG][name] = np.resize(by_name[TOO_LONG][name], 15_360)
    by_name[DEAD]["AE_spindle"][:] = 0.25


def save_records(path: Path, records: Sequence[Record]) -> None:
    """Write records as the struct array ``mill``, fields as columns, as MATLAB does."""
    names = list(records[0]) if records else list(FIELDS)
    mill = np.empty((1, len(records)), dtype=[(name, object) for name in names])
    for column, record in enumerate(records):
        for name in names:
            mill[0, column][name] = _as_matlab(record[name])
    savemat(path, {"mill": mill})


def write_mill(path: Path, cases: int = 9, runs: int = 5, faults: bool = True) -> Path:
    """A whole file; with faults, 5 cases of 3 runs are the least."""
    path.parent.mkdir(exist_ok=True)
    records = mill_records(cases, runs)
    if faults:
        add_faults(records)
    save_records(path, records)
    return path


def _as_matlab(value: object) -> object:
    """Numbers as 1 x 1, series as columns; text, cells and the like as they are."""
    if isinstance(value, int | float):
        return np.array([[value]])
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return value[:, None]
    return value


def _record(rng: np.random.Generator, case: int, run: int, runs: int) -> Record:
    depth, feed = (1.5, 0.75)[case % 2], (0.5, 0.25)[case // 2 % 2]
    material = 1 + case // 4 % 2
    share = (run - 1) / max(runs - 1, 1)
    wear = round(share * (0.4 + 0.03 * case), 2)
    second = np.arange(SAMPLES) / 250
    cutting = np.clip((np.arange(SAMPLES) - ENTRY) / 2_500, 0.0, 1.0)
    load = cutting * (0.5 + depth * feed) * material * (1 + wear)

    def noisy(mean: np.ndarray, noise: float) -> np.ndarray:
        values = mean * (1 + noise * rng.standard_normal(SAMPLES))
        return values + 0.01 * rng.standard_normal(SAMPLES)

    swing = np.sqrt(2) * np.sin(2 * np.pi * 27.5 * second + rng.uniform(0, 6))
    return {
        "case": case,
        "run": run,
        "VB": wear,
        "time": float(3 * run + run**2 // 2),
        "DOC": depth,
        "feed": feed,
        "material": material,
        "smcAC": noisy((0.3 + load) * swing, 0.05),
        "smcDC": np.minimum(noisy(1.4 + 3 * load, 0.03), 9.995),
        "vib_table": noisy(0.1 + 0.3 * load, 0.2),
        "vib_spindle": noisy(0.2 + 0.2 * cutting / (1 + wear), 0.1),
        "AE_table": noisy(0.1 + 0.1 * load, 0.1 + 0.3 * wear),
        "AE_spindle": noisy(0.1 + 0.08 * load, 0.1 + 0.2 * wear),
    }
