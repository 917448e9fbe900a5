"""What is wrong with new rows for a network, by the ranges of the rows that it was trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from spinn_engine.problems.checks.codes import looks_like_one, typed
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.problem import Floats
from spinn_engine.words import counted, listed, percent, shortest

LEAST_ROWS = 5  # fewer that are all alike tell nothing
LEAST_TIMES = 3
SLACK = 1e-6  # of a range: rounding
MOST_OUTSIDE, LEAST_INSIDE = 0.9, 0.95  # shares of rows, before and after another unit is tried
FAR = 1.0  # ranges beyond those of training, from where on a score means little
SCALES = (10.0, 100.0, 1000.0, 1e6, 60.0, 3600.0, 25.4, 9.80665, 4.448222, 6.894757, 57.29578)
SHIFTS: tuple[tuple[str, Callable[[Floats], Floats]], ...] = (
    ("from kelvin to degrees Celsius", lambda x: x - 273.15),
    ("from degrees Celsius to kelvin", lambda x: x + 273.15),
    ("from degrees Fahrenheit to Celsius", lambda x: (x - 32) / 1.8),
    ("from degrees Celsius to Fahrenheit", lambda x: 1.8 * x + 32),
)


@dataclass(frozen=True)
class Column:
    """One column of new rows, and between what it lay in training.

    Attributes:
        name: what it is called.
        low: smallest value in training.
        high: largest.
        new: ``[rows]`` values.
    """

    name: str
    low: float
    high: float
    new: Floats

    def outside(self) -> Floats:
        """How far ``[rows]`` each value lies beyond the range of training, in ranges of that."""
        spread = self.high - self.low or max(abs(self.high), 1.0)
        beyond = np.maximum(self.low - self.new, self.new - self.high) / spread
        return np.where(beyond > SLACK, beyond, 0.0)


def findings_on(
    inputs: Sequence[Column], targets: Sequence[Column] = (), allowed: Sequence[float] = ()
) -> list[Finding]:
    """What to know before a network predicts or learns from new rows, the worst first.

    Args:
        inputs: columns that it is given.
        targets: columns that it predicts, where they are known.
        allowed: numbers that look like a code for a missing value and are none.
    """
    columns = [*inputs, *targets]
    return [
        *(one for column in columns for one in _codes(column, allowed)),
        *_gaps(columns),
        *(one for column in columns for one in _other_unit(column)),
        *(one for column in inputs for one in _dead(column)),
        *_out_of_range(inputs),
    ]


def _gaps(columns: Sequence[Column]) -> list[Finding]:
    gaps = {column.name: int((~np.isfinite(column.new)).sum()) for column in columns}
    worst = sorted((name for name in gaps if gaps[name]), key=lambda name: -gaps[name])
    if not worst:
        return []
    return [
        Finding(
            "missing",
            "warning",
            tuple(worst),
            float(gaps[worst[0]]),
            f"{counted(gaps[worst[0]], 'new row')} without a finite number in {worst[0]}, the most "
            f"of {listed(worst)}.",
            "Leave such rows out: a network says nothing of them.",
        )
    ]


def _codes(column: Column, allowed: Sequence[float]) -> list[Finding]:
    values, counts = np.unique(column.new[column.outside() > 0], return_counts=True)
    return [
        Finding(
            "missing_code",
            "error",
            (column.name,),
            float(value),
            f"{shortest(value)} stands in {counted(int(times), 'new row')} of {column.name}, which "
            f"lay between {shortest(column.low)} and {shortest(column.high)} in training: it looks "
            "like a code for a missing value.",
            f"Say that it is missing (--missing {typed(float(value))}), or that it is not "
            f"(--not-missing {typed(float(value))}).",
        )
        for value, times in zip(values, counts, strict=True)
        if times >= LEAST_TIMES and looks_like_one(float(value)) and value not in allowed
    ]


def _other_unit(column: Column) -> list[Finding]:
    """Values that lie outside nearly all, and inside once they are in another unit."""
    if len(column.new) < LEAST_ROWS or column.high == column.low:
        return []
    outside = float((column.outside() > 0).mean())
    if outside < MOST_OUTSIDE:
        return []
    tries = [(f"converted {name}", made(column.new)) for name, made in SHIFTS]
    tries += [(f"divided by {shortest(s)}", column.new / s) for s in SCALES]
    tries += [(f"times {shortest(s)}", column.new * s) for s in SCALES]
    inside = [
        (float(np.ptp(values)), words)
        for words, values in tries
        if (Column(column.name, column.low, column.high, values).outside() == 0).mean()
        >= LEAST_INSIDE
    ]
    if not inside:
        return []
    words = max(inside)[1]  # what fills most of the range
    return [
        Finding(
            "out_of_range",
            "warning",
            (column.name,),
            outside,
            f"{percent(outside)} of the new rows have {column.name} outside its range in "
            f"training, {shortest(column.low)} to {shortest(column.high)}, and nearly all "
            f"lie inside when it is {words}: is it in another unit?",
            "Convert the column in the file where it is.",
        )
    ]


def _dead(column: Column) -> list[Finding]:
    new = column.new[np.isfinite(column.new)]
    if len(new) < LEAST_ROWS or np.ptp(new) > 0 or column.high == column.low:
        return []
    return [
        Finding(
            "constant",
            "warning",
            (column.name,),
            float(new[0]),
            f"{column.name} is {shortest(new[0])} in all {counted(len(new), 'row')}, "
            f"but it varied from {shortest(column.low)} to {shortest(column.high)} in training.",
            "Look whether its sensor still works: a network was trained to use what it says.",
        )
    ]


def _out_of_range(inputs: Sequence[Column]) -> list[Finding]:
    beyond = {column.name: column.outside() for column in inputs}
    beyond = {name: far for name, far in beyond.items() if far.any()}
    if not beyond:
        return []
    worst = sorted(beyond, key=lambda name: -float((beyond[name] > 0).mean()))
    far = np.max([*beyond.values()], axis=0)
    share, farthest = float((far > 0).mean()), float(far.max())
    first = float((beyond[worst[0]] > 0).mean())
    return [
        Finding(
            "out_of_range",
            "warning" if farthest > FAR else "info",
            tuple(worst),
            share,
            f"{percent(share)} of the new rows have an input outside the range of the training "
            f"rows, most often {worst[0]} ({percent(first)}), by up to {shortest(farthest)} of "
            f"that range; all: {listed(worst)}.",
            "There a network extrapolates: judge these rows apart, and do not rely on it there "
            "before it has learned from some.",
        )
    ]
