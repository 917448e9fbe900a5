"""Real engine commands in the background leave what they leave in the foreground."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from spinn_engine import api
from spinn_engine.background.state import FOLDER
from spinn_engine.store.runs import RunFolder
from tests.adaptation.conftest import FINISHED, finished, made, new_rows
from tests.background.support import ended, reap

__all__ = ["finished", "made", "new_rows"]  # fixtures

State = api.WorkState


@pytest.mark.slow
def test_an_adaptation_in_the_background_is_that_in_the_foreground(
    finished: RunFolder, new_rows: Path
) -> None:
    chosen = api.AdaptSettings(batch_rows=100, arms=("last_layer",))
    wanted = api.adapt(FINISHED, f"table:{new_rows}", chosen)
    shutil.rmtree(finished.path / "adaptation")
    words = ["--data", f"table:{new_rows}", "--batch-rows", "100", "--arms", "last_layer"]
    work = ended(api.start_work(FINISHED, "adapt", words).work)
    reap()
    assert (work.state, work.error) == (State.DONE, None)
    assert (work.done, work.of) == (3, 3)
    [found] = api.adaptations(FINISHED)
    assert api.work_result(work) == found
    for key in ("name", "data", "batches", "seeds"):
        assert found[key] == wanted[key]
    for mine, theirs in zip(found["networks"], wanted["networks"], strict=True):
        assert [arm["r2"] for arm in mine["arms"]] == [arm["r2"] for arm in theirs["arms"]]


@pytest.mark.slow
def test_what_the_engine_refuses_is_said_in_its_own_sentence(finished: RunFolder) -> None:
    work = ended(api.start_work(FINISHED, "export", ["--format", "docx"]).work)
    reap()
    assert work.state is State.FAILED
    assert "docx" in (work.error or "")
    assert os.linesep not in (work.error or "")


@pytest.mark.slow
def test_of_a_store_elsewhere_the_work_is_this_machines_and_the_result_everybodys(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path / "far"
    nothing_of_it = shutil.ignore_patterns(FOLDER, "adaptation")
    shutil.copytree(made / "results" / FINISHED, far / FINISHED, ignore=nothing_of_it)
    monkeypatch.setenv("SPINN_RESULTS", f"file://{far}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "here"))
    words = ["--batch-rows", "100", "--arms", "last_layer", "--data", f"table:{made / 'new.csv'}"]
    work = ended(api.start_work(FINISHED, "adapt", words).work)
    reap()
    assert (work.state, work.error) == (State.DONE, None)
    assert not list(far.rglob(FOLDER))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))  # another machine's copies
    assert api.work_result(work) in api.adaptations(FINISHED)
    assert api.works(FINISHED) == []
