"""The presentation by keyboard, on screens of three sizes, and on paper; in a real browser."""

from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import Watched
from tests.e2e.finished import finished_run, settled

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ENLARGED = """() => [
    ...document.querySelectorAll('.svg-container, .stVegaLiteChart svg')
].map(chart => {
    const room = chart.closest('[class*="st-key-slide_"]').getBoundingClientRect();
    const box = chart.getBoundingClientRect();
    return [box.width / room.width, box.height / room.height];
})"""
SIZES = "() => { const m = document.querySelector('[data-testid=stMain]');" + (
    "return [m.scrollWidth, m.clientWidth, m.scrollHeight, m.clientHeight]; }"
)


def place(page: Page, step: int) -> None:
    """It is at this step, and the address says so."""
    expect(page.get_by_text(f"{step} / 7", exact=True)).to_be_visible(timeout=20_000)
    assert f"step={step}" in page.url
    settled(page)


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.innerText"))


def test_present_by_keyboard_from_the_run_page_and_back(dashboard: str, watched: Watched) -> None:
    run_id, page = finished_run(), watched.page
    page.goto(f"{dashboard}/run?run={run_id}")
    page.get_by_role("link", name="Present").focus()
    page.keyboard.press("Enter")
    place(page, 1)
    expect(page.get_by_role("link", name="Overview")).to_have_count(0)  # no navigation
    for key, step in (
        ("ArrowRight", 2),
        ("Space", 3),
        ("PageDown", 4),
        ("ArrowLeft", 3),
        ("PageUp", 2),
        ("End", 7),
        ("Home", 1),
    ):
        page.keyboard.press(key)
        place(page, step)
    reached: list[str] = []
    while "Leave" not in reached and len(reached) < 10:
        page.keyboard.press("Tab")
        reached.append(focused(page))
    assert [name for name in reached if name in ("Next", "Hand-out", "Leave")] == reached[-3:]
    page.get_by_role("link", name="Next").focus()
    page.keyboard.press("Space")  # a key of the presentation, whatever has the focus
    place(page, 2)
    page.reload()
    place(page, 2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Run", exact=True)).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name="Overview")).to_be_visible()
    watched.check()


def test_it_fills_projectors_and_fits_a_phone(dashboard: str, chromium: Browser) -> None:
    run_id = finished_run()
    for width, height in ((1280, 720), (1920, 1080), (400, 800)):
        context = chromium.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        for step in (2, 4, 6):
            page.goto(f"{dashboard}/run?run={run_id}&present=1&step={step}")
            place(page, step)
            wide, room_wide, high, room_high = page.evaluate(SIZES)
            assert wide <= room_wide
            if width > 400:
                assert high <= room_high, f"step {step} has to be scrolled at {width} px"
            for across, down in page.evaluate(ENLARGED):
                assert across == pytest.approx(1, abs=0.02)
                assert down == pytest.approx(1, abs=0.02)
        context.close()


def test_the_hand_out_prints_seven_white_pages(dashboard: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{dashboard}/run?run={finished_run()}&present=1&step=all")
    settled(page)
    titles = [
        title.replace("\N{NO-BREAK SPACE}", " ") for title in page.locator("h2").all_inner_texts()
    ]
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    context.close()
    assert len(printed.pages) == len(titles) == 7
    for sheet, title in zip(printed.pages, titles, strict=True):
        assert sheet.mediabox.width > sheet.mediabox.height
        words = sheet.extract_text().replace("\N{NO-BREAK SPACE}", " ").split()
        assert title.split()[0] in words
        assert "Leave" not in words
        assert "Overview" not in words
