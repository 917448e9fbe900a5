"""Finished runs that many tests in a browser look at: ``first``, ``second`` and ``hostile``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from spinn_engine import api
from spinn_engine.spec import DataSpec, RunSpec
from tests.dashboard.compare_support import copied, smaller
from tests.dashboard.conftest import TINY

SEEDS = (0, 1, 2)
CANARY = "window.hacked=1"
IMAGE = f"<img src=x onerror={CANARY}>"
SCRIPT = f"<script>{CANARY}</script>"
LINK = f"[x](javascript:{CANARY}) **b**"
BOLD = "<b>bold</b>"
FORMULA = "$y$ :red[z] w"
GROUP = "<i>g</i>"


def made_ready(store: Path) -> None:
    """Make the runs in the store of this process."""
    first = make(TINY.model_copy(update={"seeds": SEEDS}), "first")
    copied(first, store, "second", smaller)
    make(hostile_spec(store.parent), "hostile")
    api.set_remarks("hostile", [IMAGE, BOLD], f"{SCRIPT} {LINK}")


def make(spec: RunSpec, name: str) -> api.RunFolder:
    """A finished run under a name of its own."""
    made = api.run(spec)
    made.path.rename(made.path.with_name(name))
    run = api.open_run(name)
    run.result_path.write_text(run.result_path.read_text().replace(made.run_id, name))
    run.manifest_path.unlink()  # which lists the result as it was
    return run


def hostile_spec(folder: Path) -> RunSpec:
    """A tiny run of a table whose name, columns and groups are markup."""
    data = DataSpec(source=f"table:{hostile_table(folder)}", targets=(IMAGE, FORMULA), group=GROUP)
    train = TINY.train.model_copy(update={"batch_size": 64})
    return TINY.model_copy(update={"data": data, "train": train, "seeds": SEEDS})


def hostile_table(folder: Path) -> Path:
    """200 rows: three inputs, two targets and twenty groups."""
    x = np.random.default_rng(0).normal(size=(200, 3))
    frame = pd.DataFrame(x, columns=[SCRIPT, LINK, BOLD])
    frame[IMAGE] = np.tanh(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2]
    frame[FORMULA] = np.sin(x[:, 1])
    frame[GROUP] = [f"{SCRIPT}{row // 10}" for row in range(200)]
    path = folder / f"{IMAGE}.csv"
    frame.to_csv(path, index=False)
    return path
