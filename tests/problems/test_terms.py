"""Steps and terms against loops over rows, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Problem, RateLaw
from spinn_engine.problems.steps import next_rows, typical_step, within
from spinn_engine.problems.terms import terms_of, violations
from spinn_engine.spec import PhysicsSpec


def problem(groups: list[int], times: list[float], targets: list[float]) -> Problem:
    rows = np.arange(len(groups))
    return Problem(
        source="made",
        input_names=("x",),
        target_names=("y",),
        inputs=np.zeros((len(groups), 1)),
        targets=np.array(targets, dtype=np.float64)[:, None],
        groups=np.array(groups),
        train=rows,
        val=rows,
        test=rows,
        times=np.array(times, dtype=np.float64),
        never_negative=("y",),
        never_falling=("y",),
    )


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30))
def test_a_step_leads_to_the_next_later_row_of_the_group_and_never_to_another(
    rows: list[tuple[int, int]],
) -> None:
    groups, times = [g for g, _ in rows], [float(t) for _, t in rows]
    found = next_rows(problem(groups, times, times))
    for row, after in enumerate(found):
        later = [t for g, t in rows if g == groups[row] and t > times[row]]
        if after >= 0:
            assert groups[after] == groups[row]
            assert times[after] == min(later)
        elif later:  # another row of the same time leads on
            assert any(
                found[other] >= 0
                for other in range(len(rows))
                if groups[other] == groups[row] and times[other] == times[row]
            )
    reached = found[found >= 0]
    assert len(set(reached)) == len(reached)


def test_steps_stay_within_the_rows_that_are_asked_for() -> None:
    made = problem([0, 0, 0, 1, 1], [0, 1, 2, 0, 1], [0, 1, 3, 5, 6])
    first, second = within(np.array([0, 1, 3, 4]), next_rows(made))
    assert list(zip(first, second, strict=True)) == [(0, 1), (3, 4)]
    whole = within(np.arange(5), next_rows(made))
    assert typical_step(made, whole) == pytest.approx([(3 + 1) / 3])


def test_violations_by_hand() -> None:
    law = RateLaw("wear_law", "y", np.full(5, 2.0), np.zeros(5), 1.0, (0.5, 2.0), "y' = 2")
    made = replace(problem([0, 0, 0, 1, 1], [0, 1, 2, 0, 1], [0, 2, 4, 1, 3]), laws=(law,))
    terms = terms_of(made, PhysicsSpec())
    rows = np.arange(5)
    exact = violations(made, terms, rows, made.targets, {})
    assert exact == {"non_negative": 0.0, "monotone": 0.0, "wear_law": 0.0}
    predicted = np.array([[-1.0], [2.0], [1.0], [1.0], [3.0]])
    found = violations(made, terms, rows, predicted, {})
    assert found["non_negative"] == pytest.approx(1 / 5)
    assert found["monotone"] == pytest.approx(1 / ((4 - 0) + (3 - 1)))  # fell by 1, data rose by 6
    steps = np.array([3.0, -1.0, 2.0])
    assert found["wear_law"] == pytest.approx(np.sqrt(np.square(steps - 2).mean()) / 2)
    halved = violations(made, terms, rows, made.targets, {"wear_law": 0.5})
    assert halved["wear_law"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "physics", "words"),
    [
        ({"times": None}, {"monotone": 1.0}, "has no times"),
        ({"never_negative": ()}, {"non_negative": 1.0}, "no target of made obeys"),
        ({}, {"wear_law": 1.0}, "does not know this law, only no law"),
        ({}, {"targets": ("z",)}, "'z' is no target"),
    ],
)
def test_a_weight_without_its_term_is_refused(
    change: dict[str, object], physics: dict[str, object], words: str
) -> None:
    made = replace(problem([0, 0], [0, 1], [0, 1]), **change)  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match=words):
        terms_of(made, PhysicsSpec.model_validate(physics))


def test_a_named_target_is_judged_whatever_the_training_rows_do() -> None:
    made = replace(problem([0, 0], [0, 1], [1, 0]), never_falling=(), never_negative=())
    assert terms_of(made, PhysicsSpec()) == []
    named = terms_of(made, PhysicsSpec(monotone=1.0, targets=("y",)))
    assert [term.name for term in named] == ["non_negative", "monotone"]
