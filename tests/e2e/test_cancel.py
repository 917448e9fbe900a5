"""Cancel in a real browser, in the middle of an epoch: how soon it is seen, and how soon done."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil
import pytest
from playwright.sync_api import Page, expect

from spinn_engine import api
from tests.e2e.conftest import Watched, card

pytestmark = pytest.mark.e2e

SEEN_MS = 1000.0
GONE_SECONDS = 2.0
# An epoch of this takes many seconds: 3 networks of 2 million parameters, 8,400 rows.
LONG = {
    "model": {"hidden": [1024, 1024, 1024]},
    "train": {"epochs": 50},
    "compare": {"controls": []},
}
# Notes when Cancel was pressed, and when its job first showed one of two words after that.
CLOCK = """run => {
    const job = () => document.querySelector(`.st-key-job_${run}`)
    window.clock = {}
    new MutationObserver(() => {
        const word = job()?.textContent.match(/cancelling|cancelled/)
        if (word && clock.pressed && !clock.seen) clock.seen = performance.now() - clock.pressed
    }).observe(document.body, {subtree: true, childList: true, characterData: true})
    job().querySelector(`.st-key-cancel_${run} button`)
        .addEventListener('click', () => { clock.pressed = performance.now() }, {capture: true})
}"""


def wait_for(what: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def children() -> list[psutil.Process]:
    """The processes in which the workers of this store train."""
    found = [psutil.Process(worker.pid).children() for worker in api.workers() if worker.alive]
    return [child for several in found for child in several]


def is_in_first_epoch(run_id: str) -> bool:
    lines = api.open_run(run_id).metrics()
    return [line["epoch"] for line in lines] == [0]


def cancel(page: Page, run_id: str) -> None:
    """Press Cancel while an epoch is computed; both clocks run from the click."""
    job = card(page, run_id)
    expect(job.get_by_role("button", name="Cancel")).to_be_visible(timeout=60_000)
    wait_for(lambda: is_in_first_epoch(run_id), 60)
    [child] = children()
    page.evaluate(CLOCK, run_id)
    pressed = time.monotonic()
    job.get_by_role("button", name="Cancel").click()
    wait_for(lambda: not child.is_running(), GONE_SECONDS + 3)
    gone = time.monotonic() - pressed
    page.wait_for_function("clock.seen", timeout=5000)
    seen = page.evaluate("clock.seen")
    assert seen < SEEN_MS
    assert gone < GONE_SECONDS
    expect(job).to_contain_text("cancelled")


def test_cancel_is_seen_and_done_at_once_and_the_run_goes_on_later(
    dashboard: str, watched: Watched
) -> None:
    page = watched.page
    run_id = api.submit(api.RunSpec.from_dict(LONG)).run_id
    job = card(page, run_id)
    page.goto(f"{dashboard}/jobs")
    expect(job).to_contain_text("next", timeout=20_000)
    page.get_by_role("button", name="Start a worker").click()
    cancel(page, run_id)

    page.get_by_role("link", name="Overview", exact=True).first.click()
    expect(page.get_by_role("button", name="New run")).to_be_visible()
    page.get_by_role("link", name="Jobs", exact=True).first.click()
    expect(job).to_contain_text("stopped in stage 0 of 4")
    job.get_by_role("button", name="Resume").click()
    expect(job).to_contain_text("running", timeout=20_000)
    assert [job.run_id for job in api.jobs()] == [run_id]

    job.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Clone with changes").click()
    expect(page.get_by_text(f"Cloned from {run_id}")).to_be_visible(timeout=20_000)
    hidden = page.locator(".st-key-hidden input")
    expect(hidden).to_have_value("1024, 1024, 1024", timeout=20_000)
    watched.check()
