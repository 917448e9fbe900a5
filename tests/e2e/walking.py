"""How a person finds, fills and presses things, by their keys; slow machines are waited for."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, TimeoutError, expect

from tests.e2e.finished import settled

SLOW = 60_000  # ms
TRIES = 6
SLIDER = 250  # ms, after which a slider has told where it was moved to
# Until the server answers, a page does not know that its script will run: the last word counts.
LISTEN = """
const line = window.line = {sent: 0, heard: 0};
window.WebSocket = class extends WebSocket {
  constructor(...words) {
    super(...words);
    this.addEventListener("message", () => { line.heard = performance.now(); });
  }
  send(what) {
    line.sent = performance.now();
    super.send(what);
  }
};
"""
RESTS = """
window.line.heard > window.line.sent
  && !!document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
"""


def go(page: Page, address: str) -> None:
    """Open an address and wait until the page is at rest."""
    page.goto(address)
    settled(page)


def part(page: Page, key: str) -> Locator:
    """A part of the page; while it is redrawn, the browser has it twice for an instant."""
    return page.locator(f".st-key-{key}").first


def press(page: Page, key: str) -> None:
    at_rest(page)
    part(page, key).get_by_role("button").first.click(timeout=SLOW)


def start(page: Page) -> str:
    """Press Start on Plan, and wait for the page of the jobs; the id of the new run.

    Seen twice on a busy machine, never on a free one: a press right after a typed field came to
    nothing. A person presses again.
    """
    for last in (False, True):
        press(page, "start")
        try:
            page.wait_for_url("**/jobs?run=*", timeout=SLOW)
            break
        except TimeoutError:
            if last:
                raise
    return page.url.partition("run=")[2]


def fill(page: Page, key: str, text: str) -> None:
    """Type into a field; once more where it was redrawn meanwhile, and has what it had before."""
    box = part(page, key).locator("input, textarea").first
    for _ in range(TRIES):
        at_rest(page)
        before = box.input_value(timeout=SLOW)
        box.fill(text, timeout=SLOW)
        box.press("Control+Enter" if part(page, key).locator("textarea").count() else "Enter")
        at_rest(page)
        if before == text or not box.is_visible() or box.input_value(timeout=SLOW) != before:
            return


def choose(page: Page, key: str, *names: str) -> None:
    """Choose one of a list, or several; a list closes where its part of the page is redrawn."""
    for name in names:
        option = page.get_by_role("option").filter(has_text=name).first
        for _ in range(TRIES):
            at_rest(page)
            if not option.is_visible():
                words = part(page, key).locator("input").first
                words.focus(timeout=SLOW)
                words.press("ArrowDown")
            try:
                option.click(timeout=SLOW / TRIES)
            except TimeoutError:
                continue
            break
        else:
            raise AssertionError(f"{key} offers no {name}")
    if len(names) > 1:
        page.keyboard.press("Escape")


def at_rest(page: Page) -> None:
    """Wait until the page was answered, and its script is not running."""
    page.wait_for_function(RESTS, timeout=SLOW)


def switch(page: Page, key: str, name: str) -> None:
    """Press one of a row of segments."""
    at_rest(page)
    segment = part(page, key).locator("button, [role=radio], label").filter(has_text=name).first
    segment.click(timeout=SLOW)


def slide(page: Page, key: str, where: str) -> None:
    """Move a slider by a key of the keyboard."""
    at_rest(page)
    handle = part(page, key).locator("[role=slider], input[type=range]").first
    handle.focus(timeout=SLOW)
    handle.press(where)
    page.wait_for_timeout(SLIDER)


def give(page: Page, key: str, name: str, content: bytes) -> None:
    """Put a file into an uploader, in place of the one that is there; it has arrived."""
    box, chip = part(page, key), part(page, key).locator("[data-testid=stFileChipDeleteBtn] button")
    if chip.count():
        chip.first.click(timeout=SLOW)
        expect(chip).to_have_count(0, timeout=SLOW)
        at_rest(page)
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    with page.expect_response(lambda answer: answer.request.method == "PUT", timeout=SLOW):
        box.locator("input[type=file]").set_input_files(file, timeout=SLOW)
    expect(chip.first).to_be_visible(timeout=SLOW)


def open_all(page: Page) -> int:
    """Open every expander of the page that is closed; how many there were."""
    closed = page.locator("[data-testid=stExpander] details:not([open]) > summary")
    count = 0
    while closed.count():
        closed.first.click(timeout=SLOW)
        count += 1
    settled(page)
    return count


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name).first


def download(page: Page, button: Locator, folder: Path, patience: int = SLOW) -> Path:
    """Press a button for a file; where the file was put."""
    with page.expect_download(timeout=SLOW) as caught:
        button.click(timeout=patience)
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    return path


def shown(page: Page, text: str) -> None:
    """This text is to be seen before long."""
    expect(page.get_by_text(text).filter(visible=True).first).to_be_visible(timeout=SLOW)


def table_rows(page: Page, alt: str) -> list[list[str]]:
    """The cells of a small table, by a part of its description; its head first."""
    table = page.locator(f".numbers[aria-label*={alt!r}]").first
    expect(table).to_be_visible(timeout=60_000)  # a page that is being drawn anew has none
    cells = "t => [...t.querySelectorAll('tr')].map(row => [...row.cells].map(c => c.innerText))"
    rows: list[list[str]] = table.evaluate(cells)
    return rows


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
