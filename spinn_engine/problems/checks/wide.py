"""What is not looked for where a table has very many columns."""

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
