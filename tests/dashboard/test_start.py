"""Start on the Plan page: what is shown is submitted, and what exists already is pointed at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.store.files import locked
from spinn_engine.store.runs import RunFolder
from tests.dashboard.conftest import TINY
from tests.dashboard.support import links, opened, words


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """How often a worker was seen to; none is started."""
    found: list[None] = []
    monkeypatch.setattr(api, "ensure_worker", lambda: found.append(None))
    return found


def test_start_submits_what_is_shown(monkeypatch: pytest.MonkeyPatch, workers: list[None]) -> None:
    submitted: list[api.RunSpec] = []

    def submit(spec: api.RunSpec, again: bool, owner: None) -> api.Submission:
        assert not again
        submitted.append(spec)
        return api.Submission(create_run(spec).run_id, existing=False)

    monkeypatch.setattr(api, "submit", submit)
    app = opened("plan", stages="2", ratio="40", hidden="16, 16", epochs="7", seeds="2", folds="5")
    app.selectbox(key="criterion").set_value("Taylor")
    app.selectbox(key="reconstruction").set_value("bias")
    app.multiselect(key="controls").set_value(["random neurons", "linear"])
    app.number_input(key="margin").set_value(0.02).run()
    app.button(key="start").click().run()
    assert len(submitted) == len(workers) == 1
    spec = submitted[0]
    assert spec.model.hidden == (16, 16)
    assert spec.prune.stages == 2
    assert spec.prune.param_reduction == 0.4
    assert spec.train.epochs == 7
    assert spec.seeds == (0, 1)
    assert (spec.prune.criterion, spec.prune.reconstruction) == ("taylor", "bias")
    assert spec.compare.controls == ("random", "linear")
    assert (spec.compare.folds, spec.compare.margin) == (5, 0.02)
    assert app.title[0].value == "Jobs"


def test_start_that_is_refused_says_why_and_keeps_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(spec: api.RunSpec, again: bool, owner: None) -> api.Submission:
        raise BadInputError("the disk is full")

    monkeypatch.setattr(api, "submit", submit)
    app = opened("plan", stages="3")
    app.button(key="start").click().run()
    assert app.error[0].value == "the disk is full"
    assert app.slider(key="stages").value == 3


def test_start_without_a_worker_queues_the_run_and_says_so_under_jobs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise SpinnError("no worker today")

    monkeypatch.setattr(api, "ensure_worker", fail)
    app = opened("plan", hidden="12, 8")
    app.button(key="start").click().run()
    assert app.title[0].value == "Jobs"
    assert [error.value for error in app.error] == ["no worker today"]
    assert [str(job.state) for job in api.jobs()] == ["queued"]


def test_a_spec_that_was_submitted_before_is_pointed_at_and_started_again_on_request(
    workers: list[None],
) -> None:
    first = opened("plan", hidden="12, 8")
    first.button(key="start").click().run()
    assert first.title[0].value == "Jobs"
    [job] = api.jobs()
    app = opened("plan", hidden="12, 8")
    app.button(key="start").click().run()
    assert app.title[0].value == "Plan a run"
    assert f"This spec was submitted before as **{job.run_id}** (queued)." in words(app)
    assert links(app)["See it under Jobs"] == f"jobs?run={job.run_id}"
    assert len(api.jobs()) == len(workers) == 1
    app.text_input(key="hidden").set_value("12, 9").run()
    assert "submitted before" not in words(app)  # another plan
    app.text_input(key="hidden").set_value("12, 8").run()
    app.button(key="start_again").click().run()
    assert app.title[0].value == "Jobs"
    assert len(api.jobs()) == 2


def test_a_finished_run_of_the_same_spec_is_linked(
    finished_run: RunFolder, workers: list[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    existing = api.Submission("finished", existing=True)
    monkeypatch.setattr(api, "submit", lambda spec, again, owner: existing)
    app = opened("plan")
    app.button(key="start").click().run()
    assert "as **finished** (done)." in words(app)
    assert links(app)["Open run"] == "run?run=finished"
    assert not workers


def test_a_run_that_is_being_done_without_the_queue_is_linked(
    workers: list[None], store: Path
) -> None:
    run_id = create_run(TINY).run_id
    app = opened("plan", **{"from": run_id})
    with locked(store / ".foreground" / f"{run_id}.lock"):
        app.button(key="start").click().run()
    assert f"as **{run_id}** (not in the queue)." in words(app)
    assert links(app)["Open run"] == f"run?run={run_id}"


def test_a_run_that_was_made_and_not_queued_is_started(workers: list[None], store: object) -> None:
    run_id = create_run(TINY).run_id
    app = opened("plan", **{"from": run_id})
    app.button(key="start").click().run()
    assert [job.run_id for job in api.jobs()] == [run_id]
    assert app.title[0].value == "Jobs"


def test_two_tabs_that_start_the_same_at_once_get_one_run(workers: list[None]) -> None:
    tabs = [opened("plan", hidden="12, 8") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        after = list(pool.map(lambda app: app.button(key="start").click().run(), tabs))
    [job] = api.jobs()
    assert sorted(app.title[0].value for app in after) == ["Jobs", "Plan a run"]
    second = next(app for app in after if app.title[0].value == "Plan a run")
    assert f"submitted before as **{job.run_id}**" in words(second)
