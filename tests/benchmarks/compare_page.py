"""How fast Compare opens: ``python -m tests.benchmarks.compare_page RUN_FOLDER [RUNS]``.

Copies the small files of a finished run under new ids into a store of its own, and opens the page
by Streamlit's own test client: with nothing read yet, with everything cached, and with eight runs
chosen. Prints seconds; the browser's share is not in them.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import streamlit as st  # noqa: TID251

from spinn_engine import api
from tests.dashboard.support import opened

TIMES = 5


def copies(run: Path, store: Path, count: int) -> list[str]:
    """Copies of a run that differ in nothing but their ids."""
    text = (run / api.RESULT_NAME).read_text(encoding="utf-8")
    result = json.loads(text)
    names = [f"{run.name}-{number:03d}" for number in range(count)]
    for name in names:
        (store / name).mkdir()
        shutil.copy(run / "spec.json", store / name)
        (store / name / api.RESULT_NAME).write_text(
            json.dumps({**result, "run_id": name}, indent=2), encoding="utf-8"
        )
    print(f"{count} runs with results of {len(text) / 1000:.0f} kB")
    return names


def visit(cold: bool, **query: str) -> tuple[float, float]:
    """Seconds of one visit of the page, and those of the processor."""
    if cold:
        st.cache_data.clear()
    start, busy = time.perf_counter(), time.process_time()
    opened("compare", **query)
    return time.perf_counter() - start, time.process_time() - busy


def main(run: Path, count: int) -> None:
    """Print the medians of a few visits of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPINN_RESULTS"] = folder
        names = copies(run, Path(folder), count)
        print(f"first visit of a new process, imports too: {visit(cold=True)[0]:.2f} s")
        for words, cold, query in (
            ("nothing read yet", True, {}),
            ("everything cached", False, {}),
            ("eight chosen, one of them the baseline", False, {"baseline": names[0]}),
        ):
            if query:
                query = {**query, "runs": ",".join(names[:8])}
            found, busy = zip(*(visit(cold, **query) for _ in range(TIMES)), strict=True)
            print(
                f"{words}: {statistics.median(found):.2f} s (most {max(found):.2f} s), of the "
                f"processor {statistics.median(busy):.2f} s"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50)
