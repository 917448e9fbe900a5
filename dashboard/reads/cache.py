"""Reads of the engine that are worth keeping between two runs of a page.

Every cached value is keyed by the name of what was read and by its stamp (time and size), never by
the data itself; a changed file is read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import (
    Criterion,
    DataSpec,
    ModelSpec,
    PhysicsSpec,
    PruneSpec,
    Reconstruction,
    RunSpec,
    Scaling,
)

Stamp = tuple[tuple[int, int], ...]
Terms = tuple[tuple[str, tuple[str, ...]], ...]  # a physics term and its targets

_looks = [0]  # the number of the look at the queue that counts


@dataclass(frozen=True)
class DataSummary:
    """What the pages need to know of a problem without its rows."""

    inputs: int
    outputs: int
    input_names: tuple[str, ...]
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
        input_names=problem.input_names,
        rows={name: len(rows) for name, rows in parts.items()},
        groups=None if problem.groups is None else len(set(problem.groups.tolist())),
        simulated=problem.simulated,
        ceiling=problem.ceiling,
        notes=problem.notes,
        terms=tuple((term.name, term.targets) for term in api.terms_of(problem, PhysicsSpec())),
    )


@dataclass(frozen=True)
class BroughtSummary:
    """A brought checkpoint on a data source: the ``model`` part of a spec, and what was found."""

    model: ModelSpec
    r2: dict[Scaling, dict[str, float | None]]
    mean_r2: float | None
    format: str
    dtype: str
    params: int
    nonzero: int
    dead: tuple[int, ...]
    notes: tuple[str, ...]


def brought(spec: RunSpec) -> BroughtSummary:
    """The checkpoint that a spec names as its dense network, measured on its data.

    Raises:
        SpinnError: the file cannot be read, is no plain network, or does not fit the data.
    """
    places = Path(spec.data.source.partition(":")[2]), Path(spec.model.dense or "")
    model = spec.model.model_dump_json(exclude_unset=True)
    return _brought(spec.data.model_dump_json(), model, *(stamp(place) for place in places))


@st.cache_data(max_entries=16, show_spinner="Reading the checkpoint ...")
def _brought(data: str, model: str, data_stamp: Stamp, file_stamp: Stamp) -> BroughtSummary:
    parts = {"data": json.loads(data), "model": json.loads(model)}
    found = api.bring(RunSpec.from_dict(parts, where="plan"))
    return BroughtSummary(
        model=found.spec.model,
        r2=found.r2,
        mean_r2=found.mean_r2(),
        format=found.network.format,
        dtype=found.network.dtype,
        params=found.network.params,
        nonzero=found.network.nonzero,
        dead=found.network.dead,
        notes=found.network.notes,
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
    return _run_spec(run_id, stamp(folder.spec_path))


@lru_cache(maxsize=4096)  # frozen, so all may have the same one; many are looked through at once
def _run_spec(run_id: str, _: Stamp) -> RunSpec:
    return api.open_run(run_id).spec()


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


def _runs_and_demo() -> Iterator[api.RunFolder]:
    """All runs, newest first; the demo is asked for only by who comes to the end."""
    yield from api.list_runs()
    if (demo := api.demo_run()) is not None:
        yield demo


def run_like(spec: RunSpec) -> str | None:
    """The newest run, or the demo, with the same data and network, whose dense one is trained."""
    for folder in _runs_and_demo():
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
    done, made = result(run_id), run_spec(run_id).prune
    if done is not None and (criterion, reconstruction) == (made.criterion, made.reconstruction):
        return [(row["params"], row["val_r2"]) for row in done["whatif"]["curve"]]
    found = api.whatif_curve(run_id, criterion, reconstruction)
    return [(stage.params, prediction.r2) for prediction, stage in found]


def predicted(run_id: str, hidden: tuple[int, ...], prune: PruneSpec) -> float:
    """Predicted validation R2 of one set of widths."""
    how = prune.criterion, prune.reconstruction
    return _predicted(run_id, hidden, *how, _facts_stamp(run_id))


@lru_cache(maxsize=4096)
def _predicted(
    run_id: str,
    hidden: tuple[int, ...],
    criterion: Criterion,
    reconstruction: Reconstruction,
    _: Stamp,
) -> float:
    found = api.whatif(run_id, hidden, criterion=criterion, reconstruction=reconstruction)
    return found[0].r2


def _facts_stamp(run_id: str) -> Stamp:
    folder = api.open_run(run_id)
    return stamp(folder.bring(folder.facts_path))
