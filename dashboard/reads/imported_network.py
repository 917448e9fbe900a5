"""A checkpoint from elsewhere: what its file holds, and measured on the data of a plan."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from dashboard.reads.cached import cached, of_source
from spinn_engine import api
from spinn_engine.spec import DataSpec, ModelSpec, RunSpec


@dataclass(frozen=True)
class ImportedNetwork:
    """An imported checkpoint on a data source: the ``model`` part of a spec, and what was found."""

    model: ModelSpec
    r2: dict[str, dict[str, float | None]]
    mean_r2: float | None
    format: str
    dtype: str
    params: int
    nonzero: int
    dead: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class StoredFile:
    """What the file of a checkpoint holds, as ``StoredNetwork`` has it."""

    kind: str
    format: str
    dtype: str
    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    activation: str | None
    params: int
    notes: tuple[str, ...]
    undecided: tuple[str, ...]


@cached(lambda path: [Path(path)], most=16, spinner="Reading the checkpoint ...")
def stored(path: str) -> StoredFile:
    """The network in a file, without any data.

    Raises:
        SpinnError: the file holds no network that can be read.
    """
    found = api.inspect(path)
    return StoredFile(**{field.name: getattr(found, field.name) for field in fields(StoredFile)})


def imported(spec: RunSpec) -> ImportedNetwork:
    """The checkpoint that a spec names as its dense network, measured on its data.

    Raises:
        SpinnError: the file holds no network that can be read, or it does not fit the data.
    """
    # what is not said, as the activation, is found out
    return _imported(spec.data, spec.model.model_dump_json(exclude_unset=True))


@cached(
    lambda data, model: [*of_source(data), Path(json.loads(model)["dense"])],
    most=16,
    spinner="Reading the checkpoint ...",
)
def _imported(data: DataSpec, model: str) -> ImportedNetwork:
    parts = {"data": data.model_dump(mode="json"), "model": json.loads(model)}
    found = api.import_network(RunSpec.from_dict(parts, where="plan"))
    return ImportedNetwork(
        model=found.spec.model,
        r2=found.r2,
        mean_r2=found.mean_r2(),
        format=found.network.format,
        dtype=found.network.dtype,
        params=found.network.params,
        nonzero=found.network.nonzero,
        dead=found.network.dead,
        notes=(*found.network.notes, *found.notes),
    )
