"""Checks for numbers that were not measured: codes such as -9999, and a last row of totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np

from spinn_engine.problems.checks.evidence import Evidence
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.problem import Floats
from spinn_engine.words import counted, shortest, shown_list

LEAST_TIMES = 3  # a value that is there once or twice may be an outlier
LEAST_OTHERS = 10  # different values: of few, none is far from the rest
NINES = re.compile(r"-?9{2,}\.(0|9+)")
HUGE = 1e20
MOST_ROWS = 2**20  # as many as a sheet has: longer files are not summed up by their last row
SAME = 1e-6  # of a sum, which may have been rounded
FAR, VERY_FAR = 1.0, 10.0  # ranges of the other values: of what looks like a code, and of any value


def missing_code(evidence: Evidence) -> list[Finding]:
    """Columns in which one value comes again and again, far from all others. Exact."""
    problem = evidence.problem
    columns = chain(
        zip(problem.input_names, problem.inputs.T, strict=True),
        zip(problem.target_names, problem.targets.T, strict=True),
    )
    return [
        Finding(
            "missing_code",
            "error",
            (name,),
            code,
            f"{shortest(code)} stands in {counted(times, 'row')} of {name}, far from all others "
            f"({shortest(others[0])} to {shortest(others[1])}): it looks like a code for a missing "
            "value.",
            f"Say that it is missing (--missing {typed(code)}): its rows are left out and counted.",
        )
        for name, values in columns
        for code, times, others in _codes(values)
    ]


def _codes(values: Floats) -> Iterator[tuple[float, int, tuple[float, float]]]:
    """Each code of a column, how often it is there, and between what the other values lie."""
    ends = values.min(), values.max()
    if all(np.count_nonzero(values == end) < LEAST_TIMES for end in ends):
        return
    left, counts = np.unique(values, return_counts=True)
    while len(left) > LEAST_OTHERS:
        gaps = left[1] - left[0], left[-1] - left[-2]
        end = 0 if gaps[0] > gaps[1] else -1
        rest = left[1:] if end == 0 else left[:-1]
        code, times = float(left[end]), int(counts[end])
        is_code = looks_like_one(code)
        far = max(gaps) > (FAR if is_code else VERY_FAR) * (rest[-1] - rest[0])
        is_alone = is_code and code < 0 <= rest[0]  # the only number below zero
        if times < LEAST_TIMES or not (far or is_alone):
            return
        left, counts = rest, counts[1:] if end == 0 else counts[:-1]
        yield code, times, (float(rest[0]), float(rest[-1]))


def looks_like_one(value: float) -> bool:
    """Whether a number is one of those that stand for a missing value: nines, or a huge one."""
    return abs(value) >= HUGE or NINES.fullmatch(repr(value)) is not None


def typed(code: float) -> str:
    """A number as a person types it."""
    return str(int(code)) if code.is_integer() and abs(code) < HUGE else repr(code)


def totals(evidence: Evidence) -> list[Finding]:
    """A last row that holds the sums, or the means, of two columns or more. Exact."""
    problem = evidence.problem
    if not LEAST_OTHERS < len(problem.inputs) <= MOST_ROWS:
        return []
    columns = dict(zip(problem.target_names, problem.targets.T, strict=True))
    columns |= zip(problem.input_names, problem.inputs.T, strict=True)
    for what, of in (("sums", np.sum), ("means", np.mean)):
        found = [name for name, values in columns.items() if _is_made_of(values, of)]
        if len(found) > 1:
            return [
                Finding(
                    "totals",
                    "error",
                    tuple(found),
                    float(len(problem.inputs)),
                    f"The last of {counted(len(problem.inputs), 'row')} holds the {what} of those "
                    f"above it in {shown_list(found)}: it is no measurement.",
                    "Take it out of the file, or name its line (--drop-lines).",
                )
            ]
    return []


def _is_made_of(values: Floats, of: Callable[[Floats], float]) -> bool:
    """Whether the last value is the sum, or the mean, of all others, which differ."""
    made, above = float(values[-1]), values[:-1]
    return bool(abs(made - of(above)) <= SAME * abs(made) and np.ptp(above) > 0)
