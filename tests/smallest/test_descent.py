"""Where the descent ends, and how often a proof is wrong when the answer is worse than allowed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.evaluation.intervals import CONFIDENCE, interval
from spinn_engine.smallest.descent import descend
from spinn_engine.smallest.trials import SURE


@given(st.integers(1, 80), st.data())
def test_it_ends_on_a_good_rung_above_one_that_failed(last: int, data: st.DataObject) -> None:
    good = data.draw(st.lists(st.booleans(), min_size=last + 1, max_size=last + 1))
    start, asked = data.draw(st.integers(1, last)), list[int]()

    def good_enough(rung: int) -> bool:
        asked.append(rung)
        return good[rung]

    found = descend(last, start, good_enough)
    assert len(set(asked)) == len(asked)
    assert found == 0 or (found in asked and good[found])
    assert found == last or (found + 1 in asked and not good[found + 1])


@given(st.integers(1, 200), st.data())
def test_where_quality_falls_all_the_way_it_is_the_smallest(last: int, data: st.DataObject) -> None:
    start, lowest = data.draw(st.integers(1, last)), data.draw(st.integers(0, last))
    assert descend(last, start, lambda rung: rung <= lowest) == lowest


def test_a_proof_is_seldom_wrong_and_seldom_fails() -> None:
    """Networks lose more on every rung; the search picks by luck, the proof is drawn anew."""
    rng, margin, losses = np.random.default_rng(0), 0.01, np.linspace(0, 0.04, 41)
    found = wrong = proved = 0
    for spread in rng.uniform(0.001, 0.006, 1000):

        def low(rung: int, confidence: float, spread: float = spread) -> float:
            drawn = rng.normal(-losses[rung], spread, 5)
            return float(interval(drawn, confidence, unit=1.0)["low"])

        answer = descend(40, 20, lambda rung, low=low: low(rung, SURE) >= -margin)  # type: ignore[misc]
        found += answer > 0
        if answer and low(answer, CONFIDENCE) >= -margin:
            proved += 1
            wrong += losses[answer] > margin
    assert wrong / 1000 <= 0.05
    assert proved / found > 0.6
