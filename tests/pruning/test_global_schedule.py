"""One ranking over all layers, against a slow loop that looks for the cheapest step each time."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.api import plan
from spinn_engine.errors import BadInputError
from spinn_engine.graph.kinds import mlp
from spinn_engine.pruning.schedule import global_widths
from spinn_engine.pruning.sizes import Stage, mac_count, parameter_count
from spinn_engine.spec import PruneSpec

ENDS = 5, 2
Scores = list[list[float]]


@st.composite
def prunings(draw: st.DrawFn) -> tuple[PruneSpec, tuple[int, ...], random.Random]:
    round_to, least = draw(st.sampled_from([1, 1, 2, 8])), draw(st.integers(1, 5))
    hidden = draw(st.lists(st.integers(max(round_to, least), 40), min_size=1, max_size=4))
    amount = draw(st.sampled_from(["param_reduction", "mac_reduction", "max_bytes"]))
    share = draw(st.floats(0.05, 0.9))
    value = int(share * 4 * parameter_count((5, *hidden, 2))) if amount == "max_bytes" else share
    spec = {
        "schedule": "global",
        "stages": draw(st.integers(1, 5)),
        "round_to": round_to,
        "least_width": least,
        amount: value,
    }
    return PruneSpec.model_validate(spec), tuple(hidden), random.Random(draw(st.integers(0, 999)))


def drawn(rng: random.Random, widths: tuple[int, ...]) -> Scores:
    """Scores of quite different size from layer to layer."""
    return [[rng.uniform(0.1, 1.0) * 10**layer for _ in range(w)] for layer, w in enumerate(widths)]


def path_by_hand(spec: PruneSpec, scores: Scores) -> list[tuple[int, ...]]:
    left = [sorted(layer) for layer in scores]
    means = [sum(layer) / len(layer) for layer in scores]
    path = [tuple(map(len, left))]
    while True:
        steps = []
        for layer, values in enumerate(left):
            step = spec.round_to or 0
            below = (len(values) - 1) // step * step
            gone = values[: len(values) - below]
            if below >= spec.least_width:
                steps.append((sum(gone) / len(gone) / means[layer], layer, len(gone)))
        if not steps:
            return path
        _, layer, count = min(steps)
        del left[layer][:count]
        path.append(tuple(map(len, left)))


@given(prunings())
@settings(max_examples=200)
def test_every_stage_equals_the_slow_loop_and_keeps_the_limits(
    case: tuple[PruneSpec, tuple[int, ...], random.Random],
) -> None:
    spec, dense, rng = case
    try:
        planned = plan(spec, dense, *ENDS)
    except BadInputError:
        return
    size = mac_count if spec.mac_reduction else parameter_count
    widths = dense
    for stage in planned[1:]:
        scores = drawn(rng, widths)
        found = global_widths(spec, scores, stage, mlp(dense, *ENDS))
        path = path_by_hand(spec, scores)
        assert found in path
        assert found != widths
        for old, new in zip(widths, found, strict=True):
            assert new == old or (new >= spec.least_width and new % (spec.round_to or 0) == 0)
        target = size((5, *stage.hidden, 2))
        sizes = {one: size((5, *one, 2)) for one in path}
        later = spec.stages - stage.stage  # each of them needs a step of its own
        choices = path[1 : len(path) - later]
        if spec.max_bytes is None:
            nearest = min(abs(sizes[one] - target) for one in choices)
            assert abs(sizes[found] - target) == nearest
        else:
            below = [one for one in choices if sizes[one] <= target]
            assert found == (below[0] if below else choices[-1])
        widths = found
    if spec.max_bytes is not None:
        assert 4 * parameter_count((5, *widths, 2)) <= spec.max_bytes


def stage_of(spec: PruneSpec, dense: tuple[int, ...]) -> Stage:
    return plan(spec, dense, *ENDS)[1]


@pytest.mark.parametrize("round_to", [1, 4, 8])
@pytest.mark.parametrize("score", [0.0, 0.1, 1.0])
def test_tied_scores_leave_from_the_first_layer_on(score: float, round_to: int) -> None:
    spec = PruneSpec(stages=1, schedule="global", param_reduction=0.3, round_to=round_to)
    tied = [[score] * 20, [score] * 20, [score] * 20]
    first, second, third = global_widths(
        spec, tied, stage_of(spec, (20, 20, 20)), mlp((20, 20, 20), *ENDS)
    )
    assert (first % round_to, second, third) == (0, 20, 20)


def test_a_layer_of_large_weights_is_not_worth_more_for_that() -> None:
    spec = PruneSpec(stages=1, schedule="global", param_reduction=0.5)
    rng = random.Random(1)
    one, other = ([rng.uniform(0.1, 1.0) for _ in range(30)] for _ in range(2))
    stage = stage_of(spec, (30, 30))
    graph = mlp((30, 30), *ENDS)
    plain = global_widths(spec, [one, other], stage, graph)
    assert plain == global_widths(spec, [one, [64 * v for v in other]], stage, graph)


def test_the_order_of_a_layers_scores_does_not_matter() -> None:
    spec = PruneSpec(stages=1, schedule="global", mac_reduction=0.5, round_to=4, least_width=4)
    scores = drawn(random.Random(3), (24, 16))
    stage = stage_of(spec, (24, 16))
    mixed = [random.Random(4).sample(layer, len(layer)) for layer in scores]
    graph = mlp((24, 16), *ENDS)
    assert global_widths(spec, scores, stage, graph) == global_widths(spec, mixed, stage, graph)


def test_a_network_at_its_least_is_refused() -> None:
    spec = PruneSpec(stages=1, schedule="global", param_reduction=0.3, least_width=4)
    with pytest.raises(BadInputError, match="stage 1 would remove no neuron"):
        global_widths(spec, [[1.0] * 4, [2.0] * 4], stage_of(spec, (8, 8)), mlp((8, 8), *ENDS))


def test_planned_sizes_are_nominal_and_meet_the_budget() -> None:
    planned = plan(PruneSpec(schedule="global"), (512, 512, 512, 256), 18, 2)
    assert [stage.exact for stage in planned] == [True, False, False, False, False]
    assert planned[-1].param_reduction == pytest.approx(0.685, abs=0.003)
    assert all(b.params < a.params for a, b in pairwise(planned))
