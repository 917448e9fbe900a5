"""Compare: a broken result, and runs with and without folds, beside the others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from tests.dashboard.compare_support import grid, ids
from tests.dashboard.support import opened


@pytest.mark.parametrize("text", ["{", "{}", '{"arms": []}'])
def test_a_broken_result_is_told_and_the_others_are_shown(several: Path, text: str) -> None:
    (several / "two" / api.RESULT_NAME).write_text(text)
    app = opened("compare", runs="one")
    assert ids(app) == ["other", "one"]
    assert app.expander[0].label == "1 run cannot be read"
    assert plain("two/spinn_structured_metrics.json") in app.expander[0].markdown[0].value


def test_runs_of_one_seed_and_of_folds_stand_beside_others(
    finished_run: RunFolder, single_run: RunFolder, folded_run: RunFolder
) -> None:
    app = opened("compare", baseline="finished")
    table = grid(app).set_index(pd.Index(ids(app)))
    assert not app.error
    assert table.loc["earlier_single", "95 % of the difference"] == "not paired: other seeds"
    unlike = "not paired: other seeds, other folds"
    assert table.loc["earlier_folds", "95 % of the difference"] == unlike
    assert table["95 % of R²"]["earlier_single"] == "–"
    assert "unfinished" not in table.index
