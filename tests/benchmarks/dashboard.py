"""How fast the dashboard answers with 50 finished runs in the store, and what memory it keeps.

python -m tests.benchmarks.dashboard RUN_FOLDER [--sessions 10] [--interactions 1000]

``RUN_FOLDER`` is a finished run, of the reference network if the figures are to mean something; it
is copied. Times are taken by a real Chromium, from the click or key, or from navigation, to the
last change of the page before it rests: they hold what the server does and what the browser does.
A slider is moved to places where none was before, so nothing that depends on it is cached.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
RUNS, ROUNDS, MOVES = 50, 5, 40
QUIET = 400  # milliseconds without a change, after which a page is taken for drawn
WATCH = f"""
const seen = window.seen = {{start: 0, last: 0, done: false}};
const idle = "[data-testid=stApp][data-test-script-state=notRunning] h1";
const changed = () => {{ if (!seen.done) seen.last = performance.now(); }};
const look = () => {{
  seen.done = performance.now() - seen.last > {QUIET} && !!document.querySelector(idle);
  if (!seen.done) setTimeout(look, 50);  // a page at rest costs nothing
}};
const begun = () => {{
  if (seen.done) setTimeout(look, 50);
  Object.assign(seen, {{start: performance.now(), last: performance.now(), done: false}});
}};
for (const kind of ["click", "keydown"]) addEventListener(kind, begun, true);
new MutationObserver(changed).observe(
  document, {{subtree: true, childList: true, attributes: true, characterData: true}});
const canvas = CanvasRenderingContext2D.prototype, clear = canvas.clearRect;
canvas.clearRect = function (...place) {{ changed(); return clear.apply(this, place); }};
look();
"""
KEPT = ("stage*.pt",)  # of stacks, which no page reads


def fill(store: Path, run: Path) -> None:
    """Copy a finished run so often, each under an id of its own."""
    for number in range(RUNS):
        name = f"20260101-{number:06d}-abc{number:03d}"
        shutil.copytree(run, store / name, ignore=shutil.ignore_patterns(*KEPT))
        result = store / name / "spinn_structured_metrics.json"
        result.write_text(json.dumps({**json.loads(result.read_text()), "run_id": name}))


@contextmanager
def serving(store: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A live dashboard on a store: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--server.port", str(port), "--server.headless", "true"]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", *words],
        cwd=ROOT,
        env={**os.environ, "SPINN_RESULTS": str(store)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def visitor(browser: Browser) -> Page:
    """A page with an empty cache, which notes when it changes."""
    context = browser.new_context()
    context.add_init_script(WATCH)
    return context.new_page()


def settled(page: Page) -> None:
    """Wait until the script has run and the page has not changed for a while."""
    page.wait_for_function("window.seen?.done", timeout=60_000)


def took(page: Page, act: Callable[[], object]) -> float:
    """Milliseconds in the browser from a click or key, or from navigation, to the last change."""
    act()
    settled(page)
    return float(page.evaluate("window.seen.last - window.seen.start"))


def told(what: str, times: list[float]) -> None:
    """Print median, 95th percentile and longest."""
    times = sorted(times)
    late = times[min(len(times) - 1, int(0.95 * len(times)))]
    print(
        f"{what}: median {statistics.median(times):.0f} ms, 95th percentile {late:.0f} ms, "
        f"longest {times[-1]:.0f} ms, n = {len(times)}"
    )


def time_pages(browser: Browser, address: str) -> None:
    """The first page of a new visitor, then every other by its link."""
    first: list[float] = []
    others: dict[str, list[float]] = {}
    for _ in range(ROUNDS + 1):
        page = visitor(browser)
        first.append(took(page, lambda page=page: page.goto(address)))  # type: ignore[misc]
        links = page.get_by_test_id("stTopNavLink")
        for place in range(1, links.count()):
            name = links.nth(place).inner_text()
            click = links.nth(place).click
            others.setdefault(name, []).append(took(page, click))
        page.context.close()
    print(f"first page, first visitor since the server's start: {first[0]:.0f} ms")
    told("first page", first[1:])
    for name, times in others.items():
        told(name, times)


def move(page: Page, step: int) -> float:
    """Move the slider of the amount by one notch: down from 68.5 % to 18.5 %, and back."""
    slider = page.locator(".st-key-ratio input[type=range]")
    slider.focus()
    return took(page, lambda: slider.press("ArrowRight" if step // 100 % 2 else "ArrowLeft"))


def planning(browser: Browser, address: str, ratio: float = 68.5) -> Page:
    """A visitor on Plan, the slider somewhere."""
    page = visitor(browser)
    page.goto(f"{address}/plan?ratio={ratio}")
    settled(page)
    return page


def main() -> None:
    """Fill a store, serve it, and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.dashboard")
    parser.add_argument("run", type=Path, help="the folder of a finished run")
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--interactions", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        fill(Path(name), arguments.run)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        with serving(Path(name)) as (address, server):
            time_pages(browser, address)
            page = planning(browser, address)
            told("slider", [move(page, step) for step in range(MOVES)])
            places = np.linspace(98.5, 18.5, arguments.sessions, endpoint=False).round(1)
            pages = [page, *(planning(browser, address, place) for place in places[1:])]
            times = [move(pages[step % len(pages)], 0) for step in range(4 * MOVES)]
            told(f"slider, {len(pages)} sessions", times)
            for done in range(arguments.interactions):
                move(page, done)
                if done % (arguments.interactions // 5) == 0:
                    print(f"{done} interactions: {server.memory_info().rss / 1e6:.0f} MB")
            print(f"at the end: {server.memory_info().rss / 1e6:.0f} MB")
        browser.close()


if __name__ == "__main__":
    main()
