"""Five awkward files: each is read right on Data after at most two clicks, and so on Plan."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from spinn_engine.words import shortest
from tests.e2e.conftest import Watched
from tests.e2e.finished import settled
from tests.e2e.test_axe import violations
from tests.e2e.walking import at_rest, choose, fill, give, link, part, shown, table_rows

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROWS = 120
SENTENCES = "[data-testid=stAlert]"


class Case(NamedTuple):
    """An awkward file.

    Attributes:
        name: of the file.
        text: what is in it.
        truth: its columns as another program reads them when it is told how.
        units: of the columns that have one.
        clicks: the buttons that settle how it is read.
        told: what Plan says of that.
    """

    name: str
    text: str
    truth: pd.DataFrame
    units: dict[str, str]
    clicks: tuple[str, ...]
    told: str


def measured() -> pd.DataFrame:
    """Force, temperature, and the wear that follows from them."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {"force": rng.uniform(573, 2527, ROWS).round(), "temp": rng.uniform(20, 80, ROWS).round(2)}
    )
    frame["wear"] = (frame["force"] / 9000 + frame["temp"] / 600).round(4)
    return frame


def german_thousands() -> Case:
    """Points between thousands alone: nothing tells them from decimals."""
    frame = measured()
    frame["temp"], frame["wear"] = (100 * frame["temp"]).round(), (1000 * frame["wear"]).round()
    written = frame.map(lambda number: f"{number:,.0f}".replace(",", "."))
    text = written.to_csv(sep=";", index=False)
    truth = pd.read_csv(io.StringIO(text), sep=";", thousands=".", decimal=",")
    return Case(
        "german.csv", text, truth, {}, ("Commas before decimals",), "commas before decimals"
    )


def codes() -> Case:
    """-9999 where a gauge gave nothing."""
    frame = measured()
    frame["wear"] = frame["wear"].where(np.arange(ROWS) % 15 != 3, -9999)
    text = frame.to_csv(index=False)
    truth = pd.read_csv(io.StringIO(text), na_values=["-9999"])
    return Case(
        "codes.csv", text, truth, {}, ("Count \N{MINUS SIGN}9999 as missing",), "-9999 as missing"
    )


def logger() -> Case:
    """The file of a data logger: four lines above the rows."""
    frame = measured()
    above = [
        '"TOA5","6843","CR3000"',
        '"force","temp","wear"',
        '"N","degC","mm"',
        '"Smp","Smp","Smp"',
    ]
    text = "\n".join([*above, frame.to_csv(index=False, header=False)])
    truth = pd.read_csv(io.StringIO(text), header=1, skiprows=[2, 3])
    return Case("logger.csv", text, truth, {"force": "N", "temp": "degC", "wear": "mm"}, (), "")


def without_names() -> Case:
    """Two lines that are no names of the columns below."""
    text = "Rig 7, March\nforce and so on\n" + measured().to_csv(index=False, header=False)
    names = ["column_1", "column_2", "column_3"]
    truth = pd.read_csv(io.StringIO(text), skiprows=2, names=names)
    clicks = ("No names, rows from line 3 on",)
    return Case("nameless.csv", text, truth, {}, clicks, "no line of names and")


def percents() -> Case:
    """A unit in every cell of a column."""
    frame = measured()
    frame["temp"] = frame["temp"].map("{:.1f}%".format)
    text = frame.to_csv(index=False)
    truth = pd.read_csv(io.StringIO(text), converters={"temp": lambda cell: float(cell[:-1])})
    return Case("percent.csv", text, truth, {"temp": "%"}, (), "")


CASES = (german_thousands, codes, logger, without_names, percents)


@pytest.mark.parametrize("made", CASES)
@pytest.mark.parametrize("way", ["uploaded", "by path"])
def test_an_awkward_file_is_read_right_after_two_clicks_at_most(
    made: Callable[[], Case], way: str, dashboard: str, watched: Watched, tmp_path: Path
) -> None:
    case, page = made(), watched.page
    target = case.truth.columns[-1]
    page.goto(f"{dashboard}/data?source=table&targets={target}")
    settled(page)
    if way == "uploaded":
        give(page, "table_file", case.name, case.text.encode())
    else:
        path = tmp_path / case.name
        path.write_text(case.text)
        fill(page, "path", str(path))
    shown(page, "First lines as they stand" if case.clicks == () else case.clicks[0])
    assert len(case.clicks) <= 2
    for click in case.clicks:
        at_rest(page)
        page.get_by_role("button", name=click, exact=True).click()
    if case.clicks:
        expect(page.get_by_role("button", name=case.clicks[-1], exact=True)).to_have_count(0)
    shown(page, "Targets in each part")
    at_rest(page)
    expect(page.locator(SENTENCES).filter(has_text="cannot be read")).to_have_count(0)
    assert columns_shown(page) == columns_of(case)
    rows = table_rows(page, "The first rows of the data")
    assert [[as_number(cell) for cell in row] for row in rows[1:4]] == [
        pytest.approx([number for number in row if not np.isnan(number)], rel=1e-4)
        for row in case.truth.head(3).to_numpy()
    ]

    link(page, "Plan with this data").click()
    expect(part(page, "learned")).to_contain_text("2 inputs, 1 target", timeout=60_000)
    if case.told:
        expect(part(page, "learned")).to_contain_text(f"Read with {case.told}")
    else:
        expect(part(page, "learned")).not_to_contain_text("Read with")
    watched.check()


def columns_shown(page: Page) -> list[tuple[str, str, str, str]]:
    """Name, unit, smallest and largest value of every column, as Data shows them."""
    _, *rows = table_rows(page, "Columns of the data")
    return [(name, unit, low, high) for name, _, unit, low, high, *_ in rows]


def columns_of(case: Case) -> list[tuple[str, str, str, str]]:
    return [
        (
            name,
            case.units.get(name, ""),
            shortest(case.truth[name].min()),
            shortest(case.truth[name].max()),
        )
        for name in case.truth.columns
    ]


def as_number(cell: str) -> float:
    return float(cell.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def test_what_is_changed_on_one_page_holds_on_the_other(
    dashboard: str, watched: Watched, tmp_path: Path
) -> None:
    case, page = german_thousands(), watched.page
    path = tmp_path / case.name
    path.write_text(case.text)
    page.goto(f"{dashboard}/data?source=table&path={path}&targets=wear&header=1&comment=%23")
    settled(page)
    part(page, "change_reading").locator("summary").click()
    expect(part(page, "header").locator("input")).to_have_value("1")
    choose(page, "thousands", "point")
    fill(page, "missing", "1.100, bad")
    shown(page, "Targets in each part")
    at_rest(page)
    for said in ("thousands=point", "missing=1.100", "header=1"):
        assert said in page.url
    link(page, "Plan").click()  # of the navigation, with nothing in its address
    learned = part(page, "learned")
    expect(learned).to_contain_text("points between thousands", timeout=60_000)
    expect(learned).to_contain_text("1.100 and bad as missing")
    at_rest(page)
    assert "thousands=point" in page.url
    page.reload()
    expect(learned).to_contain_text("points between thousands", timeout=60_000)
    settled(page)
    learned.get_by_text("Look at this data").click()
    shown(page, "Targets in each part")
    at_rest(page)
    assert columns_shown(page)[0][0] == "force"
    other = tmp_path / "percent.csv"
    other.write_text(percents().text)
    fill(page, "path", str(other))  # another file is read anew
    expect(page.get_by_label("Columns of the data")).to_contain_text("%", timeout=60_000)
    settled(page)
    assert columns_shown(page) == columns_of(percents())
    at_rest(page)
    assert "thousands" not in page.url
    watched.check()


def test_a_link_holds_on_the_next_page_before_anything_is_touched(
    dashboard: str, watched: Watched, tmp_path: Path
) -> None:
    case, page = german_thousands(), watched.page
    path = tmp_path / case.name
    path.write_text(case.text)
    asked = f"source=table&path={path}&targets=wear&decimal=comma"
    page.goto(f"{dashboard}/data?{asked}")
    settled(page)
    link(page, "Plan with this data").click()
    expect(part(page, "learned")).to_contain_text("2 inputs, 1 target", timeout=60_000)
    expect(part(page, "learned")).to_contain_text("Read with commas before decimals.")
    page.goto(f"{dashboard}/plan?{asked}")
    settled(page)
    link(page, "Look at this data").click()
    shown(page, "Targets in each part")
    settled(page)
    assert columns_shown(page) == columns_of(case)
    watched.check()


@pytest.mark.parametrize("made", [german_thousands, without_names])
@pytest.mark.parametrize(("theme", "width"), [("light", 400), ("dark", 1280)])
def test_a_doubt_and_the_form_have_no_serious_violation(
    made: Callable[[], Case],
    theme: Literal["light", "dark"],
    width: int,
    dashboard: str,
    chromium: Browser,
    tmp_path: Path,
) -> None:
    case = made()
    path = tmp_path / case.name
    path.write_text(case.text)
    context = chromium.new_context(viewport={"width": width, "height": 1000}, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{dashboard}/data?source=table&path={path}&targets=wear")
    settled(page)
    part(page, "change_reading").locator("summary").click()
    shown(page, "First lines as they stand")
    settled(page)
    found = violations(page)
    context.close()
    assert found == []
