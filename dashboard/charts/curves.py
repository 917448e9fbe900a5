"""Learning curves as Vega-Lite descriptions: Streamlit keeps such a chart's node while data grows.

The x axis counts epochs over the whole run, so the stages follow each other on one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.charts.style import BLUE, GREY, VERMILLION, ink
from spinn_engine.spec import RunSpec

MAX_POINTS = 1000
HEIGHT = 280
ROUND_NUMBERS = [digit * 10.0**decade for decade in range(-7, 4) for digit in (1, 2, 5)]
Floats = NDArray[np.float64]


def stage_starts(spec: RunSpec) -> list[int]:
    """The epoch of the whole run at which each stage begins, and the one at which the last ends."""
    train = spec.train
    stages = range(spec.prune.stages + 1)
    return [0, *(train.epochs + stage * train.fine_tune_epochs for stage in stages)]


def curve_table(lines: Sequence[dict[str, Any]], spec: RunSpec) -> pd.DataFrame:
    """Lines of ``metrics.jsonl`` as ``epoch, train, validation, r2``, means over the seeds.

    A long run is thinned to about ``MAX_POINTS`` rows; of each bucket the rows with the lowest and
    the highest validation loss stay, so that no spike is lost.
    """
    starts = stage_starts(spec)
    validation = np.array([fmean(line["val_loss"]) for line in lines])
    drawn = [lines[place] for place in thinned(validation)]
    rows = [
        {
            "epoch": starts[line["stage"]] + line["epoch"],
            "train": fmean(line["train_loss"]) if line["train_loss"] else None,
            "validation": fmean(line["val_loss"]),
            "r2": fmean(line["val_r2"]),
        }
        for line in drawn
    ]
    return pd.DataFrame(rows, columns=["epoch", "train", "validation", "r2"])


def thinned(values: Floats, limit: int = MAX_POINTS) -> NDArray[np.int64]:
    """Places of about ``limit`` values to draw: the ends, and each bucket's least and largest."""
    if len(values) <= limit:
        return np.arange(len(values))
    buckets = np.array_split(np.arange(len(values)), limit // 2)
    ends = [
        (bucket[values[bucket].argmin()], bucket[values[bucket].argmax()]) for bucket in buckets
    ]
    return np.unique(np.array([0, *np.ravel(ends), len(values) - 1], dtype=np.int64))


def loss_curves(spec: RunSpec, dark: bool = False) -> dict[str, Any]:
    """Training and validation loss on a log axis; solid and dashed as well as two colours."""
    y = {
        "field": "loss",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "title": "mean squared error (scaled)",
        "axis": {"values": ROUND_NUMBERS, "format": "~g", "grid": True},
    }
    colour = {
        "field": "rows",
        "type": "nominal",
        "scale": {"domain": ["train", "validation"], "range": [BLUE, VERMILLION]},
        "legend": {"orient": "top", "title": None},
    }
    dash = {**colour, "scale": {"domain": ["train", "validation"], "range": [[1, 0], [5, 3]]}}
    line = {
        "transform": [
            {"fold": ["train", "validation"], "as": ["rows", "loss"]},
            {"filter": "isValid(datum.loss) && datum.loss > 0"},
        ],
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {"y": y, "color": colour, "strokeDash": dash},
    }
    return _with_stages(line, spec, 6, dark)


def r2_curve(spec: RunSpec, dark: bool = False) -> dict[str, Any]:
    """Validation R2 on an axis stretched near 1; below -1 it is drawn at -1."""
    y = {
        "field": "error",
        "type": "quantitative",
        "scale": {"type": "log", "reverse": True, "nice": False},
        "title": "R² on validation rows",
        "axis": {"values": ROUND_NUMBERS, "labelExpr": "format(1 - datum.value, '~r')"},
    }
    line = {
        "transform": [{"calculate": "clamp(1 - datum.r2, 1e-6, 2)", "as": "error"}],
        "mark": {"type": "line", "strokeWidth": 2, "color": VERMILLION, "strokeDash": [5, 3]},
        "encoding": {"y": y},
    }
    return _with_stages(line, spec, HEIGHT - 84, dark)


def _with_stages(line: dict[str, Any], spec: RunSpec, label_at: int, dark: bool) -> dict[str, Any]:
    """A line over the epochs of the whole run, with a rule where each pruned stage begins.

    ``label_at`` is the height of the rules' labels, in pixels from the top.
    """
    starts = stage_starts(spec)
    x = {
        "field": "epoch",
        "type": "quantitative",
        "title": "epoch (whole run)",
        "scale": {"domain": [0, starts[-1]], "nice": False},
        "axis": {"grid": False, "tickMinStep": 1, "format": "d"},
    }
    stages = [{"epoch": at, "label": f"stage {k}"} for k, at in enumerate(starts[1:-1], start=1)]
    line["encoding"]["x"] = x
    rule = {
        "data": {"values": stages},
        "mark": {"type": "rule", "color": GREY, "strokeDash": [2, 3]},
        "encoding": {"x": x},
    }
    text = {
        "data": {"values": stages},
        "mark": {"type": "text", "color": ink(dark), "align": "left", "dx": 4, "fontSize": 11},
        "encoding": {"x": x, "y": {"value": label_at}, "text": {"field": "label"}},
    }
    words = {"labelColor": ink(dark), "titleColor": ink(dark)}
    config = {"axis": words, "legend": words}
    return {"height": HEIGHT, "layer": [line, rule, text], "config": config}
