"""The readings of a network: what it may compute and how its rows may have been scaled, by R2.

    found = readings(network, problem, Asked())     # the best first, by the training rows

A file of bare numbers says neither. Every way is tried on the training rows, on which the network
was trained itself; the validation rows are too few to tell near ways apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from spinn_engine.evaluation.metrics import regression_metrics
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.ends import reordered
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.imported.search.scales import (
    Floats,
    Scale,
    input_scales,
    stored_scales,
    target_scales,
)
from spinn_engine.imported.search.structures import BEHIND, Structure, structures, with_behind
from spinn_engine.problems.problem import Problem
from spinn_engine.vocabulary import SCALES
from spinn_engine.vocabulary.networks import USUAL_PAIRS
from spinn_engine.words import shown_list

WORK = 2e11  # multiply-accumulates of all that is tried
MOST_ROWS, LEAST_ROWS = 2_000, 200  # on which everything is tried
ALL_ROWS = 50_000  # on which the best are compared
FINALISTS = 24
UNSEEN = 5e-4  # of R2, for each thing that the file does not show
ORDERED_INPUTS = 5  # of so many all orders are tried


@dataclass(frozen=True)
class Asked:
    """What a person says of a network.

    Attributes:
        scaling: as ``ModelSpec.dense_scaling``.
        activation: between its layers.
        reading: the name of one of the readings.
    """

    scaling: str = "auto"
    activation: str | None = None
    reading: str | None = None

    def allows(self, reading: Reading, columns: tuple[str, ...]) -> bool:
        """Whether a reading is as they say, given the names of the problem's inputs."""
        return (
            self.scaling in ("auto", reading.scaling)
            and self.activation in (None, reading.structure.activation)
            and self.reading in (None, reading.name(columns))
        )


@dataclass(frozen=True, eq=False)
class Reading:
    """One way of reading a network.

    Attributes:
        structure: what it computes.
        x: how its inputs were scaled.
        y: how its targets were scaled.
        order: in which order of the problem's columns it takes its inputs; None as they stand.
        r2: mean over targets on the training rows; minus infinity where it is no finite number.
    """

    structure: Structure
    x: Scale
    y: Scale
    order: tuple[int, ...] | None = None
    r2: float = -np.inf

    @property
    def scaling(self) -> str:
        """As ``ModelSpec.dense_scaling`` has it."""
        pair = self.x.name, self.y.name
        usual = {names: word for word, names in USUAL_PAIRS.items()}
        return "stored" if pair == ("stored", "stored") else usual.get(pair, "/".join(pair))

    def name(self, columns: tuple[str, ...]) -> str:
        """Its name, given those of the problem's inputs."""
        parts = [self.scaling, *self.structure.words]
        if self.order is not None:
            parts.append(f"inputs in the order {shown_list([columns[at] for at in self.order])}")
        return "; ".join(parts)

    def predicted(self, inputs: Floats) -> Floats:
        """What it says of rows ``[rows, in]`` in the problem's units."""
        rows = self.x.apply(inputs)
        if self.order is not None:
            rows = rows[:, list(self.order)]
        with np.errstate(all="ignore"):
            return self.y.back(outputs_of(self.structure.graph, self.structure.arrays, rows))


def readings(network: StoredNetwork, problem: Problem, asked: Asked) -> list[Reading]:
    """The best ways of reading, and the best of those that are as asked; the best first.

    Args:
        network: its inputs and targets as many as the problem's, or more targets.
        problem: the rows.
        asked: what a person says of it.
    """
    rows = problem.train[:: -(-len(problem.train) // ALL_ROWS)]
    inputs, targets = problem.inputs[rows], problem.targets[rows]
    few = _few_rows(network, len(targets))
    tried = _scored(list(_all(network, inputs, targets, asked)), inputs[few], targets[few])
    as_asked = [one for one in tried if asked.allows(one, problem.input_names)]
    best = dict.fromkeys([*as_asked[:FINALISTS], *tried[:FINALISTS]])
    found = _scored(list(best), inputs, targets)
    line = line_r2(inputs, targets)
    if asked.scaling == "auto" and network.input_names is None and best_r2(found) < line:
        turned = _scored(_in_other_orders(found[:3], inputs.shape[1]), inputs[few], targets[few])
        found = _scored([*found, *turned[:FINALISTS]], inputs, targets)
    return found


def best_r2(found: list[Reading]) -> float:
    """That of the best reading."""
    return found[0].r2 if found else -np.inf


def line_r2(inputs: Floats, targets: Floats) -> float:
    """R2 of a straight line through these rows, the mean over targets."""
    design = np.column_stack([inputs - inputs.mean(axis=0), np.ones(len(inputs))])
    spread = np.where(design.std(axis=0) > 0, design.std(axis=0), 1.0)
    spread[-1] = 1.0
    design = design / spread
    solution = np.linalg.lstsq(design, targets, rcond=None)[0]
    return mean_r2(design @ solution, targets)


def mean_r2(predicted: Floats, targets: Floats) -> float:
    """The mean over targets; minus infinity where it is no finite number."""
    if not np.isfinite(predicted).all():
        return -np.inf
    found = float(np.mean(regression_metrics(predicted, targets)["r2"]))
    return found if np.isfinite(found) else -np.inf


def _few_rows(network: StoredNetwork, count: int) -> slice:
    """So many rows that all ways together cost no more than ``WORK``."""
    ways = 200 if network.activation is None and not network.computes else 20
    most = int(WORK / (ways * max(network.graph.macs(network.hidden), 1)))
    return slice(None, None, -(-count // min(max(most, LEAST_ROWS), MOST_ROWS)))


def _all(
    network: StoredNetwork, inputs: Floats, targets: Floats, asked: Asked
) -> Iterator[Reading]:
    """Every structure with every way of scaling, plain ones first."""
    if network.scaler is not None and asked.scaling in ("auto", "stored"):
        pairs = [stored_scales(network.scaler)]
    else:
        pairs = [(x, y) for x in input_scales(inputs) for y in target_scales(targets)]
    for structure in structures(network, targets.shape[1]):
        for one in (structure, *_behind(structure, network)):
            yield from (Reading(one, x, y) for x, y in pairs)


def _behind(structure: Structure, network: StoredNetwork) -> list[Structure]:
    return [] if network.computes else [with_behind(structure, name) for name in BEHIND]


def _in_other_orders(found: list[Reading], count: int) -> list[Reading]:
    if count > ORDERED_INPUTS:
        return []
    orders = list(permutations(range(count)))[1:]
    return [replace(one, order=order) for one in found for order in orders]


def _scored(tried: list[Reading], inputs: Floats, targets: Floats) -> list[Reading]:
    """The readings with their R2 on some rows, the best first; of equal ones the plainer first."""
    scaled: dict[str, Floats] = {}
    given: dict[tuple[int, str, tuple[int, ...] | None], Floats] = {}
    found = []
    for one in tried:
        if one.x.name not in scaled:
            scaled[one.x.name] = one.x.apply(inputs)
        key = id(one.structure), one.x.name, one.order
        if key not in given:
            rows = scaled[one.x.name]
            rows = rows if one.order is None else rows[:, list(one.order)]
            with np.errstate(all="ignore"):
                given[key] = outputs_of(one.structure.graph, one.structure.arrays, rows)
        with np.errstate(all="ignore"):
            found.append(replace(one, r2=mean_r2(one.y.back(given[key]), targets)))
    return sorted(found, key=_rank)


def _rank(one: Reading) -> float:
    """By R2; what is not to be seen in the file has to be worth it."""
    odd = sum(not SCALES[scale.name].usual for scale in (one.x, one.y) if scale.name in SCALES)
    unseen = one.structure.unseen + (one.order is not None) + odd
    return -round(one.r2 - UNSEEN * unseen, 6) if np.isfinite(one.r2) else np.inf


def in_order(reading: Reading) -> Structure:
    """What a reading computes, of inputs in the problem's order."""
    one = reading.structure
    if reading.order is None:
        return one
    place = np.argsort(reading.order).tolist()
    outputs = range(one.graph.outputs)
    graph, arrays = reordered(one.graph, one.arrays, place, outputs)
    return replace(one, graph=graph, arrays=arrays)
