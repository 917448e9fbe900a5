"""A live dashboard on a port of its own, and a real Chromium to look at it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.ready_runs import made_ready
from tests.e2e.walking import LISTEN

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
# Opened by its own address, a page makes Streamlit's client ask first where the server's root is.
ROOT_SEARCH = ("/_stcore/health", "/_stcore/host-config")


class Watched:
    """A page, and everything that its console had to complain about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: object) -> None:
        kind, text = message.type, message.text  # type: ignore[attr-defined]
        place = message.location.get("url", "")  # type: ignore[attr-defined]
        if kind == "error" and not place.endswith(ROOT_SEARCH):
            self.complaints.append(f"{text} ({place})")

    def check(self) -> None:
        """Nothing on the console, no exception on the page."""
        assert self.complaints == []
        expect(self.page.locator("[data-testid=stException]")).to_have_count(0)


def card(page: Page, run_id: str) -> Locator:
    """What the page shows of a job; while it moves, the browser has it twice for an instant."""
    return page.locator(f".st-key-job_{run_id}").first


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    context.add_init_script(LISTEN)
    yield Watched(context.new_page())
    context.close()


@pytest.fixture
def dashboard(store: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a live ``streamlit run dashboard/app.py`` on an empty store."""
    with served(store, tmp_path / "streamlit.log") as address:
        yield address


@pytest.fixture(scope="session")
def ready_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two finished runs of the same data and one of a hostile table, made once."""
    store = tmp_path_factory.mktemp("ready") / "results"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(store))
        made_ready(store)
    return store


@pytest.fixture(scope="session")
def ready_server(ready_store: Path) -> Iterator[str]:
    with served(ready_store, ready_store.with_name("streamlit.log")) as address:
        yield address


@pytest.fixture
def ready(ready_store: Path, ready_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a live dashboard on the ready store, which is also this test's."""
    monkeypatch.setenv("SPINN_RESULTS", str(ready_store))
    return ready_server


@contextmanager
def served(store: Path, log: Path, *options: str) -> Iterator[str]:
    """A live dashboard on a store, which is also this process's; its address.

    Args:
        store: the store's folder.
        log: where the server writes what it has to say.
        options: more of Streamlit's own options.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = ["--server.port", str(port), "--server.headless", "true", *options]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", *words],
            cwd=ROOT,
            env={**os.environ, "SPINN_RESULTS": str(store)},
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_healthy(address, server, log)
        yield address
    finally:
        server.terminate()
        server.wait(20)
        _stop_workers(store)


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"no answer in {START_SECONDS} s: {log.read_text()}")


def _stop_workers(store: Path) -> None:
    """End the workers that Start brought to life; they outlive the dashboard by design.

    One that is still starting, as nobody waited for it, is in no list of the store's.
    """
    workers = [process for process in psutil.process_iter() if _works_on(process, store)]
    for worker in workers:
        worker.terminate()
    _, left = psutil.wait_procs(workers, 20)
    assert not left


def _works_on(process: psutil.Process, store: Path) -> bool:
    with suppress(psutil.Error):
        asked = process.cmdline()[1:4] == ["-m", "spinn_engine", "worker"]
        return asked and process.environ().get("SPINN_RESULTS") == str(store)
    return False
