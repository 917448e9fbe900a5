"""The tables of a report other than costs: stages, arms, targets, physics, checks, claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spinn_engine.evaluation.remarks import stage_kept
from spinn_engine.report.comparison import Line, comparison, lbfgs_epochs, training_rows
from spinn_engine.report.cost_tables import costs, sparse
from spinn_engine.report.facts import Facts, Row
from spinn_engine.report.table import Table, marked_cell, table
from spinn_engine.vocabulary import ARMS, CLAIM_VERDICTS, ZEROED
from spinn_engine.words import (
    DASH,
    bounds,
    capitalised,
    decimals_for,
    decimals_of,
    estimate,
    fixed,
    listed,
    percent,
    quantity,
    shortest,
    size,
    widths,
)

LARGEST_RATIO = 1000  # of two errors that one column shows in full


def all_tables(facts: Facts) -> dict[str, Table]:
    """Every table that has rows for this run, by name, in reading order."""
    found = [comparison(facts), stages(facts), arms(facts)]
    if facts.folds > 1:
        found.append(folds(facts))
    found += [targets(facts), costs(facts)]
    if "sparse" in facts.arms.get(ZEROED, {}):
        found.append(sparse(facts))
    if facts.result["physics"]:
        found.append(physics(facts))
    if facts.result["checks"]:
        found.append(checks(facts))
    if facts.claims:
        found.append(claims(facts.claims))
    return {one.name: one for one in found}


def stages(facts: Facts) -> Table:
    """Every stage of the structured network."""
    digits, several = facts.r2_decimals, facts.n > 1
    heads: Line = ["Stage", "Epoch kept", "Hidden widths", "Parameters", "Fewer", "File"]
    heads += ["R² test", *(["95 % interval"] * several), "validation, cut", "validation, end"]
    rows: list[Line] = []
    for row in facts.result["stages"]:
        before = row["val_r2_before_fine_tuning"]
        line: Line = [
            str(row["stage"]) if row["stage"] else "dense",
            stage_kept(facts.result, row["stage"]) or DASH,
            widths(row["hidden"]),
            f"{row['params']:,}",
            percent(row["param_reduction"]) if row["stage"] else DASH,
            size(row["file_bytes"]),
            fixed(row["r2"]["mean"], digits),
            *([bounds(row["r2"], digits)] * several),
            DASH if before is None else fixed(before["mean"], digits),
            fixed(row["val_r2"]["mean"], digits),
        ]
        rows.append(line)
    caption = (
        f"The structured network stage by stage. R² test: on {facts.tested_rows()}, "
        f"{facts.spread()}. Validation: mean R² on the validation {facts.rows} just after the cut "
        "with its reconstruction, and at the end of the stage. Fewer: parameters against the dense "
        "network. Epoch kept: the one with the lowest validation loss, over the networks of all "
        f"repetitions, 0 being the state before the training{lbfgs_epochs(facts)}."
    )
    return table("stages", caption, heads, rows)


def arms(facts: Facts) -> Table:
    """What every arm is, and its score."""
    digits = facts.r2_decimals
    trained = training_rows(facts)
    heads: Line = ["Arm", *trained, "Hidden widths", "Parameters", "Not zero"]
    errors = decimals_of(facts.result, "relative_l2") if facts.equation else None
    heads += [] if errors is None else ["Relative L2 error"]
    heads += ["R²", "95 % interval", "n"]
    rows: list[Line] = []
    for name, arm in facts.arms.items():
        error = [] if errors is None else [estimate(arm["relative_l2"], errors)]
        rows.append(
            [
                marked_cell(name),
                *(tell(name) for tell in trained.values()),
                widths(arm["hidden"]),
                f"{arm['params']:,}",
                f"{arm['nonzero']:,}",
                *error,
                fixed(arm["r2"]["mean"], digits),
                bounds(arm["r2"], digits),
                str(arm["r2"]["n"]),
            ]
        )
    fewer = [n for n, arm in facts.arms.items() if not ARMS[n].block and arm["r2"]["n"] < facts.n]
    drawn = [
        f" {capitalised(ARMS[name].label)} draws nothing at random, so its n is smaller."
        for name in fewer
    ]
    caption = (
        f"All arms at the end of the run. R² on {facts.tested_rows()}: {facts.spread()}."
        f"{''.join(drawn)}"
        f"{_pooled(facts)}"
    )
    return table("arms", caption, heads, rows)


def _pooled(facts: Facts) -> str:
    if facts.folds == 1:
        return ""
    pooled = [
        f"{ARMS[name].spoken} {fixed(arm['pooled_r2']['mean'], facts.r2_decimals)}"
        for name, arm in facts.arms.items()
    ]
    return f" R² of the predictions of all folds taken together: {', '.join(pooled)}."


def _shown(errors: Iterable[float]) -> list[float]:
    """The errors that decimals are for: one that is nearly none does not lengthen all others."""
    every = list(errors)
    return [one for one in every if one >= max(every) / LARGEST_RATIO]


def targets(facts: Facts) -> Table:
    """R2, RMSE and MAE of every target by every arm."""
    heads: Line = ["Target", "Arm", "R²", "RMSE", "MAE"]
    rows: list[Line] = []
    units = facts.result["data"]["units"]
    for name in facts.result["data"]["target_names"]:
        scored = {arm: facts.arms[arm]["per_output"][name] for arm in facts.arms}
        digits = decimals_of(facts.result, target=name)
        errors = decimals_for(_shown(one["mae"]["mean"] for one in scored.values()), least=1) + 1
        for arm, scores in scored.items():
            unit = f" ({units[name]})" if name in units else ""
            figures = [estimate(scores["r2"], digits)]
            figures += [estimate(scores[metric], errors) for metric in ("rmse", "mae")]
            rows.append([f"{name}{unit}", marked_cell(arm), *figures])
    caption = (
        f"Target by target on {facts.tested_rows()}, RMSE and MAE in the unit of the target: "
        f"{facts.spread()}."
    )
    return table("targets", caption, heads, rows, left=(1,))


def folds(facts: Facts) -> Table:
    """R2 of every arm in every fold."""
    heads: Line = ["Arm", *(f"fold {fold}" for fold in range(1, facts.folds + 1))]
    rows: list[Line] = [
        [marked_cell(name), *(fixed(value, facts.r2_decimals) for value in arm["per_fold_r2"])]
        for name, arm in facts.arms.items()
        if "per_fold_r2" in arm
    ]
    seeds = len(facts.result["seeds"])
    caption = f"R² fold by fold: {_whole_groups(facts)}each fold is tested on rows of its own. " + (
        f"Means over {seeds} seeds." if seeds > 1 else "One seed."
    )
    return table("folds", caption, heads, rows)


def _whole_groups(facts: Facts) -> str:
    return "whole groups go to one fold, and " if facts.result["data"]["groups"] else ""


def physics(facts: Facts) -> Table:
    """How far every arm is from each physics term."""
    terms = facts.result["physics"]
    heads: Line = ["Arm", *(f"{term['term']}: {listed(term['targets'])}" for term in terms)]
    rows: list[Line] = [
        [marked_cell(name), *(_violation(arm["physics"][term["term"]]) for term in terms)]
        for name, arm in facts.arms.items()
    ]
    rows.append(["measured targets", *(_measured(term["measured"]) for term in terms)])
    caption = (
        f"How far predictions on {facts.tested_rows()} are from the physics: 0 is obeyed, less is "
        f"better; {facts.spread()}. {' '.join(map(_term, terms))}"
    )
    return table("physics", caption, heads, rows)


def _violation(figure: Row | None) -> str:
    return DASH if figure is None else estimate(figure, 3)


def _measured(value: float | None) -> str:
    return DASH if value is None else fixed(value, 3)


def _term(term: Row) -> str:
    """What a term's number is, and whether the loss had it."""
    parts = [f"{term['term']}: {term['meaning']}"]
    if term["law"]:
        parts.append(term["law"])
    parts.append(f"weight {shortest(term['weight'])}" if term["weight"] else "not in the loss")
    if term["coefficient"]:
        parts.append(f"fitted coefficient {estimate(term['coefficient'], 3)}")
    return "; ".join(parts) + "."


def checks(facts: Facts) -> Table:
    """What the checks of the data found."""
    heads: Line = ["Check", "Severity", "What was found", "Advice"]
    rows: list[Line] = [
        [one["check"], one["severity"], one["message"], one["advice"]]
        for one in facts.result["checks"]
    ]
    caption = "What the checks say of the data, the worst first."
    return table("checks", caption, heads, rows, left=(1,), text=(2, 3))


def claims(found: Sequence[Row]) -> Table:
    """Claims beside what the run gives."""
    heads: Line = ["Claim", "Verdict", "Claimed", "Found", "Why"]
    rows: list[Line] = [
        [
            one["claim"],
            CLAIM_VERDICTS[one["verdict"]].label,
            quantity(one["claimed"], one["unit"]),
            DASH if one["found"] is None else quantity(one["found"], one["unit"]),
            one["why"],
        ]
        for one in found
    ]
    caption = "Claims about the network, held against this run."
    return table("claims", caption, heads, rows, left=(1,), text=(0, 4))
