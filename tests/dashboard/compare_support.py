"""Stores with several finished runs, and what Compare shows of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from dashboard.compare.pareto_chart import Point
from dashboard.reads import finished_runs
from dashboard.reads.run_facts import RunRow
from spinn_engine import api
from spinn_engine.store.runs import RunFolder

Change = Callable[[dict[str, Any]], None]
HOSTILE = "<img src=x onerror=alert(1)> **bold** [a](javascript:b)"


def copied(run: RunFolder, store: Path, run_id: str, change: Change | None = None) -> str:
    """A finished run once more in another store, under another id."""
    place = store / run_id
    place.mkdir(parents=True)
    shutil.copy(run.spec_path, place)
    result = run.result()
    assert result is not None
    result["run_id"] = run_id
    if change is not None:
        change(result)
    (place / api.RESULT_NAME).write_text(json.dumps(result))
    return run_id


def smaller(result: dict[str, Any]) -> None:
    """Another criterion, half the parameters, and a little worse with every seed."""
    last = next(arm for arm in result["arms"] if arm["arm"] == "structured")
    last["params"] //= 2
    last["r2"]["per_seed"] = [r2 - 0.01 for r2 in last["r2"]["per_seed"]]
    for end in ("mean", "low", "high"):
        last["r2"][end] -= 0.01
    result["spec"]["prune"]["criterion"] = "l2"


def on_other_data(result: dict[str, Any]) -> None:
    result["data"]["sha256"], result["data"]["source"] = "f" * 64, f"table:{HOSTILE}.csv"


def rows() -> dict[str, RunRow]:
    return {row.run_id: row for row in finished_runs.finished_rows()[0]}


def grid(app: Any) -> pd.DataFrame:
    frame: pd.DataFrame = app.dataframe[0].value
    return frame


def ids(app: Any) -> list[str]:
    return [link.partition("=")[2] for link in grid(app)["Run"]]


def grid_texts(app: Any) -> pd.DataFrame:
    """The table as a reader sees it."""
    texts = app.dataframe[0].proto.arrow_data.styler.display_values
    frame: pd.DataFrame = pa.ipc.open_stream(texts).read_pandas()
    return frame


def marker(
    run_id: str, x: float, r2: dict[str, Any], kind: str = "", chosen: bool = False
) -> Point:
    """A run in the picture, whose texts say its numbers."""
    return Point(run_id, x, r2, str(x), str(r2["mean"]), kind, chosen)
