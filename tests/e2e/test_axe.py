"""No serious accessibility violation on any page, light and dark, by axe-core; and Plan by Tab."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from spinn_engine import api
from tests.dashboard.support import PAGES
from tests.e2e.conftest import Watched, served
from tests.e2e.finished import finished_run, settled

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
OF_A_RUN = ("run", "adapt", "report")
BAD = ("serious", "critical")
ALSO_BAD = ("heading-order",)  # axe calls it moderate

# What is Streamlit's or Vega's own: a rule, the elements that it may name, and the reason.
ALLOWED = {
    # What cannot be used now need not have contrast (WCAG 1.4.3); Streamlit fades its label, too.
    "color-contrast": "[data-testid^=st]:has(> * :disabled) *, :has(> * [aria-disabled=true]) > *",
    # The box that one draws in Compare's picture; Vega gives it a role and takes no words for it.
    "svg-img-alt": "[class~=box_brush], [class~=box_brush_bg]",
}
RUN = """async allowed => {
    const found = await axe.run(document, {resultTypes: ['violations']});
    const own = (rule, node) => !(rule.id in allowed) ||
        !document.querySelector(node.target[0]).matches(allowed[rule.id]);
    return found.violations.map(rule => ({
        rule: rule.id, impact: rule.impact,
        nodes: rule.nodes.filter(node => own(rule, node)).map(node => node.html.slice(0, 200)),
    })).filter(rule => rule.nodes.length);
}"""


def violations(page: Page) -> list[dict[str, Any]]:
    """Every serious violation that is ours to mend, and every heading level that is skipped."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN, ALLOWED)
    return [rule for rule in found if rule["impact"] in BAD or rule["rule"] in ALSO_BAD]


def addresses(run_id: str) -> list[str]:
    others = [name for name in PAGES if name != "overview"]
    pages = [f"{name}?run={run_id}" if name in OF_A_RUN else name for name in others]
    steps = [f"run?run={run_id}&present=1&step={step}" for step in ("1", "4", "7", "all")]
    seed = api.dense_scores(run_id, "l1")[0]
    return ["", *pages, f"run?run={run_id}&seed={seed}&layer=1&neuron=3", *steps]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Every page of a dashboard whose store has one run, finished and adapted; its address."""
    folder = tmp_path_factory.mktemp("axe")
    settings = api.AdaptSettings(batch_rows=1000, arms=("full", "last_layer"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(folder / "results"))
        run_id = finished_run()
        api.adapt(run_id, settings=settings)
        with served(folder / "results", folder / "streamlit.log") as address:
            yield {page: f"{address}/{page}" for page in addresses(run_id)}


@pytest.mark.parametrize(("theme", "width"), [("light", 400), ("dark", 1280)])
def test_no_page_has_a_serious_violation(
    pages: dict[str, str], chromium: Browser, theme: Any, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 1000}, color_scheme=theme)
    page = context.new_page()
    found = {}
    for name, address in pages.items():
        page.goto(address)
        settled(page)
        expect(page.locator("[role=dialog]")).to_have_count(0)  # all else is inert behind one
        if name.startswith("adapt"):
            drawn = page.locator("[class*=st-key-error_over_time] .vega-embed")
            expect(drawn).to_have_count(4)
            expect(drawn.first).to_be_visible()
        if wrong := violations(page):
            found[name] = wrong
    context.close()
    assert found == {}


def test_axe_finds_what_is_wrong(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(
        "<main><h1>1</h1><h3>3</h3><img src='x.png'><p style='color: #aaa'>too pale</p></main>"
    )
    found = {rule["rule"] for rule in violations(page)}
    assert found >= {"image-alt", "color-contrast", "heading-order"}
    page.close()


def test_start_is_reached_with_the_tab_key(dashboard: str, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{dashboard}/plan")
    page.locator(".st-key-start button").wait_for(timeout=60_000)
    settled(page)
    names: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        names.append(str(page.evaluate(NAME)))
        if names[-1] == "start":
            break
    assert names[-1] == "start", names
    for key in ("stages", "source", "hidden"):  # what is asked comes before it is started
        assert key in names
    watched.check()


NAME = """() => {
    const own = document.activeElement.closest('[class*="st-key-"]');
    return own ? /st-key-([\\w-]+)/.exec(own.className)[1] : document.activeElement.innerText;
}"""
