"""How long a moved slider of Plan takes on the server, with 50 finished runs in the store.

python -m tests.benchmarks.slider

The store holds the reference network once, trained for one epoch, and 49 links to it. Every move
goes to a place where none was before, so nothing of what depends on it is cached. The time is that
of the page's script, without Streamlit's test client around it; the processor time is that of all
threads of this process, and tells a slow page from a busy machine.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from streamlit.runtime.scriptrunner import script_runner  # noqa: TID251
from streamlit.testing.v1 import AppTest  # noqa: TID251

from spinn_engine import api
from tests.dashboard.support import opened

RUNS, MOVES = 50, 60
SHORT = {"epochs": 1, "fine_tune_epochs": 1}


def fill(store: Path) -> None:
    """One finished run, and links to it under other names."""
    first = api.run(
        api.RunSpec.from_dict({"train": SHORT, "compare": {"controls": []}, "seeds": [0, 1, 2]})
    )
    for copy in range(1, RUNS):
        shutil.copytree(first.path, store / f"20200101-000000-{copy:06d}", copy_function=os.link)


def timed_moves(app: AppTest, key: str, values: list[Any]) -> list[tuple[float, float]]:
    """Milliseconds and processor milliseconds of the page's script for each place of a slider."""
    real, took = vars(script_runner)["exec_func_with_error_handling"], []

    def timed(func: Callable[[], Any], ctx: Any) -> Any:
        start, busy = time.perf_counter(), time.process_time()
        try:
            return real(func, ctx)
        finally:
            used = time.process_time() - busy
            took.append(((time.perf_counter() - start) * 1e3, used * 1e3))

    with mock.patch.object(script_runner, "exec_func_with_error_handling", timed):
        for value in values:
            app.slider(key=key).set_value(value).run()
            assert not app.exception
            assert not app.error
    return took


def report(name: str, took: list[tuple[float, float]]) -> None:
    """Median, 95th percentile and the longest."""
    wall, busy = (sorted(kind) for kind in zip(*took, strict=True))
    print(
        f"{name}: {len(wall)} moves, median {statistics.median(wall):.0f} ms, 95th percentile "
        f"{np.percentile(wall, 95):.0f} ms, longest {wall[-1]:.0f} ms; processor time: median "
        f"{statistics.median(busy):.0f} ms, 95th percentile {np.percentile(busy, 95):.0f} ms"
    )


def main() -> None:
    """Fill a store, open Plan, and move both sliders."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["SPINN_RESULTS"] = name
        fill(Path(name))
        places = np.random.default_rng(0).choice(np.arange(20, 195), MOVES, replace=False) / 2
        app = opened("plan")
        report("ratio", timed_moves(app, "ratio", [float(place) for place in places]))
        report("stages", timed_moves(app, "stages", [1, 2, 3, 4, 5, 6, 7, 8] * 4))
        app = opened("plan", hidden="512, 512, 512, 128")
        report(
            "ratio, no such dense network",
            timed_moves(app, "ratio", [float(place) for place in places]),
        )


if __name__ == "__main__":
    main()
