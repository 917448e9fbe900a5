"""Finished runs to export, made once; a test gets copies of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from tests.export.support import small_spec, write_table


@pytest.fixture(scope="session")
def made_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with ``plain``, and ``clock``: one target, cross-validated, an input in seconds."""
    root = tmp_path_factory.mktemp("export")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(root / "results"))
        table = write_table(root / "plain.csv")
        api.run(small_spec(table, ["y", "z"])).path.rename(root / "results" / "plain")
        table = write_table(root / "clock.csv", clock=True)
        spec = small_spec(table, ["y"], compare={"controls": ["magnitude"], "folds": 3})
        api.run(spec).path.rename(root / "results" / "clock")
    return root / "results"


@pytest.fixture
def finished(made_runs: Path, store: Path) -> RunFolder:
    """The run ``plain`` in the test's own store."""
    shutil.copytree(made_runs / "plain", store / "plain")
    return api.open_run("plain")


@pytest.fixture
def clock_run(made_runs: Path, store: Path) -> RunFolder:
    """The run ``clock`` in the test's own store."""
    shutil.copytree(made_runs / "clock", store / "clock")
    return api.open_run("clock")
