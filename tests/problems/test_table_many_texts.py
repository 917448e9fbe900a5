"""Columns of many different texts, of which some stand for all: read as when all are held."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.texts.words import DIGITS_16
from spinn_engine.problems.tables.typed import gathering
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.problems.tables.typed.gathering import Different
from spinn_engine.problems.tables.typed.shapes import first_of_each, first_of_numbers, shapes_of
from spinn_engine.spec import ReadingSpec

FORMS = (
    "%d.%m.%Y", "%d/%m/%Y %H:%M", "%m/%d/%y %I:%M:%S %p", "%d.%m.%y", "%y.%m.%d", "%H:%M:%S",
    "%a, %d %b %Y %H:%M:%S", "%Y%m%dT%H%M%S", "%M:%S", "%Y-%j", "%d-%b-%Y", "%Y/%m/%d %H.%M.%S",
)  # fmt: skip


def numbers(rng: random.Random, count: int) -> list[str]:
    """Numbers in one way of writing them, now and then in two."""
    decimals, exponent = rng.choice([0, 0, 1, 3, 6]), rng.choice(["", "", "", "e{}", "D+0{}"])
    mark, unit = rng.choice([",.", ".,", " ,", "'.", ".", ","]), rng.choice(["", "", " mm", "%"])
    largest = 10 ** rng.randint(1, 8)
    made = []
    for _ in range(count):
        text = f"{rng.uniform(-largest, largest) * rng.choice([1, 0.01]):,.{decimals}f}"
        thousands, point = (mark[0], mark[1]) if len(mark) == 2 else ("", mark)
        text = text.replace(",", "T").replace(".", point).replace("T", thousands)
        made.append(text + exponent.format(rng.randint(0, 9)) + unit)
    return made


def times(rng: random.Random, count: int) -> list[str]:
    """Times in one form; of few days, months or years as often as of many."""
    form, start = (
        rng.choice(FORMS),
        pd.Timestamp("1996-01-01") + pd.Timedelta(days=rng.randint(0, 20_000)),
    )
    step = rng.choice([1, 7, 60, 3600, 86400, 40 * 86400])
    rows = range(count) if rng.random() < 0.5 else [rng.randrange(9 * count) for _ in range(count)]
    return [(start + pd.Timedelta(seconds=step * row)).strftime(form) for row in rows]


def ids(rng: random.Random, count: int) -> list[str]:
    signs = rng.choice(["0123456789", "0123456789E", "0123456789abcdef", "abc", "0123456789 .,"])
    length = rng.choice([3, 8, 17])
    return ["".join(rng.choice(signs) for _ in range(length)) for _ in range(count)]


def column_of(seed: int) -> list[str | None]:
    """A column of one kind of text, with others among them now and then."""
    rng = random.Random(seed)
    made: list[str | None] = list(rng.choice([numbers, numbers, times, times, ids])(rng, 400))
    kind = rng.choice(["", "", "gap", "word", "other", "space"])
    for _ in range(rng.choice([1, 3, 40]) if kind else 0):
        at = rng.randrange(len(made))
        others = {"gap": None, "word": "open", "space": f" {made[at]}\u00a0"}
        made[at] = others.get(kind, rng.choice([numbers, times, ids])(rng, 1)[0])
    return made


SEEDS = st.integers(0, 10**9)


def typed(
    texts: list[str | None], decimal: str | None, most: int, time: str | None = None
) -> Column:
    cells = pa.chunked_array([pa.array(texts, pa.string())])
    layout = Layout(Path("t.csv"), (("t.csv", len(texts)),), (), True, decimal, ReadingSpec())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "MOST_TEXTS", most)
        (column,) = typed_columns({"when": cells}, layout, time).values()
    return column


@settings(max_examples=400, deadline=None)
@given(
    SEEDS, st.sampled_from([None, ".", ","]), st.integers(5, 60), st.sampled_from(["when", None])
)
def test_some_texts_stand_for_all(
    seed: int, decimal: str | None, most: int, time: str | None
) -> None:
    texts = column_of(seed)
    exact, found = typed(texts, decimal, 10_000, time), typed(texts, decimal, most, time)
    if exact.kind == "number" and any(DIGITS_16.fullmatch(text) for text in texts if text):
        return  # of many, they are taken for ids without counting
    assert found.kind == exact.kind or {found.kind, exact.kind} == {"category", "text"}
    assert (found.fault is None) == (exact.fault is None) or exact.kind == "category"
    assert (found.marks, found.first, found.clock) == (exact.marks, exact.first, exact.clock)
    assert found.form == exact.form
    assert found.missing == exact.missing
    if exact.kind in ("number", "date") and exact.fault is None:
        np.testing.assert_array_equal(found.numbers(), exact.numbers())


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.integers(1, 200), st.integers(1, 30), st.integers(1, 60))
def test_which_stand_for_all_does_not_depend_on_how_many_come_at_a_time(
    seed: int, size: int, most: int, shapes: int
) -> None:
    there = [text for text in column_of(seed) if text is not None]

    def gathered(step: int) -> Different:
        different = Different(lambda text: ":" in text or "/" in text, False)
        for at in range(0, len(there), step):
            some = there[at : at + step]
            different.add(pa.array(some, pa.string()), np.arange(at, at + len(some)))
        return different

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "MOST_TEXTS", most)
        patch.setattr(gathering, "MOST_SHAPES", shapes)
        one, other = gathered(len(there)), gathered(size)
    assert one.first == other.first
    assert (one.is_all, one.are_shapes) == (other.is_all, other.are_shapes)
    assert all(there.index(text) == row for text, row in one.first.items())


def test_numbers_that_may_begin_with_zero_have_shapes_of_their_own() -> None:
    texts = ["0.500", "10.500", "-0,5", "€ 0.500", "1.034", "", "a0b10", "10:05", "é09"]
    expected = ["0.999", "99.999", "-0,9", "€ 0.999", "9.999", "", "a0b99", "99:09", "é09"]
    assert shapes_of(pa.array(["left out", *texts]).slice(1)).to_pylist() == expected


@given(st.lists(st.integers(0, 9)))
def test_first_places_are_those_that_numpy_finds(numbers: list[int]) -> None:
    expected = sorted(np.unique(numbers, return_index=True)[1]) if numbers else []
    assert list(first_of_numbers(np.array(numbers, dtype=np.int64))) == expected
    assert list(first_of_each(pa.array(map(str, numbers), pa.string()))) == expected


def test_many_ids_of_one_shape_are_no_category() -> None:
    texts: list[str | None] = [f"cut {n}" for n in range(20_000)]
    column = typed(texts, None, 10_000)
    assert column.fault is not None
    assert column.fault.startswith("holds more than 10,000 different texts like 'cut ")
