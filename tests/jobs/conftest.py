"""Tiny runs, and workers as real processes that end with their test."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spinn_engine.artifacts.creation import create_run
from spinn_engine.jobs.locks import held
from spinn_engine.spec import RunSpec
from spinn_engine.store.runs import RunFolder
from tests.jobs.support import SLOT, MakeRun, StartWorker, wait_until, worker_log


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The networks are tiny: more threads only wait for each other."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def make_run(small_table: Path) -> MakeRun:
    """Make a run folder: two stages, one seed, quick epochs, by default nothing to compare with."""

    def make(
        epochs: int = 3, fine_tune_epochs: int = 3, controls: tuple[str, ...] = ()
    ) -> RunFolder:
        spec = RunSpec.from_dict(
            {
                "data": {"source": f"table:{small_table}", "targets": ["y"], "drop": ["g", "z"]},
                "model": {"hidden": [16, 12]},
                "train": {
                    "epochs": epochs,
                    "fine_tune_epochs": fine_tune_epochs,
                    "batch_size": 16,
                    "device": "cpu",
                },
                "prune": {"stages": 2, "pruning_ratio": 0.25},
                "compare": {"controls": controls},
                "seeds": [0],
            }
        )
        return create_run(spec)

    return make


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a megabyte and a half."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a small file system")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def start_worker(store: Path) -> Iterator[StartWorker]:
    """Start workers, by default on one slot; all are gone when the test ends, children too."""
    started: list[subprocess.Popen[bytes]] = []

    def start(
        *, until_idle: bool = False, slot: str = SLOT, still_seconds: float = 60.0
    ) -> subprocess.Popen[bytes]:
        code = (
            "import sys; from spinn_engine.jobs.worker import takeover; "
            "from spinn_engine.jobs.worker.service import serve; "
            f"takeover.STILL_SECONDS = {still_seconds}; "
            f"sys.exit(serve({slot!r}, until_idle={until_idle}))"
        )
        with worker_log(store).open("ab") as log:
            process = subprocess.Popen([sys.executable, "-W", "error", "-c", code], stderr=log)
        started.append(process)
        wait_until(lambda: bool(held([slot])) or process.poll() is not None, "a worker")
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
