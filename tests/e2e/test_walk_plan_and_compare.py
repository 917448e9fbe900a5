"""Every widget of Plan, Compare and Adapt that no other walk touches, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from spinn_engine import api
from tests.e2e.conftest import Watched, card
from tests.e2e.walking import (
    SLOW,
    TRIES,
    at_rest,
    choose,
    download,
    fill,
    go,
    link,
    open_all,
    part,
    press,
    read_csv,
    shown,
    slide,
    start,
    switch,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_every_widget_of_a_plan(dashboard: str, watched: Watched) -> None:
    page = watched.page
    go(page, f"{dashboard}/plan")
    fill(page, "hidden", "40, 24")
    open_all(page)
    choose(page, "activation", "relu")
    choose(page, "schedule", "sequential")
    choose(page, "criterion", "Taylor")
    choose(page, "reconstruction", "bias")
    switch(page, "until", "after so many epochs")
    for key, text in (
        ("round_to", "4"), ("least_width", "2"), ("epochs", "3"), ("fine_tune_epochs", "1"),
        ("seeds", "2"), ("folds", "3"), ("margin", "0.02"), ("physics_wear_law", "0.001"),
    ):  # fmt: skip
        fill(page, key, text)
    part(page, "controls").get_by_role("button", name="Remove linear").click(timeout=SLOW)
    part(page, "fit_coefficients").locator("label").first.click(timeout=SLOW)
    for means in ("neurons a stage", "MACs overall", "bytes", "parameters overall"):
        switch(page, "ratio_of", means)
        at_rest(page)
        if means == "bytes":
            fill(page, "max_bytes", "4000")
    slide(page, "ratio", "ArrowRight")
    slide(page, "stages", "Home")
    press(page, "preset_edge")
    press(page, "preset_paper")
    expect(part(page, "preset_smallest").get_by_role("button")).to_be_disabled(timeout=SLOW)
    choose(page, "schedule", "custom")
    fill(page, "widths", "32, 16")
    shown(page, "32-16")
    watched.check()
    start(page)
    [run] = api.list_runs()
    spec = run.spec()
    assert spec.prune.widths == ((32, 16),)
    assert (spec.prune.criterion, spec.prune.reconstruction) == ("taylor", "bias")
    assert (spec.model.activation, len(spec.seeds), spec.compare.folds) == ("relu", 2, 3)
    assert "linear" not in spec.compare.controls
    assert (spec.compare.margin, spec.physics.wear_law) == (0.02, 0.001)
    assert spec.physics.fit_coefficients
    the_same_again(page, dashboard, run.run_id)
    watched.check()


def the_same_again(page: Page, address: str, run_id: str) -> None:
    """A spec that was submitted before: its job, or one more."""
    for last in (False, True):
        go(page, f"{address}/plan?from={run_id}")
        press(page, "start")
        shown(page, "This spec was submitted before")
        if last:
            press(page, "start_again")
        else:
            part(page, "same").get_by_role("link").click(timeout=SLOW)
        page.wait_for_url("**/jobs?run=*", timeout=SLOW)
        expect(card(page, run_id)).to_be_visible(timeout=SLOW)
    assert len(api.list_runs()) == 2


def test_every_filter_and_view_of_compare(ready: str, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    page.add_init_script("delete window.showSaveFilePicker")  # asks where, outside of the page
    go(page, f"{ready}/compare")
    grid = page.get_by_test_id("stDataFrame").first
    grid.hover(timeout=SLOW)
    table = read_csv(
        download(page, page.get_by_role("button", name="Download as CSV").first, tmp_path)
        .read_text(encoding="utf-8")
    )  # fmt: skip
    results = {run.run_id: run.result() for run in api.list_runs()}
    assert {row["Run"].partition("=")[2] for row in table} == set(results)
    for row in table:
        result = results[row["Run"].partition("=")[2]]
        assert result is not None
        arm = next(arm for arm in result["arms"] if arm["arm"] == "structured")
        assert int(row["Parameters"]) == arm["params"]
        assert float(row["R²"]) == pytest.approx(arm["r2"]["mean"])

    fill(page, "filter", "none of this name")
    shown(page, "No run fits the filter")
    page.get_by_role("button", name="Clear the filter").click(timeout=SLOW)
    expect(page.get_by_text("No run fits the filter")).to_have_count(0, timeout=SLOW)
    choose(page, "data", "milling-sim")
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 sets of data")).to_have_count(0, timeout=SLOW)
    for across in ("file", "MACs", "latency", "parameters"):
        switch(page, "across", across)
        shown(page, f"{across if across != 'file' else 'file'}")
    choose(page, "colour", "tags")
    choose(page, "baseline", "first")
    shown(page, "Differences are to first")
    switch(page, "at_batch", "1")
    page.wait_for_url(re.compile("at_batch=1"), timeout=SLOW)
    open_all(page)
    go(page, f"{ready}/compare?runs=first,second&data=milling-sim")
    switch(page, "draw", "chosen")
    page.wait_for_url("**draw=chosen*", timeout=SLOW)
    press(page, "choose_none")
    expect(page.get_by_text("Chosen: 2 runs")).to_have_count(0, timeout=SLOW)
    watched.check()


def test_two_people_change_the_same_remarks(ready: str, watched: Watched) -> None:
    page = watched.page
    api.set_remarks("second", ["old"], "old")
    for ends, note in (("take_theirs", "theirs"), ("save_remarks", "mine")):
        go(page, f"{ready}/compare?runs=second")
        press(page, "remarks_second")
        dialog = page.get_by_role("dialog")
        dialog.locator("textarea").fill("mine", timeout=SLOW)
        dialog.locator("textarea").press("Control+Enter")
        at_rest(page)
        api.set_remarks("second", [ends], "theirs")
        press(page, "save_remarks")
        shown(page, "Somebody else has changed them")
        press_away(page, ends)
        if ends == "take_theirs":
            expect(dialog.locator("textarea")).to_have_value("theirs", timeout=SLOW)
        else:
            expect(dialog).to_have_count(0, timeout=SLOW)
        assert api.remarks("second").note == note
    watched.check()


def press_away(page: Page, key: str) -> None:
    """Press a button of the question who wins, until the question is gone."""
    question = page.get_by_text("Somebody else has changed them")
    for _ in range(TRIES):
        press(page, key)
        try:
            expect(question).to_have_count(0, timeout=SLOW / TRIES)
        except AssertionError:
            continue
        return
    raise AssertionError(f"{key} was pressed and does nothing")


def test_ways_of_a_finished_run_to_its_page(ready: str, watched: Watched) -> None:
    page = watched.page
    go(page, ready)
    open_all(page)
    page.locator("[data-testid=stPageLink]").last.get_by_role("link").click(timeout=SLOW)
    shown(page, "Verdict")
    go(page, f"{ready}/adapt?run=first")
    switch(page, "rows", "a table of new rows")
    expect(part(page, "adapt").get_by_role("button")).to_be_disabled(timeout=SLOW)
    switch(page, "rows", "a new material")
    expect(part(page, "adapt").get_by_role("button")).to_be_enabled(timeout=SLOW)
    link(page, "Help").click()
    shown(page, "python -m spinn_engine worker")
    watched.check()
