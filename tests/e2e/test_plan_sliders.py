"""The sliders of Plan in a real browser: a move draws their part alone, and the rest stays true."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from spinn_engine import api
from spinn_engine.words import fixed
from tests.dashboard.conftest import TINY
from tests.e2e.conftest import Watched
from tests.e2e.finished import WAIT, finished_run, settled
from tests.e2e.walking import press, slide, start

pytestmark = pytest.mark.e2e

LIKE_TINY = (
    f"hidden={'%2C'.join(map(str, TINY.model.hidden))}&epochs={TINY.train.epochs}&round_to=1"
)
SUBMITTED = "This spec was submitted before"


def slider(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} input[type=range]")


def test_what_a_slider_shows_is_what_start_submits(dashboard: str, watched: Watched) -> None:
    page, run_id = watched.page, finished_run()
    page.goto(f"{dashboard}/plan?{LIKE_TINY}&stages=2&ratio=40&seeds=3")
    told = page.get_by_text(re.compile(r"^This plan: R² .* on validation rows"))
    expect(told).to_contain_text(run_id, timeout=WAIT)
    settled(page)
    page.evaluate("() => document.querySelectorAll('canvas').forEach(c => c.kept = true)")
    amount = slider(page, "ratio")
    amount.focus()
    for value in ("40.5", "41", "41.5", "42"):
        amount.press("ArrowRight")
        expect(page.locator(".st-key-ratio")).to_contain_text(f"{float(value):.1f} %")
    stages = api.plan(
        api.PruneSpec(stages=2, param_reduction=0.42, round_to=1),
        TINY.model.hidden,
        18,
        2,
    )
    last = stages[-1]
    prediction, _ = api.whatif(run_id, last.hidden, criterion="l1", reconstruction="least_squares")
    expect(told).to_contain_text(f"R² {fixed(prediction.r2)} on")
    expect(told).to_contain_text(f"{last.params:,} parameters")
    expect(page.locator("table").first).to_contain_text(f"{last.params:,}")
    settled(page)
    kept = "() => [...document.querySelectorAll('canvas')].filter(c => c.kept).length"
    assert page.evaluate(kept) == 1  # the heatmap was not built anew
    page.reload()
    expect(page.locator(".st-key-ratio")).to_contain_text("42.0 %", timeout=WAIT)
    start(page)
    [job] = api.jobs()
    assert api.open_run(job.run_id).spec().prune.param_reduction == 0.42
    watched.check()


def test_what_was_said_of_another_plan_goes_when_a_slider_moves(
    dashboard: str, watched: Watched
) -> None:
    page = watched.page
    existing = api.submit(TINY.model_copy(update={"seeds": (0,)})).run_id
    page.goto(f"{dashboard}/plan?from={existing}")
    press(page, "start")
    expect(page.get_by_text(SUBMITTED)).to_be_visible(timeout=WAIT)
    slider(page, "stages").press("ArrowRight")
    expect(page.get_by_text(SUBMITTED)).to_have_count(0, timeout=WAIT)
    slider(page, "stages").press("ArrowLeft")
    expect(page.get_by_text(SUBMITTED)).to_be_visible(timeout=WAIT)
    watched.check()


def test_start_goes_and_comes_with_a_plan_that_can_be_had(dashboard: str, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{dashboard}/plan?hidden=8%2C8&ratio_of=neurons+a+stage&ratio=50&stages=1")
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_visible(timeout=WAIT)
    slider(page, "ratio").press("End")
    expect(page.get_by_role("alert")).to_contain_text("fewer than 1", timeout=WAIT)
    expect(start).to_have_count(0, timeout=WAIT)
    slider(page, "ratio").press("PageDown")
    slide(page, "ratio", "Home")
    press(page, "preset_paper")
    expect(start).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("alert")).to_have_count(0)
    watched.check()
