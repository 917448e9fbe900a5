"""Every widget and every file of the page of a finished run, in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, TimeoutError, expect

from spinn_engine import api
from spinn_engine.vocabulary import ARMS
from tests.e2e.conftest import Watched
from tests.e2e.walking import (
    SLOW,
    TRIES,
    choose,
    download,
    fill,
    go,
    link,
    open_all,
    part,
    press,
    shown,
    slide,
    switch,
    table_rows,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def result_of(run_id: str) -> dict[str, Any]:
    result = api.open_run(run_id).result()
    assert result is not None
    return result


def test_every_widget_of_a_run(ready: str, watched: Watched) -> None:
    page, result = watched.page, result_of("first")
    go(page, f"{ready}/run?run=second")  # its folder has the result alone
    shown(page, "Verdict")
    choose(page, "run", "first")
    expect(page).to_have_url(re.compile("run=first"), timeout=SLOW)  # the server writes it there
    shown(page, "Which neurons went")

    smallest, *_, largest = result["arms"][0]["latency_us"]
    rounds = result["arms"][0]["latency_us"][smallest]["rounds"]
    switch(page, "batch", f"{int(smallest):,}")
    shown(page, f"median of {rounds} rounds")
    expect(page).to_have_url(re.compile(f"batch={smallest}"), timeout=SLOW)
    assert smallest != largest

    switch(page, "order", "by number")
    shown(page, "What is grey is gone in stage 1")
    slide(page, "stage", "End")
    shown(page, "Nothing is removed after this stage")
    slide(page, "stage", "Home")
    shown(page, "is gone in stage 1")
    switch(page, "survival_order", "by number")
    expect(part(page, "survival").locator("canvas").first).to_be_visible(timeout=SLOW)

    other = next(seed for seed in result["seeds"] if seed != result["whatif"]["seed"])
    choose(page, "seed", str(other))
    press(page, "show_known_seed")
    fill(page, "neuron", "3")
    shown(page, "Neuron 3 of hidden layer 1")
    fill(page, "layer", "2")
    shown(page, "Neuron 3 of hidden layer 2")
    fill(page, "neuron", "11")  # the second layer has 8
    shown(page, "hidden layer 2 has no neuron 11")
    assert open_all(page) >= 3
    watched.check()


def test_the_arms_are_shown_as_they_were_measured(ready: str, watched: Watched) -> None:
    page, result = watched.page, result_of("first")
    go(page, f"{ready}/run?run=first")
    head, *rows = table_rows(page, "every arm")
    assert [row[head.index("Arm")].replace("\N{NO-BREAK SPACE}", " ") for row in rows] == [
        ARMS[arm["arm"]].label for arm in result["arms"]
    ]
    for row, arm in zip(rows, result["arms"], strict=True):
        assert row[head.index("Parameters")] == f"{arm['params']:,}"
        assert row[head.index("R²")].startswith(f"{arm['r2']['mean']:.4f}".replace("-", "−"))
    watched.check()


def test_every_file_of_a_run(ready: str, watched: Watched, tmp_path: Path) -> None:
    page, result = watched.page, result_of("first")
    go(page, f"{ready}/run?run=first")
    metrics = json.loads(
        download(page, part(page, "get_spinn_structured_metrics").locator("button"), tmp_path)
        .read_text()
    )  # fmt: skip
    assert metrics == result
    final = download(page, part(page, "get_spinn_structured_final").locator("button"), tmp_path)
    assert parameters(final) == metrics["spinn_params"]

    press(page, "stage_files")
    sizes = {
        "dense_pinn_improved_final": metrics["dense_params"],
        "magnitude_final": metrics["dense_params"],
        "spinn_structured_stage1": metrics["stages"][1]["params"],
        "spinn_structured_stage2": metrics["spinn_params"],
    }
    buttons = page.locator("[data-testid=stPopoverBody] [data-testid=stDownloadButton]")
    expect(buttons).to_have_count(len(sizes), timeout=SLOW)
    for name, count in sizes.items():
        path = download(page, part(page, f"get_{name}").locator("button"), tmp_path)
        assert parameters(path) == count
        original = api.open_run("first").checkpoints / f"{name}.pt"
        assert path.read_bytes() == original.read_bytes()
    watched.check()


def parameters(path: Path) -> int:
    """How many numbers the network of a checkpoint has, which runs no code to be read."""
    stored = torch.load(path, weights_only=True)["state_dict"]
    return sum(tensor.numel() for tensor in stored.values())


def test_a_picture_is_taken_away(ready: str, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    go(page, f"{ready}/run?run=first")
    drawing = Image.open(take_away(page, part(page, "tradeoff"), tmp_path))
    assert drawing.format == "PNG"
    assert drawing.width > 1000
    assert len(drawing.convert("RGB").getcolors(1 << 24) or []) > 10
    watched.check()


def take_away(page: Page, chart: Locator, folder: Path) -> Path:
    """A picture as a file; its buttons are there while the mouse is on it, so it must not move."""
    button = chart.get_by_role("button", name="Download as PNG")
    for _ in range(TRIES):
        chart.evaluate("chart => chart.scrollIntoView({block: 'center'})")  # below the header
        chart.hover(timeout=SLOW)
        try:
            return download(page, button, folder, SLOW // TRIES)
        except TimeoutError:
            continue
    raise AssertionError("the picture's button cannot be pressed")


def test_ways_into_the_presentation_and_out_of_it(ready: str, watched: Watched) -> None:
    page = watched.page
    go(page, f"{ready}/run?run=first")
    link(page, "Hand-out").click()
    page.wait_for_url("**step=all", timeout=SLOW)
    expect(page.locator("[class*=st-key-sheet_]")).to_have_count(7, timeout=SLOW)
    link(page, "Present").click()
    place(page, 1)
    for step in range(2, 8):
        link(page, "Next").click()
        place(page, step)
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    link(page, "Previous").click()
    place(page, 6)
    link(page, "Hand-out").click()
    page.wait_for_url("**step=all", timeout=SLOW)
    link(page, "Leave").click()
    expect(page).to_have_url(re.compile(r"/run\?run=first$"), timeout=SLOW)
    shown(page, "Verdict")
    page.goto(f"{ready}/run?run=gone&present=1")
    shown(page, "Nothing to present")
    link(page, "Back to the runs").click()
    shown(page, "Verdict")
    watched.check()


def place(page: Page, step: int) -> None:
    expect(page.get_by_text(f"{step} / 7").first).to_be_visible(timeout=SLOW)
    page.wait_for_url(f"**step={step}", timeout=SLOW)
