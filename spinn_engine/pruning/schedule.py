"""From a prune spec to the hidden widths of every stage, with exact sizes; imports no torch.

    plan(PruneSpec(stages=4), hidden=(512, 512, 512, 256), inputs=18, outputs=2)

A ``param_reduction`` is met by walking one path of networks from the dense one downwards: neurons
leave one at a time, always from the layer that the schedule says is next, and the network on that
path whose parameters are nearest to the target is taken. Parameters fall at every step of the
path, so no stage can be equal to the one before it, or larger, in any layer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from spinn_engine.errors import BadInputError
from spinn_engine.spec import PruneSpec

BYTES_PER_WEIGHT = 4

Widths = tuple[int, ...]


@dataclass(frozen=True)
class Stage:
    """The network of one stage, and its exact size.

    Attributes:
        stage: 0 for the dense network.
        hidden: hidden widths.
        params: weights and biases.
        macs: multiply-accumulates of one forward pass of one row.
        bytes: the weights and biases as float32, without the file around them.
        param_reduction: one minus ``params`` over those of the dense network.
        neuron_reduction: one minus the hidden neurons over those of the dense network.
        pruning_ratios: share of each layer's neurons that this stage removes.
    """

    stage: int
    hidden: Widths
    params: int
    macs: int
    bytes: int
    param_reduction: float
    neuron_reduction: float
    pruning_ratios: tuple[float, ...]


def parameter_count(widths: Sequence[int]) -> int:
    """Weights and biases of a fully connected network; ``widths`` holds inputs and outputs too."""
    return sum((a + 1) * b for a, b in pairwise(widths))


def mac_count(widths: Sequence[int]) -> int:
    """Multiply-accumulates of one forward pass of one row (biases and activations not counted)."""
    return sum(a * b for a, b in pairwise(widths))


def plan(prune: PruneSpec, hidden: Sequence[int], inputs: int, outputs: int) -> list[Stage]:
    """All stages, the dense network first.

    Raises:
        BadInputError: a layer would be left without neurons, a stage would remove nothing, or the
            target is below what the schedule can reach.
    """
    dense = tuple(hidden)
    times = _times_pruned(prune, len(dense))
    if prune.pruning_ratio is not None:
        steps = _by_ratio(dense, times, prune.pruning_ratio)
    elif prune.param_reduction is not None:
        steps = _by_parameters(dense, times, prune, (inputs, outputs))
    else:  # the spec sets one of the two
        raise BadInputError("prune: give pruning_ratio or param_reduction")
    for number, (before, after) in enumerate(pairwise(steps), start=1):
        if before == after:
            raise BadInputError(
                f"stage {number} would remove no neuron from {list(before)}: "
                "use fewer stages or a larger ratio"
            )
    return [_measure(number, steps, inputs, outputs) for number in range(len(steps))]


def _times_pruned(prune: PruneSpec, layers: int) -> list[list[int]]:
    """How often each layer has been pruned after each stage: ``[stages + 1][layers]``."""
    if prune.schedule == "uniform":
        return [[stage] * layers for stage in range(prune.stages + 1)]
    return [  # sequential: stage k prunes layer k, then round again
        [len(range(layer, stage, layers)) for layer in range(layers)]
        for stage in range(prune.stages + 1)
    ]


def _by_ratio(dense: Widths, times: list[list[int]], ratio: float) -> list[Widths]:
    """Every pruning leaves ``1 - ratio`` of a layer, rounded from the dense width."""
    steps = []
    for stage, counts in enumerate(times):
        widths = tuple(_shrunk(w, (1 - ratio) ** n) for w, n in zip(dense, counts, strict=True))
        if min(widths) < 1:
            layer = widths.index(0)
            raise BadInputError(
                f"stage {stage} would leave hidden layer {layer + 1} ({dense[layer]} neurons) "
                f"with none: use fewer stages or a pruning_ratio below {ratio:g}"
            )
        steps.append(widths)
    return steps


def _shrunk(width: int, share: float) -> int:
    return int(width * share + 0.5 + 1e-9)  # halves round up, whatever the float says


def _by_parameters(
    dense: Widths, times: list[list[int]], prune: PruneSpec, ends: tuple[int, int]
) -> list[Widths]:
    assert prune.param_reduction is not None
    path = _shrinking_path(dense, times[-1])
    sizes = [-parameter_count((ends[0], *widths, ends[1])) for widths in path]  # rising
    dense_size, least = -sizes[0], -sizes[-1]
    target = dense_size * (1 - prune.param_reduction)
    final = _nearest(sizes, -target)
    if target < 0.999 * least:  # a reduction copied from the message below, rounded, still passes
        raise BadInputError(
            f"param_reduction {prune.param_reduction:g} cannot be reached with the "
            f"{prune.schedule} schedule in {prune.stages} stage(s): the smallest network is "
            f"{list(path[-1])} with {least:,} parameters, a param_reduction of "
            f"{1 - least / dense_size:.4f}"
        )
    if prune.schedule == "uniform":  # equal parameter factors, each as near as whole neurons allow
        shares = [stage / prune.stages for stage in range(prune.stages)]
        factor = -sizes[final] / dense_size
        steps = [path[_nearest(sizes, -dense_size * factor**share)] for share in shares]
        return [*steps, path[final]]
    return _between(dense, path[final], times)


def _between(dense: Widths, final: Widths, times: list[list[int]]) -> list[Widths]:
    """Each layer on its own geometric way from its dense to its final width."""
    return [
        tuple(
            _shrunk(first, (last / first) ** (done / total)) if total else first
            for first, last, done, total in zip(dense, final, counts, times[-1], strict=True)
        )
        for counts in times
    ]


def _shrinking_path(dense: Widths, times: list[int]) -> list[Widths]:
    """Networks from ``dense`` down to one neuron in every pruned layer, one neuron at a time.

    If each pruning of a layer keeps the share ``s``, a layer pruned ``n`` times goes from m + 1 to
    m neurons where ``width * s**n = m + 1/2``; the neuron with the largest such ``s`` leaves first.
    """
    events = [
        (((left + 0.5) / width) ** (1 / count), -layer)
        for layer, (width, count) in enumerate(zip(dense, times, strict=True))
        if count
        for left in range(1, width)
    ]
    events.sort(reverse=True)
    widths, path = list(dense), [dense]
    for _, minus_layer in events:
        widths[-minus_layer] -= 1
        path.append(tuple(widths))
    return path


def _nearest(rising: list[int], value: float) -> int:
    right = bisect_left(rising, value)
    if right == 0:
        return 0
    if right == len(rising):
        return right - 1
    return right if rising[right] - value < value - rising[right - 1] else right - 1


def _measure(number: int, steps: list[Widths], inputs: int, outputs: int) -> Stage:
    hidden, before = steps[number], steps[max(number - 1, 0)]
    widths = (inputs, *hidden, outputs)
    params = parameter_count(widths)
    dense_params = parameter_count((inputs, *steps[0], outputs))
    return Stage(
        stage=number,
        hidden=hidden,
        params=params,
        macs=mac_count(widths),
        bytes=params * BYTES_PER_WEIGHT,
        param_reduction=1 - params / dense_params,
        neuron_reduction=1 - sum(hidden) / sum(steps[0]),
        pruning_ratios=tuple(1 - a / b for a, b in zip(hidden, before, strict=True)),
    )
