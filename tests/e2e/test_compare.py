"""A person filters, ticks, pins, picks a point, tags, and opens a run; in a real browser."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from spinn_engine import api
from tests.dashboard.compare_support import copied, smaller
from tests.dashboard.conftest import TINY
from tests.e2e.conftest import Watched

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SLOW = 20_000  # ms, for a machine that is busy
MARKUP = "<img src=x onerror=alert(1)>"
MARKERS = ".stVegaLiteChart g.markers_marks path"
FIRST_ROW, ROW = 52, 35  # pixels, of the table's canvas


@pytest.fixture
def runs(store: Path) -> tuple[str, str]:
    """Two finished runs of the same data."""
    made = api.run(TINY)
    copied(made, store, "first")
    copied(made, store, "second", smaller)
    shutil.rmtree(made.path)
    return "first", "second"


def part(page: Page, key: str) -> Locator:
    """A part of the page; while it is redrawn, the browser has it twice for an instant."""
    return page.locator(f".st-key-{key}").first


def tick(page: Page, line: int) -> None:
    """The box at the start of a line of the table, which is drawn on a canvas."""
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + FIRST_ROW + ROW * line)


def pick(page: Page, point: int) -> None:
    """Click a marker of the picture."""
    marker = page.locator(MARKERS).nth(point)
    marker.scroll_into_view_if_needed()
    box = marker.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_compare(runs: tuple[str, str], dashboard: str, watched: Watched) -> None:
    first, second = runs
    page = watched.page
    page.goto(f"{dashboard}/compare")
    expect(page.locator(MARKERS)).to_have_count(2, timeout=SLOW)
    page.wait_for_timeout(1_000)  # the canvas of the table
    tick(page, 1)
    page.wait_for_url(re.compile(f"runs={first}$"), timeout=SLOW)
    expect(page.get_by_text("Chosen: 1 run")).to_be_visible(timeout=SLOW)

    pick(page, 0)  # as in the table, the newest run first
    page.wait_for_url(re.compile("runs=.*second"), timeout=SLOW)
    expect(part(page, f"chosen_{second}")).to_be_visible(timeout=SLOW)

    page.wait_for_timeout(1_000)  # the canvas of the table, drawn anew
    tick(page, 0)
    expect(part(page, f"chosen_{second}")).to_have_count(0, timeout=SLOW)
    pick(page, 0)  # what was unchosen elsewhere
    expect(part(page, f"chosen_{second}")).to_be_visible(timeout=SLOW)

    part(page, f"pin_{first}").get_by_role("button").click()
    page.wait_for_url(re.compile(f"baseline={first}"), timeout=SLOW)
    expect(page.get_by_text("those of R² have an interval")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("cell", name="prune.criterion")).to_be_visible(timeout=SLOW)

    part(page, f"remarks_{second}").get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input").first.fill(MARKUP)
    page.keyboard.press("Enter")
    dialog.locator("textarea").fill(f"why {MARKUP}")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0, timeout=SLOW)
    card = part(page, f"chosen_{second}")
    expect(card).to_contain_text(f"why {MARKUP}", timeout=SLOW)
    assert api.remarks(second).tags == (MARKUP,)
    assert page.locator("img[src=x]").count() == 0

    link = page.url
    page.goto(link)  # another visit sees the same
    expect(part(page, f"chosen_{first}")).to_be_visible(timeout=SLOW)
    expect(card).to_contain_text(MARKUP, timeout=SLOW)
    expect(part(page, f"pin_{first}").get_by_role("button")).to_be_disabled(timeout=SLOW)
    part(page, f"chosen_{first}").get_by_role("link").click()
    page.wait_for_url(f"**/run?run={first}", timeout=SLOW)
    watched.check()


def test_markup_of_tags_is_text_in_the_picture(
    runs: tuple[str, str], dashboard: str, watched: Watched
) -> None:
    api.set_remarks("first", ["<b>bold</b>", '<a href="javascript:1">x</a>'], "")
    page = watched.page
    page.goto(f"{dashboard}/compare?colour=tags")
    legend = page.locator(".stVegaLiteChart .role-legend-label")
    shown = legend.filter(has_text="<b>bold</b>")
    expect(shown).to_have_text('<a href="javascript:1">x</a>, <b>bold</b>', timeout=SLOW)
    expect(legend.locator("a, b")).to_have_count(0)
    watched.check()
