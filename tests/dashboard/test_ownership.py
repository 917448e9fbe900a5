"""With log-in on, a run is its owner's and the admins': what others see, and what they can do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.reads import job_queue
from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from tests.dashboard import openid
from tests.dashboard.conftest import TINY
from tests.dashboard.jobs_support import SCRIPT, Calls, State, calls, job, keys, worker
from tests.dashboard.support import visit, words
from tests.dashboard.test_login import AUTH

__all__ = ["calls"]  # fixtures

Shown = Callable[..., AppTest]
ISSUER = "https://id.example.org"
ANN = {"is_logged_in": True, "iss": ISSUER, **openid.ANN}
BOB = {"is_logged_in": True, "iss": ISSUER, **openid.BOB}
ANNS = api.Owner(f"{ISSUER} 1", "Ann Miller")
BOBS_NAME_ONLY = {**BOB, "name": "Ann Miller"}
ONLY_ANN = "Only Ann Miller or an admin may do this."
CHANGES = {
    State.QUEUED: {"cancel", "priority"},
    State.RUNNING: {"cancel"},
    State.CANCELLED: {"resume", "ask"},
    State.INTERRUPTED: {"resume", "ask"},
    State.FAILED: {"retry", "ask"},
    State.DONE: {"ask"},
}


def opened_by(user: dict[str, Any], page: str, admins: object = None, **query: str) -> AppTest:
    """A page as somebody sees it who has logged in."""
    app = visit(page)
    app.secrets["auth"] = AUTH
    if admins is not None:
        app.secrets["access"] = {"admins": admins}
    app.user = user
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.fixture
def shown(store: Path, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The Jobs page with one run, as one person sees it."""
    made: dict[api.Owner | None, str] = {}

    def show(
        user: dict[str, Any],
        state: api.JobState = State.QUEUED,
        owner: api.Owner | None = ANNS,
        admins: object = None,
    ) -> AppTest:
        run_id = made.setdefault(owner, create_run(TINY, owner).run_id)
        found = job(run_id, state, owner=api.owner(run_id), worker="lab3-cuda0")
        monkeypatch.setattr(api, "jobs", lambda: [found])
        monkeypatch.setattr(api, "workers", lambda: [worker()])
        job_queue.look_again()
        app = opened_by(user, "jobs", admins)
        assert not app.exception
        return app

    return show


def disabled(app: AppTest) -> set[str]:
    """What is shown and cannot be pressed, by the first word of its key."""
    pressed = (*app.button, *app.menu_button)
    return {str(one.key).partition("_")[0] for one in pressed if one.proto.disabled}


def press(app: AppTest, action: str, choice: str | None = None) -> None:
    """Press a button, also one that a browser would not let anybody press."""
    key = key_of(app, action)
    if choice is None:
        app.button(key=key).proto.disabled = False
        app.button(key=key).click().run()
    else:
        app.menu_button(key=key).proto.disabled = False
        app.menu_button(key=key).click(choice).run()


def key_of(app: AppTest, action: str) -> str:
    return next(key for key in keys(app) if key.startswith(f"{action}_"))


@pytest.mark.parametrize("state", CHANGES)
def test_the_owner_may_do_everything_with_a_run_and_others_nothing(
    shown: Shown, state: api.JobState
) -> None:
    mine, others = shown(ANN, state), shown(BOB, state)
    assert "by Ann Miller" in words(mine)
    assert keys(mine) == keys(others)
    assert disabled(mine) == {"want"}
    assert disabled(others) == CHANGES[state] | {"want"}
    reasons = {b.proto.help for b in others.button if b.proto.disabled}
    assert reasons == {ONLY_ANN.replace(".", r"\.")}


@pytest.mark.parametrize("user", [BOB, BOBS_NAME_ONLY, {**ANN, "iss": "https://other.example"}])
@pytest.mark.parametrize(
    ("state", "action"),
    [(State.RUNNING, "cancel"), (State.CANCELLED, "resume"), (State.FAILED, "retry")],
)
def test_a_press_by_somebody_else_is_refused_by_the_server_too(
    shown: Shown, calls: Calls, user: dict[str, Any], state: api.JobState, action: str
) -> None:
    app = shown(ANN, state)
    app.user = user
    press(app, action)
    assert calls == []
    assert ONLY_ANN.replace(".", r"\.") in [error.value for error in app.error]
    press(app, action)  # now it is disabled
    assert calls == []


def test_nor_can_others_delete_or_change_a_priority(shown: Shown, calls: Calls) -> None:
    app = shown(ANN, State.DONE)
    press(app, "ask")
    app.user = BOB
    press(app, "delete")
    queued = shown(ANN, State.QUEUED)
    queued.user = BOB
    press(queued, "priority", api.Priority.HIGH)
    assert calls == []
    for one in (app, queued):
        assert [error.value for error in one.error] == [ONLY_ANN.replace(".", r"\.")]


def test_nor_can_who_is_no_admin_any_more_pause_a_worker(shown: Shown, calls: Calls) -> None:
    app = shown(BOB, admins=["bob@example.org"])
    app.secrets["access"] = {"admins": []}
    press(app, "want", "Pause: take no further run")
    assert calls == []
    assert "Only an admin" in app.error[0].value


def test_the_owner_cancels_and_deletes(shown: Shown, calls: Calls) -> None:
    app = shown(ANN, State.RUNNING)
    press(app, "cancel")
    app = shown(ANN, State.DONE)
    press(app, "ask")
    press(app, "delete")
    assert [name for name, _ in calls] == ["cancel", "delete"]
    assert not app.error


def test_a_right_that_was_lost_since_the_page_was_drawn_is_lost(shown: Shown, calls: Calls) -> None:
    app = shown(ANN, State.RUNNING)
    [folder] = api.list_runs()
    (folder.path / "owner.json").write_text(json.dumps({"id": "x 9", "name": "Carl"}))
    press(app, "cancel")
    assert calls == []
    assert "Only Carl" in app.error[0].value


@pytest.mark.parametrize(
    ("user", "admins", "may"),
    [
        (BOB, ["bob@example.org"], True),
        (BOB, ["BOB@example.org", "x@y.z"], True),
        (BOB, [f"{ISSUER} 2"], True),
        (BOB, ["ann@example.org"], False),
        (BOB, [], False),
        ({**BOB, "email_verified": False}, ["bob@example.org"], False),
        ({**BOB, "email_verified": "true"}, ["bob@example.org"], False),
        ({k: v for k, v in BOB.items() if k != "email_verified"}, ["bob@example.org"], False),
        ({k: v for k, v in BOB.items() if k != "sub"}, ["bob@example.org", " ", ISSUER], False),
        ({"is_logged_in": True, "name": "Bob"}, ["", "bob@example.org"][1:], False),
    ],
)
@pytest.mark.parametrize("owner", [ANNS, None])
def test_admins_are_told_by_identity_or_verified_mail_and_may_do_everything(
    shown: Shown,
    calls: Calls,
    user: dict[str, Any],
    admins: list[str],
    may: bool,
    owner: api.Owner | None,
) -> None:
    app = shown(user, State.RUNNING, owner, admins)
    press(app, "cancel")
    press(app, "want", "Pause: take no further run")
    assert [name for name, *_ in calls] == (["cancel", "ask_worker"] if may else [])
    assert disabled(app) == (set() if may else {"cancel", "want"})


def test_a_run_of_nobodys_is_the_admins(shown: Shown) -> None:
    app = shown(ANN, State.DONE, owner=None)
    assert disabled(app) == {"ask", "want"}
    help_words = app.button(key=key_of(app, "ask")).proto.help
    assert "not started by anybody who had logged in" in help_words


@pytest.mark.parametrize("admins", ["ann@example.org", [1], [""], {"a": "b"}])
def test_admins_that_are_no_list_of_words_let_nobody_in(store: Path, admins: object) -> None:
    app = opened_by(ANN, "jobs", admins)
    assert "admins in" in app.error[0].value
    assert not app.button


def test_without_log_in_nothing_is_refused(
    store: Path, monkeypatch: pytest.MonkeyPatch, calls: Calls
) -> None:
    run_id = create_run(TINY, ANNS).run_id
    monkeypatch.setattr(api, "jobs", lambda: [job(run_id, State.RUNNING, owner=ANNS)])
    monkeypatch.setattr(api, "workers", lambda: [worker()])
    app = visit("jobs").run()
    assert disabled(app) == set()
    app.button(key=f"cancel_{run_id}").click().run()
    assert calls == [("cancel", run_id)]


def test_start_remembers_who_pressed_it_and_the_run_stays_the_same_one(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "ensure_worker", lambda: None)
    app = opened_by(ANN, "plan", hidden="12, 8")
    app.button(key="start").click().run()
    [found] = api.jobs()
    assert found.owner == ANNS
    stored = json.loads((store / found.run_id / "owner.json").read_text())
    assert stored == {"id": f"{ISSUER} 1", "name": "Ann Miller"}
    assert "Ann" not in (store / found.run_id / "spec.json").read_text()
    bob = opened_by(BOB, "plan", hidden="12, 8")
    bob.button(key="start").click().run()
    assert f"submitted before as **{found.run_id}**" in words(bob)
    assert api.owner(found.run_id) == ANNS
    assert len(api.jobs()) == 1


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"id": 3, "name": "x"}', '{"id": "", "name": "x"}', '{"id": "x"}']
)
def test_a_broken_owner_is_nobody(store: Path, content: str) -> None:
    folder = create_run(TINY, ANNS)
    (folder.path / "owner.json").write_text(content)
    assert api.owner(folder.run_id) is None


def test_a_name_is_text(shown: Shown) -> None:
    app = shown(BOB, State.RUNNING, api.Owner("x 1", SCRIPT))
    assert r"\<script\>" in words(app)
    assert "<script>" not in words(app) + str(app.button[0].proto.help)


def test_an_owner_goes_to_a_store_on_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", f"file://{tmp_path}/far")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "here"))
    run_id = create_run(TINY, ANNS).run_id
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))  # another machine's copies
    assert api.owner(run_id) == ANNS
