"""A reading for a run: in its standardisation, measured by target, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.evaluation.metrics import regression_metrics
from spinn_engine.graph.ends import rescaled
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import Function
from spinn_engine.imported.search.readings import Reading, in_order
from spinn_engine.problems.problem import Problem
from spinn_engine.training.scaling import Scaler
from spinn_engine.vocabulary import SCALES
from spinn_engine.words import fixed

R2 = dict[str, float | None]
LOG = "exp"  # what a network of logarithms ends with
WAYS = {
    "stored": "with the scaler of its file",
    "both": "with inputs and targets standardised",
    "inputs": "with its inputs standardised and its targets as they are",
    "targets": "with its inputs as they are and its targets standardised",
    "none": "with inputs and targets as they are",
}


def standardised(reading: Reading, scaler: Scaler) -> tuple[Graph, dict[str, NDArray[Any]]]:
    """The network of a reading, for rows that a run standardises and targets likewise.

    In double precision. With ``x`` standardised by the run, the network's own input is ``a x + c``,
    and the run's standardised target is ``d`` times what it gives plus ``e``.
    """
    one = in_order(reading)
    x, y = reading.x, reading.y
    a, c = scaler.x_std / x.scale, (scaler.x_mean - x.shift) / x.scale  # [in], in the run's order
    if not y.log:
        d, e = y.scale / scaler.y_std, (y.shift - scaler.y_mean) / scaler.y_std  # [out]
        return rescaled(one.graph, one.arrays, a, c, d, e)
    graph, arrays = rescaled(one.graph, one.arrays, a, c, y.scale, y.shift)
    last = graph.ops[-1].name
    back = Function(name="from_logarithm", inputs=(last,), function=LOG)
    graph = Graph(ops=(*graph.ops, back), widths=graph.widths, prunable=graph.prunable)
    same = np.ones_like(a), np.zeros_like(a)
    return rescaled(graph, arrays, *same, 1 / scaler.y_std, -scaler.y_mean / scaler.y_std)


def r2_by_target(reading: Reading, problem: Problem) -> R2:
    """On the validation rows, in the targets' units; None where it is no finite number."""
    predicted = reading.predicted(problem.inputs[problem.val])
    with np.errstate(over="ignore", invalid="ignore"):
        found = regression_metrics(predicted, problem.targets[problem.val])["r2"].tolist()
    return {
        name: value if np.isfinite(value) else None
        for name, value in zip(problem.target_names, found, strict=True)
    }


def mean_r2(r2: R2) -> float | None:
    """Mean over targets; None where one has none."""
    values = [value for value in r2.values() if value is not None]
    return sum(values) / len(values) if len(values) == len(r2) else None


def reading_words(name: str) -> str:
    """A reading's name as a phrase that goes on after "taken"."""
    scaling, *more = name.split("; ")
    way = WAYS.get(scaling)
    if way is None:
        x, y = (SCALES[part].label for part in scaling.split("/"))
        way = f"with its inputs scaled ({x}) and its targets ({y})"
    return "; ".join([way, *more])


def readings_sentence(r2: Mapping[str, R2]) -> str:
    """The R2 of an imported network as it is taken, the first, and as it would be otherwise."""
    (taken, first), *others = ((name, mean_r2(by_target)) for name, by_target in r2.items())
    told = "; ".join(f"{r2_text(mean)} {reading_words(name)}" for name, mean in others)
    said = f"The imported network is taken {reading_words(taken)}: R2 {r2_text(first)} on the"
    return f"{said} validation rows" + (f" ({told})." if told else ".")


def r2_text(mean: float | None) -> str:
    """An R2 that may be none."""
    return "no finite R2" if mean is None else fixed(mean)
