"""The Jobs page: every state a job can be in, and what can be done about it."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.formats import plain
from spinn_engine import api
from spinn_engine.artifacts.store import RunFolder
from spinn_engine.errors import BadInputError
from tests.dashboard.support import (
    opened,
)


def job(run_id: str, state: api.JobState, **more: Any) -> api.Job:
    values: dict[str, Any] = {
        "run_id": run_id,
        "state": state,
        "stage": 1,
        "stages": 2,
        "epoch": 1,
        "epochs": 1,
        "eta_seconds": None,
        "worker": None,
        "error": None,
    }
    return api.Job(**{**values, **more})


def with_jobs(monkeypatch: pytest.MonkeyPatch, *jobs: api.Job) -> None:
    monkeypatch.setattr(api, "jobs", lambda: list(jobs))
    monkeypatch.setattr(api, "workers", list)


def test_jobs_shows_progress_time_left_and_curves(
    unfinished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = job(unfinished_run.run_id, api.JobState.RUNNING, eta_seconds=200.0)
    with_jobs(monkeypatch, running)
    app = opened("jobs")
    progress = app.get("progress")[0].proto
    assert progress.value == 40  # 4 of 10 epochs of all arms
    assert progress.text == "Stage 1 of 2, magnitude, epoch 1 of 1, about 3 min 20 s left"
    assert len(app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")) == 2
    assert "stage 1 of dense_longer, magnitude done" in app.code[-1].value
    assert app.button(key=f"cancel_{unfinished_run.run_id}")


def test_jobs_without_a_worker_gives_the_command_and_a_button(
    unfinished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[None] = []
    monkeypatch.setattr(api, "ensure_worker", lambda: started.append(None))
    with_jobs(monkeypatch, job(unfinished_run.run_id, api.JobState.QUEUED))
    app = opened("jobs")
    assert app.code[0].value.endswith("python -m spinn_engine worker")
    app.button(key="worker").click().run()
    assert started


def test_jobs_of_a_failed_run_says_why_and_can_resume_it(
    unfinished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    monkeypatch.setattr(api, "resume", called.append)
    monkeypatch.setattr(api, "ensure_worker", lambda: None)
    name = unfinished_run.run_id
    with_jobs(monkeypatch, job(name, api.JobState.FAILED, error="the loss became NaN"))
    app = opened("jobs")
    assert app.error[0].value == "the loss became NaN"
    app.button(key=f"resume_{name}").click().run()
    assert called == [name]


def test_jobs_tells_what_an_action_ran_into(
    finished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(run_id: str) -> None:
        raise BadInputError("it is running again")

    monkeypatch.setattr(api, "delete", refuse)
    with_jobs(monkeypatch, job(finished_run.run_id, api.JobState.DONE))
    app = opened("jobs")
    app.button(key=f"delete_{finished_run.run_id}").click().run()
    assert not app.exception
    assert app.error[0].value == "it is running again"


def test_jobs_of_a_run_whose_files_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    with_jobs(monkeypatch, job("gone", api.JobState.FAILED, error="lost"))
    app = opened("jobs")
    assert plain("there is no run 'gone'") in app.error[0].value
