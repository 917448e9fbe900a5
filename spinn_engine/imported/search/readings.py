"""The readings of a network: what it may compute and how its rows may have been scaled, by R2.

    found = readings(network, problem, Asked())     # the best first, by the training rows

A file of bare numbers says neither. Every way is tried on the training rows, on which the network
was trained itself; the validation rows are too few to tell near ways apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.ends import reordered
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.imported.search.orders import (
    FEW_ROWS,
    GLANCE,
    MANY_ROWS,
    SAME,
    Order,
    Taker,
    search,
)
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
from spinn_engine.words import listed_as, shown_list

WORK = 2e11  # multiply-accumulates of all that is tried
MOST_ROWS, LEAST_ROWS = 500, 200  # on which everything is tried
ALL_ROWS = 20_000  # on which the best are compared
FINALISTS = 24
UNSEEN = 5e-4  # of R2, for each thing that the file does not show
CLEARLY = 0.1  # of what a line leaves over, for each of them: so much has it to explain
TURNED = 0.75  # of what a reading leaves that beats a line, at most, for another order to be taken
IN_ORDER = "inputs in the order "


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
        return self.suits(reading) and self.reading in (None, reading.name(columns))

    def suits(self, reading: Reading) -> bool:
        """Whether a reading is as they say, but for its name."""
        return self.scaling in ("auto", reading.scaling) and self.activation in (
            None,
            reading.structure.activation,
        )

    def order(self, columns: tuple[str, ...]) -> Order | None:
        """The order of the problem's inputs that the name of the reading tells."""
        _, told, names = (self.reading or "").partition(IN_ORDER)
        return listed_as(names, columns) if told else None


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
    order: Order | None = None
    r2: float = -np.inf

    @property
    def scaling(self) -> str:
        """As ``ModelSpec.dense_scaling`` has it."""
        pair = self.x.name, self.y.name
        usual = {names: word for word, names in USUAL_PAIRS.items()}
        return "stored" if pair == ("stored", "stored") else usual.get(pair, "/".join(pair))

    @property
    def unseen(self) -> int:
        """How many things of it the file does not show, beside usual scalings."""
        scales = [SCALES[one.name] for one in (self.x, self.y) if one.name in SCALES]
        odd = sum(not row.usual for row in scales)
        return self.structure.unseen + odd + (self.order is not None)

    def clearly_beats(self, line: float) -> bool:
        """Whether it explains more of the training rows than a line by what it supposes."""
        return bool(self.r2 > line + CLEARLY * self.unseen * (1 - line))

    def name(self, columns: tuple[str, ...]) -> str:
        """Its name, given those of the problem's inputs."""
        parts = [self.scaling, *self.structure.words]
        if self.order is not None:
            names = [columns[at] for at in self.order]
            parts.append(IN_ORDER + shown_list(names, most=len(names)))
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
    inputs, targets = training_rows(problem)
    few = _few_rows(network, len(targets))
    tried = _scored(_all(network, inputs, targets, asked), inputs[few], targets[few])
    as_asked = [one for one in tried if asked.allows(one, problem.input_names)]
    best = dict.fromkeys([*as_asked[:FINALISTS], *tried[:FINALISTS]])
    found = _scored(list(best), inputs, targets)
    plain = [one for one in tried if not one.unseen and asked.suits(one)]
    if order := asked.order(problem.input_names):
        turned = [replace(one, order=order) for one in plain]
        return _scored([*found, *turned], inputs, targets)
    if network.input_names is not None or asked.reading is not None or inputs.shape[1] < 2:
        return found
    return _with_orders(found, plain, inputs, targets)


def training_rows(problem: Problem) -> tuple[Floats, Floats]:
    """Inputs and targets of the training rows, or of so many of them as are enough."""
    rows = problem.train[:: -(-len(problem.train) // ALL_ROWS)]
    return problem.inputs[rows], problem.targets[rows]


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
    with np.errstate(all="ignore"):
        residual = np.square(predicted - targets).sum(axis=0)
        total = np.square(targets - targets.mean(axis=0)).sum(axis=0)
        found = float(np.mean(1 - residual / total))
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


def _with_orders(
    found: list[Reading], plain: list[Reading], inputs: Floats, targets: Floats
) -> list[Reading]:
    """The readings, and what is plain to be seen in the file with inputs in other orders.

    These come first where several ways led to the same order, and the columns as they stand are not
    much better than a line, or leave a third more over. Else the best comes second, if it fits
    better than the first. An order that is not clearly better than a line is luck, and is none.
    """
    best, line = found[0], line_r2(inputs, targets)
    beaten = best.clearly_beats(line)
    if beaten and not _may_be_turned(best, inputs, targets):
        return found
    takers = {(id(one.structure), one.x.name): one for one in plain}
    known = [_taker(one, inputs, targets) for one in takers.values()]
    orders, sure = search(known) if known else ([], False)
    ways = (replace(one, order=order) for order in orders for one in plain)
    several = [one for one in ways if one.order != tuple(range(inputs.shape[1]))]
    part = slice(None, None, -(-len(inputs) // FEW_ROWS))
    turned = _scored(several, inputs[part], targets[part])[:FINALISTS]
    turned = _scored(turned, inputs, targets)
    turned = [one for one in turned if one.clearly_beats(line)]
    if not turned or _rank(turned[0]) >= _rank(best):
        return found
    if sure and (not beaten or 1 - turned[0].r2 <= TURNED * (1 - best.r2)):
        return [*turned, *found]
    return [best, turned[0], *found[1:]]


def _taker(one: Reading, inputs: Floats, targets: Floats) -> Taker:
    part = slice(None, None, -(-len(inputs) // MANY_ROWS))
    wanted = np.log(targets[part]) if one.y.log else targets[part]
    rows = one.x.apply(inputs[part])
    return Taker(one.structure, one.x.name, rows.astype(np.float32), wanted.astype(np.float32))


def _may_be_turned(one: Reading, inputs: Floats, targets: Floats) -> bool:
    """Whether it fits better with two columns exchanged; of a large network nobody looks."""
    many = _taker(one, inputs, targets)
    few, order = many.thinned(FEW_ROWS), tuple(range(inputs.shape[1]))
    if few.glance > GLANCE:
        return False
    turned, fits = few.exchanges(order)
    best = turned[int(fits.argmax())]
    as_it_is, exchanged = many.fits([order, best])
    return bool(fits.max() > few.fits([order])[0] + SAME and exchanged > as_it_is + SAME)


def _scored(tried: Iterable[Reading], inputs: Floats, targets: Floats) -> list[Reading]:
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
    return -round(one.r2 - UNSEEN * one.unseen, 6) if np.isfinite(one.r2) else np.inf


def in_order(reading: Reading) -> Structure:
    """What a reading computes, of inputs in the problem's order."""
    one = reading.structure
    if reading.order is None:
        return one
    place = np.argsort(reading.order).tolist()
    outputs = range(one.graph.outputs)
    graph, arrays = reordered(one.graph, one.arrays, place, outputs)
    return replace(one, graph=graph, arrays=arrays)
