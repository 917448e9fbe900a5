"""A last row that holds the sums or means of those above it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spinn_engine import api
from spinn_engine.spec import DataSpec

RNG = np.random.default_rng(3)


def checked(path: Path, **more: str) -> list[dict[str, object]]:
    return api.check(DataSpec(source=f"table:{path}", targets=("wear",), **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("what", ["sum", "mean"])
def test_it_is_an_error_and_nothing_else_is_blamed(tmp_path: Path, what: str) -> None:
    frame = pd.DataFrame(
        {"force": RNG.uniform(500, 900, 200).round(3), "speed": RNG.normal(size=200)}
    )
    frame["wear"] = (0.001 * frame["force"] + 0.05 * RNG.normal(size=200)).round(4)
    frame.loc[len(frame)] = getattr(frame, what)()
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    found = checked(path)
    errors = [one for one in found if one["severity"] == "error"]
    assert [one["check"] for one in errors] == ["totals"]
    assert errors[0]["value"] == 201
    assert set(errors[0]["columns"]) == {"force", "speed", "wear"}  # type: ignore[call-overload]
    assert "--drop-lines" in str(errors[0]["advice"])
    assert not [one for one in checked(path, drop_lines="202") if one["severity"] == "error"]


def test_a_last_row_that_is_large_is_none(tmp_path: Path) -> None:
    frame = pd.DataFrame({"force": RNG.uniform(500, 900, 200), "wear": RNG.uniform(size=200)})
    frame.loc[len(frame)] = [frame["force"].sum(), 0.7]  # of one column, which may be chance
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    assert "totals" not in {one["check"] for one in checked(path)}
