"""Small rows and runs for the tests of the facade, and the end of workers that waiting starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from spinn_engine.jobs import queue

QUICK: dict[str, Any] = {
    "hidden": (8, 6), "epochs": 2, "fine_tune_epochs": 1, "stages": 2, "seeds": 1,
    "param_reduction": 0.5, "controls": ["random", "scratch", "linear"], "device": "cpu",
}  # fmt: skip


@contextmanager
def ending_workers() -> Iterator[None]:
    """End the workers that were started within the block."""
    before = [*queue._started]
    try:
        yield
    finally:
        for process in queue._started:
            if process not in before:
                process.terminate()
                process.wait(30)
