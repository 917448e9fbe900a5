"""Laws for NASA's milling runs: how fast a tool wears, and a modelled thermal displacement.

Both are driven by the cutting load: RMS of the spindle motor current smcAC in a window, less that
of the first second, in air. The documentation of the data takes the motor current as proportional
to the torque, and this to the cutting force; smcDC, which measures the same phase, is cut off at
the top in worn cuts. No unit of the current is documented, so the load is relative: 1 is the mean
of all rows. The cutting speed was 200 m/min in all cuts.

Wear: Archard, J. F. (1953). Contact and rubbing of flat surfaces. Journal of Applied Physics. Rate
proportional to force times sliding speed; how fast is not known and has to be fitted. On every
hundredth sample of the recordings (see ``nasa_mill_windows``) the coefficient is 1.4 by least
squares over all cases, 0.7 to 1.3 in cast iron and 2.8 to 6.4 in steel, and the rate between runs
goes with the load (Spearman 0.4 in cast iron, 0.6 in steel) better than with the load for each mm
of depth.

Displacement: no thermal displacement was measured. It can be modelled by one lumped mass (Chen,
J.-S. and Hsu, W.-Y. (2003). Characterizations and models for the thermal growth of a motorized
high speed spindle. Int. Journal of Machine Tools and Manufacture): heated by a share of the cutting
power, load times speed, cooled in proportion to what it has grown, and cold when a case begins. The
constants are of the usual order for the spindle of a machining centre, and describe no real one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spinn_engine.problems.nasa.recordings import Run
from spinn_engine.problems.nasa.windows import IDLE, WINDOWS, rms, windows
from spinn_engine.problems.problem import Floats, Indices, RateLaw

CUTTING_SPEED_M_MIN = 200.0
WEAR_MM_M = 5e-5  # for each metre cut at the mean load, if the coefficient is 1
WEAR_BOUNDS = (0.1, 8.0)
GROWTH_MM_PER_M_MIN = 1e-4  # in the end, for each m/min of cutting speed at the mean load
TIME_CONSTANT_MIN = 30.0
HEAT_BOUNDS = (0.5, 2.0)


def cutting_load(runs: Sequence[Run]) -> Floats:
    """Load of each row on the cutter, ``[rows]``, with a mean of 1; all 0 where no run cuts."""
    idle = np.array([rms(run.signals["smcAC"][IDLE]) for run in runs])
    load = np.maximum(rms(windows(runs, "smcAC")).ravel() - np.repeat(idle, WINDOWS), 0.0)
    mean = load.mean()
    return np.asarray(load / mean if mean > 0 else load)


def mill_laws(load: Floats) -> tuple[RateLaw, RateLaw]:
    """The wear rate law and the heat balance, in mm and minutes, for the load ``[rows]``."""
    none = np.zeros_like(load)
    return (
        RateLaw(
            "wear_law", "tool_wear", WEAR_MM_M * CUTTING_SPEED_M_MIN * load, none,
            None, WEAR_BOUNDS,
            "wear rate = coefficient x cutting load x cutting speed (Archard 1953)",
        ),
        RateLaw(
            "heat_balance", "thermal_displacement", heating(load), none + 1 / TIME_CONSTANT_MIN,
            1.0, HEAT_BOUNDS,
            "displacement rate = heating by the cutting power - cooling "
            "(one lumped mass, Chen and Hsu 2003)",
        ),
    )  # fmt: skip


def heating(load: Floats) -> Floats:
    """Growth of the displacement by heating alone, mm/min."""
    return GROWTH_MM_PER_M_MIN * CUTTING_SPEED_M_MIN * load / TIME_CONSTANT_MIN


def thermal_displacement(load: Floats, times: Floats, cases: Indices) -> Floats:
    """The modelled displacement of each row, mm: its law solved exactly, row after row.

    Between rows the heating changes in proportion to the time; before the first row of a case it is
    that of this row.

    Args:
        load: relative, ``[rows]``.
        times: in min since the case began, ``[rows]``, rising within a case.
        cases: case of each row, ``[rows]``; the rows of a case follow each other.
    """
    gain = heating(load)
    displacement = np.empty_like(gain)
    for row in range(len(gain)):
        if row == 0 or cases[row] != cases[row - 1]:
            passed, start, before = times[row], 0.0, gain[row]
        else:
            passed, start, before = (
                times[row] - times[row - 1],
                displacement[row - 1],
                gain[row - 1],
            )
        displacement[row] = _warmed(start, before, gain[row], passed)
    return displacement


def _warmed(start: float, before: float, after: float, passed: float) -> float:
    """Displacement after ``passed`` min, of d' = gain - d / TIME_CONSTANT_MIN."""
    if passed <= 0:
        return start
    change = TIME_CONSTANT_MIN * (after - before) / passed
    settled_before = TIME_CONSTANT_MIN * (before - change)
    settled_after = TIME_CONSTANT_MIN * (after - change)
    return float(settled_after + (start - settled_before) * np.exp(-passed / TIME_CONSTANT_MIN))
