"""docs/python.md runs from top to bottom, from another folder, and what it says is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from spinn_engine import api
from tests.api.support import ending_workers

TEXT = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_it_runs_and_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    with ending_workers():
        for number, block in enumerate(BLOCKS):
            exec(compile(block, f"docs/python.md, block {number}", "exec"), names)
    said = capsys.readouterr()
    assert "there is no option 'hiden': did you mean hidden?" in said.out
    assert "stage 2 of 2" in said.err
    assert (tmp_path / "tradeoff.png").stat().st_size > 10_000
    assert (tmp_path / "report" / "report.html").exists()
    assert names["queued"].is_complete()
    table, array = names["table"], names["array"]
    assert isinstance(table, pd.DataFrame)
    assert (table.to_numpy() == array).all()
    count = sum(one.numel() for one in names["smaller"].parameters())
    assert count <= 0.405 * sum(one.numel() for one in names["mine"].parameters())
    assert names["smaller"](names["x"]).shape == (600, 1)
    assert any("own teacher" in note for note in names["taught"].notes)
    assert names["met"]["run_id"] == names["run"].run_id


def test_the_columns_of_the_frame_are_those_that_it_names() -> None:
    rows = re.findall(r"^\| (`.*?) \|", TEXT, flags=re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    frame = api.open_run("demo").frame()
    of_targets = {f"wear.{score}" for score in ("r2", "rmse", "mae")}
    plain = {name for name in frame.columns if "." not in name}
    where_asked = {"relative_l2", "derivative_error_before", "derivative_error"}
    assert named - of_targets - {"latency_us.64"} - where_asked == plain
    assert "latency_us.64" in frame.columns
    assert {"tool_wear.r2", "tool_wear.rmse", "tool_wear.mae"} <= {*frame.columns}


def test_what_it_calls_is_there() -> None:
    called = set(re.findall(r"\bapi\.(\w+)", TEXT))
    assert len(called) > 10
    assert called <= {*api.__all__}
