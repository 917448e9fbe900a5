"""What was learned, from which rows, and how they were split."""

from __future__ import annotations

from pathlib import PurePath

from spinn_engine.report.facts import Facts
from spinn_engine.vocabulary import CHECKS, SOURCES, SPLITS, SplitRow
from spinn_engine.words import counted, listed

HASH_SHOWN = 12


def data_sentences(facts: Facts) -> list[str]:
    """The source and what it notes of itself, inputs and targets, the split, the hash."""
    data = facts.result["data"]
    found = [_source(facts), *data["notes"], _columns(facts)]
    modelled = [name for name in data["modelled"] if not any(name in n for n in data["notes"])]
    if modelled:
        verb = _was(len(modelled))
        found.append(f"{listed(modelled)} {verb} not measured but computed from a model.")
    found.append(_cross_validation(facts) if facts.folds > 1 else _split(facts))
    found.append(
        f"The SHA-256 of the data with their split begins with {data['sha256'][:HASH_SHOWN]}."
    )
    return found


def _source(facts: Facts) -> str:
    kind, _, path = facts.result["data"]["source"].partition(":")
    version = facts.result["environment"]["spinn_engine"]
    return SOURCES[kind].methods.format(version=version, file=PurePath(path).name)


def _columns(facts: Facts) -> str:
    data, spec = facts.result["data"], facts.spec.data
    names = [
        f"{name} ({data['units'][name]})" if name in data["units"] else name
        for name in data["target_names"]
    ]
    inputs = counted(len(data["input_names"]), "input")
    one = len(data["input_names"]) == 1
    noun = "target" if len(names) == 1 else "targets"
    sentence = f"{inputs} {'predicts' if one else 'predict'} the {noun} {listed(names, most=6)}"
    if spec.drop:
        sentence += f"; {listed(spec.drop, most=6)} {_was(len(spec.drop))} left out of the inputs"
    if spec.keep_group:
        sentence += f"; {spec.group} tells the groups apart and is an input all the same"
    if spec.time is not None:
        sentence += f"; {spec.time} orders the rows within a group"
    return f"{sentence}."


def _split(facts: Facts) -> str:
    rows, groups = facts.result["data"]["rows"], facts.result["data"]["groups"]
    train, val, test = (f"{rows[part]:,}" for part in ("train", "val", "test"))
    if facts.equation:
        return (
            f"Networks were trained on {train} points of the domain, chosen on {val} other points, "
            f"and tested on a grid of {test} points."
        )
    sentence = f"{train} rows were for training, {val} for validation and {test} for the test"
    by = _split_row(facts)
    if by is not None and by.group_column != "needed":
        sentence += f": {by.methods}"
    if by is not None and by.held_out:
        return f"{sentence}."
    if groups is None:
        return f"{sentence}; no groups of rows are known."
    found = {one["check"] for one in facts.result["checks"]}
    told = [row.methods for name, row in CHECKS.items() if name in found and row.methods]
    if told:
        return f"{sentence}; {listed(told).format(groups=groups)}."
    by_part = facts.result["data"].get("groups_by_part")
    each = f", which hold {listed([str(n) for n in by_part.values()])}" if by_part else ""
    return f"{sentence}, and none of the {groups} groups is in two of these parts{each}."


def _cross_validation(facts: Facts) -> str:
    rows, groups = sum(facts.result["data"]["rows"].values()), facts.result["data"]["groups"]
    whole = "" if groups is None else f" and {groups} groups, each whole in one fold"
    once = "so every row was tested once"
    by = _split_row(facts)
    if by is not None and by.pieces:
        whole = f" and {groups} {by.pieces}, each whole in one fold"
    if by is not None and by.held_out:
        once = "and rows beside those of another part were in none"
    return (
        f"In a cross-validation with {facts.folds} folds over {rows:,} rows{whole}, the networks "
        "of a fold were tested on its own rows, chosen on those of the next fold, and trained on "
        f"all others, {once}."
    )


def _split_row(facts: Facts) -> SplitRow | None:
    """How a table was split; None where its files are the split, or it is none."""
    return SPLITS.get(facts.result["data"].get("split"))


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
