"""A finished run in the few facts that Compare needs of all runs; imports no streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spinn_engine import api
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import LONGER, REFERENCE, SUBJECT
from spinn_engine.words import decimals_of, duration, fixed, size, speed_up, widths

Figure = dict[str, Any]  # mean, low and high (None where n is 1), n


@dataclass(frozen=True)
class RunRow:
    """One finished run.

    Attributes:
        run_id: its id.
        created: when it was made, ISO 8601 in UTC.
        source: of the data.
        scored: what it takes to hold its R2 against another run's.
        hidden: widths at the end.
        params: parameters at the end.
        reduction: one minus them over those of the dense network.
        r2: of the pruned network on the test rows.
        decimals: of R2 in all texts about the run.
        references: the same for ``dense`` and, where it was run, ``dense_longer``.
        to_longer: R2 above ``dense_longer``, paired; None where that was not run, and of
            an equation, whose errors are compared.
        outcome: what the verdict calls that.
        file_bytes: of the final checkpoint.
        macs: of one row.
        latency_us: median by batch size.
        speed_up: against the dense network by batch size, and how that is told.
        machine: what the latencies were measured on.
        fields: every field of the spec under its dotted name, but for a whole graph.
        facts: what else a reader may find to differ, as shown.
        tags: what people call it.
        note: what people say of it.
    """

    run_id: str
    created: str
    source: str
    scored: api.Scored
    hidden: tuple[int, ...]
    params: int
    reduction: float
    r2: Figure
    decimals: int
    references: dict[str, Figure]
    to_longer: Figure | None
    outcome: str | None
    file_bytes: int
    macs: int
    latency_us: dict[str, float]
    speed_up: dict[str, tuple[float, str]]
    machine: str
    fields: dict[str, Any]
    facts: dict[str, Any]
    tags: tuple[str, ...]
    note: str


def run_row(run_id: str, created: str, result: Mapping[str, Any], remarks: api.Remarks) -> RunRow:
    """The facts of a run.

    Args:
        run_id: what the store calls it.
        created: when it was made.
        result: its metrics file.
        remarks: its tags and note.

    Raises:
        KeyError, IndexError, TypeError, StopIteration: it is no result of this version.
    """
    arms = {arm["arm"]: arm for arm in result["arms"]}
    last, cost = arms[SUBJECT], result["verdict"]["cost_of_pruning"]
    where, spec = result["environment"], RunSpec.from_dict(result["spec"])
    return RunRow(
        run_id=run_id,
        created=created,
        source=result["data"]["source"],
        scored=api.scored(result),
        hidden=tuple(last["hidden"]),
        params=last["params"],
        reduction=result["stages"][-1]["param_reduction"],
        r2=last["r2"],
        decimals=decimals_of(result),
        references={arm: arms[arm]["r2"] for arm in (REFERENCE, LONGER) if arm in arms},
        to_longer=cost["difference"] if cost and not api.by_error(result) else None,
        outcome=None if cost is None else cost["outcome"],
        file_bytes=result["stages"][-1]["file_bytes"],
        macs=last["macs"],
        latency_us={batch: one["median"] for batch, one in last["latency_us"].items()},
        speed_up={
            batch: (ratio, speed_up(result, last, batch))
            for batch, ratio in last["speed_up"].items()
        },
        machine=f"{where['device']}, threads: {where['threads']}",
        fields=flattened(spec.model_dump(mode="json", exclude={"model": {"graph"}})),
        facts=facts_of(result, last),
        tags=remarks.tags,
        note=remarks.note,
    )


def facts_of(result: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
    """What came out of a run and where, under the names that a reader knows."""
    data, digits = result["data"], decimals_of(result)
    return {
        "hidden widths at the end": widths(last["hidden"]),
        "parameters": last["params"],
        "MACs": last["macs"],
        "file": size(last["file_bytes"]),
        "R² of dense": fixed(result["arms"][0]["r2"]["mean"], digits),
        "R² of structured": fixed(last["r2"]["mean"], digits),
        "outcome of the verdict": (result["verdict"]["cost_of_pruning"] or {}).get("outcome"),
        "delivered seed": result["delivered_seed"],
        "data SHA-256": data["sha256"][:12],
        "training, validation, test rows": " / ".join(f"{n:,}" for n in data["rows"].values()),
        "device": result["environment"]["device"],
        "threads": result["environment"]["threads"],
        "torch": result["environment"]["torch"],
        "training": duration(sum(result["wall_seconds"])),
    }


def flattened(spec: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Every field under its dotted name: ``prune.stages``."""
    found: dict[str, Any] = {}
    for name, value in spec.items():
        if isinstance(value, Mapping):
            found |= flattened(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found
