"""Overview: the best finished run or the demo, and the tour; the demo on all pages."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.overview.page import BEST, NEWEST, best
from dashboard.reads import finished_runs
from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from spinn_engine.words import fixed
from tests.dashboard.support import drawn_rows, figures, links, metric, opened, words


def test_without_runs_the_demo_stands_there_and_says_what_it_is() -> None:
    app = opened("overview")
    demo = api.demo_run()
    assert demo is not None
    result = demo.result()
    assert result is not None
    assert metric(app, "Parameters") == f"−{100 * result['parameter_reduction']:.1f} %"
    for said in (
        "The demo run",
        "ships with the program",
        "10 seeds. It took",
        "CPU threads",
    ):
        assert said in words(app)
    assert not figures(app)  # the first page waits for no other library
    assert len(drawn_rows(app)["means"]) == len(result["stages"]) + len(result["arms"]) - 3
    assert links(app)["demo"].endswith("run?run=demo")


def test_the_ways_on_lead_to_plan_and_to_the_demo() -> None:
    app = opened("overview")
    app.button(key="explore_demo").click().run()
    assert app.title[0].value == "Run"
    assert "ships with the program" in words(app)
    assert not app.error
    app = opened("overview")
    app.button(key="new_run").click().run()
    assert app.title[0].value == "Plan a run"


def test_a_finished_run_stands_there_instead_of_the_demo(finished_run: RunFolder) -> None:
    app = opened("overview")
    result = finished_run.result()
    assert result is not None
    assert metric(app, "Parameters") == f"−{100 * result['parameter_reduction']:.1f} %"
    r2 = result["stages"][-1]["r2"]["mean"]
    assert metric(app, "R² on test rows, mean of n = 2") == fixed(r2)
    assert "simulated data" in words(app)
    assert "ships with the program" not in words(app)
    assert links(app)["finished"].endswith("run?run=finished")


def test_the_best_run_is_no_worse_and_has_lost_the_most() -> None:
    row = finished_runs.demo_row()
    assert row is not None
    rows = [
        replace(row, run_id=name, outcome=outcome, reduction=reduction)
        for name, outcome, reduction in (
            ("newest", "inferior", 0.99),
            ("small", "non_inferior", 0.7),
            ("smaller", "non_inferior", 0.8),
            ("unknown", None, 0.95),
        )
    ]
    assert best(rows) == (BEST, "smaller")
    assert best([rows[0], rows[3]]) == (NEWEST, "newest")


def test_a_run_under_way_is_told_of(unfinished_run: RunFolder, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(tmp_path / "other"))
        shutil.copytree(unfinished_run.path, tmp_path / "other" / "unfinished")
        app = opened("overview")
    assert "No run has finished yet" in words(app)
    assert "jobs" in links(app)["See the runs"]


def test_the_tour_is_put_away_for_the_whole_visit() -> None:
    app = opened("overview")
    assert {"Plan a run", "See the jobs", "Make a report"} <= set(links(app))
    app.button(key="close_tour").click().run()
    assert "In three steps" not in words(app)
    app.switch_page("jobs/page.py").run()
    app.switch_page("overview/page.py").run()
    assert "In three steps" not in words(app)
    app.button(key="open_tour").click().run()
    assert "In three steps" in words(app)


def test_the_demo_is_no_choice_among_ones_own_runs(finished_run: RunFolder) -> None:
    assert "demo" not in opened("run").selectbox(key="run").options
    app = opened("run", run="demo")
    assert app.selectbox(key="run").value == "demo"
    assert "ships with the program" in words(app)
    assert "demo" not in [folder.run_id for folder in api.list_runs()]


def test_nothing_is_offered_that_would_write_into_the_demo() -> None:
    for page, key in (("adapt", "adapt"), ("report", "export")):
        app = opened(page, run="demo")
        assert not app.error
        assert "demo" in app.info[0].value
        assert key not in [button.key for button in app.button]


def test_a_plan_like_the_demo_is_predicted_from_it() -> None:
    app = opened("plan", **{"from": "demo"})
    assert not app.error
    assert "this plan" in drawn_rows(app)["marks"]["name"].tolist()
