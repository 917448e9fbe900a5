"""A new run in the store, checked against its data. Imports no torch."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime

from spinn_engine.artifacts.imported_dense import import_network, write_imported
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.split import cross_validation
from spinn_engine.problems.terms import terms_of
from spinn_engine.pruning.schedule import plan
from spinn_engine.spec import RunSpec, fitted
from spinn_engine.store.files import write_atomically
from spinn_engine.store.owner import Owner, write_owner
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.store.runs import current_store


def create_run(
    spec: RunSpec, owner: Owner | None = None, problem: Problem | None = None
) -> RunFolder:
    """Check the spec against its data, and make the run's folder with ``spec.json`` in it.

    Args:
        spec: what to do.
        owner: whose run it is; None where nobody logs in.
        problem: that of the spec's data, where it is loaded already.

    Raises:
        BadInputError: the data, the folds, the schedule or the physics cannot be had as asked,
            or an imported dense network does not fit (see ``import_network``).
        BadInputError: or the folder cannot be written.
    """
    problem = problem or load_problem(spec.data)
    imported = None if spec.model.dense is None else import_network(spec, problem)
    if imported is not None:
        spec = imported.spec
    spec = fitted(spec, len(problem.train))
    inputs, outputs = len(problem.input_names), len(problem.target_names)
    plan(spec.prune, spec.model.hidden, inputs, outputs)
    terms_of(problem, spec.physics)
    if spec.compare.folds > 1:
        cross_validation(problem, spec.compare.folds)
    now = datetime.now(UTC)
    folder = RunFolder(current_store(), f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")
    stored = {
        "schema_version": spec.schema_version,
        "created": now.isoformat(timespec="seconds"),
        "data_sha256": problem.sha256(),
        "inputs": inputs,
        "outputs": outputs,
        "training_rows": len(problem.train),
        "spec": spec.model_dump(mode="json"),
    }
    if imported is not None:
        write_imported(folder, imported)
    if owner is not None:
        write_owner(folder, owner)
    write_atomically(folder.spec_path, json.dumps(stored, indent=2).encode())
    folder.publish()
    return folder
