"""Side work is whose it was started by; two people in two browsers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.background.state import FOLDER, Stored, name_of, write_state
from spinn_engine.store.runs import RunFolder
from tests.dashboard import openid
from tests.dashboard.conftest import TINY
from tests.dashboard.test_login import guarded_dashboard, provider
from tests.dashboard.test_ownership import ANN, ANNS, BOB, opened_by, press

__all__ = ["guarded_dashboard", "provider"]  # fixtures


@pytest.fixture
def anns_adaptation(finished_run: RunFolder) -> Any:
    """Work of Ann's that was cut off, about a run of nobody's."""
    folder = finished_run.path / FOLDER / name_of("adapt", ["--frozen", "0.5"])
    stored = Stored(words=["--frozen", "0.5"], host="lab7", began=1.0, heard=2.0, owner=ANNS)
    write_state(folder, stored)
    yield folder
    if folder.exists():
        api.forget_work("finished", folder.name)


def test_side_work_is_whose_it_was_started_by(anns_adaptation: Path) -> None:
    name = anns_adaptation.name
    bob = opened_by(BOB, "adapt", run="finished")
    assert bob.button(key=f"dismiss_finished_{name}").proto.disabled
    ann = opened_by(ANN, "adapt", run="finished")
    ann.user = BOB
    press(ann, "dismiss")
    assert anns_adaptation.exists()
    assert any("Only Ann Miller" in error.value for error in ann.error)
    ann = opened_by(ANN, "adapt", run="finished")
    ann.button(key=f"dismiss_finished_{name}").click().run()
    assert not anns_adaptation.exists()


def log_in(chromium: Browser, address: str, person: str) -> Page:
    page = chromium.new_context().new_page()
    page.goto(f"{address}/plan?hidden=12%2C+8&epochs=1")
    page.get_by_role("button", name="Log in").click(timeout=60_000)
    expect(page.get_by_text(person)).to_be_visible(timeout=30_000)
    return page


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("guarded_dashboard", [""], indirect=True, ids=["root"])
def test_two_people_in_two_browsers(
    chromium: Browser, guarded_dashboard: str, provider: openid.OpenIDProvider, store: Path
) -> None:
    run_id = create_run(TINY, api.Owner(f"{provider.address} 1", "Ann Miller")).run_id
    ann = log_in(chromium, guarded_dashboard, "Ann Miller")
    provider.person = openid.BOB
    bob = log_in(chromium, guarded_dashboard, "Bob Turner")
    api.resume(run_id)
    for page in (ann, bob):
        page.goto(f"{guarded_dashboard}/jobs")
        expect(page.locator(f".st-key-job_{run_id}")).to_contain_text(
            "by Ann Miller", timeout=30_000
        )
        page.locator(f".st-key-more_{run_id} button").click()
    mine, others = (page.locator(f".st-key-cancel_{run_id} button").first for page in (ann, bob))
    expect(others).to_be_disabled()
    expect(mine).to_be_enabled()
    assert ann.get_by_text("Bob Turner").count() == 0
    expect(bob.get_by_text("Bob Turner")).to_be_visible()
    mine.click()
    expect(bob.locator(f".st-key-job_{run_id}")).to_contain_text("cancelled", timeout=60_000)
    for page in (ann, bob):
        page.context.close()
