"""A whole run on S3, shown by the dashboard of another machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dashboard.reads import dense_network, growing_files, run_files
from spinn_engine import api
from spinn_engine.store.runs import RunFolder, remove_run
from tests.dashboard.conftest import TINY
from tests.dashboard.support import opened, words
from tests.store.remote_support import Machines, Requests


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    return Machines(tmp_path / "machines", monkeypatch)


@pytest.fixture
def requests(s3_store: str, monkeypatch: pytest.MonkeyPatch) -> Requests:
    watched = Requests()
    watched.watch(monkeypatch)
    return watched


@pytest.fixture
def made(machines: Machines, requests: Requests) -> RunFolder:
    """A run that machine ``a`` has done; from now on this is machine ``b``."""
    machines.be("a")
    folder = api.run(TINY)
    machines.be("b")
    return folder


def keys(requests: Requests, operation: str) -> list[str]:
    return [key.split("/", 2)[2] for method, key in requests if method == operation]


def test_at_no_moment_is_something_finished_without_its_files(
    made: RunFolder, requests: Requests
) -> None:
    there: set[str] = set()
    for key in keys(requests, "put_object"):
        there.add(key)
        for stage in range(3):
            if any(key.startswith(f"stacks/stage{stage}_") for key in there):
                assert f"importance/stage{stage}.npz" in there
                assert {"spec.json", "metrics.jsonl", "stacks/dense_facts.npz"} <= there
                assert sum(key.startswith("checkpoints/") for key in there) > stage
        last = made.result_path.name in there
        assert last == (there == files_of(made))
    assert there == files_of(made)


def files_of(folder: RunFolder) -> set[str]:
    paths = [path for path in folder.path.rglob("*") if path.is_file()]
    return {path.relative_to(folder.path).as_posix() for path in paths}


def test_all_that_the_dashboard_reads_comes_from_the_store(
    made: RunFolder, requests: Requests
) -> None:
    requests.clear()
    run_id = made.run_id
    folder = api.open_run(run_id)
    assert folder.path != made.path
    assert [run.run_id for run in api.list_runs()] == [run_id]
    assert run_files.run_spec(run_id) == TINY
    assert run_files.result(run_id) == made.result()
    assert run_files.stage_rows(run_id) == made.result()["stages"]  # type: ignore[index]
    assert growing_files.metrics(run_id) == made.metrics()
    assert growing_files.last_log_lines(run_id).endswith("run done")
    assert run_files.run_like(TINY) == run_id
    assert not folder.facts_path.exists()
    how = TINY.prune.criterion, TINY.prune.reconstruction
    curve = dense_network.predicted_curve(run_id, *how)
    assert curve[0][0] == made.result()["dense_params"]  # type: ignore[index]
    predicted = made.result()["whatif"]["stages"][-1]  # type: ignore[index]
    hidden = tuple(predicted["hidden"])
    found = dense_network.predicted_r2(run_id, hidden, *how)
    assert found == pytest.approx(predicted["val_r2"])
    for stage in range(3):
        with np.load(made.importance_path(stage)) as arrays:
            for number, layer in enumerate(run_files.importance(run_id, stage, 1)):
                assert layer.score.tolist() == arrays[f"layer{number}_score"][1].tolist()
    assert [path.name for path in folder.checkpoint_paths()] == sorted(
        path.name for path in made.checkpoints.iterdir()
    )
    for path in folder.checkpoint_paths():
        assert folder.size(path) == (made.checkpoints / path.name).stat().st_size
        assert not path.exists()
        assert folder.fetch(path).read_bytes() == (made.checkpoints / path.name).read_bytes()
    taken = keys(requests, "get_object")
    assert len(taken) == len(set(taken))
    assert not [key for key in taken if key.endswith(".pt") and key.startswith("stacks/")]
    assert len(requests) - len(taken) == 2  # a listing of the run, and one of the store


def test_the_run_page_shows_it_and_its_downloads(made: RunFolder, requests: Requests) -> None:
    app = opened("run", run=made.run_id)
    assert not app.error
    assert "Which neurons went" in words(app)
    labels = [button.proto.label for button in app.get("download_button")]
    assert len(labels) == 6
    assert not [label for label in labels if "missing" in label]
    assert not [key for key in keys(requests, "get_object") if key.endswith(".pt")]


def test_a_run_that_is_removed_while_it_is_looked_at_is_told(made: RunFolder) -> None:
    opened("run", run=made.run_id)
    remove_run(made.run_id)
    app = opened("run", run=made.run_id)
    assert "There is no run" in words(app)
    assert not opened("overview").error


@pytest.mark.parametrize("page", ["overview", "plan", "run"])
def test_a_store_that_does_not_answer_is_one_sentence(
    s3_store: str, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    [error] = opened(page).error
    assert "does not answer" in error.value
