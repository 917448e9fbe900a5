"""From a prune spec to the hidden widths of every stage; imports no torch.

    plan(PruneSpec(stages=4), mlp((512, 512, 512, 256), inputs=18, outputs=2))

A budget (parameters, MACs or bytes) is met by walking one path of networks from the dense one
downwards: neurons leave one step at a time, always from the layer that the schedule says is next,
and the network on that path that is nearest to the budget is taken. The size falls at every step,
so no stage can be equal to the one before it, or larger, in any layer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.sizes import Widths
from spinn_engine.pruning.budget import Budget, budget_of
from spinn_engine.pruning.path import levels, nearest, shrunk, walk
from spinn_engine.pruning.sizes import (
    BYTES_PER_WEIGHT,
    Stage,
    measure,
)
from spinn_engine.spec import PruneSpec
from spinn_engine.vocabulary import CRITERIA, SCHEDULES
from spinn_engine.words import counted, fixed, shortest

MOST_NEURONS = 200_000  # each is a step of the path

EVEN_STEP = 8  # neurons: what vector units and tensor cores take at once
NEAR_ENOUGH = 0.003  # of the dense network's size


def settled(prune: PruneSpec, graph: Graph) -> PruneSpec:
    """``prune`` with ``round_to`` decided, where it was left open.

    Multiples of 8 run faster than any widths; they are taken where the budget is still met to 0.3
    points of the dense network's size.
    """
    if prune.round_to is not None:
        return prune
    even, free = (prune.model_copy(update={"round_to": step}) for step in (EVEN_STEP, 1))
    budget = budget_of(prune, graph)
    if budget is None:
        return free
    try:
        final = _steps(even, graph)[-1]
    except BadInputError:
        return free
    sizes = [budget.size_of(widths) for widths in (final, graph.hidden)]
    return even if abs(sizes[0] - budget.size) <= NEAR_ENOUGH * sizes[1] else free


def plan(prune: PruneSpec, graph: Graph) -> list[Stage]:
    """All stages of a network, the dense one first.

    With a schedule that ranks all layers the sizes are planned and the widths nominal: the real
    ones come from ``global_widths`` when a stage is trained.

    Raises:
        BadInputError: the layers have too many neurons in all, one would be left with too few, a
            stage would remove nothing, or the budget is below what the schedule can reach.
    """
    if sum(graph.hidden) > MOST_NEURONS:
        raise BadInputError(
            f"there are {sum(graph.hidden):,} neurons in all, at most {MOST_NEURONS:,} can be "
            "planned: give fewer or narrower layers"
        )
    prune = settled(prune, graph)
    steps = _steps(prune, graph)
    return measure(graph, steps, exact=SCHEDULES[prune.schedule].widths != "ranked")


def _steps(prune: PruneSpec, graph: Graph) -> list[Widths]:
    """Hidden widths of every stage, the dense network's first."""
    dense = graph.hidden
    _check_limits(prune, graph)
    budget = budget_of(prune, graph)
    if prune.widths is not None:
        steps = [dense, *prune.widths]
        _check_custom(steps, prune)
    else:
        times = TIMES_PRUNED[prune.schedule](prune.stages, len(dense))
        steps = (
            _by_ratio(graph, times, prune)
            if budget is None
            else _by_budget(graph, times, prune, budget)
        )
    _check_every_stage_removes(steps)
    return steps


def ranked_path(prune: PruneSpec, scores: Sequence[Sequence[float]]) -> list[Widths]:
    """Networks from the widths of ``scores`` downwards, the neuron of the lowest rank first.

    Args:
        prune: ``settled``, for the rounding, the least width and the criterion.
        scores: as ``global_widths``.
    """
    widths = tuple(len(layer) for layer in scores)
    events, one_unit = [], CRITERIA[prune.criterion].one_unit
    for layer, values in enumerate(scores):
        mean, rising = 1.0 if one_unit else sum(values) / len(values), sorted(values)
        steps = levels(prune, widths[layer])
        worth = 0.0
        for above, below in pairwise(steps):  # what leaves with a step is worth its mean score
            gone = rising[widths[layer] - above : widths[layer] - below]
            now = sum(gone) / len(gone) / mean if mean else 0.0
            worth = max(worth, now)  # never less than the step before, whatever the float says
            events.append((worth, layer, above - below))
    return walk(widths, events)


def global_widths(
    prune: PruneSpec,
    scores: Sequence[Sequence[float]],
    stage: Stage,
    graph: Graph,
) -> Widths:
    """Widths of one stage of a ``ranked`` schedule, by one ranking over all layers.

    Args:
        prune: ``settled``, for the rounding and the least width.
        scores: per hidden layer of the network before the stage, any order. Those that are not in
            one unit are divided by their layer's mean, so that a layer of large weights is not
            worth more for that.
        stage: the planned stage; its parameters are the budget (its MACs, for a
            ``mac_reduction``), and a stage always removes something, and leaves something to
            remove to those after it.
        graph: the dense network.

    Raises:
        BadInputError: nothing is left to remove.
    """
    path, widths = ranked_path(prune, scores), tuple(len(layer) for layer in scores)
    by_macs = prune.mac_reduction is not None
    size_of, size = (graph.macs, stage.macs) if by_macs else (graph.params, stage.params)
    sizes = [-size_of(w) for w in path]  # rising
    pick = nearest if prune.max_bytes is None else bisect_left
    last = len(path) - 1 - (prune.stages - stage.stage)  # every later stage needs a step too
    found = path[max(min(max(pick(sizes, -size), 1), last), 0)]
    _check_every_stage_removes([widths, found], first=stage.stage)
    return found


def _check_limits(prune: PruneSpec, graph: Graph) -> None:
    for label, width in zip(graph.labels, graph.hidden, strict=True):
        for name in ("round_to", "least_width"):
            limit = getattr(prune, name) or 1
            if limit > width and (name == "least_width" or limit > 1):
                raise BadInputError(
                    f"prune.{name} {limit} is larger than {label} "
                    f"({width} neurons): use {width} or less"
                )


def _check_custom(steps: list[Widths], prune: PruneSpec) -> None:
    for number, (before, after) in enumerate(pairwise(steps), start=1):
        if len(after) != len(before):
            raise BadInputError(
                f"prune.widths: stage {number} has {len(after)} layers but the dense network "
                f"has {len(before)}"
            )
        if any(b > a for a, b in zip(before, after, strict=True)):
            raise BadInputError(
                f"prune.widths: stage {number} grows from {list(before)} to {list(after)}: "
                "pruning only removes neurons"
            )
        for old, new in zip(before, after, strict=True):
            if new < prune.least_width or (new < old and new % (prune.round_to or 1)):
                raise BadInputError(
                    f"prune.widths: stage {number} has a layer of {new} neurons, against "
                    f"least_width {prune.least_width} or round_to {prune.round_to}"
                )


def _check_every_stage_removes(steps: list[Widths], first: int = 1) -> None:
    for number, (before, after) in enumerate(pairwise(steps), start=first):
        if before == after:
            raise BadInputError(
                f"stage {number} would remove no neuron from {list(before)}: "
                "use fewer stages or a larger ratio"
            )


def every_layer(stages: int, layers: int) -> list[list[int]]:
    """Every stage prunes every layer."""
    return [[stage] * layers for stage in range(stages + 1)]


def one_after_another(stages: int, layers: int) -> list[list[int]]:
    """Stage k prunes layer k, then round again."""
    return [
        [len(range(layer, stage, layers)) for layer in range(layers)] for stage in range(stages + 1)
    ]


# How often each layer has been pruned after each stage, the dense network first:
# ``(stages, layers)`` gives ``[stages + 1][layers]``.
TIMES_PRUNED: dict[str, Callable[[int, int], list[list[int]]]] = {
    "uniform": every_layer,
    "sequential": one_after_another,
    "global": every_layer,
}


def _by_ratio(graph: Graph, times: list[list[int]], prune: PruneSpec) -> list[Widths]:
    """Every pruning leaves ``1 - ratio`` of a layer, rounded from the dense width."""
    assert prune.pruning_ratio is not None
    left, dense = 1 - prune.pruning_ratio, graph.hidden
    steps = []
    for stage, counts in enumerate(times):
        widths = tuple(shrunk(prune, w, left**n) for w, n in zip(dense, counts, strict=True))
        if not all(widths):
            layer = widths.index(0)
            raise BadInputError(
                f"stage {stage} would leave {graph.labels[layer]} ({dense[layer]} neurons) with "
                f"fewer than {max(prune.least_width, prune.round_to or 1)}: use fewer stages or a "
                f"pruning_ratio below {shortest(prune.pruning_ratio)}"
            )
        steps.append(widths)
    return steps


def _by_budget(
    graph: Graph, times: list[list[int]], prune: PruneSpec, budget: Budget
) -> list[Widths]:
    dense = graph.hidden
    path = _shrinking_path(dense, times[-1], prune)
    sizes = [-budget.size_of(widths) for widths in path]  # rising
    _check_reachable(prune, budget, path[-1], sizes, graph)
    pick = bisect_left if budget.ceiling else nearest
    final = pick(sizes, -budget.size)
    if SCHEDULES[prune.schedule].between == "turns":
        return _between(dense, path[final], times, prune)
    factor = sizes[final] / sizes[0]  # equal factors, each as near as whole neurons allow
    shares = [stage / prune.stages for stage in range(prune.stages)]
    return [*(path[nearest(sizes, sizes[0] * factor**share)] for share in shares), path[final]]


def _check_reachable(
    prune: PruneSpec, budget: Budget, smallest: Widths, sizes: list[int], graph: Graph
) -> None:
    if budget.size >= -sizes[0]:
        whole = BYTES_PER_WEIGHT * -sizes[0]
        raise BadInputError(
            f"{budget.name} would remove no neuron: the dense network takes {whole:,} bytes; give "
            "less than that"
        )
    slack = 1.0 if budget.ceiling else 0.999  # a reduction copied from the message, rounded, passes
    if budget.size >= slack * -sizes[-1]:
        return
    params, stored = graph.params(smallest), graph.numbers(smallest) * BYTES_PER_WEIGHT
    raise BadInputError(
        f"{budget.name} cannot be reached with the {prune.schedule} schedule in "
        f"{counted(prune.stages, 'stage')}: the smallest network is {list(smallest)} with "
        f"{params:,} parameters ({stored:,} bytes), a reduction of "
        f"{fixed(1 - sizes[-1] / sizes[0])}"
    )


def _between(
    dense: Widths, final: Widths, times: list[list[int]], prune: PruneSpec
) -> list[Widths]:
    """Each layer on its own geometric way from its dense to its final width."""
    return [
        tuple(
            max(shrunk(prune, first, (last / first) ** (done / total)), last) if total else first
            for first, last, done, total in zip(dense, final, counts, times[-1], strict=True)
        )
        for counts in times[:-1]
    ] + [final]


def _shrinking_path(dense: Widths, times: list[int], prune: PruneSpec) -> list[Widths]:
    """Networks from ``dense`` down to the least widths in every pruned layer, one step at a time.

    If each pruning of a layer keeps the share ``s``, a layer pruned ``n`` times goes from one
    allowed width to the next at ``width * s**n`` half-way between the two; the largest such ``s``
    leaves first.
    """
    return walk(
        dense,
        [
            (-(((above + below) / 2 / width) ** (1 / count)), layer, above - below)
            for layer, (width, count) in enumerate(zip(dense, times, strict=True))
            if count
            for above, below in pairwise(levels(prune, width))
        ],
    )
