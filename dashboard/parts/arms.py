"""The arms of a finished run in numbers."""

from __future__ import annotations

from typing import Any

from dashboard.parts import markup
from spinn_engine import api
from spinn_engine.vocabulary import ARMS
from spinn_engine.words import (
    DASH,
    decimals_of,
    estimate,
    factor,
    latency,
    score_of,
    size,
    speed_up_estimate,
    widths,
)


def bytes_text(count: float | None) -> str:
    """A size, or a dash where there is none."""
    return DASH if count is None else size(count)


def arm_row(result: dict[str, Any], arm: dict[str, Any], batch: str) -> dict[str, Any]:
    """An arm of a run in numbers."""
    timed = arm["latency_us"][batch]
    row = {
        markup.ARM: arm["arm"],
        "Arm": ARMS[arm["arm"]].label,
        "Hidden widths": widths(arm["hidden"]),
        "Parameters": arm["params"],
        "Non-zero": arm["nonzero"],
        "Epoch kept": api.last_kept(arm) or DASH,
        "File": bytes_text(arm["file_bytes"]),
        "Peak memory": bytes_text(arm["peak_memory_bytes"]),
        "Latency": latency(timed["median"]),
        "p95": latency(timed["p95"]),
        "Speed-up": speed_up_estimate(result, arm, batch),
        "MAC ratio": factor(arm["mac_ratio"]),
        "R²": score_of(result, arm),
        "n": arm["r2"]["n"],
    }
    if "relative_l2" in arm:
        row["Relative L2 error"] = score_of(result, arm, "relative_l2")
    if "pooled_r2" in arm:
        row["Pooled R²"] = estimate(arm["pooled_r2"], decimals_of(result))
    return row
