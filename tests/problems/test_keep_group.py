"""A group column that stays an input, as a network that was brought may want."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spinn_engine.problems import load_problem
from spinn_engine.spec import DataSpec


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_it_is_an_input_and_groups_stay_together(tmp_path: Path, suffix: str) -> None:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({"tool": np.repeat(np.arange(12), 10), "a": draw.normal(size=120)})
    frame["y"] = frame.a + 0.1 * frame.tool
    path = tmp_path / f"rows.{suffix}"
    frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
    spec = DataSpec(source=f"table:{path}", targets=("y",), group="tool")
    without = load_problem(spec)
    kept = load_problem(spec.model_copy(update={"keep_group": True}))
    assert (without.input_names, kept.input_names) == (("a",), ("tool", "a"))
    np.testing.assert_array_equal(kept.inputs[:, 0], frame.tool)
    for part in ("train", "val", "test"):
        np.testing.assert_array_equal(getattr(kept, part), getattr(without, part))
    assert any("is an input all the same" in note for note in kept.notes)
    assert not any("is an input all the same" in note for note in without.notes)


def test_without_a_group_there_is_nothing_to_keep() -> None:
    with pytest.raises(ValueError, match="name it in group"):
        DataSpec(source="table:x.csv", targets=("y",), keep_group=True)
    with pytest.raises(ValueError, match="keep_group is for tables"):
        DataSpec(keep_group=True, group="x")
