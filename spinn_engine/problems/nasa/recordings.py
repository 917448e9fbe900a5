"""The runs in NASA's ``mill.mat``, as recorded, and what is wrong with a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.nasa.matlab import read_struct
from spinn_engine.problems.problem import Floats
from spinn_engine.words import listed, shortest

SIGNALS = ("smcAC", "smcDC", "vib_table", "vib_spindle", "AE_table", "AE_spindle")
NUMBERS = ("case", "run", "VB", "time", "DOC", "feed", "material")
SETTINGS = ("time", "DOC", "feed", "material")
MATERIALS = (1.0, 2.0)
LARGEST_NUMBER = 1_000_000  # of a case or run
SAMPLES = 9_000
LARGEST_READING = 100.0  # amplifiers were set to +-5 V at the largest load


@dataclass(frozen=True)
class Run:
    """One recorded cut.

    Attributes:
        case: number of the experiment, from one new tool to the worn one.
        run: number of the cut in its case.
        wear: flank wear VB in mm; NaN where it was not measured.
        settings: ``time`` in min since the case began, ``DOC`` in mm, ``feed`` in mm/rev,
            ``material`` 1 cast iron or 2 steel; NaN where one is missing.
        signals: by name, ``[samples]``.
    """

    case: int
    run: int
    wear: float
    settings: dict[str, float]
    signals: dict[str, Floats]

    def name(self) -> str:
        """The run as a user finds it in the file."""
        return f"case {self.case} run {self.run}"


def read_runs(path: Path) -> list[Run]:
    """All runs of a file, by case and run.

    Raises:
        BadInputError: the file is no MATLAB file of this kind, or a field has no sensible value.
    """
    records = read_struct(path, "mill")
    if not records:
        raise BadInputError(f"{path}: variable 'mill' holds no run")
    missing = [name for name in (*NUMBERS, *SIGNALS) if name not in records[0]]
    if missing:
        raise BadInputError(
            f"{path}: variable 'mill' has no field {missing[0]!r}, only {listed(list(records[0]))}"
        )
    runs = [
        _run(record, f"{path}: record {row} of 'mill'") for row, record in enumerate(records, 1)
    ]
    return sorted(runs, key=lambda run: (run.case, run.run))


def _run(record: dict[str, Floats], where: str) -> Run:
    numbers = {name: _number(record[name], f"{where}: {name}") for name in NUMBERS}
    for name in ("case", "run"):
        if not numbers[name].is_integer() or abs(numbers[name]) > LARGEST_NUMBER:
            raise BadInputError(
                f"{where}: {name} is {shortest(numbers[name])}, it must be a whole number"
            )
    wear, material = numbers["VB"], numbers["material"]
    if wear < 0:
        raise BadInputError(f"{where}: VB is {shortest(wear)} mm, wear cannot be below zero")
    if np.isfinite(material) and material not in MATERIALS:
        raise BadInputError(
            f"{where}: material is {shortest(material)}, it must be 1 (cast iron) or 2 (steel)"
        )
    return Run(
        case=int(numbers["case"]),
        run=int(numbers["run"]),
        wear=wear,
        settings={name: numbers[name] for name in SETTINGS},
        signals={name: record[name] for name in SIGNALS},
    )


def _number(values: Floats, where: str) -> float:
    """The one number of a field; NaN where the field is empty."""
    if len(values) > 1:
        raise BadInputError(f"{where} has {len(values):,} numbers, one is needed")
    return float(values[0]) if len(values) else float("nan")


def fault(run: Run) -> str | None:
    """Why a run cannot be used, in words that follow "because"; None for a sound one."""
    values = list(run.signals.values())
    if not np.isfinite(run.wear):
        return "VB was not measured"
    if not np.isfinite(list(run.settings.values())).all():
        return "a time or a setting of the cut is missing"
    if any(len(signal) != SAMPLES for signal in values):
        return f"a signal does not have {SAMPLES:,} samples"
    # A comparison with NaN is false.
    if not all((np.abs(signal) <= LARGEST_READING).all() for signal in values):
        return f"a signal is corrupt (beyond {shortest(LARGEST_READING)}, or not a number)"
    if any(signal.min() == signal.max() for signal in values):
        return "a signal is dead (one value throughout)"
    return None


def left_out(runs: Sequence[Run]) -> list[str]:
    """A sentence for each reason to leave runs out, with their number and names."""
    reasons: dict[str, list[Run]] = {}
    for run in runs:
        reason = fault(run)
        if reason is not None:
            reasons.setdefault(reason, []).append(run)
    return [
        f"{len(found)} of {len(runs)} runs left out because {reason}: {_names(found)}."
        for reason, found in reasons.items()
    ]


def _names(runs: Sequence[Run]) -> str:
    cases: dict[int, list[str]] = {}
    for run in runs:
        cases.setdefault(run.case, []).append(str(run.run))
    return "; ".join(
        f"case {case} run{'s' if len(own) > 1 else ''} {', '.join(own)}"
        for case, own in cases.items()
    )
