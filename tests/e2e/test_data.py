"""A person uploads a table with a leak, is warned, leaves it out, and plans with the rest."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watched
from tests.e2e.walking import at_rest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def leaky(small_table: Path) -> Path:
    """A table in which one column is the target in other units."""
    frame = pd.read_csv(small_table)
    frame["y_um"] = 1000 * frame["y"]
    path = small_table.with_name("my runs.csv")
    frame.to_csv(path, index=False)
    return path


def pick(page: Page, key: str, name: str) -> None:
    """Choose a column in one of the lists."""
    at_rest(page)
    page.locator(f".st-key-{key} input").first.click()
    page.get_by_role("option", name=name, exact=True).click()
    if key != "pick_group":  # a list of several stays open; in one of one, Escape takes it back
        page.keyboard.press("Escape")


def test_a_leak_is_seen_left_out_and_planned_without(
    dashboard: str, watched: Watched, leaky: Path
) -> None:
    page = watched.page
    page.goto(f"{dashboard}/data?source=table")
    expect(page.get_by_text("No file yet")).to_be_visible(timeout=20_000)
    page.set_input_files(".st-key-table_file input[type=file]", str(leaky))
    expect(page.get_by_text("Which columns are to be predicted?")).to_be_visible(timeout=20_000)
    pick(page, "pick_targets", "y")
    expect(page.get_by_text("400 rows, 6 inputs, 1 target")).to_be_visible(timeout=20_000)
    pick(page, "pick_drop", "z")
    pick(page, "pick_group", "g")
    expect(page.get_by_text("400 rows, 4 inputs, 1 target")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("y_um").first).to_be_visible()
    at_rest(page)
    page.get_by_role("button", name="Leave this column out").click()
    expect(page.get_by_text("Left out: y_um")).to_be_visible(timeout=20_000)

    page.get_by_role("link", name="Plan with this data").click()
    learned = page.locator(".st-key-learned")
    expect(learned).to_contain_text("3 inputs, 1 target", timeout=20_000)
    expect(page.locator(".st-key-drop input")).to_have_value("z, y_um")
    expect(page.get_by_role("button", name="Start")).to_be_visible()

    page.get_by_role("link", name="Data", exact=True).first.click()
    expect(page.get_by_text("400 rows, 3 inputs, 1 target")).to_be_visible(timeout=20_000)
    watched.check()


def test_what_is_no_table_is_refused_in_a_sentence(
    dashboard: str, watched: Watched, tmp_path: Path
) -> None:
    path = tmp_path / "page.csv"
    path.write_text("<!DOCTYPE html><html><script>alert(1)</script></html>")
    page = watched.page
    page.goto(f"{dashboard}/plan?source=table")
    page.set_input_files(".st-key-table_file input[type=file]", str(path))
    alert = page.get_by_role("alert").filter(has_text="page.csv")
    expect(alert).to_contain_text("it is a web page", timeout=20_000)
    watched.check()


def test_the_first_minutes_on_an_empty_store(dashboard: str, watched: Watched) -> None:
    page = watched.page
    page.goto(dashboard)
    expect(page.get_by_text("In three steps")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("ships with the program")).to_be_visible()
    page.get_by_role("button", name="Close the tour").click()
    expect(page.get_by_text("In three steps")).to_have_count(0)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("d")
    page.wait_for_url("**/run*")
    expect(page.get_by_text("Which neurons went")).to_be_visible(timeout=20_000)
    watched.check()
