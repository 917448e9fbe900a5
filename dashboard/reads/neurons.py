"""Single neurons of a run's dense network."""

from __future__ import annotations

from pathlib import Path

from dashboard.reads import data_source, run_files
from dashboard.reads.cached import cached, of_run
from spinn_engine import api
from spinn_engine.errors import SpinnError


def _files(run: api.RunFolder, *_: int) -> list[Path]:
    stages = range(run.spec().prune.stages)
    return [run.facts_path, *(run.importance_path(stage) for stage in stages)]


@cached(of_run(_files), most=128, spinner="Looking at the neuron ...")
def neuron(run_id: str, layer: int, number: int) -> tuple[api.Neuron, list[api.Choice]]:
    """One neuron, and every choice that it stood in so far.

    Raises:
        BadInputError: there is no such neuron, or no dense network yet.
    """
    return api.neuron(run_id, layer, number)


def input_names(run_id: str, count: int) -> tuple[str, ...]:
    """The inputs of a run's network, by name where they are still known."""
    found = run_files.result(run_id)
    if found is not None:
        return tuple(map(str, found["data"]["input_names"]))
    try:
        names = data_source.summary(run_files.run_spec(run_id).data).input_names
    except SpinnError:
        names = ()
    if len(names) != count:
        return tuple(f"input {number}" for number in range(1, count + 1))
    return names
