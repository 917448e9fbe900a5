"""Files of a run that grow while it is looked at: each visitor reads only what is new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.words import size


class GrowingMetrics:
    """Reads a growing file of metrics, each line once.

    A file in which the last line read is no longer in its place is read from its start again. One
    that was replaced by a longer copy of itself is not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._last = b""
        self._lines: list[dict[str, Any]] = []

    def lines(self) -> list[dict[str, Any]]:
        """All whole lines so far.

        Raises:
            SpinnError: the file is too large, or a line is no line of metrics.
        """
        if not self._path.is_file():
            return []
        if self._path.stat().st_size > api.LARGEST_METRICS:
            most = size(api.LARGEST_METRICS)
            raise SpinnError(f"{self._path} is too large to be shown: it has over {most}")
        with self._path.open("rb") as file:
            file.seek(self._read - len(self._last))
            if file.read(len(self._last)) != self._last:
                self._read, self._last, self._lines = 0, b"", []
                file.seek(0)
            whole, newline, _ = file.read().rpartition(b"\n")
        if newline:
            self._lines += api.parsed_metrics(self._path, whole.split(b"\n"))
            self._read += len(whole) + 1
            self._last = whole[whole.rfind(b"\n") + 1 :] + newline
        return self._lines


def metrics(run_id: str) -> list[dict[str, Any]]:
    """The lines of a run's ``metrics.jsonl``; each visitor's session reads only what is new."""
    known: dict[str, GrowingMetrics] = st.session_state.setdefault("_growing_files", {})
    folder = api.open_run(run_id)
    path = folder.fetch(folder.metrics_path)
    if run_id not in known:
        known[run_id] = GrowingMetrics(path)
    return known[run_id].lines()


def last_log_lines(run_id: str, lines: int = 12, most: int = 8192) -> str:
    """The last lines of a run's log."""
    folder = api.open_run(run_id)
    path = folder.fetch(folder.log_path)
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - most))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
