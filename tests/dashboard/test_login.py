"""Who has to log in, and what is seen before."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st  # noqa: TID251
from playwright.sync_api import Browser, expect
from streamlit.runtime.secrets import Secrets  # noqa: TID251
from streamlit.testing.v1 import AppTest  # noqa: TID251

from tests.dashboard import openid
from tests.dashboard.support import APP, PAGES, visit, words

ROOT = Path(__file__).parents[2]
AUTH = {"redirect_uri": "http://127.0.0.1:8501/oauth2callback", "cookie_secret": "c" * 32}


def opened_by(user: dict[str, object], page: str = "overview") -> AppTest:
    """A page with log-in switched on."""
    app = visit(page)
    app.secrets["auth"] = AUTH
    app.user = user
    return app.run()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("user", [{}, {"is_logged_in": False}, {"email": "ann@example.org"}])
def test_a_stranger_sees_the_log_in_page_alone(page: str, user: dict[str, object]) -> None:
    app = opened_by(user, page)
    assert [title.value for title in app.title] == ["SPINN Explorer"]
    assert [button.label for button in app.button] == ["Log in"]
    assert len(app.main) == 3


def test_who_is_logged_in_sees_the_page() -> None:
    app = opened_by({"is_logged_in": True, "name": "Ann"})
    assert not app.exception
    assert app.button(key="new_run").label == "New run"


def test_other_secrets_switch_nothing_on() -> None:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.secrets["other"] = "x"
    app.run()
    assert not app.exception
    assert app.button(key="new_run").label == "New run"


def test_without_secrets_nothing_is_said() -> None:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not [*app.exception, *app.error, *app.warning, *app.info]
    assert "Log" not in " ".join(button.label for button in app.button)
    assert "secrets" not in words(app)


def test_secrets_that_cannot_be_read_let_nobody_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\n")
    before = st.config.get_option("secrets.files")
    st.config.set_option("secrets.files", [str(broken)])
    monkeypatch.setattr(st, "secrets", Secrets())
    try:
        app = AppTest.from_file(str(APP), default_timeout=60).run()
    finally:
        st.config.set_option("secrets.files", before)
    [said] = app.error
    assert said.value.startswith("The secrets of this dashboard cannot be read")
    assert not app.exception
    assert not app.button


@pytest.fixture
def provider() -> Iterator[openid.OpenIDProvider]:
    provider = openid.OpenIDProvider()
    yield provider
    provider.close()


@pytest.fixture(params=["", "/lab/spinn"], ids=["root", "base path"])
def guarded_dashboard(
    request: pytest.FixtureRequest, provider: openid.OpenIDProvider, store: Path, tmp_path: Path
) -> Iterator[str]:
    """The address of a live dashboard that asks this provider who is there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}{request.param}"
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        f"""[auth]
        redirect_uri = "{address}/oauth2callback"
        cookie_secret = "{"c" * 32}"
        client_id = "{openid.CLIENT}"
        client_secret = "{openid.SECRET}"
        server_metadata_url = "{provider.address}/.well-known/openid-configuration"
        """
    )
    options = {
        "server.port": port, "server.headless": "true", "server.baseUrlPath": request.param,
        "secrets.files": secrets,
    }  # fmt: skip
    server = subprocess.Popen(
        [
            sys.executable, "-m", "streamlit", "run", "dashboard/app.py",
            *(f"--{name}={value}" for name, value in options.items()),
        ],
        cwd=ROOT, env={**os.environ, "SPINN_RESULTS": str(store)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not _answers(f"{address}/_stcore/health"):
            assert time.monotonic() < deadline
            assert server.poll() is None
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.e2e
@pytest.mark.slow
def test_a_round_trip_to_a_provider(chromium: Browser, guarded_dashboard: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{guarded_dashboard}/jobs")
    expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=60_000)
    assert page.get_by_text("Overview").count() == 0

    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="New run")).to_be_visible(timeout=30_000)
    page.reload()
    page.get_by_text(openid.NAME).click(timeout=30_000)

    page.get_by_text("Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=30_000)
    page.reload()
    expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=30_000)
    assert page.get_by_text(openid.NAME).count() == 0
    context.close()
