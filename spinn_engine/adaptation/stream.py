"""The new rows: a steel that is new to ``milling-sim``, or a user's own table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spinn_engine.adaptation.table_stream import read_new_rows
from spinn_engine.errors import BadInputError
from spinn_engine.problems.arrivals import Column, findings_on
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.matrix import Matrix
from spinn_engine.problems.milling.new_steel import NEW_STEEL, new_material
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.problems.tables.gaps import numbers_among
from spinn_engine.problems.tables.table import table_path
from spinn_engine.spec import DataSpec
from spinn_engine.vocabulary import source_of
from spinn_engine.words import percent, shortest

NEW_MATERIAL = "milling-sim, new material"
FARTHEST = 1e15  # standard deviations; float32 can still square that


@dataclass(frozen=True)
class Stream:
    """New rows, in the order in which they come.

    Attributes:
        source: where they come from, as it is shown.
        inputs: ``[rows, in]`` raw units, the columns of the run in its order.
        targets: ``[rows, out]`` raw units.
        simulated: whether a simulator made them.
        notes: what was done to them, in sentences.
        findings: what is to be known of them before anything learns from them.
        reading: how the table was read.
    """

    source: str
    inputs: Floats
    targets: Floats
    simulated: bool
    notes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    reading: tuple[Mapping[str, Any], ...] = ()

    def sha256(self) -> str:
        """Hash of the values."""
        digest = hashlib.sha256()
        for array in (self.inputs, self.targets):
            digest.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def open_stream(problem: Problem, data: DataSpec, source: str | None) -> Stream:
    """The new rows for a run.

    Args:
        problem: what the run has learned.
        data: how its columns were used, and how the table is to be read.
        source: ``table:PATH``, or None for what the run's own source has to offer.

    Raises:
        BadInputError: there is nothing to adapt to, no source is named where one is needed, the
            table does not fit the run, its rows are not new, or a number in them looks like a code
            for a missing value.
    """
    if problem.equation is not None:
        raise BadInputError(
            f"{problem.source}: the run has learned from an equation, not from rows, so there are "
            "no new rows to adapt to: adapt a run on data"
        )
    row = None if source is None else source_of(source)
    if source is None or (row is not None and row.streams and source == problem.source):
        stream = _own_stream(problem)
    elif row is not None and row.own_columns:
        rows = read_new_rows(problem, data, table_path(source))
        stream = Stream(source, rows.inputs, rows.targets, False, rows.notes, reading=rows.reading)
    else:
        raise BadInputError(
            f"--data {source!r}: new rows come from a table with the columns of the run, "
            "as in table:new_rows.csv"
        )
    _check_targets(problem, stream)
    stream = _with_findings(problem, data, stream)
    _check_reach(problem, stream)
    return _only_new(problem, stream)


def _with_findings(problem: Problem, data: DataSpec, stream: Stream) -> Stream:
    """The rows with what is found in them, held against the training rows."""
    inputs, targets = (
        [
            Column(name, old[problem.train].min(), old[problem.train].max(), new)
            for name, old, new in zip(names, trained.T, arrived.T, strict=True)
        ]
        for names, trained, arrived in (
            (problem.input_names, problem.inputs, stream.inputs),
            (problem.target_names, problem.targets, stream.targets),
        )
    )
    findings = findings_on(inputs, targets, numbers_among(data.not_missing))
    for one in findings:
        if one.severity == "error":
            raise BadInputError(
                f"{stream.source}: {one.message[:-1]}: {one.advice[0].lower()}{one.advice[1:-1]}"
            )
    return replace(stream, findings=tuple(findings))


def _own_stream(problem: Problem) -> Stream:
    row = source_of(problem.source)
    if row is None or not row.streams:
        raise BadInputError(
            f"{problem.source} has no new rows of its own: name a table of new rows with the same "
            "columns, as in --data table:new_rows.csv"
        )
    columns, steel = new_material(), NEW_STEEL
    low, high = steel.hardness
    note = (
        f"The rows are simulated: {steel.lives} new tools in a new steel of {shortest(low)} to "
        f"{shortest(high)} HB, with {percent(steel.force - 1, 0)} more specific cutting force, "
        f"which wears tools {percent(steel.wear - 1, 0)} faster."
    )
    inputs = np.stack([columns[name] for name in problem.input_names], axis=1)
    targets = np.stack([columns[name] for name in problem.target_names], axis=1)
    return Stream(NEW_MATERIAL, inputs, targets, True, (note,))


def _check_targets(problem: Problem, stream: Stream) -> None:
    """No R2 is defined where a target is constant."""
    constant = np.ptp(stream.targets, axis=0) == 0
    if constant.any():
        raise BadInputError(
            f"{stream.source}: target {problem.target_names[int(constant.argmax())]!r} is constant "
            f"in all {len(stream.targets)} new rows, so no R2 is defined: bring rows that vary"
        )


def _check_reach(problem: Problem, stream: Stream) -> None:
    """Refuse values that are not finite once they are standardised in single precision."""
    for names, new, old in (
        (problem.input_names, stream.inputs, problem.inputs[problem.train]),
        (problem.target_names, stream.targets, problem.targets[problem.train]),
    ):
        spread = old.std(axis=0)
        far = np.abs(new - old.mean(axis=0)) > FARTHEST * np.where(spread > 0, spread, 1.0)
        if far.any():
            row, column = (int(place) for place in np.argwhere(far)[0])
            raise BadInputError(
                f"{stream.source}: {names[column]!r} is {shortest(new[row, column])} in new row "
                f"{row + 1}, too far from the training rows to calculate with: mend or leave out "
                "such rows"
            )


def _only_new(problem: Problem, stream: Stream) -> Stream:
    """Refuse a stream that mostly repeats rows of the run; fewer such rows are noted."""
    known = {row.tobytes() for row in _together(problem.inputs, problem.targets)}
    rows = _together(stream.inputs, stream.targets)
    count = sum(row.tobytes() in known for row in rows)
    if 2 * count > len(rows):
        raise BadInputError(
            f"{stream.source}: {count:,} of {len(rows):,} rows are among those that the run was "
            "made with, so they would tell nothing: bring rows that are new"
        )
    if count == 0:
        return stream
    note = f"{count:,} of {len(rows):,} rows are equal to rows that the run was made with."
    return replace(stream, notes=(*stream.notes, note))


def _together(inputs: Matrix, targets: Floats) -> Floats:
    return np.hstack([inputs, targets])
