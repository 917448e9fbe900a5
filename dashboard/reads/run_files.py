"""What the files of a run say: its spec, its stages, its neurons, its result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard.reads.cached import cached, of_run
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec


# Many are looked through at once, and none is fetched: it came with the run, and never changes.
@cached(lambda run_id: [api.open_run(run_id).spec_path], most=4096, shared=True)
def run_spec(run_id: str) -> RunSpec:
    """The spec of a run."""
    return api.open_run(run_id).spec()


@cached(lambda run_id: [api.open_run(run_id).spec_path], most=64, shared=True)
def dense_graph(run_id: str) -> api.Graph:
    """The dense network of a run."""
    run = api.open_run(run_id)
    return run.spec().model.graph_for(*run.inputs_and_outputs())


@cached(lambda run_id: [api.open_run(run_id).spec_path], most=64)
def training_rows(run_id: str) -> int:
    """Rows that a network of a run is trained on; 1 where a run of an earlier version is silent."""
    return api.open_run(run_id).training_rows() or 1


@cached(of_run(lambda run: [run.result_path]), most=64)
def result(run_id: str) -> dict[str, Any] | None:
    """The metrics file of a finished run, else None."""
    return api.open_run(run_id).result()


def stage_rows(run_id: str) -> list[dict[str, Any]]:
    """One row a finished stage; with R2 on the test rows once the run is done."""
    run = api.open_run(run_id)
    stages = range(run.spec().prune.stages + 1)
    return _stage_rows(run_id, tuple(stage for stage in stages if run.stage_is_done(stage)))


@cached(of_run(lambda run, _: [run.result_path]), most=64)
def _stage_rows(run_id: str, done: tuple[int, ...]) -> list[dict[str, Any]]:
    return api.stage_rows(api.open_run(run_id))


@cached(of_run(lambda run, stage, seed=None: [run.importance_path(stage)]), most=64)
def importance(run_id: str, stage: int, seed: int | None = None) -> list[api.LayerImportance]:
    """Scores and fate of the neurons at a stage, an entry for all that is pruned together."""
    return api.importance(run_id, stage, seed)


@cached(of_run(lambda run: [run.fields_path]), most=8)
def fields(run_id: str) -> api.Fields:
    """The solution of an equation over its domain, before and after pruning."""
    return api.fields(run_id)


def run_like(spec: RunSpec) -> str | None:
    """The newest run, or the demo, with the same data and network, whose dense one is trained."""
    for run in _runs_and_demo():
        try:
            other = run_spec(run.run_id)
        except SpinnError:
            continue
        if (other.data, other.model) == (spec.data, spec.model) and run.has(run.facts_path):
            return run.run_id
    return None


def _runs_and_demo() -> Iterator[api.RunFolder]:
    """All runs, newest first; the demo is asked for only by who comes to the end."""
    yield from api.list_runs()
    if (demo := api.demo_run()) is not None:
        yield demo
