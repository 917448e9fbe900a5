"""Jobs and workers as the Jobs page gets them, and what it asks of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from spinn_engine import api
from spinn_engine.errors import BadInputError
from tests.dashboard.support import opened

State = api.JobState
Calls = list[tuple[Any, ...]]
SCRIPT = "<script>alert(1)</script> **bold** [link](http://example.org)"


def job(run_id: str, state: api.JobState, **more: Any) -> api.Job:
    values: dict[str, Any] = {
        "run_id": run_id,
        "state": state,
        "stage": 1,
        "stages": 2,
        "epoch": 1,
        "epochs": 1,
        "eta_seconds": None,
        "place": 1 if state is State.QUEUED else None,
        "priority": api.Priority.NORMAL,
        "sweep": None,
        "worker": None,
        "error": None,
    }
    return api.Job(**{**values, **more})


def worker(**more: Any) -> api.Worker:
    values: dict[str, Any] = {
        "slot": "lab3-cuda0",
        "pid": 1,
        "host": "lab3",
        "alive": True,
        "wanted": api.Wanted.SERVE,
        "device": "cuda:0 (NVIDIA H100)",
        "memory_bytes": 80_000_000_000,
        "torch": "2.13.0",
        "run_id": None,
        "seconds_since_heartbeat": 1.2,
    }
    return api.Worker(**{**values, **more})


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Every action that the page asked of the engine; none is carried out."""
    found: Calls = []

    def noted(name: str) -> Callable[..., None]:
        return lambda *given: found.append((name, *given))

    for name in ("cancel", "resume", "delete", "set_priority", "ask_worker", "ensure_worker"):
        monkeypatch.setattr(api, name, noted(name))
    return found


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the page with these jobs and workers."""

    def show(*jobs: api.Job, workers: tuple[api.Worker, ...] = (), **query: str) -> AppTest:
        monkeypatch.setattr(api, "jobs", lambda: list(jobs))
        monkeypatch.setattr(api, "workers", lambda: list(workers))
        return opened("jobs", **query)

    return show


def keys(app: AppTest) -> set[str]:
    """What can be pressed."""
    return {str(one.key) for one in (*app.button, *app.menu_button)}


def refuse(*_: object) -> None:
    raise BadInputError(f"no: {SCRIPT}")
