"""What holds for every picture of every page: words for it, and never colour alone."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dashboard.adapt.error_chart import DASHES
from dashboard.data.split_charts import PART_DASHES
from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import ARMS
from tests.dashboard.support import PAGES, opened, table_with, unfolded

OF_A_RUN = ("run", "adapt", "report")
PRESENTED = [{"present": "1", "step": str(step)} for step in range(1, 7)]


def look(trace: dict[str, Any]) -> tuple[tuple[str, str], str] | None:
    """Shape and dash of a trace, and its colour; None where it has no one colour of its own."""
    marker, line = trace.get("marker", {}), trace.get("line", {})
    colour = line.get("color", marker.get("color"))
    if trace["type"] != "scatter" or trace.get("mode") == "text" or not isinstance(colour, str):
        return None
    return (str(marker.get("symbol")), str(line.get("dash"))), colour


HEADINGS = {"title": 1, "header": 2, "subheader": 3}


@pytest.mark.parametrize("page", PAGES)
def test_no_page_skips_a_heading_level(
    finished_run: RunFolder, folded_run: RunFolder, page: str
) -> None:
    for run in (finished_run, folded_run):
        seed = str(api.dense_scores(run.run_id, "l1")[0])
        app = opened(page, run=run.run_id, seed=seed)
        levels = [HEADINGS[node.type] for node in app.main if node.type in HEADINGS]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize(
    ("page", "query"), [*((page, {}) for page in PAGES), *(("run", q) for q in PRESENTED)]
)
def test_every_picture_has_words_and_more_than_colour(
    finished_run: RunFolder, folded_run: RunFolder, page: str, query: dict[str, str]
) -> None:
    runs = (finished_run, folded_run) if page in OF_A_RUN else (finished_run,)
    for run in runs:
        named = {"run": run.run_id} if page in OF_A_RUN else {}
        app = opened(page, **named, **query)
        for chart in (*app.get("plotly_chart"), *app.get("vega_lite_chart")):
            assert chart.proto.alt
        for chart in app.get("plotly_chart"):
            colours: dict[tuple[str, str], set[str]] = {}
            for trace in json.loads(chart.proto.spec)["data"]:
                if (seen := look(trace)) is not None:
                    colours.setdefault(seen[0], set()).add(seen[1])
            assert all(len(one) == 1 for one in colours.values()), chart.proto.alt


@pytest.mark.parametrize(
    "dashes", [{name: arm.dash for name, arm in ARMS.items()}, DASHES, PART_DASHES]
)
def test_lines_that_stand_together_differ_in_their_dashes(dashes: dict[str, object]) -> None:
    assert len({str(dash) for dash in dashes.values()}) == len(dashes)


def test_the_folds_are_in_a_table_too(folded_run: RunFolder) -> None:
    result = folded_run.result()
    assert result is not None
    app = unfolded(opened("run", run=folded_run.run_id))
    table = table_with(app, "Fold 1")
    arms = [arm for arm in result["arms"] if "per_fold_r2" in arm]
    for fold in range(3):
        shown = [float(text.replace("\N{MINUS SIGN}", "-")) for text in table[f"Fold {fold + 1}"]]
        assert shown == pytest.approx([arm["per_fold_r2"][fold] for arm in arms], abs=1e-4)


def test_the_address_gives_the_batch(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id, batch="64")
    assert app.button_group(key="batch").value == "64"
    app = opened("run", run=finished_run.run_id, batch="63")
    assert app.button_group(key="batch").value == "8192"


@pytest.mark.parametrize(
    ("key", "good", "default"),
    [
        ("seed", "0", None),
        ("order", "by number", "by score"),
        ("survival_order", "by number", "longest kept first"),
    ],
)
def test_the_address_gives_the_view_of_the_neurons(
    finished_run: RunFolder, key: str, good: str, default: str | None
) -> None:
    result = finished_run.result()
    assert result is not None
    other = str(1 - result["delivered_seed"])
    for asked in (good if default else other, "../x", "7", "[0]"):
        app = opened("run", run=finished_run.run_id, **{key: asked})
        assert not app.error
        kinds = (*app.selectbox, *app.get("button_group"))
        shown = str(next(widget for widget in kinds if widget.key == key).value)
        wanted = asked if asked in (good, other) else default or str(result["delivered_seed"])
        assert shown == wanted


def test_another_run_begins_with_the_seed_that_its_files_hold(
    finished_run: RunFolder, several: Path
) -> None:
    result = finished_run.result()
    assert result is not None
    app = opened("run", run="one", seed=str(1 - result["delivered_seed"]))
    assert app.selectbox(key="seed").value == 1 - result["delivered_seed"]
    app.selectbox(key="run").set_value("two").run()
    assert not app.exception
    assert app.selectbox(key="seed").value == result["delivered_seed"]


def test_the_address_gives_the_formats(finished_run: RunFolder) -> None:
    options = opened("report", run="finished").multiselect(key="formats").options
    wanted = next(option for option in options if option.startswith("pt2"))
    assert opened("report", run="finished", formats=wanted).multiselect[0].value == ["pt2"]
    app = opened("report", run="finished", formats="../../etc")
    assert app.multiselect(key="formats").value == ["module", "onnx"]


def test_the_run_is_in_the_address_even_if_it_is_the_newest(several: Path) -> None:
    newest = api.list_runs()[0].run_id
    for page in ("run", "adapt", "report"):
        app = opened(page)
        assert app.selectbox(key="run").value == newest
        assert app.query_params["run"] == newest
    app = opened("run", run="two")
    assert app.query_params["run"] == "two"
    app.selectbox(key="run").set_value("one").run()
    assert app.query_params["run"] == "one"
    app.query_params["run"] = "other"  # as a link on the page does, or Back
    assert app.run().selectbox(key="run").value == "other"
