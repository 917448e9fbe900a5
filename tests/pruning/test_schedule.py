"""The schedule against brute force, and against numbers worked out by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spinn_engine.errors import BadInputError
from spinn_engine.pruning.schedule import plan
from spinn_engine.pruning.sizes import mac_count, parameter_count
from spinn_engine.spec import PruneSpec

REFERENCE = (512, 512, 512, 256)
WIDTHS = st.lists(st.integers(2, 40), min_size=1, max_size=6).map(tuple)
SCHEDULES = st.sampled_from(["uniform", "sequential"])
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
    assert max(factors) - min(factors) < 0.005
    shares = [w / d for w, d in zip(stages[-1].hidden, REFERENCE, strict=True)]
    assert max(shares) - min(shares) < 1 / 256


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


@given(WIDTHS, SCHEDULES, SHARES, st.integers(1, 8), st.booleans())
def test_every_stage_is_smaller_than_the_one_before(
    hidden: tuple[int, ...], schedule: str, share: float, stages: int, by_neurons: bool
) -> None:
    amount = "pruning_ratio" if by_neurons else "param_reduction"
    spec = PruneSpec.model_validate({"schedule": schedule, "stages": stages, amount: share})
    try:
        planned = plan(spec, hidden, 5, 2)
    except BadInputError:
        return  # refused in words; the tests below say when
    assert planned[0].hidden == hidden
    assert len(planned) == stages + 1
    for before, after in pairwise(planned):
        assert after.params < before.params
        assert all(1 <= b <= a for a, b in zip(before.hidden, after.hidden, strict=True))


@given(WIDTHS, SHARES)
def test_one_uniform_stage_is_the_nearest_on_the_proportional_path(
    hidden: tuple[int, ...], share: float
) -> None:
    """Brute force: neurons leave one at a time, from the layer with the largest share left."""
    path = [list(hidden)]
    while max(path[-1]) > 1:
        widths = path[-1].copy()
        shares = [(w - 0.5) / d if w > 1 else 0.0 for w, d in zip(widths, hidden, strict=True)]
        widths[shares.index(max(shares))] -= 1
        path.append(widths)
    sizes = [parameter_count((5, *widths, 2)) for widths in path]
    target = sizes[0] * (1 - share)
    spec = PruneSpec(stages=1, param_reduction=share)
    if target < 0.999 * sizes[-1]:
        with pytest.raises(BadInputError, match="cannot be reached"):
            plan(spec, hidden, 5, 2)
        return
    nearest = min(abs(size - target) for size in sizes)
    if nearest == abs(sizes[0] - target):
        with pytest.raises(BadInputError, match="would remove no neuron"):
            plan(spec, hidden, 5, 2)
        return
    assert abs(plan(spec, hidden, 5, 2)[-1].params - target) == pytest.approx(nearest)


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
    ],
)
def test_what_cannot_be_is_refused_in_words(
    spec: dict[str, object], hidden: tuple[int, ...], words: str
) -> None:
    with pytest.raises(BadInputError, match=words):
        plan(PruneSpec.model_validate(spec), hidden, 3, 1)
