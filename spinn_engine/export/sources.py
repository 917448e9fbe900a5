"""Which network of a finished run an export holds, and what every file says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinn_engine.artifacts.checkpoints import load_network
from spinn_engine.artifacts.delivery import FINAL_NAME, ZEROED_NAME, checkpoint_name
from spinn_engine.errors import BadInputError
from spinn_engine.export.comparison import Rows
from spinn_engine.export.precision import Folded, folded
from spinn_engine.graph.kinds import mlp
from spinn_engine.imported.files.own_format import EXPORT_FORMAT
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import FORMATS, ZEROED, main_arm
from spinn_engine.words import listed


@dataclass(frozen=True)
class Source:
    """One network of a finished run.

    Attributes:
        arm: that of a stage, or ``ZEROED``.
        stage: its stage.
        path: its checkpoint.
        folded: the network, its scaling folded in.
        input_names: names of the inputs, in order.
        target_names: names of the targets, in order.
        units: column name to unit, where known.
    """

    arm: str
    stage: int
    path: Path
    folded: Folded
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    units: dict[str, str]

    def about(self) -> dict[str, Any]:
        """What the network is; holds nothing that differs between two runs of one spec.

        ``hidden`` are the widths of what may be pruned; ``graph`` is there where these and the
        activation do not say it all.
        """
        graph = self.folded.network.graph
        plain = mlp(graph.hidden, graph.inputs, graph.outputs, graph.activation)
        return {
            "arm": self.arm,
            "stage": self.stage,
            "hidden": list(graph.hidden),
            "activation": graph.activation,
            **({} if graph == plain else {"graph": graph.model_dump(mode="json")}),
            "dtype": self.folded.dtype,
            "inputs": [{"name": n, "unit": self.units.get(n)} for n in self.input_names],
            "outputs": [{"name": n, "unit": self.units.get(n)} for n in self.target_names],
        }

    def metadata(self) -> dict[str, str]:
        """The same as text by name, as file formats take it; lists are JSON."""
        values = {"format": EXPORT_FORMAT, **self.about()}
        return {k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}


def checkpoint_of(folder: RunFolder, sparse: bool, stage: int | None) -> Path:
    """The checkpoint that an export is made of: of a stage, by default the final one.

    Raises:
        BadInputError: the run has no such stage or arm, or the file is gone.
    """
    name = ZEROED_NAME if sparse else _stage_name(folder, stage)
    if sparse and stage is not None:
        raise BadInputError(
            f"{_sparse()} hold the network of the arm {ZEROED}, which there is only at the end: "
            "leave --stage out"
        )
    if sparse and ZEROED not in folder.spec().compare.controls:
        raise BadInputError(
            f"run {folder.run_id} has no arm {ZEROED}, whose zeros {_sparse()} leave out: "
            "choose another format"
        )
    path = folder.checkpoints / name
    if not folder.has(path):
        raise BadInputError(
            f"run {folder.run_id} lacks checkpoints/{name}, which it had when it ended: put the "
            "file back, or do the run again"
        )
    return folder.checked(path)


def _sparse() -> str:
    return listed([name for name, row in FORMATS.items() if row.sparse])


def _stage_name(folder: RunFolder, stage: int | None) -> str:
    last = folder.spec().prune.stages
    if stage is None:
        return FINAL_NAME
    if not 0 <= stage <= last:
        raise BadInputError(f"run {folder.run_id} has stages 0 to {last} but got --stage {stage}")
    return checkpoint_name(stage)


def read_source(path: Path, stage: int, rows: Rows) -> Source:
    """A network with its scaling folded in; the arm and the names come from its checkpoint.

    Raises:
        CorruptArtifactError: the checkpoint is broken.
    """
    whole = load_network(path)
    arm = ZEROED if path.name == ZEROED_NAME else main_arm(stage)
    names = whole.input_names, whole.target_names
    return Source(arm, stage, path, folded(whole, rows), *names, rows.units)
