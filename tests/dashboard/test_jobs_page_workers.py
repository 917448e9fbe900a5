"""The workers on the Jobs page, and what goes wrong there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.store.runs import RunFolder
from tests.dashboard.jobs_support import (
    SCRIPT,
    Calls,
    State,
    calls,
    job,
    keys,
    refuse,
    shown,
    worker,
)
from tests.dashboard.support import opened, words

__all__ = ["calls", "shown"]  # fixtures


def test_jobs_without_a_worker_give_the_command_and_a_button(
    unfinished_run: RunFolder, shown: Callable[..., AppTest], calls: Calls
) -> None:
    app = shown(job("unfinished", State.QUEUED))
    assert app.code[0].value.endswith("python -m spinn_engine worker")
    assert "Runs are waiting" in words(app)
    app.button(key="worker").click().run()
    assert calls == [("ensure_worker",)]


def test_a_worker_that_cannot_be_started_is_told_beside_its_button(
    shown: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise SpinnError("the disk is full")

    monkeypatch.setattr(api, "ensure_worker", fail)
    app = shown()
    app.button(key="worker").click().run()
    assert [error.value for error in app.error] == ["the disk is full"]


@pytest.mark.parametrize(
    ("state", "says", "offers"),
    [
        ({}, "idle", ["Pause: take no further run", "Drain: finish this run, then end"]),
        ({"run_id": "r-1"}, "works on r-1", ["Pause: take no further run", "Drain: finish"]),
        ({"wanted": api.Wanted.PAUSE}, "paused, takes no run", ["Continue", "Drain: finish"]),
        (
            {"wanted": api.Wanted.PAUSE, "run_id": "r-1"},
            "works on r-1, then pauses",
            ["Continue", "Drain: finish"],
        ),
        (
            {"wanted": api.Wanted.DRAIN, "run_id": "r-1"},
            "works on r-1, then ends",
            ["Continue", "Pause: take"],
        ),
    ],
)
def test_a_worker_says_what_it_is_and_does(
    shown: Callable[..., AppTest], state: dict[str, Any], says: str, offers: list[str]
) -> None:
    app = shown(workers=(worker(**state),))
    for part in (
        says,
        plain("lab3-cuda0"),
        plain("cuda:0 (NVIDIA H100), 80 GB of memory, torch 2.13.0, heard from 1.2 s ago"),
    ):
        assert part in words(app)
    options = app.menu_button(key="want_lab3-cuda0").options
    assert len(options) == len(offers)
    assert all(option.startswith(offer) for option, offer in zip(options, offers, strict=True))
    assert "worker" not in keys(app)  # one is there


@pytest.mark.parametrize(
    ("before", "option", "wanted"),
    [
        ("serve", "Pause: take no further run", "pause"),
        ("serve", "Drain: finish this run, then end", "drain"),
        ("pause", "Continue", "serve"),
    ],
)
def test_a_worker_is_asked_to_pause_go_on_and_drain(
    shown: Callable[..., AppTest], calls: Calls, before: str, option: str, wanted: str
) -> None:
    app = shown(workers=(worker(wanted=api.Wanted(before)),))
    app.menu_button(key="want_lab3-cuda0").click(option).run()
    assert calls == [("ask_worker", "lab3-cuda0", wanted)]


def test_what_a_worker_refused_is_told_beside_it(
    shown: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "ask_worker", refuse)
    app = shown(workers=(worker(), worker(slot="lab3-cuda1")))
    app.menu_button(key="want_lab3-cuda1").click("Pause: take no further run").run()
    assert [error.value for error in app.error] == [plain(f"no: {SCRIPT}")]
    assert words(app).index("cuda0") < words(app).index("cuda1")


def test_a_dead_worker_is_one_grey_line(shown: Callable[..., AppTest]) -> None:
    app = shown(workers=(worker(alive=False, seconds_since_heartbeat=200.0),))
    assert "is gone; last heard from 3 min 20 s ago" in app.caption[0].value
    assert "No worker is there" in words(app)
    assert keys(app) == {"worker"}


def test_a_database_that_is_away_is_told_and_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "jobs", refuse)
    app = opened("jobs")
    assert [error.value for error in app.error] == [plain(f"no: {SCRIPT}")]
    assert "The queue is empty" not in words(app)
