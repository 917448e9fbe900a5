"""What every schedule does with every amount that it takes, and how it refuses the others."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.api import plan
from spinn_engine.errors import BadInputError
from spinn_engine.graph.kinds import mlp
from spinn_engine.pruning.schedule import TIMES_PRUNED, global_widths
from spinn_engine.pruning.sizes import Stage
from spinn_engine.spec import AMOUNTS, PruneSpec, RunSpec
from spinn_engine.vocabulary import SCHEDULES

WIDTHS = st.lists(st.integers(2, 40), min_size=1, max_size=5).map(tuple)
ENDS = st.tuples(st.integers(1, 9), st.integers(1, 4))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "pruning_ratio": st.floats(0.02, 0.9),
    "param_reduction": st.floats(0.02, 0.97),
    "mac_reduction": st.floats(0.02, 0.97),
    "max_bytes": st.integers(40, 20_000),
}
CASES = [
    (name, amount) for name, row in SCHEDULES.items() for amount in row.amounts if amount in VALUES
]
REFUSED = [
    (name, amount)
    for name, row in SCHEDULES.items()
    for amount in AMOUNTS
    if amount not in row.amounts
]


def sizes(widths: tuple[int, ...], ends: tuple[int, int]) -> tuple[int, int]:
    """Parameters and MACs, layer by layer."""
    pairs = list(pairwise((ends[0], *widths, ends[1])))
    return sum((a + 1) * b for a, b in pairs), sum(a * b for a, b in pairs)


def one_neuron(widths: tuple[int, ...], ends: tuple[int, int]) -> int:
    """Most parameters that leave with one neuron of the dense network."""
    whole = (ends[0], *widths, ends[1])
    return max(a + 1 + c for a, _, c in zip(whole, whole[1:], whole[2:], strict=False))


def planned(prune: PruneSpec, dense: tuple[int, ...], ends: tuple[int, int]) -> list[Stage] | str:
    """The plan, or why there is none."""
    try:
        return plan(prune, dense, *ends)
    except BadInputError as refused:
        return str(refused)


@pytest.mark.parametrize(("name", "amount"), CASES)
@settings(max_examples=60)
@given(dense=WIDTHS, ends=ENDS, stages=st.integers(1, 5), data=st.data())
def test_a_plan_shrinks_in_every_stage_and_meets_its_amount_or_says_why_not(
    name: str,
    amount: str,
    dense: tuple[int, ...],
    ends: tuple[int, int],
    stages: int,
    data: st.DataObject,
) -> None:
    value = data.draw(VALUES[amount])
    prune = PruneSpec(schedule=name, stages=stages, round_to=1, **{amount: value})
    found = planned(prune, dense, ends)
    if isinstance(found, str):
        assert re.fullmatch(r"[^\n]{30,}", found)
        return
    assert found == plan(prune, dense, *ends)
    assert [stage.stage for stage in found] == list(range(stages + 1))
    assert found[0].hidden == dense
    for before, after in pairwise(found):
        assert all(a >= b >= 1 for a, b in zip(before.hidden, after.hidden, strict=True))
        assert before.hidden != after.hidden
        assert (after.params, after.macs) == sizes(after.hidden, ends)
    end, whole = sizes(found[-1].hidden, ends), sizes(dense, ends)
    if amount == "max_bytes":
        assert 4 * end[0] <= value
    elif amount != "pruning_ratio":
        kind = 0 if amount == "param_reduction" else 1
        target = (1 - value) * whole[kind]
        assert abs(end[kind] - target) <= one_neuron(dense, ends) + 1e-3 * whole[kind]


@pytest.mark.parametrize("name", TIMES_PRUNED)
@given(stages=st.integers(1, 8), layers=st.integers(1, 6))
def test_how_often_a_layer_is_pruned_starts_at_zero_and_grows_in_every_stage(
    name: str, stages: int, layers: int
) -> None:
    times = TIMES_PRUNED[name](stages, layers)
    assert len(times) == stages + 1
    assert times[0] == [0] * layers
    for before, after in pairwise(times):
        steps = [b - a for a, b in zip(before, after, strict=True)]
        assert set(steps) <= {0, 1}
        assert any(steps)


@pytest.mark.parametrize("name", TIMES_PRUNED)
@given(ratio=st.floats(0.05, 0.6), stages=st.integers(1, 4), width=st.integers(30, 300))
def test_a_ratio_leaves_each_layer_what_its_prunings_leave(
    name: str, ratio: float, stages: int, width: int
) -> None:
    if "pruning_ratio" not in SCHEDULES[name].amounts:
        return
    dense = (width, width + 7, width + 20)
    prune = PruneSpec(schedule=name, stages=stages, round_to=1, pruning_ratio=ratio)
    found = planned(prune, dense, (3, 2))
    if isinstance(found, str):
        assert "stage" in found
        return
    for stage, times in zip(found, TIMES_PRUNED[name](stages, len(dense)), strict=True):
        for first, now, count in zip(dense, stage.hidden, times, strict=True):
            assert abs(now - first * (1 - ratio) ** count) <= 1


@pytest.mark.parametrize(
    "name",
    [n for n, row in SCHEDULES.items() if (row.widths, row.between) == ("planned", "turns")],
)
def test_under_a_budget_too_only_those_are_cut_whose_turn_it_is(name: str) -> None:
    dense = (64, 64, 64)
    found = plan(PruneSpec(schedule=name, stages=3, round_to=1, param_reduction=0.6), dense, 8, 2)
    times = TIMES_PRUNED[name](3, 3)
    for (before, after), (was, now) in zip(pairwise(found), pairwise(times), strict=True):
        cut = [b < a for a, b in zip(before.hidden, after.hidden, strict=True)]
        assert cut == [m > n for n, m in zip(was, now, strict=True)]


@pytest.mark.parametrize("name", [n for n, row in SCHEDULES.items() if row.widths == "ranked"])
@given(st.lists(st.lists(st.floats(0.01, 9), min_size=4, max_size=12), min_size=1, max_size=4))
def test_widths_by_rank_shrink_and_follow_the_scores(name: str, scores: list[list[float]]) -> None:
    dense = tuple(map(len, scores))
    prune = PruneSpec(schedule=name, stages=1, round_to=1, param_reduction=0.4)
    try:
        stage = plan(prune, dense, 3, 2)[1]
    except BadInputError:
        return
    assert not stage.exact
    found = global_widths(prune, scores, stage, mlp(dense, 3, 2))
    assert all(1 <= b <= a for a, b in zip(dense, found, strict=True))
    assert found != dense


@pytest.mark.parametrize(("name", "amount"), REFUSED)
def test_an_amount_that_it_does_not_take_is_refused_in_a_sentence(name: str, amount: str) -> None:
    value = {"widths": [[4, 4]], "max_bytes": 900}.get(amount, 0.4)
    with pytest.raises(BadInputError) as caught:
        RunSpec.from_dict({"prune": {"schedule": name, amount: value}})
    assert "schedule" in str(caught.value)
    assert "give" in str(caught.value)


@pytest.mark.parametrize("name", [n for n, row in SCHEDULES.items() if row.widths == "given"])
def test_widths_that_are_given_are_the_plan(name: str) -> None:
    given = ((9, 8), (9, 5), (2, 1))
    found = plan(PruneSpec(schedule=name, widths=given), (10, 8), 4, 1)
    assert [stage.hidden for stage in found] == [(10, 8), *given]
