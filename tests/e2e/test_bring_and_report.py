"""A person brings a checkpoint, prunes it, and takes the report away; in a real browser."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import nn

from tests.e2e.conftest import Watched
from tests.e2e.test_main_job import download, wait_until_done
from tests.e2e.walking import at_rest, choose, fill, start, switch

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A whole module, as a script would pickle it, with the activation in it."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(18, 24), nn.Tanh(), nn.Linear(24, 16), nn.Tanh())
    path = tmp_path / "my model.pth"
    torch.save(network.append(nn.Linear(16, 2)), path)
    return path


def bring(page: Page, address: str, checkpoint: Path) -> None:
    """On Plan, upload it, and see what it is worth before anything runs."""
    page.goto(f"{address}/plan")
    page.get_by_role("radio", name="bring a checkpoint").or_(
        page.get_by_role("button", name="bring a checkpoint")
    ).first.click()
    page.set_input_files(".st-key-checkpoint input[type=file]", str(checkpoint))
    learned = page.locator(".st-key-learned")
    alert = page.get_by_role("alert").filter(has_text="than a straight line")
    expect(alert).to_be_visible(timeout=20_000)  # it was never trained
    expect(page.get_by_role("button", name="Start")).to_have_count(0)
    choose(page, "dense_scaling", "inputs and targets standardised")
    expect(learned).to_contain_text("24-16, tanh", timeout=20_000)
    expect(learned).to_contain_text("Its R² is low as it is read")
    at_rest(page)
    expect(page.locator(".st-key-dense_reading input")).to_have_value("")
    expect(page.locator("[class*=st-key-take_reading_]")).to_have_count(0)  # the file says all


def test_bring_prune_and_report(
    dashboard: str, watched: Watched, checkpoint: Path, tmp_path: Path
) -> None:
    page = watched.page
    bring(page, dashboard, checkpoint)
    page.get_by_text("Training", exact=True).click()
    switch(page, "until", "after so many epochs")
    fill(page, "fine_tune_epochs", "1")
    run_id = start(page)
    wait_until_done(page, run_id)

    page.goto(f"{dashboard}/run?run={run_id}")
    expect(page.get_by_text("dense network imported from")).to_be_visible(timeout=20_000)

    page.goto(f"{dashboard}/report?run={run_id}")
    page.get_by_role("button", name="Make the report").click()
    expect(page.locator(".st-key-get_zip")).to_be_visible(timeout=120_000)
    archive = zipfile.ZipFile(io.BytesIO(download(page, "get_zip", tmp_path).read_bytes()))
    assert f"{run_id}/report.html" in archive.namelist()
    html = download(page, "get_html", tmp_path).read_text()
    assert "my_model" in html  # the file that was imported is named
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_role("heading", level=1)).to_contain_text(run_id)
    expect(page.locator("table").first).to_contain_text("377,282")
    watched.check()


def test_a_hostile_upload_is_refused_in_a_sentence(
    dashboard: str, watched: Watched, tmp_path: Path
) -> None:
    path = tmp_path / "page.pt"
    path.write_text("<!DOCTYPE html><html><script>alert(1)</script></html>")
    page = watched.page
    page.goto(f"{dashboard}/plan?network=bring+a+checkpoint")
    page.set_input_files(".st-key-checkpoint input[type=file]", str(path))
    alert = page.get_by_role("alert").filter(has_text="page.pt")
    expect(alert).to_contain_text("it is a web page", timeout=20_000)
    expect(page.get_by_role("button", name="Start")).to_have_count(0)
    watched.check()
