"""The table of a paper: the dense network, what pruning makes of it, and every control."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from spinn_engine.evaluation.outcomes import LEAST_PAIRS
from spinn_engine.evaluation.remarks import last_kept
from spinn_engine.report.facts import Facts, Row, better_than_all
from spinn_engine.report.table import Cell, Table, table
from spinn_engine.spec import ITERATIONS_AN_EPOCH
from spinn_engine.vocabulary import ARMS, LONGER, NEW_WEIGHTS, REFERENCE
from spinn_engine.words import (
    DASH,
    bounds,
    counted,
    decimals_of,
    fixed,
    latency,
    listed,
    size,
    widths,
)

Line = list[str | Cell]
BLOCKS = ((0, "dense"), (1, "pruned"))  # what is trained first, and in each stage after


def comparison(facts: Facts) -> Table:
    """Parameters, architecture, file, memory, inference time and R2 of the arms of a paper."""
    arms = [facts.arms[name] for name in ARMS if name in facts.arms]
    heads: Line = ["Quantity", *(Cell(ARMS[arm["arm"]].label, arm["arm"]) for arm in arms)]
    rows: list[Line] = [
        *_trainings(facts, arms),
        ["Parameters", *(f"{arm['params']:,}" for arm in arms)],
        ["Parameters that are not zero", *(f"{arm['nonzero']:,}" for arm in arms)],
        ["Hidden widths", *(widths(arm["hidden"]) for arm in arms)],
        ["File", *(_size(arm["file_bytes"]) for arm in arms)],
        ["Peak memory of one pass", *(_size(arm["peak_memory_bytes"]) for arm in arms)],
        *(_time(batch, arms) for batch in (facts.batches[0], facts.batches[-1])),
        *_scores(facts, arms),
    ]
    return table("comparison", _caption(facts, arms), heads, rows)


def training_rows(facts: Facts) -> dict[str, Callable[[str], str]]:
    """How long each arm was trained, by unit: ``15 + 4 × 3`` epochs; and what it kept."""
    spec = facts.spec
    known = "trainings" in facts.arms[REFERENCE]
    kept = {"Epoch kept, last training": partial(_kept, facts)} if known else {}
    if spec.train.until == "validation":
        return {"Updates": partial(_updates, facts), **kept}
    counted_in = ("Epochs of Adam", "Iterations of L-BFGS")
    used = [
        any(spec.block_length(stage, block)[kind] for stage, block in BLOCKS)
        for kind in range(len(counted_in))
    ]
    kinds = [kind for kind, is_used in enumerate(used) if is_used or kind == 0]
    return {**{counted_in[kind]: partial(_trained, facts, kind) for kind in kinds}, **kept}


def lbfgs_epochs(facts: Facts) -> str:
    """What counts as an epoch of L-BFGS, where one was run: the rest of a sentence."""
    blocks = (facts.spec.block_length(stage, block) for stage, block in BLOCKS)
    used = any(iterations for _, iterations in blocks)
    return f"; {ITERATIONS_AN_EPOCH} iterations of L-BFGS count as an epoch" if used else ""


def _trained(facts: Facts, kind: int, arm: str) -> str:
    spec, stages = facts.spec, facts.spec.prune.stages
    first, later = spec.block_length(0, "dense")[kind], spec.block_length(1, "pruned")[kind]
    row = ARMS[arm]
    if row.block is None:
        return DASH
    if row.block in NEW_WEIGHTS:
        return f"{spec.block_length(stages, row.block)[kind]:,}"
    before = f"{first:,}" if spec.model.dense is None else "imported"
    return before if row.when == "first" or not later else f"{before} + {stages} × {later:,}"


def _updates(facts: Facts, arm: str) -> str:
    """Of the dense network and of all later stages."""
    trained = facts.arms[arm]["trainings"]
    if not trained:
        return "imported" if arm == REFERENCE else DASH
    first = [one["updates"] for one in trained if one["stage"] == 0]
    later = sum(one["updates"] for one in trained if one["stage"])
    parts = [*first, *([later] if later else [])]
    return " + ".join(f"{part:,}" for part in parts)


def _kept(facts: Facts, arm: str) -> str:
    return last_kept(facts.arms[arm]) or DASH


def _trainings(facts: Facts, arms: Sequence[Row]) -> list[Line]:
    return [
        [name, *(tell(arm["arm"]) for arm in arms)] for name, tell in training_rows(facts).items()
    ]


def _time(batch: str, arms: Sequence[Row]) -> Line:
    medians = (latency(arm["latency_us"][batch]["median"]) for arm in arms)
    return [f"Inference, batch of {int(batch):,}", *medians]


def _size(number: float | None) -> str:
    return "not measured" if number is None else size(number)


def _scores(facts: Facts, arms: Sequence[Row]) -> list[Line]:
    rows: list[Line] = []
    if facts.equation:
        errors = [arm["relative_l2"] for arm in arms]
        digits = decimals_of(facts.result, "relative_l2")
        rows.append(["Relative L2 error", *(fixed(one["mean"], digits) for one in errors)])
        if facts.n > 1:
            rows.append(["95 % interval of the error", *(bounds(one, digits) for one in errors)])
    digits = facts.r2_decimals
    best = [better_than_all(arm["arm"], arms, arm) for arm in arms]
    means = [
        Cell(fixed(arm["r2"]["mean"], digits), bold=bold)
        for arm, bold in zip(arms, best, strict=True)
    ]
    rows.append(["R²", *means])
    if facts.n > 1:
        rows.append(["95 % interval of R²", *(bounds(arm["r2"], digits) for arm in arms)])
    return rows


def _caption(facts: Facts, arms: Sequence[Row]) -> str:
    missing = [ARMS[name].spoken for name in ARMS if name not in facts.arms]
    not_run = f" Not run: {listed(missing)}." if missing else ""
    targets = len(facts.result["data"]["target_names"])
    over = "" if targets == 1 else f", averaged over {targets} targets"
    simulated = facts.result["data"]["simulated"] and not facts.equation
    what = "Relative L2 error and R²" if facts.equation else "R²"
    return (
        f"The dense network, what pruning makes of it, and the controls. {what} on "
        f"{facts.tested_rows()}"
        f"{' (simulated)' if simulated else ''}{over}: {facts.spread()}.{_baseline(facts)} "
        f"{_measured(facts, arms)}{_boldness(facts, arms)}{not_run}"
    )


def _baseline(facts: Facts) -> str:
    if not any(facts.spec.block_length(1, "pruned")):
        return " Nothing was trained after the cuts, so no network was trained longer than another."
    if LONGER not in facts.arms:
        return " The dense network was trained less than the others, which the table cannot undo."
    return (
        f" The baseline is {ARMS[LONGER].spoken}, which was trained as long as the pruned "
        "networks; dense was not."
    )


def _measured(facts: Facts, arms: Sequence[Row]) -> str:
    first = arms[0]
    ends = facts.batches[0], facts.batches[-1]
    rounds = [first["latency_us"][batch]["rounds"] for batch in ends]
    return (
        f"Inference: median of {rounds[0]} and {counted(rounds[1], 'round')} in which all arms "
        f"took turns, on {facts.device}. Peak memory: {first['peak_memory_how']}."
    )


def _boldness(facts: Facts, arms: Sequence[Row]) -> str:
    """What bold means, where there are enough repetitions."""
    if any(better_than_all(arm["arm"], arms, arm) for arm in arms):
        return (
            " Bold: better than every other column, the 95 % interval of the differences paired by "
            "seed above zero."
        )
    if not facts.tells_arms_apart:
        return f" Nothing is bold: it takes {LEAST_PAIRS} seeds that differ to tell columns apart."
    return " Nothing is bold: no column's R² is shown to be better than every other's."
