"""What the list of jobs costs with 50 queued runs, a worker at work and 10 processes that poll.

python -m tests.benchmarks.polling
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from spinn_engine import api

RUNS, POLLERS, SECONDS = 50, 10, 30.0


def poll() -> None:
    """Ask once a second as a Jobs page does, and print how long each answer took, in ms."""
    api.jobs(), api.workers()
    took: list[float] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        start = time.perf_counter()
        found = api.jobs(), api.workers()
        took.append((time.perf_counter() - start) * 1e3)
        assert len(found[0]) == RUNS
        time.sleep(max(0.0, 1.0 - took[-1] / 1e3))
    print(json.dumps(took))


def submit_all(folder: Path) -> list[str]:
    """Queue runs of a small table, one a seed; returns their ids in order."""
    x = np.random.default_rng(0).normal(size=(400, 3))
    table = pd.DataFrame(x, columns=["a", "b", "c"]).assign(y=np.tanh(x[:, 0]))
    table.to_csv(folder / "table.csv", index=False)
    spec = {
        "data": {"source": f"table:{folder / 'table.csv'}", "targets": ["y"]},
        "model": {"hidden": [16, 12]},
        "train": {"epochs": 100, "batch_size": 16},
        "prune": {"stages": 2},
    }
    specs = [api.RunSpec.from_dict({**spec, "seeds": [seed]}) for seed in range(RUNS)]
    return [api.submit(one).run_id for one in specs]


def main() -> None:
    """Queue, start a worker and the pollers, and say what was seen."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["SPINN_RESULTS"] = name
        ids = submit_all(Path(name))
        worker = subprocess.Popen(
            [sys.executable, "-m", "spinn_engine", "worker", "--slot", "p-cpu"]
        )
        command = [sys.executable, "-m", "tests.benchmarks.polling", "poll"]
        pollers = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(POLLERS)
        ]
        took = [ms for poller in pollers for ms in json.loads(poller.communicate()[0])]
        begun = {job.run_id for job in api.jobs() if job.place is None}
        worker.terminate()
        worker.wait()
        took.sort()
        ordered = begun == set(ids[: len(begun)])
        print(
            f"{len(took)} answers: median {statistics.median(took):.0f} ms, 95th percentile "
            f"{took[int(0.95 * len(took))]:.0f} ms, longest {took[-1]:.0f} ms; {len(begun)} runs "
            f"begun, in the order of submission: {ordered}"
        )


if __name__ == "__main__":
    poll() if sys.argv[1:] == ["poll"] else main()
