"""A speed-up has the digits that its interval allows; an unusable one says so everywhere."""

from __future__ import annotations

import io
import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from dashboard.reads.run_facts import run_row
from spinn_engine import api
from spinn_engine.cli.views.tables import arms_table
from spinn_engine.words import measured_factor, unusable_reason
from tests.dashboard.support import opened, table_with, words
from tests.report.html_support import Page
from tests.words.support import read

WORST = {"arms": ["dense", "dense_longer"], "ratio": 0.8, "interval": [0.74, 0.86]}
REASON = (
    "Speed-ups at batch 8,192 are unusable: dense and “dense, longer” do equal work, yet dense "
    "took 0.80 × [0.74, 0.86] the time of “dense, longer”."
)


@given(st.floats(0.05, 60), st.floats(1e-4, 0.9))
def test_a_ratio_has_the_digits_that_its_interval_allows(ratio: float, share: float) -> None:
    half = ratio * share
    number = measured_factor(ratio, ratio - half, ratio + half).removesuffix(" ×")
    decimals = len(number.partition(".")[2])
    assert float(read(number)) == pytest.approx(ratio, abs=0.5 * 10**-decimals + 1e-9)
    digits = len(f"{float(number):.{decimals}f}".replace(".", "").lstrip("0"))
    shown = half * 10**decimals  # the half-width in units of the last digit
    assert shown < 36 or decimals in (0, 1) or digits <= 3
    assert digits >= 2 or math.isclose(ratio, 0.1, rel_tol=0.01)


def test_without_an_interval_two_digits_stand_and_what_is_exact_has_three() -> None:
    assert measured_factor(2.4567) == "2.5 ×"
    assert measured_factor(1.0, 1.0, 1.0) == "1.00 ×"
    assert measured_factor(31.26, 30.9, 31.7) == "31.3 ×"


def doubtful(folder: Path, usable: bool) -> dict[str, Any]:
    """The demo run once more, as if equal networks had differed at the largest batch."""
    result = api.open_run("demo").result() or {}
    for arm in result["arms"]:
        arm["speed_up_interval"] = {
            batch: [0.9 * ratio, 1.1 * ratio] for batch, ratio in arm["speed_up"].items()
        }
    result["equal_work"] = {
        batch: {"usable": batch != "8192" or usable, "worst": WORST}
        for batch in ("1", "64", "1024", "8192")
    }
    result["run_id"] = folder.name
    shutil.copytree(api.open_run("demo").path, folder)
    (folder / api.RESULT_NAME).write_text(json.dumps(result))
    return result


@pytest.fixture(params=[True, False], ids=["usable", "unusable"])
def run(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    monkeypatch.setenv("SPINN_RESULTS", str(tmp_path))
    return doubtful(tmp_path / "doubtful", request.param)


def test_every_place_tells_the_same(run: dict[str, Any], tmp_path: Path) -> None:
    structured = next(arm for arm in run["arms"] if arm["arm"] == "structured")
    ratio = structured["speed_up"]["8192"]
    usable = run["equal_work"]["8192"]["usable"]
    told = measured_factor(ratio, 0.9 * ratio, 1.1 * ratio) if usable else "unusable"
    assert unusable_reason(run, "8192") == ("" if usable else REASON)
    assert unusable_reason(run, "64") == ""

    out = io.StringIO()
    Console(file=out, width=300).print(arms_table(run))
    page = opened("run", run="doubtful")
    slide = opened("run", run="doubtful", present="1", step="6")
    row = run_row("doubtful", "", run, api.Remarks())
    api.write_report("doubtful", tmp_path / "report")
    report = Page(tmp_path / "report" / "report.html")
    cells = report.table("every arm costs").as_dict()["structured"]

    assert told in out.getvalue()
    assert row.speed_up["8192"] == (ratio, told)
    arm = table_with(page, "Speed-up").set_index("Arm").loc["structured", "Speed-up"]
    ratios = table_with(slide, "Ratio").set_index("").loc["Batch 8,192", "Ratio"]
    for estimate in (arm, ratios, " ".join(cells["Speed-up"].split())):
        assert estimate.partition(" [")[0] == told
        assert ("[" in estimate) == usable
    [headline] = [h.proto.body for h in page.get("html") if "Speed at batch" in h.proto.body]
    assert told in headline.replace("\N{NO-BREAK SPACE}", " ")
    texts = (out.getvalue(), words(page), words(slide), report.text)
    read_aloud = [" ".join(text.replace("\\", "").split()) for text in texts]  # no Markdown
    assert [REASON in text for text in read_aloud] == [not usable] * 4
