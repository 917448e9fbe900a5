"""A small finished run for tests in a browser, and pages that have come to rest."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from spinn_engine import api
from tests.dashboard.conftest import TINY

WAIT = 60_000


def finished_run() -> str:
    """Train a tiny run of three seeds in this process; its id."""
    return api.run(TINY.model_copy(update={"seeds": (0, 1, 2)})).run_id


def settled(page: Page) -> None:
    """Wait until nothing runs and nothing is still to come."""
    expect(page.locator("h1").first).to_be_visible(timeout=WAIT)
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=WAIT
    )
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=WAIT)
    page.wait_for_timeout(300)  # charts are drawn a moment after they have come
