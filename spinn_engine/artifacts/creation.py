"""A new run in the store, checked against its data. Imports no torch."""

from __future__ import annotations

import json
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from spinn_engine.artifacts.imported_dense import ImportedNetwork, import_network, write_imported
from spinn_engine.guarded.processes import guarded
from spinn_engine.problems import load_problem
from spinn_engine.problems.apart import apart
from spinn_engine.problems.split import cross_validation
from spinn_engine.problems.terms import terms_of
from spinn_engine.pruning.schedule import plan
from spinn_engine.spec import RunSpec, fitted
from spinn_engine.store.files import locked
from spinn_engine.store.manifest import MADE
from spinn_engine.store.owner import Owner, write_owner
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.store.runs import current_store, results_root
from spinn_engine.training.scaling import check_zeros, target_scale


@dataclass(frozen=True)
class CheckedSpec:
    """A spec that its data allow.

    Attributes:
        spec: fitted to its rows, with what is found in an imported dense network.
        imported: that network, or None.
        inputs: their names.
        outputs: number of targets.
        training_rows: number of rows that train.
        data_sha256: of the data: see ``Problem.sha256``.
        data_hashes: that, and what earlier versions wrote for these data.
    """

    spec: RunSpec
    imported: ImportedNetwork | None
    inputs: tuple[str, ...]
    outputs: int
    training_rows: int
    data_sha256: str
    data_hashes: frozenset[str]


def check_spec(spec: RunSpec) -> CheckedSpec:
    """Check a spec against its data.

    Raises:
        BadInputError: the data, the folds, the schedule or the physics cannot be had as asked,
            or an imported dense network does not fit (see ``import_network``).
    """
    problem = load_problem(spec.data)
    imported = None if spec.model.dense is None else import_network(spec, problem)
    if imported is not None:
        spec = imported.spec
    spec = fitted(spec, len(problem.train))
    ends = problem.input_names, len(problem.target_names)
    plan(spec.prune, spec.model.graph_for(*ends))
    folds = spec.compare.folds
    splits = cross_validation(problem, folds) if folds > 1 else [(problem.train,)]
    for train, *_ in splits:
        target_scale(problem, train, spec.model)  # refuses what the outputs could not be
        check_zeros(problem, train, spec.model)
    terms_of(problem, spec.physics)
    hashes = problem.sha256(), problem.known_hashes()
    return CheckedSpec(spec, imported, *ends, len(problem.train), *hashes)


def check_spec_apart(spec: RunSpec) -> CheckedSpec:
    """``check_spec``, its files read within limits (same errors, and that they take too much)."""
    if spec.model.dense is None:
        return apart(check_spec, spec)
    return guarded(spec.model.dense, check_spec, spec, most_bytes=None)


def one_at_a_time() -> AbstractContextManager[None]:
    """Keep others of this machine from making runs, so that two who make the same see each other.

    Raises:
        BadInputError: the store cannot be written.
    """
    return locked(results_root() / ".submit.lock")


def create_run(
    spec: RunSpec, owner: Owner | None = None, checked: CheckedSpec | None = None
) -> RunFolder:
    """Check the spec against its data, and make the run's folder with ``spec.json`` in it.

    Args:
        spec: what to do.
        owner: whose run it is; None where nobody logs in.
        checked: the same spec, where it was checked already.

    Raises:
        BadInputError: see ``check_spec``, or the folder cannot be written.
    """
    checked = checked or check_spec_apart(spec)
    now = datetime.now(UTC)
    folder = RunFolder(current_store(), f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")
    stored = {
        "schema_version": checked.spec.schema_version,
        "created": now.isoformat(timespec="seconds"),
        "data_sha256": checked.data_sha256,
        "inputs": len(checked.inputs),
        "input_names": list(checked.inputs),
        "outputs": checked.outputs,
        "training_rows": checked.training_rows,
        "spec": checked.spec.model_dump(mode="json"),
    }
    if checked.imported is not None:
        write_imported(folder, checked.imported)
    if owner is not None:
        write_owner(folder, owner)
    imported = [] if checked.imported is None else [folder.imported_path]
    folder.record(MADE, imported, (folder.spec_path, json.dumps(stored, indent=2).encode()))
    folder.publish()
    return folder
