"""Stores on another machine, by three protocols."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from spinn_engine.store.remote import listings
from tests.store.remote_support import Clock, Machines, Requests, Wire


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    """Machines that share the store that is set."""
    return Machines(tmp_path / "machines", monkeypatch)


@pytest.fixture(params=["s3", "memory", "file"])
def any_store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """An empty store by every protocol in turn, set as the store; its URL."""
    if request.param == "s3":
        return str(request.getfixturevalue("s3_store"))
    place = secrets.token_hex(8) if request.param == "memory" else f"{tmp_path}/far away"
    monkeypatch.setenv("SPINN_RESULTS", f"{request.param}://{place}")
    return f"{request.param}://{place}"


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """What is sent and taken from now on."""
    watched = Wire()
    watched.watch(monkeypatch)
    return watched


@pytest.fixture
def requests(s3_store: str, monkeypatch: pytest.MonkeyPatch) -> Requests:
    """The requests to an S3 store from now on."""
    watched = Requests()
    watched.watch(monkeypatch)
    return watched


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the age of listings is told by; it stands still unless moved."""
    stopped = Clock()
    monkeypatch.setattr(listings, "time", stopped)
    return stopped
