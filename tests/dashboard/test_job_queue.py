"""All visitors look at the queue together."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.reads import job_queue
from spinn_engine import api
from spinn_engine.errors import SpinnError


def test_all_visitors_share_a_look_at_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    def slow_look() -> list[api.Job]:
        looks.append(time.monotonic())
        time.sleep(0.05)
        return []

    monkeypatch.setattr(api, "jobs", slow_look)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: job_queue.queue(), range(10)))
    assert len(looks) == 1
    time.sleep(0.6)
    job_queue.queue()
    assert len(looks) == 2


def test_what_was_just_done_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(api, "jobs", lambda: list(done))
    assert job_queue.queue()[0] == []
    done.append("cancelled")
    job_queue.look_again()
    assert list(map(str, job_queue.queue()[0])) == ["cancelled"]


def test_a_look_that_failed_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[api.Job]:
        raise SpinnError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(api, "jobs", fail)
        with pytest.raises(SpinnError, match="away"):
            job_queue.queue()
    assert job_queue.queue() == ([], [])
