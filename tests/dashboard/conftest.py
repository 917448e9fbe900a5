"""Stores that the pages are opened on: with a finished run, and with one that was cut off."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.reads import job_queue
from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.spec import CompareSpec, ModelSpec, PruneSpec, RunSpec, TrainSpec
from spinn_engine.store.runs import RunFolder
from tests.dashboard.compare_support import copied, on_other_data, smaller
from tests.dashboard.reading_support import GERMAN, NAMELESS

TINY = RunSpec(
    model=ModelSpec(hidden=(12, 8)),
    train=TrainSpec(epochs=2, fine_tune_epochs=1, batch_size=2048),
    prune=PruneSpec(stages=2, pruning_ratio=0.25),
    seeds=(0, 1),
)

FOLDED = TINY.model_copy(
    update={"seeds": (0,), "compare": CompareSpec(controls=("dense_longer", "linear"), folds=3)}
)
SINGLE = TINY.model_copy(update={"seeds": (0,), "compare": CompareSpec(controls=())})


@pytest.fixture(autouse=True)
def own_queue() -> None:
    """No look at the queue of the test before counts."""
    job_queue.look_again()


@pytest.fixture(scope="session")
def made_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with finished runs and one that was cut off after stage 1, made once."""
    from spinn_engine.pipeline import Runner

    store = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(store))
        for name, spec in (
            ("finished", TINY),
            ("earlier_folds", FOLDED),
            ("earlier_single", SINGLE),
        ):
            api.run(spec).path.rename(store / name)
        runner = Runner(create_run(TINY))
        runner.run_stage(0)
        runner.run_stage(1)
        runner.folder.path.rename(store / "unfinished")
    return store


@pytest.fixture
def finished_run(made_runs: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("SPINN_RESULTS", str(made_runs))
    return api.open_run("finished")


@pytest.fixture
def unfinished_run(made_runs: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("SPINN_RESULTS", str(made_runs))
    return api.open_run("unfinished")


@pytest.fixture
def folded_run(made_runs: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("SPINN_RESULTS", str(made_runs))
    return api.open_run("earlier_folds")


@pytest.fixture
def single_run(made_runs: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("SPINN_RESULTS", str(made_runs))
    return api.open_run("earlier_single")


@pytest.fixture
def several(finished_run: RunFolder, store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with three runs, ``one`` and ``two`` of the same data."""
    copied(finished_run, store, "one")
    copied(finished_run, store, "two", smaller)
    copied(finished_run, store, "other", on_other_data)
    monkeypatch.setenv("SPINN_RESULTS", str(store))
    return store


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[api.RunSpec]:
    """What Start submits; nothing is made of it."""
    found: list[api.RunSpec] = []

    def submit(spec: api.RunSpec, again: bool, owner: None) -> api.Submission:
        found.append(spec)
        return api.Submission("same", existing=True)

    monkeypatch.setattr(api, "submit", submit)
    return found


@pytest.fixture
def german(tmp_path: Path) -> Path:
    path = tmp_path / "german.csv"
    path.write_text(GERMAN)
    return path


@pytest.fixture
def nameless(tmp_path: Path) -> Path:
    path = tmp_path / "nameless.csv"
    path.write_text(NAMELESS)
    return path
