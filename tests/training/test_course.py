"""Courses: the rate, when they end, and that a repeated one is the same."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.training.course import (
    LEAST_GAIN,
    ByValidation,
    Course,
    Fixed,
    Repeated,
    Taken,
    altogether,
    learning_rate_at,
)


def followed(course: Course, losses: list[float]) -> list[int]:
    """Follow a course whose only member has these best losses; the epochs with a way back."""
    back, epoch = [], -1
    while (epoch := epoch + 1) <= course.epochs:
        if course.ended(epoch, [losses[min(epoch, len(losses) - 1)]]):
            back.append(epoch)
    return back


def test_by_hand_it_is_a_warm_up_and_a_cosine_over_all_epochs() -> None:
    course = Fixed(10)
    for epoch, part in ((1, 0.0), (1, 0.25), (4, 0.5), (10, 0.75)):
        assert course.rate(epoch, part) == learning_rate_at((epoch - 1 + part) / 10, 1.0)
    assert course.taken() == Taken(10, 10)
    assert followed(course, [1.0]) == []


def test_validation_ends_the_peak_when_it_has_stalled_and_half_as_long_a_fall_follows() -> None:
    course = ByValidation(100)
    losses = [0.9**epoch for epoch in range(21)]  # then level
    assert followed(course, losses) == [35]  # 20 and the patience of 15
    assert course.taken() == Taken(53, 18, stalled=True)


def test_what_goes_on_improving_ends_with_the_budget_and_says_so() -> None:
    course = ByValidation(90)
    assert followed(course, [0.9**epoch for epoch in range(200)]) == [60]
    assert course.taken() == Taken(90, 30, stalled=False)


@pytest.mark.parametrize(("gain", "at_once"), [(0.9, True), (1.1, False)])
def test_an_improvement_below_half_a_per_cent_is_none(gain: float, at_once: bool) -> None:
    course = ByValidation(100)
    followed(course, [1 - gain * LEAST_GAIN * (epoch >= 14) for epoch in range(200)])
    assert (course.taken().epochs < 44) == at_once


def test_one_member_that_improves_keeps_the_others_going() -> None:
    course = ByValidation(100)
    for epoch in range(60):
        course.ended(epoch, [1.0, 0.9**epoch])
    assert course.peak is None


@given(st.integers(1, 400), st.integers(0, 400))
def test_the_rate_is_a_share_and_the_budget_holds(most: int, improving: int) -> None:
    course = ByValidation(most)
    back = followed(course, [0.9**epoch for epoch in range(improving + 1)])
    taken = course.taken()
    assert len(back) == 1
    assert 1 <= taken.epochs <= most + 1
    assert 0 <= taken.fall < taken.epochs
    rates = [course.rate(epoch, 0.5) for epoch in range(1, taken.epochs + 1)]
    assert all(0 < rate <= 1 for rate in rates)
    fall = rates[taken.epochs - taken.fall :]
    assert fall == sorted(fall, reverse=True)


@given(st.integers(2, 300), st.integers(0, 300))
def test_a_control_has_the_rates_of_the_network_that_it_follows(most: int, improving: int) -> None:
    course = ByValidation(most)
    rates = {}
    epoch = -1
    while (epoch := epoch + 1) <= course.epochs:
        if epoch:
            rates[epoch] = course.rate(epoch, 0.5)
        course.ended(epoch, [0.9 ** min(epoch, improving)])
    again = Repeated(course.taken(), most=most)
    assert again.epochs == max(rates)
    assert {at: again.rate(at, 0.5) for at in rates} == pytest.approx(rates)
    assert [at for at in rates if again.ended(at, [1.0])] == [again.epochs - course.taken().fall]


def test_new_weights_get_as_many_epochs_as_all_trainings_together() -> None:
    taken = altogether([Taken(40, 13, True), Taken(9, 3, False), Taken(11, 4, True)])
    assert taken == Taken(60, 20)
    course = Repeated(taken)
    assert course.rate(1, 0.0) < course.rate(4, 0.5) == 1.0
    assert course.rate(60, 0.99) < 0.05
    assert math.isclose(course.rate(41, 0.0), 1.0)
