"""The schedule against brute force, and against numbers worked out by hand."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spinn_engine.api import plan
from spinn_engine.errors import BadInputError
from spinn_engine.graph.kinds import mlp
from spinn_engine.pruning.schedule import settled
from spinn_engine.pruning.sizes import mac_count, parameter_count
from spinn_engine.spec import PruneSpec

REFERENCE = (512, 512, 512, 256)
WIDTHS = st.lists(st.integers(2, 40), min_size=1, max_size=6).map(tuple)
SHARES = st.floats(0.02, 0.95)


def test_sequential_quarters_of_the_reference_network() -> None:
    stages = plan(PruneSpec(schedule="sequential", pruning_ratio=0.25), REFERENCE, 18, 2)
    assert [(s.hidden, s.params) for s in stages] == [
        ((512, 512, 512, 256), 666_882),
        ((384, 512, 512, 256), 598_914),
        ((384, 384, 512, 256), 484_098),
        ((384, 384, 384, 256), 402_050),
        ((384, 384, 384, 192), 377_282),
    ]
    assert stages[-1].param_reduction == pytest.approx(0.434, abs=5e-4)


def test_uniform_meets_the_papers_reduction_in_equal_factors() -> None:
    stages = plan(PruneSpec(param_reduction=0.685), REFERENCE, 18, 2)
    assert stages[-1].param_reduction == pytest.approx(0.685, abs=0.003)
    factors = [b.params / a.params for a, b in pairwise(stages)]
    assert max(factors) - min(factors) < 0.01
    shares = [w / d for w, d in zip(stages[-1].hidden, REFERENCE, strict=True)]
    assert max(shares) - min(shares) <= 8 / 512  # one step of the widths


def test_neurons_are_not_parameters() -> None:
    stages = plan(PruneSpec(pruning_ratio=0.318), REFERENCE, 18, 2)
    assert stages[-1].neuron_reduction == pytest.approx(1 - 0.682**4, abs=2e-3)  # 78.4 %
    assert stages[-1].param_reduction > 0.94


@given(WIDTHS, st.integers(1, 30), st.integers(1, 5))
def test_sizes_equal_those_of_torch(hidden: tuple[int, ...], inputs: int, outputs: int) -> None:
    widths = [inputs, *hidden, outputs]
    layers = [nn.Linear(a, b) for a, b in pairwise(widths)]
    assert parameter_count(widths) == sum(p.numel() for x in layers for p in x.parameters())
    assert mac_count(widths) == sum(x.weight.numel() for x in layers)


def check_words(refused: BadInputError, words: str) -> None:
    assert words in str(refused)
    assert "\n" not in str(refused)


@given(st.lists(st.integers(2, 300), min_size=1, max_size=4), SHARES)
def test_an_open_rounding_is_eight_exactly_where_the_budget_is_still_met(
    hidden: list[int], reduction: float
) -> None:
    spec = PruneSpec(stages=1, param_reduction=reduction)
    try:
        eight = plan(spec.model_copy(update={"round_to": 8}), hidden, 5, 2)[-1]
        fits = abs(eight.param_reduction - reduction) <= 0.003
    except BadInputError:
        fits = False
    assert settled(spec, mlp(hidden, 5, 2)).round_to == (8 if fits else 1)
    assert settled(PruneSpec(pruning_ratio=0.3), mlp(hidden, 5, 2)).round_to == 1


@st.composite
def prunings(draw: st.DrawFn) -> tuple[PruneSpec, tuple[int, ...]]:
    """Any schedule, target and limits, with a dense network that is wide enough for them."""
    round_to, least = draw(st.sampled_from([None, 1, 2, 3, 8])), draw(st.integers(1, 6))
    hidden = draw(st.lists(st.integers(max(round_to or 1, least), 40), min_size=1, max_size=5))
    dense = parameter_count((5, *hidden, 2))
    amounts = {"max_bytes": st.integers(4, 4 * dense), "pruning_ratio": SHARES}
    amount = draw(st.sampled_from(["param_reduction", "mac_reduction", *amounts]))
    schedules = ["uniform", "sequential"] + ["global"] * (amount != "pruning_ratio")
    spec = {
        "schedule": draw(st.sampled_from(schedules)),
        "stages": draw(st.integers(1, 6)),
        "round_to": round_to,
        "least_width": least,
        amount: draw(amounts.get(amount, SHARES)),
    }
    return PruneSpec.model_validate(spec), tuple(hidden)


@given(prunings())
@settings(max_examples=400)
def test_no_stage_breaks_a_limit_grows_or_repeats_the_one_before(
    case: tuple[PruneSpec, tuple[int, ...]],
) -> None:
    spec, dense = case
    step = settled(spec, mlp(dense, 5, 2)).round_to or 0
    try:
        planned = plan(spec, dense, 5, 2)
    except BadInputError as refused:
        check_words(refused, "")
        return
    assert len(planned) == spec.stages + 1
    for before, after in pairwise(planned):
        assert after.hidden != before.hidden
        for first, old, new in zip(dense, before.hidden, after.hidden, strict=True):
            assert min(spec.least_width, first) <= new <= old
            assert new % step == 0 or new == first
    if spec.max_bytes is not None:
        assert planned[-1].bytes <= spec.max_bytes


def path_by_hand(spec: PruneSpec, dense: tuple[int, ...]) -> list[tuple[int, ...]]:
    """One step at a time, from the layer that has the largest share left half-way through it."""
    now, path = list(dense), [dense]
    while True:
        steps = []
        for layer, width in enumerate(now):
            step = spec.round_to or 0
            below = (width - 1) // step * step
            if below >= spec.least_width:
                steps.append((-Fraction(width + below, 2 * dense[layer]), layer, below))
        if not steps:
            return path
        _, layer, below = min(steps)
        now[layer] = below
        path.append(tuple(now))


@given(prunings())
@settings(max_examples=300)
def test_the_budget_is_met_as_nearly_as_the_path_allows(
    case: tuple[PruneSpec, tuple[int, ...]],
) -> None:
    spec, dense = settled(case[0], mlp(case[1], 5, 2)), case[1]
    if spec.pruning_ratio is not None or (
        spec.schedule == "sequential" and spec.stages % len(dense)  # layers pruned equally often
    ):
        return
    path = path_by_hand(spec, dense)
    size = mac_count if spec.mac_reduction else parameter_count
    sizes = [size((5, *widths, 2)) for widths in path]
    if spec.max_bytes is not None:
        target = float(spec.max_bytes // 4)
        allowed = [s for s in sizes if s <= target]
    else:
        target = sizes[0] * (1 - (spec.mac_reduction or spec.param_reduction or 0.0))
        allowed = sizes if target >= 0.999 * sizes[-1] else []
    if not allowed:
        smallest = re.escape(f"smallest network is {list(path[-1])}")
        with pytest.raises(BadInputError, match=smallest):
            plan(spec, dense, 5, 2)
        return
    try:
        final = plan(spec, dense, 5, 2)[-1]
    except BadInputError as refused:
        check_words(refused, "would remove no neuron")
        return
    found = size((5, *final.hidden, 2))
    assert abs(found - target) == pytest.approx(min(abs(s - target) for s in allowed))


@given(WIDTHS, st.data())
def test_custom_widths_are_taken_as_they_are(hidden: tuple[int, ...], data: st.DataObject) -> None:
    stages = [hidden]
    for _ in range(data.draw(st.integers(1, 4))):
        stages.append(tuple(data.draw(st.integers(1, width)) for width in stages[-1]))
    try:
        planned = plan(PruneSpec(schedule="custom", widths=tuple(stages[1:])), hidden, 5, 2)
    except BadInputError as refused:
        assert any(a == b for a, b in pairwise(stages))
        check_words(refused, "would remove no neuron")
        return
    assert [stage.hidden for stage in planned] == stages


@pytest.mark.parametrize(
    ("spec", "hidden", "words"),
    [
        ({"stages": 8, "pruning_ratio": 0.9}, (8, 8), "would leave hidden layer 1"),
        ({"stages": 8, "pruning_ratio": 0.05}, (8, 8), "would remove no neuron"),
        ({"stages": 8, "param_reduction": 0.3}, (2, 2), "would remove no neuron"),
        (
            {"stages": 1, "schedule": "sequential", "param_reduction": 0.9},
            (8, 8, 8),
            r"smallest network is \[1, 8, 8\] with 101 parameters",
        ),
        (
            {"stages": 1, "param_reduction": 0.9, "least_width": 4},
            (8, 8),
            r"smallest network is \[4, 4\] with 41 parameters \(164 bytes\)",
        ),
        ({"max_bytes": 160, "least_width": 4}, (8, 8), r"smallest network is \[4, 4\]"),
        ({"mac_reduction": 0.9, "round_to": 4}, (8, 8), r"smallest network is \[4, 4\]"),
        ({"max_bytes": 1_000_000}, (8, 8), "would remove no neuron"),
        ({"round_to": 16}, (32, 8), r"round_to 16 is larger than hidden layer 2 \(8 neurons\)"),
        ({"least_width": 9}, (32, 8), "least_width 9 is larger than hidden layer 2"),
        ({"widths": [[4, 4], [4, 5]]}, (8, 8), r"stage 2 grows from \[4, 4\] to \[4, 5\]"),
        ({"widths": [[9, 4]]}, (8, 8), "stage 1 grows"),
        ({"widths": [[4, 4, 4]]}, (8, 8), "stage 1 has 3 layers but the dense network has 2"),
        ({"widths": [[]]}, (8, 8), "stage 1 has 0 layers"),
        ({"widths": [[4, 4], [4, 4]]}, (8, 8), "stage 2 would remove no neuron"),
        ({"widths": [[4, 2]], "least_width": 3}, (8, 8), "a layer of 2 neurons.* least_width 3"),
        ({"widths": [[4, 6]], "round_to": 4}, (8, 8), "a layer of 6 neurons.* round_to 4"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    spec: dict[str, object], hidden: tuple[int, ...], words: str
) -> None:
    with pytest.raises(BadInputError, match=words) as caught:
        plan(PruneSpec.model_validate(spec), hidden, 3, 1)
    assert "\n" not in str(caught.value)
