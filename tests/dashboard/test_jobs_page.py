"""The Jobs page: every state a job can be in, and what can be done about it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.background.state import FOLDER, Stored, name_of, write_state
from spinn_engine.store.runs import RunFolder
from tests.dashboard.conftest import TINY
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
from tests.dashboard.support import links, words

__all__ = ["calls", "shown"]  # fixtures


def test_a_running_job_shows_progress_time_left_and_curves(
    unfinished_run: RunFolder, shown: Callable[..., AppTest], calls: Calls
) -> None:
    app = shown(job("unfinished", State.RUNNING, eta_seconds=200.0))
    progress = app.get("progress")[0].proto
    assert progress.value == 40  # 4 of 10 epochs of all arms
    assert progress.text == "Stage 1 of 2, magnitude, epoch 1 of 1, about 3 min 20 s left"
    assert len(app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")) == 2
    assert "stage 1 of dense_longer, magnitude done" in app.code[-1].value
    assert "resume_unfinished" not in keys(app)
    assert "ask_unfinished" not in keys(app)  # nothing to delete yet
    app.button(key="cancel_unfinished").click().run()
    assert calls == [("cancel", "unfinished")]


def test_a_job_that_stops_can_only_be_watched(
    unfinished_run: RunFolder, shown: Callable[..., AppTest]
) -> None:
    app = shown(job("unfinished", State.CANCELLING), workers=(worker(),))
    assert "cancelling" in words(app)
    assert keys(app) == {"want_lab3-cuda0"}


def test_queued_jobs_show_their_place_and_change_their_priority(
    made_runs: object, unfinished_run: RunFolder, shown: Callable[..., AppTest], calls: Calls
) -> None:
    app = shown(
        job("unfinished", State.QUEUED, place=2, sweep="20260101-120000-abc123"),
        job("finished", State.QUEUED, place=1, priority=api.Priority.HIGH),
    )
    text = words(app)
    assert text.index("finished") < text.index("unfinished")
    assert "schedule: next" in text
    assert "schedule: number 2" in text
    assert "sweep abc123" in text
    assert [menu.label for menu in app.menu_button] == ["High", "Normal"]
    app.menu_button(key="priority_unfinished").click(api.Priority.LOW).run()
    app.button(key="cancel_finished").click().run()
    assert calls == [("set_priority", "unfinished", "low"), ("cancel", "finished")]


def test_fifty_queued_jobs_are_ten_until_all_are_asked_for(
    store: object, shown: Callable[..., AppTest]
) -> None:
    name = create_run(TINY).run_id
    jobs = [job(name if k == 37 else f"no-{k}", State.QUEUED, place=k) for k in range(1, 51)]
    app = shown(*reversed(jobs), run=name)  # the engine lists the newest first
    assert "Queued: 50 runs" in words(app)
    places = [f"number {k}]" for k in (*range(2, 11), 37)]
    assert all(place in words(app) for place in places)  # the one that was just started too
    assert "number 11]" not in words(app)
    app.toggle(key="all_queued").set_value(True).run()
    assert len(app.menu_button) == 50


def test_a_cancelled_job_is_resumed_and_a_worker_seen_to(
    unfinished_run: RunFolder, shown: Callable[..., AppTest], calls: Calls
) -> None:
    app = shown(job("unfinished", State.CANCELLED))
    assert "stopped in stage 1 of 2" in words(app)
    app.button(key="resume_unfinished").click().run()
    assert calls == [("resume", "unfinished"), ("ensure_worker",)]


def test_a_failed_job_says_why_with_its_log_open_and_how_to_go_on(
    unfinished_run: RunFolder, shown: Callable[..., AppTest], calls: Calls
) -> None:
    app = shown(job("unfinished", State.FAILED, error=f"stage 2 failed: {SCRIPT}"))
    assert [error.value for error in app.error] == [plain(f"stage 2 failed: {SCRIPT}")]
    log = next(one for one in app.expander if one.label == "Log")
    assert log.proto.expanded
    assert "stage 1 of dense_longer, magnitude done" in log.code[0].value
    retry = app.button(key="retry_unfinished")
    assert retry.label == "Retry from stage 2"  # its stages 0 and 1 are finished
    assert links(app)["Clone with changes"] == "plan?from=unfinished"
    retry.click().run()
    assert calls == [("resume", "unfinished"), ("ensure_worker",)]


def test_a_job_that_failed_after_its_last_stage_is_evaluated_again(
    finished_run: RunFolder, shown: Callable[..., AppTest]
) -> None:
    app = shown(job("finished", State.FAILED, stage=2, error="the disk is full"))
    assert app.button(key="retry_finished").label == "Retry the evaluation"


def test_an_interrupted_job_says_what_becomes_of_it(
    unfinished_run: RunFolder, shown: Callable[..., AppTest], calls: Calls
) -> None:
    app = shown(job("unfinished", State.INTERRUPTED))
    assert "Its worker is gone" in words(app)
    app.button(key="resume_unfinished").click().run()
    assert calls[0] == ("resume", "unfinished")


def test_a_done_job_leads_to_its_run_and_to_a_clone(
    finished_run: RunFolder, shown: Callable[..., AppTest]
) -> None:
    app = shown(job("finished", State.DONE), workers=(worker(),))
    assert links(app) == {
        "Open run": "run?run=finished",
        "Clone with changes": "plan?from=finished",
    }
    assert keys(app) == {"ask_finished", "want_lab3-cuda0"}


def test_deleting_asks_first(
    finished_run: RunFolder, shown: Callable[..., AppTest], calls: Calls
) -> None:
    app = shown(job("finished", State.DONE))
    app.button(key="ask_finished").click().run()
    assert calls == []
    assert "for good?" in words(app)
    app.button(key="keep_finished").click().run()
    assert calls == []
    assert "for good?" not in words(app)
    app.button(key="ask_finished").click().run()
    app.button(key="delete_finished").click().run()
    assert calls == [("delete", "finished")]


@pytest.mark.parametrize("action", ["cancel", "resume", "delete"])
def test_what_an_action_ran_into_is_told_beside_its_job(
    unfinished_run: RunFolder,
    shown: Callable[..., AppTest],
    monkeypatch: pytest.MonkeyPatch,
    action: str,
) -> None:
    monkeypatch.setattr(api, action, refuse)
    state = {"cancel": State.RUNNING}.get(action, State.CANCELLED)
    app = shown(job("unfinished", state), job("finished", State.DONE))
    if action == "delete":
        app.button(key="ask_unfinished").click().run()
    app.button(key=f"{action}_unfinished").click().run()
    assert not app.exception
    assert [error.value for error in app.error] == [plain(f"no: {SCRIPT}")]
    place = [block.proto.id for block in containers(app) if block.get("error")]
    assert any("job_unfinished" in name for name in place)
    assert not any("job_finished" in name for name in place)


def containers(app: AppTest) -> list[Any]:
    """All blocks of the page, from the outside inwards."""
    found: list[Any] = []
    left: list[Any] = [app.main]
    while left:
        block = left.pop()
        children = [c for c in block.children.values() if hasattr(c, "children")]
        found += children
        left += children
    return found


def test_a_fault_is_forgotten_by_the_next_action(
    unfinished_run: RunFolder,
    shown: Callable[..., AppTest],
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "cancel", refuse)
    app = shown(job("unfinished", State.RUNNING))
    app.button(key="cancel_unfinished").click().run()
    assert app.error
    monkeypatch.setattr(api, "cancel", lambda run_id: None)
    assert app.run().error  # drawn anew, it is still told
    app.button(key="cancel_unfinished").click().run()
    assert not app.error


def test_a_run_whose_files_are_gone_can_only_be_deleted(
    shown: Callable[..., AppTest], calls: Calls
) -> None:
    app = shown(job("gone", State.FAILED, error="lost"), workers=(worker(),))
    assert plain("there is no run 'gone'") in app.error[0].value
    assert keys(app) == {"ask_gone", "want_lab3-cuda0"}


def test_markup_in_the_name_of_the_data_is_shown_as_text(
    unfinished_run: RunFolder, shown: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = TINY.data.model_copy(update={"source": f"table:{SCRIPT}.csv"})
    spec = TINY.model_copy(update={"data": data})
    monkeypatch.setattr("dashboard.reads.run_files.run_spec", lambda run_id: spec)
    app = shown(job("unfinished", State.CANCELLED, sweep=SCRIPT))
    assert plain(f"table:{SCRIPT}.csv") in words(app)
    assert "[link](" not in words(app)


def test_side_work_of_every_run_is_listed_with_where_it_is_to_be_seen(
    several: Path, shown: Callable[..., AppTest]
) -> None:
    now, words_of = time.time(), {"words": ["--frozen", "0.5"]}
    name, other = name_of("adapt", ["--frozen", "0.5"]), name_of("export", ["--format", "onnx"])
    for run_id, work, more in (
        ("one", name, {"host": "lab7", "began": now - 70, "heard": now, "done": 3, "of": 20}),
        ("two", name, {"outcome": "failed", "error": f"no: {SCRIPT}", "began": now - 9}),
        ("other", name, {"outcome": "done", "began": now - 80, "heard": now - 20}),
        ("two", other, {"outcome": "done", "began": now - 40, "heard": now - 30}),
        ("one", other, {"outcome": "done", "began": now - 200_000, "heard": now - 190_000}),
    ):
        folder = several / run_id / FOLDER / work
        folder.mkdir(parents=True)
        stored = {"host": socket.gethostname(), "heard": now, **words_of, **more}
        write_state(folder, Stored.model_validate(stored))
    (several / "other" / FOLDER / name / "out.json").write_text('{"name": "new-material"}')
    app = shown()
    assert not app.exception
    assert "Adaptations and exports" in words(app)
    assert app.get("progress")[0].proto.text == "Batch 3 of 20"
    assert plain(SCRIPT) in app.error[0].value
    found = [f"{link.proto.page}?{link.proto.query_string}" for link in app.get("page_link")]
    seen = [address for address in found if address.startswith(("adapt?", "report?"))]
    assert seen == [
        "adapt?run=two",
        "adapt?run=one",
        "report?run=two",
        "adapt?run=other&adaptation=new-material",
    ]
    assert "was done in 1 min 0 s" in words(app)
    app.button(key=f"dismiss_two_{name}").click().run()
    assert not (several / "two" / FOLDER / name).exists()
    assert "no:" not in " ".join(error.value for error in app.error)


def test_without_side_work_nothing_is_said_of_it(
    finished_run: RunFolder, shown: Callable[..., AppTest]
) -> None:
    assert "Adaptations and exports" not in words(shown())
