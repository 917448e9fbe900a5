"""What people or files should not say, in a real browser: one sentence, and nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from spinn_engine import api
from tests.e2e.conftest import Watched, served
from tests.e2e.ready_runs import BOLD, FORMULA, GROUP, IMAGE, LINK, SCRIPT
from tests.e2e.walking import SLOW, choose, fill, go, open_all, part, press, shown
from tests.guarded.test_tables import workbook

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

NAMES = {  # all that a page reads from its address
    "": "run",
    "plan": "from source path mill_path targets group time drop drop_sim drop_mill hidden "
    "hidden_burgers activation network dense dense_activation dense_scaling epochs "
    "fine_tune_epochs lbfgs_iterations seeds schedule widths stages ratio_of ratio max_bytes "
    "criterion reconstruction round_to least_width controls folds margin physics_wear_law "
    "physics_monotone fit_coefficients",
    "data": "source path mill_path targets group time drop drop_sim drop_mill",
    "jobs": "run all_queued",
    "run": "run stage layer neuron batch order survival_order seed step",
    "compare": "runs baseline filter data tags sweep at_batch across draw colour",
    "adapt": "run rows new_path new_missing batch_rows frozen adaptation",
    "report": "run with_claims claims",
    "help": "unknown",
}
HOSTILE = (
    SCRIPT, "-1", "1e400", "9" * 30, "", "../../../etc/passwd", "0.5", "\x00", "true", "nan",
    IMAGE, "x" * 3000,
)  # fmt: skip
KINDS = {
    "plan": ({"source": "table"}, {"network": "bring a checkpoint"}, {"schedule": "custom"}),
    "data": ({"source": "table"}, {"source": "nasa-mill"}),
    "run": ({"run": "first"}, {"run": "first", "present": "1"}),
    "adapt": ({"run": "first"}, {"run": "first", "rows": "a table of new rows"}),
}


def unharmed(page: Page) -> None:
    """The page has a title, no exception, and none of its texts has become markup."""
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    assert page.evaluate("window.hacked === undefined")
    assert page.locator("img[src=x], a[href^='javascript']").count() == 0
    assert page.locator("[data-testid=stMain]").inner_text().strip()


@pytest.mark.parametrize("name", NAMES)
def test_no_tampered_address_breaks_a_page(ready: str, watched: Watched, name: str) -> None:
    for turn, extra in enumerate(KINDS.get(name, ({},))):
        asked = [
            (key, HOSTILE[(at + 4 * turn) % len(HOSTILE)])
            for at, key in enumerate(NAMES[name].split())
        ]
        wanted = [pair for pair in asked if pair[0] not in extra]
        repeated = [(key, text[::-1]) for key, text in wanted[turn::3]]
        go(watched.page, f"{ready}/{name}?{urlencode([*repeated, *wanted, *extra.items()])}")
        unharmed(watched.page)
    watched.check()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("run?run=gone", "There is no run gone here"),
        ("adapt?run=gone", "There is no finished run gone here"),
        ("report?run=gone", "There is no finished run gone here"),
        ("compare?runs=gone,first&baseline=away", "The link names 2 runs"),
        ("plan?from=gone", "these are the defaults"),
        ("run?run=gone&present=1", "there is no finished run"),
    ],
)
def test_a_link_to_a_run_that_is_gone(
    ready: str, watched: Watched, address: str, says: str
) -> None:
    go(watched.page, f"{ready}/{address}")
    shown(watched.page, says)
    watched.check()


def test_markup_of_a_table_is_text_on_every_page(
    ready: str, watched: Watched, ready_store: Path
) -> None:
    page, path = watched.page, ready_store.parent / f"{IMAGE}.csv"
    data = urlencode(
        {"source": "table", "path": path, "targets": f"{IMAGE}, {FORMULA}", "group": GROUP}
    )
    for address, texts in (
        (f"data?{data}", (SCRIPT, LINK, BOLD, IMAGE, FORMULA)),
        (f"plan?{data}", (SCRIPT, LINK)),
        ("plan?from=hostile", (SCRIPT,)),
        ("run?run=hostile&layer=1&neuron=2", (IMAGE, FORMULA)),
        *((f"run?run=hostile&present=1&step={step}", ()) for step in "17"),
        ("run?run=hostile&present=1&step=all", (path.name,)),
        ("compare?runs=hostile&colour=tags", (IMAGE, BOLD, f"{SCRIPT} {LINK}")),
        ("report?run=hostile", ()),
        ("", ()),
    ):
        go(page, f"{ready}/{address}")
        open_all(page)
        for text in texts:
            shown(page, text)
        unharmed(page)
    go(page, f"{ready}/report?run=hostile")
    press(page, "make_report")
    report = page.frame_locator("iframe").first
    expect(report.get_by_text(path.name).first).to_be_attached(timeout=2 * SLOW)
    assert report.locator("img[src=x], script").count() == 0
    unharmed(page)
    watched.check()


def test_what_is_typed_is_text(ready: str, watched: Watched) -> None:
    page = watched.page
    go(page, f"{ready}/data?source=table")
    fill(page, "path", f"/{IMAGE}/{SCRIPT}.csv")
    shown(page, SCRIPT)
    go(page, f"{ready}/plan?network=bring+a+checkpoint")
    fill(page, "dense", f"/{IMAGE}.pt")
    expect(page.get_by_role("alert").first).to_contain_text(IMAGE, timeout=SLOW)
    go(page, f"{ready}/adapt?run=first&rows=a+table+of+new+rows")
    fill(page, "new_path", f"/{IMAGE}.csv")
    press(page, "adapt")
    expect(page.get_by_role("alert").first).to_contain_text(IMAGE, timeout=2 * SLOW)
    page.get_by_role("button", name="Dismiss").first.click(timeout=SLOW)
    go(page, f"{ready}/compare")
    fill(page, "filter", f"{SCRIPT} of none")
    shown(page, "No run fits the filter")
    unharmed(page)
    watched.check()


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard that takes uploads of 1 MB at most, and 100 MB of memory to read one."""
    place = tmp_path_factory.mktemp("narrow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_READ_MB", "100")
        with served(place / "results", place / "log", "--server.maxUploadSize", "1") as address:
            yield address


@pytest.mark.parametrize(
    ("address", "key", "file"),
    [
        ("data?source=table", "table_file", "big.csv"),
        ("plan?source=table", "table_file", "big.csv"),
        ("plan?network=bring+a+checkpoint", "checkpoint", "big.pt"),
        ("report?claims=a+file+of+your+own", "claims_file", "big.json"),
    ],
)
def test_a_file_over_the_limit_is_refused(
    narrow: str, watched: Watched, tmp_path: Path, address: str, key: str, file: str
) -> None:
    page, path = watched.page, tmp_path / file
    path.write_bytes(b"0" * 1_200_000)
    go(page, f"{narrow}/{address}")
    page.set_input_files(f".st-key-{key} input[type=file]", str(path))
    expect(part(page, key)).to_contain_text("1.0MB or smaller", timeout=SLOW)
    unharmed(page)
    watched.check()


def memory_of(address: str) -> int:
    """Bytes that the server at an address holds."""
    port = address.rpartition(":")[2]
    children = [one for one in psutil.Process().children() if one.status() != "zombie"]
    [server] = [one for one in children if port in one.cmdline()]
    return int(server.memory_info().rss)


def test_a_workbook_that_is_huge_inside_harms_no_other_visitor(
    narrow: str, watched: Watched, chromium: Browser, tmp_path: Path
) -> None:
    page, small = watched.page, tmp_path / "small.csv"
    small.write_text("x,y\n" + "".join(f"{n},{n * n}\n" for n in range(40)))
    go(page, f"{narrow}/data?source=table")
    upload = page.locator(".st-key-table_file input[type=file]")
    upload.set_input_files(str(small))
    shown(page, "40 rows")
    other = chromium.new_page()
    go(other, f"{narrow}/help")
    before = memory_of(narrow)
    upload.set_input_files(str(workbook(tmp_path / "huge.xlsx", " = ")))
    go(other, f"{narrow}/jobs")
    shown(other, "Jobs")
    shown(page, "more than the 100 MB")
    assert memory_of(narrow) - before < 50_000_000
    assert not list(tmp_path.parent.rglob("uploads/*huge*"))
    other.close()
    watched.check()


def test_the_limit_is_said(narrow: str, watched: Watched) -> None:
    go(watched.page, f"{narrow}/help")
    shown(watched.page, "An uploaded file may have 1 MB")
    watched.check()


OPENED = """async (address) => await new Promise((done) => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/_stcore/stream`);
    socket.onopen = () => { socket.close(); done(true); };
    socket.onerror = () => done(false);
})"""
FRAMED = """async (address) => await new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = done;
    frame.src = address;
    document.body.append(frame);
})"""


def test_a_page_of_another_site_is_not_let_in(narrow: str, chromium: Browser) -> None:
    """Whether it asks this address, or its own name was made to lead here."""
    page, other = chromium.new_page(), narrow.replace("127.0.0.1", "www.elsewhere.example")

    def framed() -> str:
        page.evaluate(FRAMED, f"{narrow}/_stcore/health")
        return page.frames[-1].inner_text("body")

    page.goto(f"{narrow}/_stcore/health")
    assert page.evaluate(OPENED, narrow)
    assert framed() == "ok"
    answer = page.goto(other)
    assert answer is not None
    assert answer.status == 403
    assert page.inner_text("body").startswith("This dashboard does not answer under this name.")
    assert not page.evaluate(OPENED, other)
    assert not page.evaluate(OPENED, narrow)
    assert framed() == "This dashboard takes this from its own pages alone."
    page.close()


def test_a_list_shows_markup_as_text(ready: str, watched: Watched) -> None:
    page = watched.page
    go(page, f"{ready}/compare")
    choose(page, "tags", BOLD)
    expect(part(page, "tags")).to_contain_text(BOLD, timeout=SLOW)
    assert set(api.remarks("hostile").tags) == {BOLD, IMAGE}
    unharmed(page)
    watched.check()
