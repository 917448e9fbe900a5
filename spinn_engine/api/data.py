"""Data and networks that are read, before anything runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from spinn_engine.artifacts.imported_dense import ImportedNetwork
from spinn_engine.artifacts.imported_dense import import_network as import_to
from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.checks import advised_drops, check_problem
from spinn_engine.spec import DataSpec, RunSpec

if TYPE_CHECKING:
    pass


def check(data: DataSpec) -> list[dict[str, Any]]:
    """What is wrong with the data, the worst first: plain data, one entry a finding.

    Each has ``check``, ``severity``, ``columns``, ``value``, ``message``, ``advice`` and ``drop``
    (the input columns that are better taken out).

    Raises:
        BadInputError: the data cannot be had as asked.
    """
    return [asdict(finding) for finding in check_problem(load_problem(data), data.group)]


def split(data: DataSpec) -> dict[str, Any]:
    """How the rows are split: ``by`` what, and ``rows`` of the parts train, val and test.

    ``by`` is a name of ``SPLITS``, or ``file`` where the files are the split; ``groups`` are those
    of each part, None where there are none.

    Raises:
        BadInputError: the data cannot be had as asked.
    """
    problem = load_problem(data)
    parts = {"train": problem.train, "val": problem.val, "test": problem.test}
    groups = None
    if problem.groups is not None:
        of_row = problem.groups.tolist()
        groups = {name: len({of_row[row] for row in rows}) for name, rows in parts.items()}
    rows_of = {name: len(rows) for name, rows in parts.items()}
    return {"by": problem.split, "rows": rows_of, "groups": groups}


def without_flagged(spec: RunSpec) -> RunSpec:
    """The spec with the columns that ``check`` advises to drop written into ``data.drop``.

    Raises:
        BadInputError: the data cannot be had as asked, or no input would be left.
    """
    problem = load_problem(spec.data)
    flagged = advised_drops(check_problem(problem, spec.data.group))
    if len(flagged) == len(problem.input_names):
        raise BadInputError(
            f"{spec.data.source}: the checks advise to drop all {len(flagged)} inputs, so choose "
            "which to drop (--drop) from what 'check' says of each"
        )
    data = spec.data.model_copy(update={"drop": (*spec.data.drop, *flagged)})
    return spec.model_copy(update={"data": data})


def import_network(spec: RunSpec) -> ImportedNetwork:
    """Read the checkpoint that a spec names as its dense network, and measure it on the data.

    Raises:
        BadInputError: the data cannot be had as asked, or the file does not fit it.
        CorruptArtifactError: the file is broken, or no plain multilayer perceptron.
    """
    return import_to(spec, load_problem(spec.data))
