"""Checks of single columns: constant, duplicate, ids, and targets that were not measured."""

from __future__ import annotations

import numpy as np

from spinn_engine.problems.checks.evidence import Evidence, Grouping
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.checks.numbering import named_as_id
from spinn_engine.problems.problem import Floats
from spinn_engine.words import fixed, listed, shortest

SAME = 0.9999  # absolute correlation from which on one column repeats another
BLOCK = 256  # columns whose correlations are held at once
LEAST_ROWS = 10


def constant(evidence: Evidence) -> list[Finding]:
    """Inputs with one value in all rows, or in all rows that train. Exact."""
    problem = evidence.problem
    found = []
    for name, values in zip(problem.input_names, problem.inputs.T, strict=True):
        trained = values[problem.train]
        if len(trained) == 0 or trained.min() != trained.max():
            continue
        others = int((values[evidence.held_out] != trained[0]).sum())
        where = f"in all {len(values):,} rows" if others == 0 else "in every training row"
        beyond = f", but {others:,} validation and test rows differ" if others else ""
        found.append(
            Finding(
                "constant",
                "warning",
                (name,),
                float(trained[0]),
                f"{name} is {shortest(trained[0])} {where}{beyond}.",
                "Drop it: a network can learn nothing from it.",
                (name,),
            )
        )
    return found


def duplicate(evidence: Evidence) -> list[Finding]:
    """Inputs that repeat an earlier one, but for unit, offset or sign; and such targets."""
    if len(evidence.sample) < LEAST_ROWS:
        return []
    inputs, targets = evidence.problem.input_names, evidence.problem.target_names
    found = []
    for first, later, correlation in _repeats(evidence.inputs):
        name, again = inputs[first], inputs[later]
        if _of_one_text(name, again):
            continue
        how = "is equal to" if _equal(evidence.inputs, first, later) else "repeats"
        message = f"{again} {how} {name} (correlation {fixed(correlation, 6)})."
        advice = f"Drop {again}: it adds weights and no knowledge."
        found.append(
            Finding("duplicate", "warning", (name, again), correlation, message, advice, (again,))
        )
    for first, later, correlation in _repeats(evidence.targets):
        name, again = targets[first], targets[later]
        message = f"Target {again} repeats target {name} (correlation {fixed(correlation, 6)})."
        advice = "Keep one of the two, or the mean R2 counts the same thing twice."
        found.append(Finding("duplicate", "warning", (name, again), correlation, message, advice))
    return found


def identifier(evidence: Evidence) -> list[Finding]:
    """Inputs that number rows, groups or runs."""
    found = []
    for grouping in evidence.numbering:
        numbered = _what_it_numbers(evidence, grouping)
        if numbered is None or grouping.column is None:
            continue
        name = grouping.column
        found.append(
            Finding(
                "id",
                "warning",
                (name,),
                grouping.count,
                f"{name} numbers {numbered}: it measures nothing.",
                "Drop it: with it a network can learn rows by heart. If rows of one value belong "
                f"together, split by it (--group {name}).",
                (name,),
            )
        )
    return found


def modelled(evidence: Evidence) -> list[Finding]:
    """Targets that were computed from a model."""
    names = evidence.problem.modelled
    if not names:
        return []
    return [
        Finding(
            "modelled",
            "info",
            names,
            len(names),
            f"{listed(names)}: computed from a model, not measured.",
            "Say so wherever a score on it is shown: it tells how well a formula is learned.",
        )
    ]


def _what_it_numbers(evidence: Evidence, grouping: Grouping) -> str | None:
    rows, count, declared = len(grouping.codes), grouping.count, evidence.declared
    name = grouping.column or ""
    if evidence.orders_rows(name):
        return None
    if count == rows and rows >= LEAST_ROWS:
        return f"the rows (all {rows:,} values are different whole numbers)"
    if any(one.column == name for one in evidence.group_like):
        return f"blocks of consecutive rows ({count:,} values, {rows:,} rows)"
    if declared and declared.count == count and declared.lies_in(grouping):
        return f"the groups (one value in each of the {count:,} {declared.words})"
    return f"something, as its name says ({count:,} values)" if named_as_id(name) else None


def _repeats(values: Floats) -> list[tuple[int, int, float]]:
    """The earliest column that each repeats: first, later, absolute correlation."""
    spread = np.ptp(values, axis=0)
    varies = np.flatnonzero(spread > 0)
    scaled = (values[:, varies] - values[:, varies].mean(axis=0)) / spread[varies]
    scaled /= np.linalg.norm(scaled, axis=0)
    repeated: dict[int, tuple[int, float]] = {}
    for start in range(0, len(varies), BLOCK):
        block = np.abs(scaled[:, start : start + BLOCK].T @ scaled)  # [block, varies]
        for row, column in np.argwhere(block > SAME):
            first = start + int(row)
            if first < column and int(column) not in repeated and first not in repeated:
                repeated[int(column)] = (first, min(float(block[row, column]), 1.0))
    return [(int(varies[f]), int(varies[c]), value) for c, (f, value) in repeated.items()]


def _of_one_text(name: str, other: str) -> bool:
    """Whether two inputs are two values of one column of texts, as in ``part=a``, ``part=b``."""
    column, value, _ = name.partition("=")
    return bool(value) and other.startswith(f"{column}=")


def _equal(values: Floats, first: int, later: int) -> bool:
    return bool((values[:, first] == values[:, later]).all())
