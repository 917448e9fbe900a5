"""Who is let in, by the name that was asked for and the page that asks."""

from __future__ import annotations

import pytest
import streamlit as st  # noqa: TID251
from streamlit.runtime.secrets import Secrets  # noqa: TID251

from dashboard.shell import door
from spinn_engine.errors import BadInputError

HERE = "localhost:8501"
NAMES = frozenset({"spinn.example.org", "10.0.0.5"})


def refusal(
    host: str | None = HERE,
    origin: str | None = None,
    *,
    method: str = "GET",
    path: str = "/",
    **more: str,
) -> str | None:
    """Of a request with these headers; ``method`` may be ``websocket``."""
    named = {"host": host, "origin": origin}
    given = {name: value for name, value in named.items() if value is not None}
    given |= {name.replace("_", "-"): value for name, value in more.items()}
    headers = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    if method == "websocket":
        scope = {"type": "websocket", "path": path, "headers": headers}
    return door.refusal(scope, NAMES)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (HERE, f"http://{HERE}"),
        ("LOCALHOST:8501", f"http://{HERE}"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("[::1]:8501", "http://[::1]:8501"),
        ("localhost", "http://localhost"),
        ("spinn.example.org", "https://spinn.example.org"),
        ("spinn.example.org:443", "https://spinn.example.org"),
        ("10.0.0.5:8501", "http://10.0.0.5:8501"),
    ],
)
@pytest.mark.parametrize("method", ["websocket", "GET", "PUT", "DELETE"])
def test_its_own_pages_are_let_in(host: str, origin: str, method: str) -> None:
    assert refusal(host, origin, method=method) is None


@pytest.mark.parametrize(
    "host",
    [
        None, "", "evil.example", "evil.example:8501", "localhost.evil.example", "xlocalhost:8501",
        "sub.spinn.example.org", "spinn.example.org.evil.example", "10.0.0.6:8501", "0.0.0.0:8501",
        "evil@localhost:8501", "localhost:8501/x", "localhost:port", "[::1", "169.254.169.254",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["websocket", "GET", "PUT"])
def test_no_other_name_is_answered_to(host: str | None, method: str) -> None:
    """Not even where the page has the same name, as one has whose name was made to lead here."""
    for origin in (f"http://{host}", f"http://{HERE}"):
        assert refusal(host, origin, method=method) == door.OTHER_NAME


@pytest.mark.parametrize(
    "origin",
    [
        "null", "", "http://evil.example", "https://evil.example:8501", "http://localhost:8502",
        "http://localhost", "http://127.0.0.1:8501", "file://", "chrome-extension://localhost:8501",
        "http://evil@localhost:8501", "http://localhost:8501.evil.example", "https://localhost",
        "http://spinn.example.org",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["websocket", "GET", "OPTIONS", "PUT", "POST"])
def test_pages_of_others_are_refused(origin: str, method: str) -> None:
    assert refusal(origin=origin, method=method) == door.OTHER_PAGE


@pytest.mark.parametrize("method", ["websocket", "PUT", "POST", "DELETE"])
def test_who_does_not_say_where_it_comes_from_may_only_read(method: str) -> None:
    assert refusal(method=method) == door.OTHER_PAGE
    assert refusal(path="/_stcore/health") is None


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_leads_here_and_a_picture_does_not(site: str) -> None:
    def asked(mode: str, dest: str) -> str | None:
        return refusal(sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=dest)

    assert asked("navigate", "document") is None
    for mode, dest in [("navigate", "iframe"), ("no-cors", "image"), ("no-cors", "script")]:
        assert asked(mode, dest) == door.OTHER_PAGE


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/lab/spinn/_stcore/metrics/"])
def test_metrics_are_closed_where_people_log_in(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(path=path) is None
    secrets = Secrets()
    secrets.merge_programmatic_secrets({"auth": {"cookie_secret": "c" * 32}})
    monkeypatch.setattr(st, "secrets", secrets)
    assert refusal(path=path) == door.CLOSED
    assert refusal(path="/_stcore/health") is None


def test_hosts_are_named_in_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPINN_HOSTS", raising=False)
    assert door.named_hosts() == frozenset()
    monkeypatch.setenv("SPINN_HOSTS", " Spinn.Example.org., 10.0.0.5 ,fd00::1,")
    assert door.named_hosts() == {"spinn.example.org", "10.0.0.5", "fd00::1"}
    for wrong in ("https://a.org", "a.org:8501", "a.org/x", "*", "*.a.org", "a.org b.org"):
        monkeypatch.setenv("SPINN_HOSTS", f"b.org,{wrong}")
        with pytest.raises(BadInputError, match="spinn.example.org,10.0.0.5"):
            door.named_hosts()


@pytest.mark.parametrize(
    ("address", "names", "said"),
    [
        ("127.0.0.1", frozenset(), False),
        ("localhost", frozenset(), False),
        ("::1", frozenset(), False),
        ("0.0.0.0", frozenset(), True),
        (None, frozenset(), True),
        ("127.0.0.1", NAMES, True),
    ],
)
def test_who_gets_in_is_said_where_others_reach_it(
    address: str | None,
    names: frozenset[str],
    said: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(st, "get_option", {"server.address": address}.get)
    door.say_who_gets_in(names)
    assert ("Nobody has to log in here" in caplog.text) == said
    caplog.clear()
    secrets = Secrets()
    secrets.merge_programmatic_secrets({"auth": {"cookie_secret": "c" * 32}})
    monkeypatch.setattr(st, "secrets", secrets)
    door.say_who_gets_in(names)
    assert caplog.text == ""
