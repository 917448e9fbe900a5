"""What is not looked for, or not in every row, where a table has very many columns or rows."""

from __future__ import annotations

from spinn_engine.problems.checks.evidence import SAMPLE_ROWS, Evidence
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.checks.least_squares import MOST_INPUTS


def wide(evidence: Evidence) -> list[Finding]:
    """More inputs than are fitted together."""
    inputs, rows = len(evidence.problem.input_names), len(evidence.sample)
    if inputs <= MOST_INPUTS:
        return []
    fewer = ""
    if rows < min(SAMPLE_ROWS, len(evidence.problem.inputs)):
        fewer = f", and statistics are of {rows:,} rows"
    return [
        Finding(
            "wide",
            "info",
            (),
            inputs,
            f"There are {inputs:,} inputs: whether several together give a target was looked for "
            f"among the {MOST_INPUTS} that go with it most{fewer}.",
            "Drop what is not needed (--drop): fewer inputs are checked more closely.",
        )
    ]


def long(evidence: Evidence) -> list[Finding]:
    """More rows than statistics are taken on."""
    rows, sample = len(evidence.problem.inputs), len(evidence.sample)
    if rows <= SAMPLE_ROWS:
        return []
    return [
        Finding(
            "long",
            "info",
            (),
            rows,
            f"There are {rows:,} rows: leaks, inputs that repeat others, weighted sums and "
            f"straight lines were looked for in {sample:,} of them, the same every time; "
            "constants, codes, repeated rows and ranges in all.",
            "What holds in fewer than one row of some hundred may not be seen.",
        )
    ]
