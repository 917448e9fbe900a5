"""A residual network with norms goes the whole way, and what other kinds have is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import Page, expect

from spinn_engine import api
from tests.e2e.conftest import Watched
from tests.e2e.test_main_job import wait_until_done
from tests.e2e.walking import (
    SLOW,
    at_rest,
    choose,
    download,
    fill,
    go,
    part,
    press,
    shown,
    start,
    switch,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def look_at_other_kinds(page: Page) -> None:
    """What each kind is built of is asked for, and the plan follows."""
    fill(page, "hidden", "16, 12")
    fill(page, "activations", "tanh, sin")
    choose(page, "kind", "fourier")
    fill(page, "features", "4")
    fill(page, "frequency", "0.5")
    choose(page, "kind", "deeponet")
    fill(page, "trunk", "2")
    expect(part(page, "frequency")).to_have_count(0)
    expect(page.locator(".pictures img[alt*='latent 12']").first).to_be_visible(timeout=SLOW)


def look_at_the_ends(page: Page) -> None:
    """What stands before and behind a network is asked for, and counts as inputs of it."""
    page.get_by_text("Inputs and outputs of the network", exact=True).click()
    choose(page, "input_scale", "-1 to 1")
    choose(page, "output_function", "sigmoid")
    fill(page, "output_range", "tool_wear=0:1")
    fill(page, "zero_at", "time_s=0")
    choose(page, "output_function", "none")
    fill(page, "zero_at", "")
    fill(page, "periodic", "turning=360")
    shown(page, "there is no input turning")
    fill(page, "periodic", "")


def plan_and_start(page: Page, address: str) -> str:
    go(page, f"{address}/plan?stages=2&ratio=50")
    look_at_other_kinds(page)
    look_at_the_ends(page)
    choose(page, "kind", "residual")
    fill(page, "hidden", "16, 12, 12")
    fill(page, "block_layers", "3")
    part(page, "norm").locator("label").first.click()
    at_rest(page)
    expect(page.locator(".pictures img[alt*='block 1, layer 2 12']").first).to_be_visible()
    page.get_by_text("Training", exact=True).click()
    switch(page, "until", "after so many epochs")
    fill(page, "derivatives", "0.5")
    fill(page, "epochs", "2")
    fill(page, "fine_tune_epochs", "1")
    fill(page, "seeds", "1")
    return start(page)


def test_a_residual_network_goes_the_whole_way(
    dashboard: str, watched: Watched, tmp_path: Path
) -> None:
    page = watched.page
    run_id = plan_and_start(page, dashboard)
    wait_until_done(page, run_id)
    model = api.open_run(run_id).spec().model
    assert (model.network, model.hidden) == ("residual", (16, 12, 12))
    assert (model.block_layers, model.norm) == (3, True)
    assert api.open_run(run_id).spec().train.derivatives == 0.5

    go(page, f"{dashboard}/run?run={run_id}&neuron=5")
    cells = page.locator(".st-key-heatmap canvas")
    expect(cells).to_be_visible(timeout=SLOW)
    shown(page, "The neurons of the stream are made by several layers")
    shown(page, "Neuron 5 of the stream")
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    assert box is not None
    at_rest(page)
    cells.click(position={"x": box["width"] * 1.5 / 16, "y": 92})  # the second strip
    shown(page, "of block 1, layer 1")
    choose(page, "layer", "block 1, layer 2")
    shown(page, "of block 1, layer 2")
    page.reload()  # the address holds the group
    shown(page, "of block 1, layer 2")

    go(page, f"{dashboard}/report?run={run_id}")
    press(page, "make_report")
    expect(part(page, "get_html")).to_be_visible(timeout=2 * SLOW)
    html = download(page, part(page, "get_html").locator("button"), tmp_path).read_text()
    assert "a residual network (He et al. 2016)" in html
    press(page, "export")
    button = page.locator("[class*='st-key-get_'] button").filter(has_text=".onnx").first
    expect(button).to_be_visible(timeout=3 * SLOW)
    session = onnxruntime.InferenceSession(download(page, button, tmp_path))
    rows = np.random.default_rng(0).normal(size=(5, 18)).astype(np.float32)
    found = session.run(None, {session.get_inputs()[0].name: rows})[0]
    expected = np.asarray(api.load_network(run_id)(rows))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)
    watched.check()
