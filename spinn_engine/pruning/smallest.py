"""The smallest network that what-if still trusts with the dense network's R2. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.errors import BadInputError
from spinn_engine.pruning.facts import DenseFacts
from spinn_engine.pruning.path import levels
from spinn_engine.pruning.schedule import plan
from spinn_engine.pruning.sizes import Stage, measure
from spinn_engine.pruning.whatif import predict_many
from spinn_engine.spec import PruneSpec
from spinn_engine.words import fixed, shortest

GROWTH = 1.1  # of what is left, from one candidate to the next
PARTS = 10_000  # a reduction is found to this fraction of the dense parameters


@dataclass(frozen=True)
class Smallest:
    """What ``smallest_within`` found.

    Attributes:
        param_reduction: what to ask of ``plan`` to get this network.
        stage: its widths and size.
        r2: its predicted validation R2.
        dense_r2: that of the dense network.
    """

    param_reduction: float
    stage: Stage
    r2: float
    dense_r2: float


def smallest_within(facts: DenseFacts, prune: PruneSpec, loss: float) -> Smallest:
    """The smallest network of the uniform schedule that is predicted to lose at most ``loss`` R2.

    Networks are predicted from the smallest upwards, each a tenth larger than the one before, until
    one is good; between it and the one below, the reduction is bisected. Every candidate has the
    exact widths that ``plan`` gives for it.

    Args:
        facts: the dense network.
        prune: criterion, reconstruction, and how widths are rounded.
        loss: in validation R2, the mean over targets.

    Raises:
        BadInputError: the first network below the dense one loses more already.
    """
    known: dict[tuple[int, ...], float] = {}

    def r2(stage: Stage) -> float:
        if stage.hidden not in known:
            how = prune.criterion, prune.reconstruction
            known[stage.hidden] = predict_many(facts, [stage.hidden], *how)[0].r2
        return known[stage.hidden]

    dense = measure(facts.graph, [facts.hidden])[0]
    least = r2(dense) - loss
    good, bad = 0, _most(facts, prune) + 1
    for at in _steps(
        bad - 1
    ):  # predictions rise and fall: the smallest network that is good counts
        if r2(planned(facts, prune, at / PARTS)) >= least:
            good = at
            break
        bad = at
    while bad - good > 1:
        middle = (good + bad) // 2
        if r2(planned(facts, prune, middle / PARTS)) >= least:
            good = middle
        else:
            bad = middle
    stage = planned(facts, prune, good / PARTS) if good else dense
    if stage.hidden == facts.hidden:
        raise BadInputError(
            f"no smaller network on the uniform way keeps the predicted R2 within {shortest(loss)} "
            f"of the dense network's {fixed(r2(dense))}"
        )
    return Smallest(good / PARTS, stage, r2(stage), r2(dense))


def _steps(most: int) -> list[int]:
    """Reductions, in parts, from ``most`` down to none: what is left grows by a tenth each time."""
    left, found = PARTS - most, []
    while left < PARTS:
        found.append(PARTS - left)
        left = max(left + 1, round(left * GROWTH))
    return found


def planned(facts: DenseFacts, prune: PruneSpec, param_reduction: float) -> Stage:
    """The uniform schedule's last stage for this reduction; dense where it removes no neuron."""
    wanted = PruneSpec(
        stages=1,
        param_reduction=param_reduction,
        round_to=prune.round_to,
        least_width=prune.least_width,
    )
    try:
        return plan(wanted, facts.graph)[-1]
    except BadInputError:
        return measure(facts.graph, [facts.hidden])[0]


def _most(facts: DenseFacts, prune: PruneSpec) -> int:
    """The largest reduction, in parts, that the uniform schedule reaches."""
    least = [levels(prune, width)[-1] for width in facts.hidden]
    sizes = [facts.graph.params(hidden) for hidden in (least, facts.hidden)]
    return int(PARTS * (1 - sizes[0] / sizes[1]))
