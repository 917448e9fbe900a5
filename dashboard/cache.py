"""Reads of the engine that are worth keeping between two runs of a page.

Every cached value is keyed by the name of what was read and by its stamp (time and size), never by
the data itself; a changed file is read again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import Criterion, DataSpec, PhysicsSpec, PruneSpec, Reconstruction, RunSpec

Stamp = tuple[tuple[int, int], ...]
Terms = tuple[tuple[str, tuple[str, ...]], ...]  # a physics term and its targets

_looks = [0]  # the number of the look at the queue that counts


@dataclass(frozen=True)
class DataSummary:
    """What the pages need to know of a problem without its rows."""

    inputs: int
    outputs: int
    rows: dict[str, int]
    groups: int | None
    simulated: bool
    ceiling: dict[str, float] | None
    notes: tuple[str, ...]
    terms: Terms


def stamp(path: Path) -> Stamp:
    """Time and size of a file, or of the files in a folder; empty where nothing is there."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    stats = [file.stat() for file in files if file.exists()]
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in stats)


def data_summary(data: DataSpec) -> DataSummary:
    """Size, split and ceiling of a data source.

    Raises:
        BadInputError: the source cannot be read as asked.
    """
    place = data.source.partition(":")[2]
    return _data_summary(data.model_dump_json(), stamp(Path(place)) if place else ())


@st.cache_data(max_entries=16, show_spinner="Reading the data ...")
def _data_summary(data: str, stamp: Stamp) -> DataSummary:
    problem = api.load_problem(DataSpec.model_validate_json(data))
    parts = {"train": problem.train, "val": problem.val, "test": problem.test}
    return DataSummary(
        inputs=len(problem.input_names),
        outputs=len(problem.target_names),
        rows={name: len(rows) for name, rows in parts.items()},
        groups=None if problem.groups is None else len(set(problem.groups.tolist())),
        simulated=problem.simulated,
        ceiling=problem.ceiling,
        notes=problem.notes,
        terms=tuple((term.name, term.targets) for term in api.terms_of(problem, PhysicsSpec())),
    )


def preview(data: DataSpec) -> dict[str, Any]:
    """The columns of a source and what each is for.

    Raises:
        BadInputError: the source cannot be read as asked.
    """
    return _preview(data.model_dump_json(), stamp(Path(data.source.partition(":")[2])))


@st.cache_data(max_entries=16, show_spinner="Reading the columns ...")
def _preview(data: str, stamp: Stamp) -> dict[str, Any]:
    return api.preview(DataSpec.model_validate_json(data))


def queue() -> tuple[list[api.Job], list[api.Worker]]:
    """All jobs and workers; all visitors share a look, which gets at most half a second old.

    Raises:
        SpinnError: the job database cannot be used.
    """
    return _queue(_looks[0])


@st.cache_data(ttl=0.5, max_entries=2, show_spinner=False)
def _queue(look: int) -> tuple[list[api.Job], list[api.Worker]]:
    return api.jobs(), api.workers()


def look_again() -> None:
    """What this visitor has just done is to be seen at once: no look from before counts."""
    _looks[0] += 1


def run_spec(run_id: str) -> RunSpec:
    """The spec of a run; it never changes."""
    folder = api.open_run(run_id)
    return RunSpec.model_validate_json(_run_spec(run_id, stamp(folder.spec_path)))


@st.cache_data(max_entries=64, show_spinner=False)
def _run_spec(run_id: str, stamp: Stamp) -> str:
    return api.open_run(run_id).spec().to_json()


def result(run_id: str) -> dict[str, Any] | None:
    """The metrics file of a finished run, else None."""
    folder = api.open_run(run_id)
    return _result(run_id, stamp(folder.bring(folder.result_path)))


@st.cache_data(max_entries=64, show_spinner=False)
def _result(run_id: str, stamp: Stamp) -> dict[str, Any] | None:
    return api.open_run(run_id).result()


def stage_rows(run_id: str) -> list[dict[str, Any]]:
    """One row a finished stage; with R2 on the test rows once the run is done."""
    folder = api.open_run(run_id)
    stages = range(folder.spec().prune.stages + 1)
    done = tuple(stage for stage in stages if folder.stage_is_done(stage))
    return _stage_rows(run_id, done, stamp(folder.result_path))


@st.cache_data(max_entries=64, show_spinner=False)
def _stage_rows(run_id: str, done: tuple[int, ...], stamp: Stamp) -> list[dict[str, Any]]:
    return api.stage_rows(api.open_run(run_id))


def importance(run_id: str, stage: int, seed: int | None = None) -> list[api.LayerImportance]:
    """Scores and fate of the neurons at a stage, a hidden layer each."""
    folder = api.open_run(run_id)
    return _importance(run_id, stage, seed, stamp(folder.bring(folder.importance_path(stage))))


@st.cache_data(max_entries=64, show_spinner=False)
def _importance(
    run_id: str, stage: int, seed: int | None, stamp: Stamp
) -> list[api.LayerImportance]:
    return api.importance(run_id, stage, seed)


def fields(run_id: str) -> api.Fields:
    """The solution of an equation over its domain, before and after pruning."""
    folder = api.open_run(run_id)
    return _fields(run_id, stamp(folder.bring(folder.fields_path)))


@st.cache_data(max_entries=8, show_spinner=False)
def _fields(run_id: str, stamp: Stamp) -> api.Fields:
    return api.fields(run_id)


def run_like(spec: RunSpec) -> str | None:
    """The newest run whose dense network is trained and that has the same data and network."""
    for folder in api.list_runs():
        try:
            other = run_spec(folder.run_id)
        except SpinnError:
            continue
        if (other.data, other.model) == (spec.data, spec.model) and folder.has(folder.facts_path):
            return folder.run_id
    return None


def predicted_curve(run_id: str, prune: PruneSpec) -> list[tuple[int, float]]:
    """``(parameters, predicted validation R2)`` from the dense network of a run downwards."""
    how = prune.criterion, prune.reconstruction
    return _predicted_curve(run_id, *how, _facts_stamp(run_id))


@st.cache_data(max_entries=32, show_spinner="Predicting what would be left ...")
def _predicted_curve(
    run_id: str, criterion: Criterion, reconstruction: Reconstruction, stamp: Stamp
) -> list[tuple[int, float]]:
    found = api.whatif_curve(run_id, criterion, reconstruction)
    return [(stage.params, prediction.r2) for prediction, stage in found]


def predicted(run_id: str, hidden: tuple[int, ...], prune: PruneSpec) -> float:
    """Predicted validation R2 of one set of widths."""
    how = prune.criterion, prune.reconstruction
    return _predicted(run_id, hidden, *how, _facts_stamp(run_id))


@st.cache_data(max_entries=256, show_spinner=False)
def _predicted(
    run_id: str,
    hidden: tuple[int, ...],
    criterion: Criterion,
    reconstruction: Reconstruction,
    stamp: Stamp,
) -> float:
    found = api.whatif(run_id, hidden, criterion=criterion, reconstruction=reconstruction)
    return found[0].r2


def _facts_stamp(run_id: str) -> Stamp:
    folder = api.open_run(run_id)
    return stamp(folder.bring(folder.facts_path))


class LineTail:
    """Reads a growing file of JSON lines, each line once.

    A file in which the last line read is no longer in its place is read from its start again. One
    that was replaced by a longer copy of itself is not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._last = b""
        self._lines: list[dict[str, Any]] = []

    def lines(self) -> list[dict[str, Any]]:
        """All whole lines so far."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read - len(self._last))
            if file.read(len(self._last)) != self._last:
                self._read, self._last, self._lines = 0, b"", []
                file.seek(0)
            whole, newline, _ = file.read().rpartition(b"\n")
        if newline:
            self._read += len(whole) + 1
            self._last = whole[whole.rfind(b"\n") + 1 :] + newline
            self._lines += [json.loads(line) for line in whole.split(b"\n") if line]
        return self._lines


def metrics(run_id: str) -> list[dict[str, Any]]:
    """The lines of a run's ``metrics.jsonl``; each visitor's session reads only what is new."""
    tails: dict[str, LineTail] = st.session_state.setdefault("_tails", {})
    folder = api.open_run(run_id)
    path = folder.bring(folder.metrics_path)
    if run_id not in tails:
        tails[run_id] = LineTail(path)
    return tails[run_id].lines()


def log_tail(run_id: str, lines: int = 12, most: int = 8192) -> str:
    """The last lines of a run's log."""
    folder = api.open_run(run_id)
    path = folder.bring(folder.log_path)
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - most))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
