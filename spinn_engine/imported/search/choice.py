"""Which reading of a network is taken, or why none is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.imported.search.readings import Asked, Reading, line_r2, readings, training_rows
from spinn_engine.problems.problem import Problem
from spinn_engine.words import fixed, shown

SHOWN = 3
CLEARLY = 0.002  # of R2 on the training rows: so much better is another activation said to be


@dataclass(frozen=True, eq=False)
class Choice:
    """The reading that is taken.

    Attributes:
        taken: the best of those that agree with what is asked.
        others: the next best of these.
        notes: what a reader of the result must know of it, in sentences.
    """

    taken: Reading
    others: tuple[Reading, ...]
    notes: tuple[str, ...]


def choose(network: StoredNetwork, problem: Problem, asked: Asked, path: Path) -> Choice:
    """The best reading on the training rows.

    Raises:
        BadInputError: there is none as asked, or none is better than a straight line and nobody
            says that it is to be taken all the same.
    """
    found = readings(network, problem, asked)
    fitting = [one for one in found if asked.allows(one, problem.input_names)]
    if not fitting:
        raise BadInputError(
            f"{shown(path)}: there is no such reading of it among the best: {_told(found, problem)}"
        )
    best = fitting[0]
    line = line_r2(*training_rows(problem))
    forced = asked.reading is not None or asked.scaling != "auto"
    if best.x.name != "stored" and not forced and not best.clearly_beats(line):
        raise BadInputError(_no_better(fitting, found, problem, line, path))
    return Choice(best, tuple(fitting[1:SHOWN]), _notes(best, found, problem.input_names))


def _no_better(
    fitting: list[Reading], found: list[Reading], problem: Problem, line: float, path: Path
) -> str:
    said = (
        f"{shown(path)}: however it is read, it is not clearly better on the training rows than a "
        f"straight line (R2 {fixed(line)}): {_told(fitting, problem)}"
    )
    turned = next((one for one in fitting if one.order is not None), None)
    if turned is not None and turned.clearly_beats(line):
        return (
            f"{said}; its inputs seem to be in another order than the columns, and which is not "
            "certain: put the columns into the order of its training"
        )
    best = found[0]
    if best.clearly_beats(line) and best is not fitting[0]:
        return f"{said}; with another activation it is {best.name(problem.input_names)} " + (
            f"({fixed(best.r2)}): give that (--activation {best.structure.activation})"
        )
    return (
        f"{said}; say how its rows were scaled (--dense-scaling), or name one of these "
        "(--dense-reading) to take it all the same"
    )


def _told(found: list[Reading], problem: Problem) -> str:
    """The best readings with their R2."""
    best = [
        f"{one.name(problem.input_names)!r} {fixed(one.r2) if np.isfinite(one.r2) else 'none'}"
        for one in found[:SHOWN]
    ]
    return ", ".join(best)


def _notes(taken: Reading, found: list[Reading], columns: tuple[str, ...]) -> tuple[str, ...]:
    best, notes = found[0], list[str]()
    turned = next((one for one in found if one.order is not None), taken)
    if taken.order is None and turned.r2 > taken.r2 + CLEARLY:
        notes.append(
            "The training rows fit better with its inputs in another order than the columns: R2 "
            f"{fixed(turned.r2)} against {fixed(taken.r2)} ({turned.name(columns)}). Make sure "
            "that the columns are in the order of its training."
        )
    elif best.r2 > taken.r2 + CLEARLY:
        notes.append(
            f"On the training rows {best.structure.activation} fits better than "
            f"{taken.structure.activation}: R2 {fixed(best.r2)} against {fixed(taken.r2)}."
        )
    beyond = [word for word in taken.structure.words if word != taken.structure.activation]
    if taken.order is not None:
        beyond.append("the order of its inputs")
    if beyond:
        notes.append(
            f"The file does not say this of the network, the training rows do: {'; '.join(beyond)}."
        )
    return tuple(notes)
