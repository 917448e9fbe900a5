"""Windows of the signals in the steady part of a cut, and what is computed from each.

A recording of 36 s starts in air. The cutter of 70 mm feeds at 413 or 206.5 mm/min into a
workpiece 178 mm wide, so it is fully in after 35 mm, 5 or 10 s later, and at the faster feed leaves
again 26 s after the entry. Seconds 16 to 24 lie before every exit, and after every entry but those
of four slow cuts, where the load then still rises by less than a sixth; in case 12 run 12 the tool
was taken out and put back. A window of 1 s is 14 turns of the spindle and 83 teeth, so that a part
of a turn hardly counts.

All this, and which of the four statistics are inputs, was seen on every hundredth sample of the
recordings (the processed files of github.com/krithiks4/SPINN, which lack the acoustic emission).
The mean Spearman correlation with VB within a case is for smcDC RMS 0.96, for smcAC RMS 0.93 and
peak 0.90, for vib_spindle RMS -0.75 and peak -0.58, but for vib_table RMS -0.19, and below 0.3 for
the kurtosis of both currents. smcAC swings about zero, where spread and RMS are one; smcDC is cut
off at the top in worn cuts, so its spread tells how near that is. Acoustic emission rises with
rubbing, and the shape of its distribution follows the wear (Kannatey-Asibu, E. and Dornfeld, D. A.
(1982). A study of tool wear using statistical analysis of metal-cutting acoustic emission. Wear).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from spinn_engine.problems.nasa.recordings import SETTINGS, Run
from spinn_engine.problems.problem import Floats

RATE_HZ = 250
STEADY = slice(4_000, 6_000)  # samples
WINDOW = 250  # samples
WINDOWS = (STEADY.stop - STEADY.start) // WINDOW
IDLE = slice(0, 250)  # samples in which every cut is still in air


def rms(windows: Floats) -> Floats:
    """Root mean square over the last axis."""
    return np.asarray(np.sqrt(np.square(windows).mean(axis=-1)))


def spread(windows: Floats) -> Floats:
    """Standard deviation over the last axis."""
    return np.asarray(windows.std(axis=-1))


def peak(windows: Floats) -> Floats:
    """Largest absolute value over the last axis."""
    return np.asarray(np.abs(windows).max(axis=-1))


def kurtosis(windows: Floats) -> Floats:
    """Excess kurtosis over the last axis: 0 for a normal distribution, and where nothing varies."""
    deviation = windows - windows.mean(axis=-1, keepdims=True)
    size = spread(windows)
    varies = (np.ptp(windows, axis=-1) > 0) & (size > 0)
    scaled = deviation / np.where(varies, size, 1.0)[..., None]
    return np.where(varies, (scaled**4).mean(axis=-1) - 3.0, 0.0)


STATISTICS: dict[str, Callable[[Floats], Floats]] = {
    "rms": rms,
    "std": spread,
    "peak": peak,
    "kurtosis": kurtosis,
}
FEATURES = {
    "smcAC": ("rms", "peak"),
    "smcDC": ("rms", "std"),
    "vib_table": ("rms",),
    "vib_spindle": ("rms", "std", "peak"),
    "AE_table": ("rms", "std", "kurtosis"),
    "AE_spindle": ("rms", "std", "kurtosis"),
}
INPUT_NAMES = (
    *SETTINGS,
    *(f"{signal}_{statistic}" for signal, found in FEATURES.items() for statistic in found),
)


def columns(runs: Sequence[Run]) -> dict[str, Floats]:
    """Every input, ``[rows]``: the windows of the first run in order of time, then of the next.

    ``time`` is that of the middle of the window, in min; the time of a run is taken as that of the
    start of its recording.
    """
    middles = STEADY.start + WINDOW * (np.arange(WINDOWS) + 0.5)
    offsets = np.tile(middles / RATE_HZ / 60, len(runs))
    settings = {name: np.repeat([run.settings[name] for run in runs], WINDOWS) for name in SETTINGS}
    settings["time"] = settings["time"] + offsets
    features = {
        f"{signal}_{statistic}": STATISTICS[statistic](windows(runs, signal)).ravel()
        for signal, found in FEATURES.items()
        for statistic in found
    }
    return settings | features


def windows(runs: Sequence[Run], signal: str) -> Floats:
    """The steady part of one signal, ``[runs, windows, samples]``."""
    steady = np.stack([run.signals[signal][STEADY] for run in runs])
    return steady.reshape(len(runs), WINDOWS, WINDOW)
