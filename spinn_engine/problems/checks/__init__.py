"""What is wrong with the data, before anybody publishes it: ``check_problem(problem)``.

A check is a function from ``Evidence`` to findings, by its name in ``CHECKS``. Statistics use a
sample of the rows; constants, repeated rows and ranges are exact. Targets of test rows are read
only where the question is how the data came about (``leak``, ``clock``, ``label_per_run``,
copies), never to choose anything. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Callable

from spinn_engine.problems import load_problem
from spinn_engine.problems.checks.clocks import clock
from spinn_engine.problems.checks.codes import missing_code, totals
from spinn_engine.problems.checks.columns import constant, duplicate, identifier, modelled
from spinn_engine.problems.checks.evidence import Evidence
from spinn_engine.problems.checks.finding import SEVERITIES, Finding
from spinn_engine.problems.checks.leaks import leak
from spinn_engine.problems.checks.linear import linear_enough
from spinn_engine.problems.checks.order import dependent, row_order
from spinn_engine.problems.checks.rows import (
    few_groups,
    group_overlap,
    label_per_run,
    missing,
    out_of_range,
    repeated_rows,
)
from spinn_engine.problems.checks.wide import long, wide
from spinn_engine.problems.problem import Problem, without_last
from spinn_engine.spec import DataSpec

CHECKS: dict[str, Callable[[Evidence], list[Finding]]] = {
    "row_order": row_order,
    "leak": leak,
    "group_overlap": group_overlap,
    "repeated_rows": repeated_rows,
    "label_per_run": label_per_run,
    "few_groups": few_groups,
    "clock": clock,
    "id": identifier,
    "constant": constant,
    "duplicate": duplicate,
    "dependent": dependent,
    "missing": missing,
    "missing_code": missing_code,
    "totals": totals,
    "out_of_range": out_of_range,
    "modelled": modelled,
    "linear_enough": linear_enough,
    "wide": wide,
    "long": long,
}


def check_problem(
    problem: Problem, group: str | None = None, *, cross_validated: bool = False
) -> list[Finding]:
    """Everything that the checks find, the worst first.

    Args:
        problem: rows, groups and split.
        group: name of the column that the groups come from, for the messages.
        cross_validated: whether the split is one of several folds.
    """
    evidence = Evidence(problem, group, cross_validated=cross_validated)
    found = totals(evidence)
    if found:  # which would be blamed on the columns that are summed up
        evidence = Evidence(without_last(problem), group, cross_validated=cross_validated)
    others = (check for check in CHECKS.values() if check is not totals)
    return by_severity(found + [one for check in others for one in check(evidence)])


def check_data(data: DataSpec) -> list[Finding]:
    """Everything that the checks find in a source, the worst first.

    Raises:
        BadInputError: the data cannot be had as asked.
    """
    return check_problem(load_problem(data), data.group)


def by_severity(findings: list[Finding]) -> list[Finding]:
    """The worst first, otherwise in the order of ``CHECKS``."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def advised_drops(findings: list[Finding]) -> tuple[str, ...]:
    """The input columns that the findings advise to take out, each once."""
    return tuple(dict.fromkeys(name for finding in findings for name in finding.drop))
