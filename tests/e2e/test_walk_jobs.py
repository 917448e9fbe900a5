"""Everything of Jobs in a real browser, and a worker that is killed while somebody watches."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from spinn_engine import api
from spinn_engine.spec import DataSpec
from tests.dashboard.conftest import SINGLE
from tests.e2e.conftest import Watched, card
from tests.e2e.walking import SLOW, at_rest, fill, go, link, part, press, shown

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SEEN_MS = 10_000  # a death is told by a lock that is free; the page looks every second
SECONDS = {"epochs": 100_000, "fine_tune_epochs": 1, "batch_size": 2048}


def queued(seed: int, **train: int) -> str:
    """A run in the queue."""
    changed = SINGLE.train.model_copy(update=train)
    return api.submit(SINGLE.model_copy(update={"seeds": (seed,), "train": changed})).run_id


def more(page: Page, run_id: str) -> Locator:
    """Open the menu of a job; what is in it."""
    at_rest(page)
    page.keyboard.press("Escape")  # it may stand open
    part(page, f"more_{run_id}").get_by_role("button").first.click(timeout=SLOW)
    return page.get_by_test_id("stPopoverBody").last


def pick(page: Page, key: str, name: str) -> None:
    """Choose in a menu that opens at a press."""
    part(page, key).get_by_role("button").first.click(timeout=SLOW)
    page.get_by_role("menuitem").or_(page.get_by_role("option")).filter(has_text=name).first.click(
        timeout=SLOW
    )


def test_the_queue_is_put_in_order_and_cleared(dashboard: str, watched: Watched) -> None:
    page = watched.page
    go(page, f"{dashboard}/jobs")
    shown(page, "The queue is empty")
    link(page, "Plan a run").click()
    shown(page, "Plan a run")
    ids = [queued(seed) for seed in range(12)]
    go(page, f"{dashboard}/jobs")
    shown(page, "Queued: 12 runs")
    expect(page.locator(f".st-key-job_{ids[11]}")).to_have_count(0)
    part(page, "all_queued").locator("label").first.click()
    expect(card(page, ids[11])).to_contain_text("number 12", timeout=SLOW)

    pick(page, f"priority_{ids[11]}", "High")
    expect(card(page, ids[11])).to_contain_text("next", timeout=SLOW)
    pick(page, f"priority_{ids[11]}", "Low")
    expect(card(page, ids[11])).to_contain_text("number 12", timeout=SLOW)
    more(page, ids[0]).get_by_role("button", name="Cancel").click(timeout=SLOW)
    expect(card(page, ids[0])).to_contain_text("cancelled", timeout=SLOW)

    more(page, ids[0])
    for key in ("ask", "keep", "ask", "delete"):
        press(page, f"{key}_{ids[0]}")
    expect(page.locator(f".st-key-job_{ids[0]}")).to_have_count(0, timeout=SLOW)
    assert ids[0] not in {run.run_id for run in api.list_runs()}
    page.keyboard.press("Escape")

    more(page, ids[1]).get_by_role("link", name="Clone with changes").click(timeout=SLOW)
    shown(page, f"Cloned from {ids[1]}")
    watched.check()


def test_a_worker_is_paused_killed_and_replaced(dashboard: str, watched: Watched) -> None:
    page, run_id = watched.page, queued(0, **SECONDS)
    go(page, f"{dashboard}/jobs?run={run_id}")
    job = card(page, run_id)
    page.get_by_role("button", name="Start a worker").click(timeout=SLOW)
    expect(job).to_contain_text("running", timeout=SLOW)
    expect(job).to_contain_text(re.compile(r"epoch \d+ of 100,?000"), timeout=SLOW)
    [worker] = api.workers()
    key = f"want_{worker.slot}"
    for name, says in (
        ("Pause", "then pauses"), ("Continue", "works on"), ("Drain", "then ends"),
        ("Continue", "works on"),
    ):  # fmt: skip
        pick(page, key, name)
        shown(page, says)
    part(page, f"log_{run_id}").locator("summary").click(timeout=SLOW)

    other = page.context.new_page()
    go(other, f"{dashboard}/run?run={run_id}")
    shown(other, "This run has not ended")

    os.kill(worker.pid, signal.SIGKILL)
    expect(job).to_contain_text("interrupted", timeout=SEEN_MS)
    expect(job).to_contain_text("Its worker is gone")
    shown(page, "is gone; last heard from")
    link(other, "Watch it").click()
    expect(card(other, run_id)).to_contain_text("interrupted", timeout=SLOW)

    page.get_by_role("button", name="Start a worker").click(timeout=SLOW)
    expect(job).to_contain_text("running", timeout=SLOW)
    expect(job).to_contain_text(re.compile(r"epoch \d+ of 100,?000"), timeout=SLOW)
    job.get_by_role("button", name="Cancel").click(timeout=SLOW)
    expect(job).to_contain_text("cancelled", timeout=SLOW)
    more(page, run_id).get_by_role("link", name="Open run").click(timeout=SLOW)
    shown(page, "This run has not ended")
    watched.check()


def test_a_failed_run_tells_why_and_is_tried_again(
    dashboard: str, watched: Watched, small_table: Path
) -> None:
    page, kept = watched.page, small_table.read_bytes()
    data = DataSpec(source=f"table:{small_table}", targets=("y",), drop=("g", "z"))
    run_id = api.submit(SINGLE.model_copy(update={"data": data})).run_id
    small_table.unlink()
    go(page, f"{dashboard}/jobs")
    page.get_by_role("button", name="Start a worker").click(timeout=SLOW)
    alert = card(page, run_id).get_by_role("alert")
    expect(alert).to_contain_text("small.csv", timeout=2 * SLOW)
    small_table.write_bytes(kept)
    retry = card(page, run_id).get_by_role("button", name="Retry")
    retry.click(timeout=SLOW)
    expect(card(page, run_id)).to_contain_text("check_circle", timeout=2 * SLOW)
    card(page, run_id).get_by_role("link", name="Open run").click()
    shown(page, "Which neurons went")
    link(page, "Plan").click()
    fill(page, "hidden", "12, 8")
    shown(page, "12-8")
    watched.check()
