"""What the arms cost: file, memory, and the time of a pass, as tables."""

from __future__ import annotations

from spinn_engine.report.comparison import Line
from spinn_engine.report.facts import Facts, Row
from spinn_engine.report.table import Table, marked_cell, table
from spinn_engine.report.words import (
    BYTES,
    DASH,
    MICROSECONDS,
    NO_BREAK,
    Unit,
    in_unit,
    listed,
    significant,
    unit_for,
)


def costs(facts: Facts) -> Table:
    """File, memory and inference time of every arm, and what of the saved work became speed."""
    last, arms = facts.batches[-1], facts.arms
    size = unit_for([arms["dense"]["file_bytes"]], BYTES)
    memory = unit_for([arms["dense"]["peak_memory_bytes"] or 1.0], BYTES)
    timed = {name: arm["latency_us"] for name, arm in arms.items()}
    heads, columns = _timed_columns(facts, timed)
    rows: list[Line] = [
        [
            marked_cell(name),
            _in(arm["file_bytes"], size),
            _in(arm["peak_memory_bytes"], memory),
            f"{arm['macs']:,}",
            *columns[name],
            significant(arm["speed_up"][last]),
            significant(arm["mac_ratio"]),
        ]
        for name, arm in arms.items()
    ]
    rounds = listed([str(timed["dense"][batch]["rounds"]) for batch in facts.batches])
    caption = (
        f"What every arm costs. Inference: median of {rounds} rounds in which the arms took turns, "
        f"95th percentile in brackets, on {facts.device}. Speed-up (batch {int(last):,}) and MAC "
        "ratio: against dense; equal numbers mean that every saved operation became speed. Peak "
        f"memory of one pass: {arms['dense']['peak_memory_how']}. {DASH}: not measured."
    )
    first: Line = ["Arm", f"File ({size[0]})", f"Memory ({memory[0]})", "MACs"]
    return table("costs", caption, [*first, *heads, "Speed-up", "MAC ratio"], rows)


def sparse(facts: Facts) -> Table:
    """Magnitude pruning in sparse storage, beside how it is stored otherwise."""
    magnitude, dense = facts.arms["magnitude"], facts.arms["dense"]
    ways = {"dense tensors": magnitude, **magnitude["sparse"]}
    size = unit_for([way["file_bytes"] for way in ways.values()], BYTES)
    heads, columns = _timed_columns(facts, {name: way["latency_us"] for name, way in ways.items()})
    rows: list[Line] = [
        [
            name if name == "dense tensors" else name.upper(),
            _in(way["file_bytes"], size),
            *columns[name],
        ]
        for name, way in ways.items()
    ]
    caption = (
        "Magnitude pruning sets single weights to zero, which alone makes neither file nor pass "
        f"smaller. Stored dense and sparse: the {magnitude['nonzero']:,} parameters that are not "
        f"zero; the dense network's file has {in_unit(dense['file_bytes'], BYTES)}. Inference: "
        f"median, 95th percentile in brackets, on {facts.device}."
    )
    return table("sparse", caption, ["Stored as", f"File ({size[0]})", *heads], rows)


def _timed_columns(facts: Facts, timed: dict[str, Row]) -> tuple[list[str], dict[str, list[str]]]:
    """Heads with a unit, and cells with median and 95th percentile, a column a batch size."""
    heads, cells = [], {name: list[str]() for name in timed}
    for batch in facts.batches:
        unit, scale = unit_for([timed[next(iter(timed))][batch]["median"]], MICROSECONDS)
        heads.append(f"batch {int(batch):,} ({unit})")
        for name, by_batch in timed.items():
            median, slow = (significant(by_batch[batch][key] / scale) for key in ("median", "p95"))
            cells[name].append(f"{median}{NO_BREAK}({slow})")
    return heads, cells


def _in(value: float | None, unit: Unit) -> str:
    return DASH if value is None else significant(value / unit[1])
