"""Learning curves as Vega-Lite descriptions: Streamlit keeps such a chart's node while data grows.

The x axis counts epochs over the whole run, so the stages follow each other on one line. An arm
from new weights trains for as many epochs as all stages together and so begins at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from statistics import fmean
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.charts.style import GREY, text_colour
from dashboard.charts.vega import LEGEND, nominal
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import ARMS, main_arm

MAX_POINTS = 1000
HEIGHT = 340
TRAINING = "training rows"
COLUMNS = ["epoch", "arm", "loss", "r2"]
ROUND_NUMBERS = [digit * 10.0**decade for decade in range(-7, 4) for digit in (1, 2, 5)]
Floats = NDArray[np.float64]


def stage_starts(spec: RunSpec, lines: Sequence[dict[str, Any]] = ()) -> list[int]:
    """The epoch of the whole run at which each stage begins, and the one at which the last ends.

    By the lines as far as they go: validation may end a stage before its most epochs.
    """
    dense, later = spec.block_epochs(0, "dense"), spec.block_epochs(1, "pruned")
    lengths = {0: dense, **dict.fromkeys(range(1, spec.prune.stages + 1), later)}
    lengths |= {
        one["stage"]: one["epochs"] for one in lines if one["arm"] == main_arm(one["stage"])
    }
    return [0, *accumulate(lengths[stage] for stage in sorted(lengths))]


def curve_table(lines: Sequence[dict[str, Any]], spec: RunSpec) -> pd.DataFrame:
    """Lines of ``metrics.jsonl`` as ``epoch, arm, loss, r2``, means over the members of an arm.

    ``loss`` and ``r2`` are those of the validation rows; the rows ``TRAINING`` hold the training
    loss of the dense and the structured network. A long run is thinned to about ``MAX_POINTS``
    rows; of each bucket the rows with the lowest and the highest loss stay, so that no spike is
    lost.
    """
    starts = stage_starts(spec, lines)
    series: dict[str, list[tuple[int, float, float | None]]] = {}
    for line in lines:
        arm = line["arm"]
        epoch = line["epoch"] + (0 if ARMS[arm].when == "last" else starts[line["stage"]])
        validation = (epoch, fmean(line["val_loss"]), fmean(line["val_r2"]))
        series.setdefault(ARMS[arm].label, []).append(validation)
        if not ARMS[arm].control and line["train_loss"]:
            series.setdefault(TRAINING, []).append((epoch, fmean(line["train_loss"]), None))
    limit = MAX_POINTS // max(len(series), 1)
    rows = [
        (points[place][0], name, *points[place][1:])
        for name, points in series.items()
        for place in thinned(np.array([point[1] for point in points]), limit)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def latest(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last line of every stage and arm, in the order in which these began."""
    return list({(line["stage"], line["arm"]): line for line in lines}.values())


def thinned(values: Floats, limit: int = MAX_POINTS) -> NDArray[np.int64]:
    """Places of about ``limit`` values to draw: the ends, and each bucket's least and largest."""
    if len(values) <= limit:
        return np.arange(len(values))
    buckets = np.array_split(np.arange(len(values)), limit // 2)
    ends = [
        (bucket[values[bucket].argmin()], bucket[values[bucket].argmax()]) for bucket in buckets
    ]
    return np.unique(np.array([0, *np.ravel(ends), len(values) - 1], dtype=np.int64))


def loss_curves(spec: RunSpec, starts: Sequence[int], dark: bool = False) -> dict[str, Any]:
    """Validation loss of every arm, and the training loss, on a log axis."""
    y = {
        "field": "loss",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "title": "mean squared error (scaled)",
        "axis": {"values": ROUND_NUMBERS, "format": "~g", "grid": True},
    }
    line = {
        "transform": [{"filter": "isValid(datum.loss) && datum.loss > 0"}],
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {"y": y, **_arms(spec, (TRAINING,))},
    }
    return _with_stages(line, starts, "6", dark)


def r2_curve(spec: RunSpec, starts: Sequence[int], dark: bool = False) -> dict[str, Any]:
    """Validation R2 of every arm on an axis stretched near 1; below -1 it is drawn at -1."""
    y = {
        "field": "error",
        "type": "quantitative",
        "scale": {"type": "log", "reverse": True, "nice": False},
        "title": "R² on validation rows",
        "axis": {"values": ROUND_NUMBERS, "labelExpr": "format(1 - datum.value, '~r')"},
    }
    line = {
        "transform": [
            {"filter": "isValid(datum.r2)"},
            {"calculate": "clamp(1 - datum.r2, 1e-6, 2)", "as": "error"},
        ],
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {"y": y, **_arms(spec, ())},
    }
    return _with_stages(line, starts, "height - 8", dark)


def _arms(spec: RunSpec, more: tuple[str, ...]) -> dict[str, Any]:
    """Colour and line style by arm, for those that the run trains; one legend for both."""
    run = spec.arms
    arms = [arm for arm in run if arm.block is not None]
    names = [*(arm.label for arm in arms), *more]
    colours = [*(arm.colour for arm in arms), *(GREY for _ in more)]
    dashes = [*(arm.dash for arm in arms), *([1, 2] for _ in more)]
    legend = {**LEGEND, "symbolSize": 300}
    return nominal("arm", names, legend, color=colours, strokeDash=dashes)


def _with_stages(
    line: dict[str, Any], starts: Sequence[int], label_at: str, dark: bool
) -> dict[str, Any]:
    """A line over the epochs of the whole run, with a rule where each pruned stage begins.

    ``label_at`` is where the rules' labels stand, in pixels from the top: an expression of Vega.
    """
    x = {
        "field": "epoch",
        "type": "quantitative",
        "title": "epoch (whole run; dotted: stages begin)",
        "scale": {"domain": [0, starts[-1]], "nice": False},
        "axis": {"grid": False, "tickMinStep": 1, "format": "d"},
    }
    stages = [{"epoch": at, "label": str(k)} for k, at in enumerate(starts[1:-1], start=1)]
    line["encoding"]["x"] = x
    rule = {
        "data": {"values": stages},
        "mark": {"type": "rule", "color": GREY, "strokeDash": [2, 3]},
        "encoding": {"x": x},
    }
    text = {
        "data": {"values": stages},
        "mark": {
            "type": "text",
            "color": text_colour(dark),
            "align": "left",
            "dx": 4,
            "fontSize": 11,
        },
        "encoding": {"x": x, "y": {"value": {"expr": label_at}}, "text": {"field": "label"}},
    }
    words = {"labelColor": text_colour(dark), "titleColor": text_colour(dark)}
    config = {"axis": words, "legend": words}
    return {"height": HEIGHT, "layer": [line, rule, text], "config": config}
