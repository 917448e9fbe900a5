"""What the arms cost: file, memory, and the time of a pass, as tables."""

from __future__ import annotations

from spinn_engine.report.comparison import Line
from spinn_engine.report.facts import Facts, Row
from spinn_engine.report.table import Table, marked_cell, table
from spinn_engine.vocabulary import REFERENCE, ZEROED
from spinn_engine.words import (
    DASH,
    factor,
    latency,
    listed,
    size,
    speed_up_estimate,
    unusable_reason,
)


def costs(facts: Facts) -> Table:
    """File, memory and inference time of every arm, and its speed-up beside its MAC ratio."""
    last, arms = facts.batches[-1], facts.arms
    timed = {name: arm["latency_us"] for name, arm in arms.items()}
    heads, columns = _timed_columns(facts, timed)
    rows: list[Line] = [
        [
            marked_cell(name),
            _size(arm["file_bytes"]),
            _size(arm["peak_memory_bytes"]),
            f"{arm['macs']:,}",
            *columns[name],
            speed_up_estimate(facts.result, arm, last),
            factor(arm["mac_ratio"]),
        ]
        for name, arm in arms.items()
    ]
    rounds = listed([str(timed[REFERENCE][batch]["rounds"]) for batch in facts.batches])
    doubt = f" {unusable_reason(facts.result, last)}".rstrip()
    caption = (
        f"What every arm costs. Inference: median of {rounds} rounds in which the arms took turns, "
        f"95th percentile in brackets, on {facts.device}. Speed-up (batch {int(last):,}; "
        "95 % interval over the rounds in brackets) and MAC ratio: against dense; equal numbers "
        f"mean that every saved operation became speed.{doubt} Peak memory of one pass: "
        f"{arms[REFERENCE]['peak_memory_how']}. {DASH}: not measured."
    )
    ends: Line = ["Speed-up", "MAC ratio"]
    return table("costs", caption, ["Arm", "File", "Memory", "MACs", *heads, *ends], rows)


def sparse(facts: Facts) -> Table:
    """Magnitude pruning in sparse storage, beside dense storage."""
    magnitude, dense = facts.arms[ZEROED], facts.arms[REFERENCE]
    ways = {"dense tensors": magnitude, **magnitude["sparse"]}
    heads, columns = _timed_columns(facts, {name: way["latency_us"] for name, way in ways.items()})
    rows: list[Line] = [
        [
            name if name == "dense tensors" else name.upper(),
            size(way["file_bytes"]),
            *columns[name],
        ]
        for name, way in ways.items()
    ]
    caption = (
        "Magnitude pruning sets single weights to zero, which alone makes neither file nor pass "
        f"smaller. Stored dense and sparse: the {magnitude['nonzero']:,} parameters that are not "
        f"zero; the dense network's file has {size(dense['file_bytes'])}. Inference: "
        f"median, 95th percentile in brackets, on {facts.device}."
    )
    return table("sparse", caption, ["Stored as", "File", *heads], rows)


def _timed_columns(facts: Facts, timed: dict[str, Row]) -> tuple[list[str], dict[str, list[str]]]:
    """Heads, and cells with median and 95th percentile, a column a batch size."""
    cells = {
        name: [
            f"{latency(by_batch[batch]['median'])} ({latency(by_batch[batch]['p95'])})"
            for batch in facts.batches
        ]
        for name, by_batch in timed.items()
    }
    return [f"batch {int(batch):,}" for batch in facts.batches], cells


def _size(number: float | None) -> str:
    return DASH if number is None else size(number)
