"""The arms of a finished run in numbers."""

from __future__ import annotations

from typing import Any

from dashboard.parts import markup
from dashboard.parts.formats import NO_BREAK, estimate, factor, milliseconds, size, widths
from spinn_engine.vocabulary import ARMS


def bytes_text(count: float | None) -> str:
    """A size that never breaks between lines, or a dash where there is none."""
    return "–" if count is None else size(count).replace(" ", NO_BREAK)


def arm_row(arm: dict[str, Any], batch: str) -> dict[str, Any]:
    """An arm in numbers."""
    latency = arm["latency_us"][batch]
    row = {
        markup.ARM: arm["arm"],
        "Arm": ARMS[arm["arm"]].label.replace(" ", NO_BREAK),
        "Hidden widths": widths(arm["hidden"]) or "none",
        "Parameters": arm["params"],
        "Non-zero": arm["nonzero"],
        "File": bytes_text(arm["file_bytes"]),
        "Peak memory": bytes_text(arm["peak_memory_bytes"]),
        "Latency": milliseconds(latency["median"]),
        "p95": milliseconds(latency["p95"]),
        "Speed-up": factor(arm["speed_up"][batch]),
        "MAC ratio": factor(arm["mac_ratio"]),
        "R²": estimate(arm["r2"]),
        "n": arm["r2"]["n"],
    }
    if "relative_l2" in arm:
        row["Relative L2 error"] = estimate(arm["relative_l2"], 5)
    if "pooled_r2" in arm:
        row["Pooled R²"] = estimate(arm["pooled_r2"])
    return row
