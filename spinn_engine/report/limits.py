"""The limits of a report: what was not measured, and how far its numbers hold."""

from __future__ import annotations

from spinn_engine.evaluation.outcomes import LEAST_PAIRS
from spinn_engine.report.facts import Facts
from spinn_engine.spec import CompareSpec
from spinn_engine.vocabulary import ARMS, LONGER, REFERENCE
from spinn_engine.words import counted, listed, unusable_reason


def limits(facts: Facts) -> list[str]:
    """The limits of this run, a sentence each; the run's own notes come last."""
    parts = (_of_the_data(facts), _of_the_comparison(facts), _of_the_costs(facts))
    notes = [f"{note.rstrip('.')}." for note in facts.result["notes"]]
    return [sentence for part in parts for sentence in part] + notes


def _of_the_data(facts: Facts) -> list[str]:
    data, found = facts.result["data"], []
    if data["simulated"] and not facts.equation:
        found.append("The data are simulated: the numbers say nothing of a real machine.")
    if facts.equation:
        found.append("One equation with one viscosity was solved; others may behave differently.")
    if data["modelled"]:
        found.append(
            f"{listed(data['modelled'])} was computed from a model, so its scores say how well a "
            "network repeats that model."
        )
    if facts.folds == 1 and not facts.equation:
        groups = f" of {data['groups']} groups" if data["groups"] else ""
        shown = "the intervals show how much seeds matter, not how much other test rows would"
        alone = "other test rows, and other seeds, may score otherwise"
        found.append(f"There is one split{groups}: {shown if facts.n > 1 else alone}.")
    severities = [one["severity"] for one in facts.result["checks"]]
    worst = {kind: severities.count(kind) for kind in ("error", "warning") if kind in severities}
    if worst:
        told = listed([counted(count, kind) for kind, count in worst.items()])
        found.append(f"The checks of the data give {told}; what they are about stands with them.")
    return found


def _of_the_comparison(facts: Facts) -> list[str]:
    found = []
    missing = [ARMS[name].spoken for name in CompareSpec().controls if name not in facts.arms]
    if missing:
        found.append(f"Not run: {listed(missing)}.")
    if LONGER not in facts.arms:
        found.append(
            "Without the dense network trained as long, what pruning cost and what more training "
            "gave cannot be told apart."
        )
    if not facts.tells_arms_apart:
        seeds = len(facts.spec.seeds)
        there = counted(seeds, "seed") + (" with folds" if facts.folds > 1 else "")
        found.append(
            f"{there} cannot show a difference between arms: at least {LEAST_PAIRS} seeds that "
            "differ are needed."
        )
    return found


def _of_the_costs(facts: Facts) -> list[str]:
    device = str(facts.result["environment"]["device"])
    found = [
        f"Times and memory are those of one machine ({facts.device}); no other one was measured."
    ]
    if device == "cpu":
        found.append("GPU time and GPU memory were not measured: the run was on a CPU.")
    doubts = (unusable_reason(facts.result, batch) for batch in facts.batches)
    found += [doubt for doubt in doubts if doubt]
    how = facts.arms[REFERENCE]["peak_memory_how"]
    if facts.arms[REFERENCE]["peak_memory_bytes"] is None:
        found.append(f"Peak memory was {how}.")
    found.append("Memory during training and energy were not measured.")
    return found
