import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.problems.split import split_groups, split_items

groupings = st.lists(st.integers(-5, 2**40), min_size=3, max_size=200).filter(
    lambda groups: len(set(groups)) >= 3
)


@given(st.integers(3, 5_000))
def test_every_row_is_in_exactly_one_part_of_the_right_size(count: int) -> None:
    train, val, test = split_items(count)
    assert sorted(np.concatenate([train, val, test])) == list(range(count))
    assert len(val) == len(test) == max(1, round(0.15 * count))
    assert len(train) >= 1


@given(groupings)
def test_no_group_is_on_two_sides(groups: list[int]) -> None:
    numbers = np.array(groups)
    parts = split_groups(numbers)
    assert sorted(np.concatenate(parts)) == list(range(len(groups)))
    sides = [set(numbers[part]) for part in parts]
    assert all(sides)
    assert sum(len(side) for side in sides) == len(set(groups))


@given(groupings)
def test_the_split_depends_on_nothing_but_the_groups(groups: list[int]) -> None:
    first, again = split_groups(np.array(groups)), split_groups(np.array(groups))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_rows_are_shuffled() -> None:
    _, val, test = split_items(1_000)
    assert abs(val.mean() - 500) < 100
    assert abs(test.mean() - 500) < 100
