"""Adapt: new rows as they come, drawn from what is stored."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from dashboard.charts.adaptation import LABELS, error_over_time
from dashboard.formats import estimate
from spinn_engine import api
from spinn_engine.artifacts.store import RunFolder
from tests.dashboard.support import opened, words


@pytest.fixture
def adapted(
    finished_run: RunFolder, store: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A finished run in a store of the test's own that has met a new material."""
    shutil.copytree(finished_run.path, store / "mine")
    monkeypatch.setenv("SPINN_RESULTS", str(store))
    return api.adapt("mine", settings=api.AdaptSettings(batch_rows=1000, arms=("last_layer",)))


def test_every_arm_is_drawn_for_every_network_and_target(adapted: dict[str, Any]) -> None:
    figure = error_over_time(adapted)
    lines = {(t.name, t.xaxis): list(t.y) for t in figure.data}
    for row, target in enumerate(adapted["data"]["target_names"]):
        for column, network in enumerate(adapted["networks"]):
            for arm in network["arms"]:
                drawn = lines[LABELS[arm["arm"]], ("x", "x2", "x3", "x4")[row * 2 + column]]
                assert drawn == arm["by_batch"]["rmse"][target]["mean"]
    assert len(lines) == 2 * 2 * 2
    assert sum(bool(trace.showlegend) for trace in figure.data) == 2
    assert "mm" in figure.layout.yaxis.title.text


def test_the_page_shows_what_is_stored(adapted: dict[str, Any]) -> None:
    app = opened("adapt", run="mine")
    assert not app.error
    table = next(t.value for t in app.table if "Adapted" in t.value.columns)
    arms = [arm for network in adapted["networks"] for arm in network["arms"]]
    assert list(table["Adapted"]) == [LABELS[arm["arm"]] for arm in arms]
    assert list(table["R² on coming rows"]) == [estimate(arm["r2"], 3) for arm in arms]
    assert "4,000 rows in 4 batches" in words(app)
    assert "new material" in words(app)


def test_nothing_adapted_yet_says_so(finished_run: RunFolder) -> None:
    assert "Nothing has been adapted yet" in words(opened("adapt", run="finished"))


@pytest.mark.slow
def test_a_table_that_does_not_fit_is_refused_in_a_sentence(
    finished_run: RunFolder, small_table: Path
) -> None:
    app = opened("adapt", run="finished", rows="a table of new rows", new_path=str(small_table))
    app.button(key="adapt").click().run(timeout=120)
    assert "small" in app.error[0].value
    assert "Traceback" not in app.error[0].value


def test_without_a_path_there_is_nothing_to_press(finished_run: RunFolder) -> None:
    app = opened("adapt", run="finished", rows="a table of new rows")
    assert app.button(key="adapt").disabled
