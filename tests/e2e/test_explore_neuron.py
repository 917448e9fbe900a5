"""A person clicks a neuron in the heatmap, then names another one; in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from spinn_engine import api
from tests.dashboard.conftest import SINGLE
from tests.e2e.conftest import Watched
from tests.e2e.walking import SLOW, at_rest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_click_and_a_number_show_a_neuron(dashboard: str, watched: Watched) -> None:
    run_id = api.run(SINGLE).run_id
    page = watched.page
    page.goto(f"{dashboard}/run?run={run_id}")
    cells = page.locator(".st-key-heatmap canvas")
    expect(cells).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Click a neuron in the heatmap")).to_be_visible()
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    assert box is not None
    cells.evaluate("canvas => { canvas.kept = true; }")
    score = api.importance(run_id, 0)[0].score
    ranked = (-score).argsort(kind="stable")
    for place in (2, 3):  # of the first layer, by score
        at_rest(page)
        cells.click(position={"x": box["width"] * (place - 0.5) / 12, "y": 42})
        words = f"Neuron {ranked[place - 1]} of hidden layer 1"
        expect(page.get_by_text(words)).to_be_visible(timeout=SLOW)
        expect(page).to_have_url(re.compile(rf"neuron={ranked[place - 1]}\b"))
    stage = page.locator(".st-key-stage input[type=range]")
    stage.press("End")
    expect(page.get_by_text("Nothing is removed after this stage.")).to_be_visible(timeout=SLOW)
    assert cells.evaluate("canvas => canvas.kept")  # neither clicks nor the slider built it anew
    expect(page.get_by_text(words)).to_be_visible()

    layer = page.locator(".st-key-layer input")
    layer.fill("2")
    layer.press("Enter")
    number = page.locator(".st-key-neuron input")
    number.fill("7")
    number.press("Enter")
    expect(page.get_by_text("Neuron 7 of hidden layer 2")).to_be_visible(timeout=SLOW)
    page.reload()  # the address holds both
    expect(page.get_by_text("Neuron 7 of hidden layer 2")).to_be_visible(timeout=SLOW)
    watched.check()
