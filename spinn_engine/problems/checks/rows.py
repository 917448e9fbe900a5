"""Checks of rows and groups: what is independent, what the split mixes, what lies outside."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spinn_engine.problems.checks.evidence import Evidence, Grouping
from spinn_engine.problems.checks.finding import Finding, Severity
from spinn_engine.problems.checks.runs import label_runs
from spinn_engine.problems.matrix import Indices, Matrix, blocks_of
from spinn_engine.problems.problem import Problem
from spinn_engine.words import fixed, listed, percent

Numbers = NDArray[np.uint64]

FILES = "file"  # a split by the files that the rows came from
SHARE_MISSING = 0.05
FEW_GROUPS = 5
FEW_ROWS = 30  # independent ones: an R2 of 0.5 then has a standard error of 0.13
LEAST_FOLDS, MANY_FOLDS = 3, 8
SLACK = 1e-9  # of a column's range, for sums that were rounded differently
SHARE_OUTSIDE = 0.05
TIMES_CHANCE, DEVIATIONS = 3.0, 3.0  # for the range, and for the rows that are judged
SHARE_REPEATED = 0.01


def missing(evidence: Evidence) -> list[Finding]:
    """Rows that cannot be used because a cell is missing. Exact."""
    problem = evidence.problem
    if problem.left_out == 0:
        return []
    rows = len(problem.inputs) + problem.left_out
    share = problem.left_out / rows
    names = tuple(sorted(problem.missing, key=lambda name: -problem.missing[name]))
    cells = listed([f"{name} lacks {problem.missing[name]:,}" for name in names])
    return [
        Finding(
            "missing",
            "warning" if share > SHARE_MISSING else "info",
            names,
            share,
            f"{problem.left_out:,} of {rows:,} rows ({percent(share)}) are left out because a cell "
            f"is missing or not finite: {cells}.",
            _advice(problem),
        )
    ]


def _advice(problem: Problem) -> str:
    if problem.named_once is not None:
        return (
            f"{problem.named_once} stands only in the first row of each group: if it holds for the "
            "rows below, fill it down in the file."
        )
    return (
        "Fill the cells or drop the column that lacks most. If they are missing for a reason (a "
        "sensor that fails late in a run), the other rows are a biased sample."
    )


def label_per_run(evidence: Evidence) -> list[Finding]:
    """Targets with one value a run: the runs are the independent samples, not the rows."""
    rows = len(evidence.problem.targets)
    found = []
    for name, runs in zip(evidence.problem.target_names, label_runs(evidence), strict=True):
        if runs is None:
            continue
        about = (name,) if runs.column is None else (name, runs.column)
        wider = evidence.units
        inside = wider is not None and wider.count < runs.count and runs.lies_in(wider)
        size = f"state {runs.count:,} as the sample size."
        alone = " independent"
        if wider is not None and inside:
            size = f"state {runs.count:,} labels in {wider.count:,} {wider.words} as the sample."
            alone = ""
        mixed = len(_on_both_sides(evidence, runs)) > 0
        found.append(
            Finding(
                "label_per_run",
                "warning",
                about,
                runs.count,
                f"{name} has one value in each of {runs.count:,} {runs.words}: the {rows:,} rows "
                f"are {runs.count:,}{alone} labels, {fixed(rows / runs.count, 0)} rows each.",
                f"Split by runs (--group), and {size}"
                if mixed
                else f"The split keeps runs whole, which is right; {size}",
            )
        )
    return found


def group_overlap(evidence: Evidence) -> list[Finding]:
    """Groups, or runs that share a label, with rows both in training and in what judges it."""
    runs = [found for found in label_runs(evidence) if found is not None]
    declared = [] if evidence.declared is None else [evidence.declared]
    certain = {grouping.words: grouping for grouping in (*declared, *runs)}
    likely = {g.words: g for g in evidence.group_like if g.words not in certain}
    errors = [_overlap(evidence, grouping, "error") for grouping in certain.values()]
    warnings = [_overlap(evidence, grouping, "warning") for grouping in likely.values()]
    return [finding for finding in errors + warnings if finding is not None]


def _overlap(evidence: Evidence, grouping: Grouping, severity: Severity) -> Finding | None:
    both = _on_both_sides(evidence, grouping)
    if len(both) == 0:
        return None
    name = grouping.column or (evidence.group if grouping.declared else None)
    advice = "Add a column that tells the runs apart and split by it (--group)."
    if name:
        first = (
            "Put all rows into one file and split" if evidence.problem.split == FILES else "Split"
        )
        advice = f"{first} by it (--group {name})."
    if name and name == evidence.group and evidence.problem.split != FILES:
        advice = "Split by whole groups (--split group)."
    return Finding(
        "group_overlap",
        severity,
        (name,) if name else (),
        len(both),
        f"{len(both):,} of {grouping.count:,} {grouping.words} have rows in training and in "
        "validation or test: a score there tells how well rows are learned by heart.",
        advice,
    )


def _on_both_sides(evidence: Evidence, grouping: Grouping) -> Indices:
    trained = grouping.among(evidence.problem.train)
    return np.intersect1d(trained, grouping.among(evidence.held_out))


def few_groups(evidence: Evidence) -> list[Finding]:
    """Fewer groups (rows, where there are no groups) in the test part than a score needs."""
    problem, units = evidence.problem, evidence.units
    if evidence.cross_validated:
        return []
    if units is None:
        return _few_rows(len(problem.test), len(problem.val))
    if len(_on_both_sides(evidence, units)):
        return []
    tested, validated = len(units.among(problem.test)), len(units.among(problem.val))
    if min(tested, validated) >= FEW_GROUPS:
        return []
    name = units.column or evidence.group
    how = f"--folds {min(MANY_FOLDS, units.count)}"
    option = how if units.declared else f"--group {name} {how}"
    advice = f"Cross-validate over whole groups ({option}), and show the interval."
    if units.count < LEAST_FOLDS:
        advice = "Bring rows of more groups."
    looks = "" if units.declared else f" ({name} looks like a group: it numbers blocks of rows)"
    return [
        Finding(
            "few_groups",
            "warning",
            (name,) if name else (),
            tested if tested < FEW_GROUPS else validated,
            f"The test rows are {tested} and the validation rows {validated} of {units.count:,} "
            f"{units.words}{looks}: {_says_little(tested, validated, FEW_GROUPS)}.",
            advice,
        )
    ]


def _few_rows(tested: int, validated: int) -> list[Finding]:
    if min(tested, validated) >= FEW_ROWS:
        return []
    return [
        Finding(
            "few_groups",
            "warning",
            (),
            tested if tested < FEW_ROWS else validated,
            f"There are {tested:,} test rows and {validated:,} validation rows: "
            f"{_says_little(tested, validated, FEW_ROWS)}.",
            "Cross-validate (--folds 8), or bring more rows.",
        )
    ]


def _says_little(tested: int, validated: int, least: int) -> str:
    what = ["one test score"] * (tested < least) + ["what validation chose"] * (validated < least)
    return f"{listed(what)} {'says' if len(what) == 1 else 'say'} little with fewer than {least}"


def repeated_rows(evidence: Evidence) -> list[Finding]:
    """Validation and test rows whose inputs are also those of a training row. Exact."""
    problem = evidence.problem
    inputs = _hashes(problem.inputs)
    again = evidence.held_out[_is_among(inputs[evidence.held_out], inputs[problem.train])]
    if len(again) == 0:
        return []
    whole = _hashes(problem.targets, inputs)
    copies = int(_is_among(whole[again], whole[problem.train]).sum())
    share, total = len(again) / len(evidence.held_out), len(evidence.held_out)
    severity: Severity = "info" if share < SHARE_REPEATED else "warning"
    if copies / total >= SHARE_REPEATED:
        severity = "error"
    return [
        Finding(
            "repeated_rows",
            severity,
            (),
            share,
            f"{len(again):,} of {total:,} validation and test rows ({percent(share)}) have the "
            f"inputs of a training row, {copies:,} of them also its targets.",
            "Take the copies out, or put equal rows into one group (--group).",
        )
    ]


def _hashes(matrix: Matrix, before: Numbers | None = None) -> Numbers:
    """A number ``[rows]`` that is equal for equal rows, and equal numbers of columns ``before``."""
    found = np.zeros(len(matrix), dtype=np.uint64) if before is None else before.copy()
    start = 0
    for block in blocks_of(matrix):
        own = found[start : start + len(block)]
        for column in block.T:
            own *= np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit is lost
            own += pd.util.hash_array(np.ascontiguousarray(column) + 0.0)  # -0.0 becomes 0.0
        start += len(block)
    return found


def _is_among(values: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """Which ``values`` are among ``others``, which are sorted in place."""
    others.sort()
    places = np.searchsorted(others, values)
    places[places == len(others)] = 0
    return np.asarray(others[places] == values)


def out_of_range(evidence: Evidence) -> list[Finding]:
    """Validation and test rows with an input outside what training has seen. Exact."""
    problem = evidence.problem
    if len(problem.train) == 0 or len(evidence.held_out) == 0:
        return []
    outside = np.zeros(len(problem.inputs), dtype=bool)
    counts: dict[str, int] = {}
    for name, values in zip(problem.input_names, problem.inputs.T, strict=True):
        trained = values[problem.train]
        low, high = trained.min(), trained.max()
        judged = values[evidence.held_out]
        slack = SLACK * (high - low)
        beyond = evidence.held_out[(judged < low - slack) | (judged > high + slack)]
        outside[beyond] = True
        if len(beyond):
            counts[name] = len(beyond)
    if not counts:
        return []
    columns = tuple(sorted(counts, key=lambda name: -counts[name]))
    test, val = float(outside[problem.test].mean()), float(outside[problem.val].mean())
    much = any(
        outside[part].mean() > max(SHARE_OUTSIDE, _most_by_chance(problem, len(part)))
        for part in (problem.test, problem.val)
    )
    most = counts[columns[0]] / len(evidence.held_out)
    return [
        Finding(
            "out_of_range",
            "warning" if much else "info",
            columns,
            max(test, val),
            f"{int(outside[problem.test].sum()):,} test rows ({percent(test)}) and "
            f"{int(outside[problem.val].sum()):,} validation rows ({percent(val)}) have an input "
            f"outside the range of the training rows, most often {columns[0]} ({percent(most)}); "
            f"all: {listed(columns)}.",
            "There a network extrapolates: judge these rows apart, or split so that training "
            "covers them.",
        )
    ]


def _most_by_chance(problem: Problem, rows: int) -> float:
    """The largest share of ``rows`` outside that no split of independent rows would exceed.

    A row leaves the range of n others in one column with chance 2 / (n + 1).
    """
    chance = 1 - (1 - 2 / (len(problem.train) + 1)) ** len(problem.input_names)
    return TIMES_CHANCE * chance + DEVIATIONS * float(np.sqrt(chance / rows))
