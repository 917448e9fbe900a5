"""The search from end to end on a small table, its journal, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spinn_engine import api
from spinn_engine.cli.main import main
from spinn_engine.errors import BadInputError
from spinn_engine.evaluation.intervals import interval
from spinn_engine.smallest.trials import Bench

OPTIONS: dict[str, Any] = {
    "targets": ("y",),
    "split": "row",
    "hidden": (24, 24),
    "seeds": 3,
    "max_updates": 300,
    "fine_tune_max_updates": 150,
    "margin": 0.02,
}
KEYS = {
    "run_id", "hidden", "params", "param_reduction", "r2", "dense_r2", "difference", "proved",
    "frontier", "seconds",
}  # fmt: skip


@pytest.fixture
def table(tmp_path: Path, store: Path) -> str:
    """Rows of a smooth function of three inputs."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3))
    y = np.sin(x[:, 0]) * x[:, 1] + 0.5 * x[:, 2] ** 2 + 0.05 * rng.normal(size=600)
    path = tmp_path / "rows.csv"
    pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y}).to_csv(path, index=False)
    return f"table:{path}"


@pytest.mark.slow
def test_the_answer_is_proved_by_a_run_with_other_seeds(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = api.smallest(data=table, progress=False, **OPTIONS)
    assert found.run is not None
    result = found.run.result()
    assert result is not None
    assert not set(result["seeds"]) & {0, 1, 2}
    assert result["arms"][1]["hidden"] == list(found.hidden)
    assert {arm["arm"] for arm in result["arms"]} >= {"l1", "random", "scratch", "linear"}
    ours, dense = (
        np.array(next(arm for arm in result["arms"] if arm["arm"] == name)["r2"]["per_seed"])
        for name in ("structured" if found.route == "pruning" else "scratch", "dense_longer")
    )
    low = interval(ours - dense, unit=1.0)["low"]
    assert found.difference["low"] == pytest.approx(low)
    assert found.proved == (low >= -0.02)
    tried = [row["params"] for row in found.frontier]
    assert tried == sorted(tried, reverse=True)
    assert found.params in tried
    assert found.params < 600

    def never(*_: object) -> None:
        raise AssertionError("it was tried before")

    monkeypatch.setattr(Bench, "try_widths", never)
    monkeypatch.setattr(Bench, "train_dense", never)
    again = api.smallest(data=table, progress=False, **OPTIONS)
    assert again.frontier == found.frontier
    assert again.hidden == found.hidden


@pytest.mark.slow
def test_the_command_prints_what_the_contract_says(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--targets", "y", "--split", "row", "--hidden", "12,12", "--seeds", "3"]
    words += ["--max-updates", "200", "--fine-tune-max-updates", "100", "--margin", "0.05"]
    assert main(["smallest", "--data", table, *words, "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert set(found) >= KEYS
    assert set(found["difference"]) == {"mean", "low", "high", "n"}
    assert all(set(row) >= {"hidden", "params", "r2"} for row in found["frontier"])
    assert re.search(r"^dense: 12-12, 217 parameters, validation R2", err, re.MULTILINE)


def test_amounts_are_refused() -> None:
    with pytest.raises(BadInputError, match="a search finds the widths itself: leave stages out"):
        api.smallest(stages=2)


def test_an_amount_is_refused() -> None:
    with pytest.raises(BadInputError, match="leave param_reduction out"):
        api.smallest(param_reduction=0.5)


def test_equations_are_refused() -> None:
    with pytest.raises(BadInputError, match="leave out an imported network, and equations"):
        api.smallest(data="burgers")


def test_derivatives_are_refused(table: str) -> None:
    with pytest.raises(BadInputError, match="compares outputs alone: leave derivatives"):
        api.smallest(data=table, progress=False, derivatives=1.0, **OPTIONS)


def test_one_seed_is_refused(table: str) -> None:
    with pytest.raises(BadInputError, match="two seeds at least"):
        api.smallest(data=table, progress=False, **{**OPTIONS, "seeds": 1})
