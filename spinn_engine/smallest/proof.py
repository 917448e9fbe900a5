"""The proof: the answer of a search as a run of its own, with seeds that the search never saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spinn_engine import foreground
from spinn_engine.evaluation.intervals import interval, repetitions_of
from spinn_engine.smallest.find import Found
from spinn_engine.smallest.trials import FRESH
from spinn_engine.spec import PruneSpec, RunSpec
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.vocabulary import LONGER, SUBJECT

CONTROLS = (LONGER, "random", FRESH, "linear")  # and l1, unless it is the criterion
LEAST_SEEDS = 5
ARM_OF = {"pruning": SUBJECT, "new weights": FRESH}  # by route


def proof_spec(spec: RunSpec, found: Found) -> RunSpec:
    """The run that proves the answer of a search.

    Args:
        spec: the search's, fitted to its data.
        found: with an answer.
    """
    assert found.answer is not None
    first = max(spec.seeds) + 1
    prune = PruneSpec(
        widths=(found.answer.hidden,),
        criterion=spec.prune.criterion,
        reconstruction=spec.prune.reconstruction,
        round_to=1,
    )
    train = spec.train.model_copy(
        update={
            "fine_tune_max_updates": found.most_updates,
            "fine_tune_learning_rate": found.rate,
        }
    )
    compare = spec.compare.model_copy(update={"controls": CONTROLS})
    seeds = tuple(range(first, first + max(len(spec.seeds), LEAST_SEEDS)))
    changes = {"prune": prune, "train": train, "compare": compare, "seeds": seeds}
    return spec.model_copy(update=changes)


def prove(
    spec: RunSpec, found: Found, on_epoch: foreground.OnEpoch | None = None
) -> tuple[RunFolder, dict[str, Any]]:
    """Do that run, and hold the answer against the dense network trained as long.

    Returns:
        The run; and ``r2`` and ``dense_r2`` on the test rows, means over repetitions, their paired
        ``difference`` with its interval, and whether it is ``proved``: the interval allows no loss
        above the margin.

    Raises:
        SpinnError: as ``foreground.run``.
    """
    folder = foreground.run(proof_spec(spec, found), on_epoch=on_epoch)
    result = folder.result()
    assert result is not None
    ours, dense = (last_r2(result, arm) for arm in (ARM_OF[found.route], LONGER))
    pairs = repetitions_of(ours) - repetitions_of(dense)
    difference = interval(pairs, unit=1.0)
    low: float | None = difference["low"]
    return folder, {
        "r2": ours["mean"],
        "dense_r2": dense["mean"],
        "difference": {name: difference[name] for name in ("mean", "low", "high", "n")},
        "proved": low is not None and low >= -spec.compare.margin,
    }


def last_r2(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The R2 of an arm of a result, in its last stage."""
    r2: Mapping[str, Any] = next(arm["r2"] for arm in result["arms"] if arm["arm"] == name)
    return r2
