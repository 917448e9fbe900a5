"""Adapt: new rows as they come, drawn from what is stored."""

from __future__ import annotations

import json
import re
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dashboard.adapt.error_chart import ERRORS, LABELS, error_picture
from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.background.state import FOLDER, Stored, write_state
from spinn_engine.store.runs import RunFolder
from spinn_engine.words import estimate
from tests.background.support import ended, reap
from tests.dashboard.jobs_support import SCRIPT
from tests.dashboard.support import opened, table_with, words


@pytest.fixture
def adapted(
    finished_run: RunFolder, store: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A finished run in a store of the test's own that has met a new material."""
    shutil.copytree(finished_run.path, store / "mine")
    monkeypatch.setenv("SPINN_RESULTS", str(store))
    return api.adapt("mine", settings=api.AdaptSettings(batch_rows=1000, arms=("last_layer",)))


def test_every_arm_is_drawn_for_every_network_and_target(adapted: dict[str, Any]) -> None:
    for target in adapted["data"]["target_names"]:
        scales = []
        for network in adapted["networks"]:
            spec, tables = error_picture(adapted, target, network)
            assert network["network"] in spec["title"]["text"]
            y = spec["layer"][0]["encoding"]["y"]
            assert y["title"] == f"RMSE {target}, mm"
            scales.append(y["scale"]["domain"])
            colour = spec["layer"][0]["encoding"]["color"]
            assert colour["legend"]
            assert colour["scale"]["domain"] == [LABELS[arm["arm"]] for arm in network["arms"]]
            for arm in network["arms"]:
                drawn = tables[ERRORS][tables[ERRORS]["arm"] == LABELS[arm["arm"]]]
                assert list(drawn["error"]) == arm["by_batch"]["rmse"][target]["mean"]
                assert drawn["error"].max() < scales[-1][1]
            assert len(tables[ERRORS]) == 2 * 4
        assert scales[0] == scales[1]


def test_the_page_shows_what_is_stored(adapted: dict[str, Any]) -> None:
    app = opened("adapt", run="mine")
    assert not app.error
    table = table_with(app, "Adapted")
    arms = [arm for network in adapted["networks"] for arm in network["arms"]]
    assert list(table["Adapted"]) == [LABELS[arm["arm"]] for arm in arms]
    assert list(table["R² on coming rows"]) == [estimate(arm["r2"]) for arm in arms]
    assert "4,000 rows in 4 batches" in words(app)
    assert "new material" in words(app)


def test_nothing_adapted_yet_says_so(finished_run: RunFolder) -> None:
    assert "Nothing has been adapted yet" in words(opened("adapt", run="finished"))


@pytest.fixture
def own_copy(
    finished_run: RunFolder, store: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A finished run in a store of the test's own, under which nothing is left at work."""
    shutil.copytree(finished_run.path, store / "mine")
    monkeypatch.setenv("SPINN_RESULTS", str(store))
    yield "mine"
    reap()


def put(name: str = "adapt-0123456789ab", **values: object) -> Path:
    """Work about that run, as its keeper writes it; returns its folder."""
    folder = api.open_run("mine").path / FOLDER / name
    stored = {"words": ["--frozen", "0.5"], "host": socket.gethostname()}
    times = {"began": time.time() - 70, "heard": time.time()}
    write_state(folder, Stored.model_validate(stored | times | values))
    return folder


@pytest.mark.slow
def test_a_table_that_does_not_fit_is_refused_in_a_sentence(
    own_copy: str, small_table: Path
) -> None:
    app = opened("adapt", run="mine", rows="a table of new rows", new_path=str(small_table))
    app.button(key="adapt").click().run()
    assert "You may leave this page" in words(app)
    ended(api.works("mine")[0])
    app.run()
    assert "You may leave this page" not in words(app)
    assert "small" in app.error[0].value
    assert "Traceback" not in app.error[0].value


def test_work_under_way_shows_how_far_it_is_and_can_be_stopped(own_copy: str) -> None:
    begun = time.time()
    folder = put(host="lab7", done=3, of=20)  # of another machine, which was just heard from
    app = opened("adapt", run="mine")
    age = re.search(r"for (\d+) min (\d+) s", words(app))
    assert age is not None
    assert 70 <= 60 * int(age[1]) + int(age[2]) <= 71 + time.time() - begun
    assert r"share of the layers frozen: 0\.5" in words(app).replace(r"\:", ":")
    progress = app.get("progress")[0].proto
    assert (progress.value, progress.text) == (15, "Batch 3 of 20")
    with ThreadPoolExecutor() as pool:
        pressed = pool.submit(lambda: app.button(key=f"stop_mine_{folder.name}").click().run())
        while not (folder / "stop").exists():
            time.sleep(0.01)
        put(host="lab7", outcome="stopped")
        pressed.result()
    assert "was stopped" in words(app)
    app.button(key=f"dismiss_mine_{folder.name}").click().run()
    assert not folder.exists()
    assert "was stopped" not in words(app)


def test_what_went_wrong_is_told_with_the_log_and_as_text(own_copy: str) -> None:
    folder = put(outcome="failed", error=f"no: {SCRIPT}", words=["--data", SCRIPT])
    (folder / "log.txt").write_text(f"before\n{SCRIPT}\n")
    put("adapt-aaaaaaaaaaaa")  # of this machine, and nobody holds its lock
    (put("adapt-bbbbbbbbbbbb") / "state.json").write_text("[]")
    app = opened("adapt", run="mine")
    told = " ".join(error.value for error in app.error)
    assert plain(SCRIPT) in told
    assert "ended without a word" in told
    assert "is not what a piece of work writes" in told
    assert "<script>" not in words(app)
    assert app.code[0].value == f"before\n{SCRIPT}"


def test_what_ended_since_the_last_look_is_shown_first(adapted: dict[str, Any]) -> None:
    path = api.open_run("mine").path / "adaptation" / "zz-later-name.json"
    path.write_text(json.dumps({**adapted, "name": "zz-later-name"}))
    app = opened("adapt", run="mine")
    assert app.selectbox(key="adaptation").value == "zz-later-name"
    (put(outcome="done") / "out.json").write_text(json.dumps({"name": adapted["name"]}))
    app.run()
    assert app.selectbox(key="adaptation").value == adapted["name"]
    app.selectbox(key="adaptation").set_value("zz-later-name").run()
    assert app.selectbox(key="adaptation").value == "zz-later-name"
    (put(outcome="done", began=time.time()) / "out.json").write_text('{"name": ["meddled"]}')
    assert not app.run().exception


def test_the_address_gives_the_adaptation(adapted: dict[str, Any]) -> None:
    path = api.open_run("mine").path / "adaptation" / "zz-later-name.json"
    path.write_text(json.dumps({**adapted, "name": "zz-later-name"}))
    (put(outcome="done") / "out.json").write_text('{"name": "zz-later-name"}')
    app = opened("adapt", run="mine", adaptation=adapted["name"])
    assert app.selectbox(key="adaptation").value == adapted["name"]
    assert app.run().selectbox(key="adaptation").value == adapted["name"]
    for tampered in ("../../spec", "", "0"):
        app = opened("adapt", run="mine", adaptation=tampered)
        assert not app.error
        assert app.selectbox(key="adaptation").value == "zz-later-name"


def test_without_a_path_there_is_nothing_to_press(finished_run: RunFolder) -> None:
    app = opened("adapt", run="finished", rows="a table of new rows")
    assert app.button(key="adapt").disabled
