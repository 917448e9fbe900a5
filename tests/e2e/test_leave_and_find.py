"""Work that is started, left and found again, and starts that two tabs make at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from spinn_engine import api
from tests.dashboard.conftest import TINY
from tests.e2e.conftest import Watched
from tests.e2e.walking import fill, press

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def finished(store: Path) -> str:
    """A finished run in the dashboard's store."""
    return api.run(TINY).run_id


def test_an_adaptation_is_left_found_again_and_ends(
    dashboard: str, watched: Watched, finished: str
) -> None:
    page = watched.page
    page.goto(f"{dashboard}/adapt?run={finished}")
    expect(page.get_by_text("Nothing has been adapted yet")).to_be_visible(timeout=60_000)
    press(page, "adapt")
    expect(page.get_by_text("You may leave this page")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Overview", exact=True).first.click()
    expect(page.get_by_text("You may leave this page")).to_have_count(0)

    page.goto(f"{dashboard}/adapt?run={finished}")
    expect(page.get_by_text("coming rows").first).to_be_visible(timeout=120_000)
    expect(page.get_by_text("You may leave this page")).to_have_count(0)
    [work] = api.works(finished)
    assert work.state is api.WorkState.DONE
    assert (work.done, work.of) == (20, 20)
    [found] = api.adaptations(finished)
    expect(page.get_by_text(f"{found['data']['rows']:,} rows in 20 batches")).to_be_visible()
    watched.check()


def test_it_is_stopped_from_another_tab_and_dismissed(
    dashboard: str, watched: Watched, finished: str
) -> None:
    page = watched.page
    page.goto(f"{dashboard}/adapt?run={finished}")
    fill(page, "batch_rows", "1")  # thousands of batches
    press(page, "adapt")
    expect(page.get_by_text("You may leave this page")).to_be_visible(timeout=20_000)
    other = page.context.new_page()
    other.goto(f"{dashboard}/adapt?run={finished}")
    expect(other.get_by_text(re.compile(r"^Batch \d+ of"))).to_be_visible(timeout=60_000)
    other.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("was stopped")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("was stopped")).to_have_count(0)
    assert api.works(finished) == []
    watched.check()


def test_a_tampered_address_is_no_way_in(dashboard: str, watched: Watched, finished: str) -> None:
    page = watched.page
    tampered = "run=..%2F..%2Fetc&rows=%3Cscript%3E&new_path=%2Fetc%2Fpasswd&adaptation=x"
    page.goto(f"{dashboard}/adapt?{tampered}")
    expect(page.get_by_text("There is no finished run ../../etc here")).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_role("button", name="Adapt", exact=True)).to_be_enabled()
    assert api.works(finished) == []
    watched.check()


def test_two_tabs_that_press_start_at_once_get_one_run(dashboard: str, chromium: Browser) -> None:
    context = chromium.new_context()
    tabs = [context.new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(f"{dashboard}/plan?hidden=12%2C+8&epochs=1")
        expect(tab.get_by_role("button", name="Start", exact=True)).to_be_enabled(timeout=60_000)
    for tab in tabs:  # neither waits for the other
        tab.evaluate("() => document.querySelector('.st-key-start button').click()")
    ends = "Jobs", "This spec was submitted before"
    for tab in tabs:
        seen = tab.get_by_role("heading", name=ends[0]).or_(tab.get_by_text(ends[1]))
        expect(seen.first).to_be_visible(timeout=60_000)
    assert len(api.jobs()) == 1
    assert sum(tab.get_by_text(ends[1]).count() for tab in tabs) == 1
    context.close()
