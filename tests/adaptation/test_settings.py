"""What a user may choose, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.adaptation.settings import AdaptSettings
from spinn_engine.errors import BadInputError


@given(rows=st.integers(2, 5000), size=st.none() | st.integers(1, 4999))
def test_batches_are_all_rows_in_order_and_some_come_after_the_first(
    rows: int, size: int | None
) -> None:
    settings = AdaptSettings(batch_rows=size)
    if size is not None and size >= rows:
        with pytest.raises(BadInputError, match="so that rows still come"):
            settings.batches(rows)
        return
    batches = settings.batches(rows)
    assert [row for batch in batches for row in batch] == list(range(rows))
    assert len(batches) >= 2
    assert {len(batch) for batch in batches[:-1]} == {size or max(1, rows // 20)}


@given(share=st.floats(0, 1), layers=st.integers(1, 9))
def test_the_last_layer_always_learns(share: float, layers: int) -> None:
    frozen = AdaptSettings(frozen=share).frozen_layers(layers)
    assert 0 <= frozen <= layers - 1
    assert abs(frozen - share * layers) <= 0.5 or frozen == layers - 1


@pytest.mark.parametrize(
    ("share", "frozen"), [(0.0, 0), (0.09, 0), (0.1, 1), (0.5, 3), (0.9, 4), (1.0, 4)]
)
def test_the_share_is_rounded_to_layers(share: float, frozen: int) -> None:
    assert AdaptSettings(frozen=share).frozen_layers(5) == frozen


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"frozen": 1.1}, "from 0 to 1 but got 1.1"),
        ({"frozen": -0.1}, "from 0 to 1 but got −0.1"),
        ({"frozen": float("nan")}, "from 0 to 1 but got nan"),
        ({"batch_rows": 0}, "at least 1 but got 0"),
        ({"arms": ("full", "magic")}, "none, full, frozen, last_layer but got 'magic'"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInputError, match=told):
        AdaptSettings(**given)


def test_a_single_row_is_no_stream() -> None:
    with pytest.raises(BadInputError, match="at least 2 are needed"):
        AdaptSettings().batches(1)


def test_none_is_always_there() -> None:
    assert AdaptSettings(arms=("last_layer", "full", "full")).chosen() == (
        "none",
        "full",
        "last_layer",
    )
