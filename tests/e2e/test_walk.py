"""The whole way in one visit, in a real browser: a table with a leak, to a report and a talk."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from spinn_engine import api
from tests.e2e.conftest import Watched, card
from tests.e2e.finished import settled
from tests.e2e.walking import (
    SLOW,
    at_rest,
    choose,
    download,
    fill,
    go,
    link,
    part,
    press,
    shown,
    start,
    switch,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

NAVIGATION = ("Plan", "Data", "Jobs", "Run", "Compare", "Adapt", "Report", "Help", "Overview")


@pytest.fixture
def leaky(small_table: Path) -> Path:
    """A table in which one column is the target in other units."""
    frame = pd.read_csv(small_table)
    frame["y_um"] = 1000 * frame["y"]
    frame.to_csv(small_table, index=False)
    return small_table


def test_the_first_visit(dashboard: str, watched: Watched) -> None:
    page = watched.page
    go(page, dashboard)
    for name in NAVIGATION:
        page.get_by_role("link", name=name, exact=True).first.click(timeout=SLOW)
        at_rest(page)
        watched.check()
    for name, ends in (
        ("Plan a run", "plan"),
        ("See the jobs", "jobs"),
        ("Make a report", "report"),
    ):
        go(page, dashboard)
        part(page, "tour").get_by_role("link", name=name).click(timeout=SLOW)
        page.wait_for_url(re.compile(f"/{ends}\\b"), timeout=SLOW)
    go(page, dashboard)
    press(page, "close_tour")
    press(page, "open_tour")
    shown(page, "In three steps")
    link(page, "demo").click()
    shown(page, "Which neurons went")
    for name, ends in (("explore_demo", "run"), ("new_run", "plan")):
        go(page, dashboard)
        press(page, name)
        page.wait_for_url(re.compile(f"/{ends}\\b"), timeout=SLOW)
    go(page, dashboard)
    page.get_by_role("heading", level=1).first.click()
    page.keyboard.press("n")
    page.wait_for_url("**/plan", timeout=SLOW)
    for address in ("run?run=demo", "compare", "jobs", ""):
        go(page, f"{dashboard}/{address}")
        page.locator("[data-testid=stMain]").get_by_role("link", name="Plan a run").first.click()
        page.wait_for_url("**/plan", timeout=SLOW)
    link(page, "Look at this data").click()
    shown(page, "Targets in each part")
    link(page, "Plan with this data").click()
    shown(page, "Hidden widths")
    watched.check()


def test_the_whole_way(dashboard: str, watched: Watched, leaky: Path, tmp_path: Path) -> None:
    page = watched.page
    upload_and_leave_out(page, dashboard, leaky)
    run_id = plan_and_start(page)
    cancel_and_resume(page, run_id, watched)
    look_at_the_run(page, run_id, tmp_path)
    watched.check()
    compare_and_adapt(page, dashboard, new_rows(leaky))
    watched.check()
    report_and_present(page, dashboard, run_id, tmp_path)
    watched.check()


def new_rows(table: Path) -> Path:
    """As many rows that the run has not seen."""
    frame = pd.read_csv(table)
    frame[["a", "b", "c", "y"]] += 0.01
    path = table.with_name("new.csv")
    frame.to_csv(path, index=False)
    return path


def upload_and_leave_out(page: Page, address: str, table: Path) -> None:
    """On Data: a table with a leak, its target and groups; the leak is left out at a press."""
    go(page, f"{address}/data")
    choose(page, "source", "table")
    shown(page, "No file yet")
    page.set_input_files(".st-key-table_file input[type=file]", str(table))
    shown(page, "Which columns are to be predicted?")
    choose(page, "pick_targets", "y")
    page.keyboard.press("Escape")
    choose(page, "pick_group", "g")
    choose(page, "pick_drop", "z")
    page.keyboard.press("Escape")
    press(page, "leave_out")
    shown(page, "Left out: y_um")
    link(page, "Plan with this data").click()


def plan_and_start(page: Page) -> str:
    """On Plan: a tiny network, long enough to be cancelled; the id of its run."""
    expect(part(page, "learned")).to_contain_text("3 inputs, 1 target", timeout=SLOW)
    fill(page, "hidden_file", "12, 8")
    part(page, "training").locator("summary").click(timeout=SLOW)
    switch(page, "until", "after so many epochs")
    fill(page, "epochs", "500")
    fill(page, "fine_tune_epochs", "1")
    fill(page, "seeds", "2")
    expect(part(page, "start").get_by_role("button")).to_be_enabled(timeout=SLOW)
    return start(page)


def cancel_and_resume(page: Page, run_id: str, watched: Watched) -> None:
    """Leave, come back, cancel, resume; the end is seen after a reload."""
    job = card(page, run_id)
    expect(job).to_contain_text("running", timeout=SLOW)
    page.get_by_role("link", name="Overview", exact=True).first.click()
    shown(page, "No run has finished yet")
    link(page, "See the runs").click()
    job.get_by_role("button", name="Cancel").click(timeout=SLOW)
    expect(job).to_contain_text("cancelled", timeout=SLOW)
    job.get_by_role("button", name="Resume").click(timeout=SLOW)
    page.reload()
    expect(job).to_contain_text("check_circle", timeout=4 * SLOW)
    watched.check()
    job.get_by_role("link", name="Open run").click()


def look_at_the_run(page: Page, run_id: str, folder: Path) -> None:
    """On Run: the verdict, a neuron by a click in the heatmap, and the result as a file."""
    shown(page, "Verdict")
    shown(page, "When they went")
    if part(page, "show_known_seed").count():  # another seed's network is delivered
        press(page, "show_known_seed")
    cells = part(page, "heatmap").locator("canvas").first
    cells.scroll_into_view_if_needed(timeout=SLOW)
    box = cells.bounding_box()
    assert box is not None
    cells.click(position={"x": box["width"] * 1.5 / 12, "y": 42})
    expect(page.get_by_text(re.compile(r"^Neuron \d+ of hidden layer 1")).first).to_be_visible(
        timeout=SLOW
    )
    button = part(page, "get_spinn_structured_metrics").get_by_role("button")
    metrics = json.loads(download(page, button, folder).read_text())
    assert metrics["spec"]["data"]["drop"] == ["z", "y_um"]
    expect(page.locator(".headline dl > div").nth(1)).to_contain_text(
        f"{metrics['stages'][-1]['r2']['mean']:.4f}".replace("-", "−"), timeout=SLOW
    )
    assert metrics["run_id"] == run_id


def compare_and_adapt(page: Page, address: str, table: Path) -> None:
    """On Compare the only run; on Adapt a table of new rows, and an adaptation that ends."""
    go(page, f"{address}/compare")
    shown(page, "This is the only finished run")
    link(page, "Clone with changes").click()
    shown(page, "Cloned from")
    press(page, "back_to_defaults")
    expect(page.get_by_text("Cloned from")).to_have_count(0, timeout=SLOW)
    go(page, f"{address}/adapt")
    expect(part(page, "adapt").get_by_role("button")).to_be_disabled(timeout=SLOW)
    fill(page, "new_path", str(table))
    fill(page, "new_missing", "-9999")
    fill(page, "batch_rows", "200")
    part(page, "frozen").locator("[role=slider], input[type=range]").first.press("ArrowRight")
    expect(part(page, "adapt").get_by_role("button")).to_be_enabled(timeout=SLOW)
    press(page, "adapt")
    shown(page, "400 rows in 2 batches")
    fill(page, "batch_rows", "100")
    press(page, "adapt")
    shown(page, "400 rows in 4 batches")
    [first, second] = (found["name"] for found in api.adaptations(api.list_runs()[0].run_id))
    now = page.get_by_text("400 rows in 4 batches").count()
    assert now
    other = {first, second} - {part(page, "adaptation").locator("input").first.input_value()}
    choose(page, "adaptation", other.pop())
    shown(page, "400 rows in 2 batches")


def report_and_present(page: Page, address: str, run_id: str, folder: Path) -> None:
    """On Report the claims and the page; then the talk by keyboard, and back."""
    go(page, f"{address}/report?run={run_id}")
    switch(page, "claims", "the SPINN paper's")
    verdicts = download(page, part(page, "get_verdicts").get_by_role("button"), folder)
    assert len(json.loads(verdicts.read_text())["claims"]) > 5
    press(page, "make_report")
    expect(part(page, "get_html")).to_be_visible(timeout=2 * SLOW)
    html = download(page, part(page, "get_html").get_by_role("button"), folder).read_text()
    assert run_id in html
    link(page, "Present").focus()
    page.keyboard.press("Enter")
    for step in range(1, 8):
        shown(page, f"{step} / 7")
        expect(page.locator(".st-key-key_Esc button")).to_have_count(1, timeout=SLOW)
        settled(page)  # and the keys are listened to
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    shown(page, "Verdict")
