"""The main job in a real browser: plan, start, leave, come back, look, take the files away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watched, card
from tests.e2e.walking import fill, slide, start, switch

pytestmark = pytest.mark.e2e

RUN_SECONDS = 240


def download(page: Page, key: str, folder: Path) -> Path:
    with page.expect_download() as caught:
        page.locator(f".st-key-{key} button").click()
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    return path


def plan_and_start(page: Page, address: str) -> str:
    """Plan a small run with the widgets, start it; its id."""
    page.goto(address)
    page.get_by_role("button", name="New run").click()
    fill(page, "hidden", "24, 16")
    page.get_by_text("Training", exact=True).click()
    switch(page, "until", "after so many epochs")
    fill(page, "epochs", "4")
    fill(page, "fine_tune_epochs", "2")
    fill(page, "seeds", "2")
    for _ in range(2):
        slide(page, "stages", "ArrowLeft")
    expect(page.locator(".pictures")).to_contain_text("Stage 2")
    expect(page.locator(".pictures")).not_to_contain_text("Stage 3")
    expect(page.locator("table")).to_contain_text("24-16")
    return start(page)


def wait_until_done(page: Page, run_id: str) -> None:
    """Watch the job end; the page is loaded anew on the way, which must not touch the job."""
    job = card(page, run_id)
    expect(job).to_contain_text("running", timeout=60_000)
    page.reload()
    # The log says "done" of every stage; only the badge of a run that has ended has this icon.
    expect(job).to_contain_text("check_circle", timeout=RUN_SECONDS * 1000)


def test_plan_start_watch_and_take_the_files(
    dashboard: str, watched: Watched, tmp_path: Path
) -> None:
    page = watched.page
    run_id = plan_and_start(page, dashboard)
    wait_until_done(page, run_id)
    card(page, run_id).get_by_role("link", name="Open run").click()
    page.wait_for_url(f"**/run?run={run_id}")

    expect(page.locator(".st-key-verdict")).to_contain_text("too few repetitions")
    expect(page.locator("table").first).to_contain_text("from scratch")
    expect(page.locator(".st-key-tradeoff svg.marks")).to_be_visible()
    expect(page.locator(".st-key-heatmap canvas")).to_be_visible()
    expect(page.locator(".st-key-survival canvas")).to_be_visible()
    slide(page, "stage", "End")
    expect(page.get_by_text("Nothing is removed after this stage.")).to_be_visible()

    network = torch.load(download(page, "get_spinn_structured_final", tmp_path), weights_only=True)
    metrics = json.loads(download(page, "get_spinn_structured_metrics", tmp_path).read_text())
    assert metrics["run_id"] == run_id
    assert metrics["architectures"][0] == [24, 16]
    assert len(metrics["pruning_history"]["params"]) == 3
    assert metrics["spinn_params"] < metrics["dense_params"]
    weights = sum(t.numel() for t in tensors(network))
    assert weights >= metrics["spinn_params"]
    watched.check()


def tensors(value: object) -> Iterator[torch.Tensor]:
    """All tensors in nested dicts and lists."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from tensors(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from tensors(part)


def test_a_first_visit_finds_no_empty_page_and_no_fault(dashboard: str, watched: Watched) -> None:
    page = watched.page
    page.goto(dashboard)
    for name, heading in (("Jobs", "Jobs"), ("Run", "Run"), ("Plan", "Plan a run")):
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(page.locator("[data-testid=stMainBlockContainer]")).to_contain_text(" ")
        watched.check()


def test_bad_input_is_one_sentence_and_loses_nothing(dashboard: str, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{dashboard}/plan?stages=3")
    fill(page, "hidden", "512, <b>many</b>")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("hidden widths must be whole numbers")
    expect(alert).to_contain_text("<b>many</b>")
    expect(page.get_by_role("button", name="Start")).to_have_count(0)
    fill(page, "hidden", "64, 32")
    expect(page.locator(".pictures")).to_contain_text("Stage 3")
    watched.check()
