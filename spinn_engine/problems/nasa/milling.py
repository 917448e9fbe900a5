"""``nasa-mill:PATH``: the milling data set of NASA Ames and UC Berkeley, as distributed.

The file ``mill.mat`` (Agogino, A. and Goebel, K. (2007). Milling Data Set. BEST lab, UC Berkeley,
NASA Prognostics Data Repository, https://data.nasa.gov/dataset/milling-wear; facts here are from
the documentation in its archive) holds 167 runs of 16 cases: each a new face mill of 70 mm with 6
inserts KC710 that cuts cast iron or steel at 826 rev/min until it is worn, on a Matsuura MC-510V.
Six signals were recorded at 250 Hz for 36 s a run. Flank wear VB was measured under a microscope
after most runs.

Rows: eight windows of 1 s a run, see ``nasa_mill_windows``. All of a run have its VB, so there are
as many independent labels as runs. Whole cases train, validate and test. Left out, counted and
named in the notes: runs without VB (21 in the file), without a setting, with a signal that is
corrupt (case 2 run 1), dead, or has not 9,000 samples (case 12 run 1, which also has no VB).

The 18 inputs: ``time`` (min; it rises with the wear in every case, so it is a clock: compare with
``--drop time``), ``DOC`` (depth of cut, mm), ``feed`` (mm/rev), ``material`` (1 cast iron, 2
steel), and of the signals ``smcAC_rms``, ``smcAC_peak``, ``smcDC_rms``, ``smcDC_std``,
``vib_table_rms``, ``vib_spindle_rms``, ``vib_spindle_std``, ``vib_spindle_peak``, and of both
``AE_table`` and ``AE_spindle`` ``rms``, ``std`` and ``kurtosis``. Case and run are no inputs.

The target is ``tool_wear`` (VB, mm). With ``--targets tool_wear,thermal_displacement`` there is a
second one, which nobody measured: it is modelled from smcAC and the time (see ``nasa_mill_laws``),
and inputs from the motor current, of which smcDC measures the same phase, and the time are no
inputs then: 13 are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.columns import check_names, choose_inputs
from spinn_engine.problems.nasa.laws import cutting_load, mill_laws, thermal_displacement
from spinn_engine.problems.nasa.recordings import Run, fault, left_out, read_runs
from spinn_engine.problems.nasa.windows import (
    INPUT_NAMES,
    RATE_HZ,
    STEADY,
    WINDOW,
    WINDOWS,
    columns,
)
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.problems.split import Split, split_groups
from spinn_engine.spec import DataSpec
from spinn_engine.words import counted, shortest

WEAR, DISPLACEMENT = "tool_wear", "thermal_displacement"
BEHIND_DISPLACEMENT = ("time", "smcAC_rms", "smcAC_peak", "smcDC_rms", "smcDC_std")
UNITS = {"time": "min", "DOC": "mm", "feed": "mm/rev", WEAR: "mm", DISPLACEMENT: "mm"}
PARTS = ("train", "validation", "test")


def load_nasa_mill(data: DataSpec) -> Problem:
    """The milling runs of a file; ``targets`` may add the displacement, ``drop`` leave out inputs.

    Raises:
        BadInputError: the file is not the milling set, or hardly any of it can be used; a group or
            time was given, or a name that is no target or input.
    """
    path = _path(data)
    check_names("target", data.targets, (WEAR, DISPLACEMENT), "nasa-mill")
    check_names("dropped column", data.drop, INPUT_NAMES, "nasa-mill")
    target_names = data.targets or (WEAR,)
    behind = BEHIND_DISPLACEMENT if DISPLACEMENT in target_names else ()
    input_names = choose_inputs(INPUT_NAMES, (*data.drop, *behind), "nasa-mill")

    everything = read_runs(path)
    runs = [run for run in everything if fault(run) is None]
    _check_runs(runs, left_out(everything), path)
    inputs, load = columns(runs), cutting_load(runs)
    cases = np.repeat([run.case for run in runs], WINDOWS)
    values = {
        WEAR: np.repeat([run.wear for run in runs], WINDOWS),
        DISPLACEMENT: thermal_displacement(load, inputs["time"], cases),
    }
    targets = np.stack([values[name] for name in target_names], axis=1)  # [rows, out]
    split = split_groups(cases)
    _check_parts(targets, split, target_names, path)
    wear = (WEAR,) if WEAR in target_names else ()
    return Problem(
        source=data.source,
        input_names=input_names,
        target_names=target_names,
        inputs=np.stack([inputs[name] for name in input_names], axis=1),  # [rows, in]
        targets=targets,
        groups=cases,
        train=split[0],
        val=split[1],
        test=split[2],
        units={name: UNITS[name] for name in (*input_names, *target_names) if name in UNITS},
        notes=_notes(everything, runs, target_names),
        times=inputs["time"],
        modelled=tuple(name for name in target_names if name == DISPLACEMENT),
        never_negative=wear,
        never_falling=() if _falls(runs) else wear,
        laws=tuple(law for law in mill_laws(load) if law.target in target_names and load.any()),
    )


def _path(data: DataSpec) -> Path:
    text = data.source.removeprefix("nasa-mill").removeprefix(":")
    if not text:
        raise BadInputError(
            f"data source {data.source!r}: the file must be named, as in nasa-mill:mill.mat"
        )
    for what, value in (("group", data.group), ("time", data.time)):
        if value is not None:
            raise BadInputError(
                f"{what} {value!r}: nasa-mill knows its groups (cases) and times, "
                f"leave the {what} out"
            )
    return Path(text)


def _check_runs(runs: Sequence[Run], notes: Sequence[str], path: Path) -> None:
    """There are cases enough to split, and windows rise in time within each."""
    cases = len({run.case for run in runs})
    if cases < len(PARTS):
        because = "".join(f"; {note.removesuffix('.')}" for note in notes)
        raise BadInputError(
            f"{path}: sound runs of {counted(cases, 'case')}, at least {len(PARTS)} are needed, "
            f"one each to train, validate and test{because}"
        )
    span = (STEADY.stop - STEADY.start) / RATE_HZ / 60
    for first, second in pairwise(runs):
        passed = second.settings["time"] - first.settings["time"]
        if first.case == second.case and passed < span:
            raise BadInputError(
                f"{path}: {second.name()} is at {shortest(second.settings['time'])} min, it must "
                f"come after run {first.run} at {shortest(first.settings['time'])} min"
            )


def _check_parts(targets: Floats, split: Split, names: Sequence[str], path: Path) -> None:
    """No R2 is defined where a target is constant."""
    for part, rows in zip(PARTS, split, strict=True):
        for name, values in zip(names, targets[rows].T, strict=True):
            if values.min() == values.max():
                raise BadInputError(
                    f"{path}: {name} is {shortest(values[0])} in all {len(rows)} rows of the "
                    f"{part} part, cases with more sound runs are needed"
                )


def _falls(runs: Sequence[Run]) -> list[Run]:
    """Runs after which less wear was measured than after the one before."""
    return [
        second
        for first, second in pairwise(runs)
        if first.case == second.case and second.wear < first.wear
    ]


def _notes(
    everything: Sequence[Run], runs: Sequence[Run], target_names: Sequence[str]
) -> tuple[str, ...]:
    notes = [
        f"Each of {len(runs)} runs gives {WINDOWS} rows with the same tool_wear: windows of "
        f"{shortest(WINDOW / RATE_HZ)} s in the steady part of the cut.",
        *left_out(everything),
    ]
    falls = _falls(runs)
    if falls:
        notes.append(
            "tool_wear was measured lower than after the run before in "
            f"{', '.join(run.name() for run in falls)}, so nothing holds it never to fall."
        )
    if DISPLACEMENT in target_names:
        notes.append(
            "thermal_displacement was not measured: it is modelled from the spindle motor current "
            "and the time by a heat balance of the first order, so inputs from these are left "
            f"out: {', '.join(BEHIND_DISPLACEMENT)}."
        )
    return tuple(notes)
