"""Claims and results as plain data, small enough to see through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spinn_engine.claims import verify_claims
from spinn_engine.evaluation.intervals import interval

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "assets" / "claims" / "spinn_paper.json"
DENSE, PRUNED = [512, 512, 512, 256], [280, 288, 288, 144]
R2 = {
    "dense": [0.90, 0.91, 0.92],
    "structured": [0.88, 0.92, 0.90],
    "dense_longer": [0.93, 0.94, 0.95],
    "scratch": [0.80, 0.81, 0.82],
}
MEDIANS = {  # microseconds by arm, at batches 1 and 64
    "dense": (200.0, 1000.0),
    "structured": (100.0, 400.0),
    "dense_longer": (220.0, 1000.0),
    "scratch": (110.0, 410.0),
}
SPEED = {  # at batch 64: the lower end of the interval, the ratio, the upper end
    "dense": (1.0, 1.0, 1.0),
    "structured": (2.4, 2.5, 2.7),
    "dense_longer": (0.97, 1.0, 1.02),
    "scratch": (2.3, 2.44, 2.6),
}


def checked(result: dict[str, Any] | None = None, **claim: Any) -> dict[str, Any]:
    """One claim, checked."""
    [row] = verify_claims([{"claim": "It is so.", **claim}], result)
    return row


def small_result(seeds: int = 3, **changes: Any) -> dict[str, Any]:
    """What ``verify_claims`` reads of a run's result."""
    return {
        "run_id": "a-run",
        "dense_params": 666_882,
        "spinn_params": 211_386,
        "parameter_reduction": 1 - 211_386 / 666_882,
        "architectures": [DENSE, PRUNED],
        "arms": [_arm(name, seeds) for name in R2],
        "stages": [{"file_bytes": 2_688_301}, {"file_bytes": 860_013}],
        "data": {"source": "milling-sim", "simulated": True},
        "environment": {"device": "cpu", "device_name": "x86_64", "threads": 2},
        "equal_work": None,
    } | changes


def _arm(name: str, seeds: int) -> dict[str, Any]:
    dense = name.startswith("dense")
    r2 = R2[name][:seeds]
    return {
        "arm": name,
        "hidden": DENSE if dense else PRUNED,
        "file_bytes": 2_688_301 if dense else 860_013,
        "r2": interval(r2),
        "per_output": {
            "wear": {"r2": interval([value - 0.1 for value in r2])},
            "heat": {"r2": interval([value + 0.1 for value in r2])},
        },
        "latency_us": {
            batch: {"median": median, "p95": 2 * median, "rounds": 9}
            for batch, median in zip(("1", "64"), MEDIANS[name], strict=True)
        },
        "speed_up": {"1": MEDIANS["dense"][0] / MEDIANS[name][0], "64": SPEED[name][1]},
        "speed_up_interval": {"1": None, "64": [SPEED[name][0], SPEED[name][2]]},
        "peak_memory_bytes": 4_000_000 if dense else 2_000_000,
        "peak_memory_how": "CUDA allocator, batch 8192",
    }
