"""In which order of the columns a network takes its inputs, where its file does not name them.

There are too many orders to try all. The search begins with the order of the columns, with the one
that suits the effect of every input by itself, and with some drawn at random, and exchanges columns
as long as that fits better: first on few rows, then what is best on more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported.search.structures import Structure

Order = tuple[int, ...]
Floats32 = NDArray[np.float32]
WORK = 1e12  # multiply-accumulates of a search
GLANCE = 2e10  # of a look at all exchanges
FEW_ROWS, MANY_ROWS = 200, 1000
FIRST, DRAWN_OF, DRAWN, LAST, SHOWN = 12, 3, 6, 8, 3  # how many go on from step to step
STEPS = 5  # of a climb, about
GRID, BACKGROUNDS = 24, 8  # values of an input, and rows of the others, that show its effect
LEAST_GAIN = 1e-5  # of a fit, for which columns are exchanged
SAME = 0.002  # orders whose fits differ less are one find
CHUNK = 16_384  # rows that are computed at once


@dataclass(frozen=True, eq=False)
class Taker:
    """What takes columns in some order: a structure behind a scaling, on some rows.

    Attributes:
        structure: what it computes.
        scale: the name of the scaling.
        rows: the scaled rows ``[rows, in]``, in the order of the columns.
        targets: ``[rows, out]``.
    """

    structure: Structure
    scale: str
    rows: Floats32
    targets: Floats32

    def thinned(self, most: int) -> Taker:
        """The same on no more than so many of its rows."""
        part = slice(None, None, -(-len(self.rows) // most))
        return replace(self, rows=self.rows[part], targets=self.targets[part])

    @property
    def inputs(self) -> int:
        """How many columns there are."""
        return int(self.rows.shape[1])

    @property
    def glance(self) -> float:
        """Multiply-accumulates of all exchanges of two columns."""
        macs = self.structure.graph.macs(self.structure.graph.hidden)
        return float(max(macs, 1) * len(self.rows) * self.inputs * (self.inputs - 1) / 2)

    def fits(self, orders: Iterable[Order]) -> NDArray[np.float64]:
        """How well each order fits: the mean over targets of the squared correlation, signed.

        The scaling of the targets is nothing to it.
        """
        listed, found = list(orders), []
        step = max(CHUNK // len(self.rows), 1)
        for start in range(0, len(listed), step):
            part = listed[start : start + step]
            stacked = np.concatenate([self.rows[:, list(order)] for order in part])
            found.append(self._fits(self._outputs(stacked).reshape(len(part), len(self.rows), -1)))
        return np.concatenate(found)

    def exchanges(self, order: Order) -> tuple[list[Order], NDArray[np.float64]]:
        """All orders in which two columns have changed places, and how well they fit."""
        pairs = combinations(range(self.inputs), 2)
        turned = [exchanged(order, pair) for pair in pairs]
        return turned, self.fits(turned)

    def climbed(self, order: Order) -> tuple[float, Order]:
        """From an order by exchanges, as long as one fits better; how well the last one fits.

        All exchanges that fit better and have no column in common are made at once where that is
        better than the best of them alone.
        """
        best = float(self.fits([order])[0])
        while True:
            turned, fits = self.exchanges(order)
            better = [turned[at] for at in np.argsort(-fits) if fits[at] > best + LEAST_GAIN]
            if not better:
                return best, order
            tried = [better[0], _together(order, better)]
            fits = self.fits(tried)
            best, order = float(fits.max()), tried[int(fits.argmax())]

    def assigned(self) -> Order:
        """The order that suits the effects of the inputs, each by itself."""
        from scipy.optimize import linear_sum_assignment  # its import takes memory and time

        count, grid = self.inputs, np.quantile(self.rows, np.linspace(0, 1, GRID))
        around = self.thinned(BACKGROUNDS).rows
        rows = np.tile(around, (count * GRID, 1)).reshape(count, GRID, len(around), count)
        for at in range(count):
            rows[at, :, :, at] = grid[:, None]
        given = self._outputs(rows.reshape(-1, count)).reshape(count, GRID, len(around), -1)
        effects = given.mean(axis=2)  # [in, grid, out]
        spread = self.targets.std(axis=0)
        wanted = (self.targets - self.targets.mean(axis=0)) / np.where(spread > 0, spread, 1)
        worth = np.zeros((count, count))
        for at, column, target in np.ndindex(count, count, wanted.shape[1]):
            effect = np.interp(self.rows[:, column], grid, effects[at, :, target])
            worth[at, column] += effect @ wanted[:, target]
        if not np.isfinite(worth).all():
            return tuple(range(count))
        return tuple(linear_sum_assignment(worth, maximize=True)[1].tolist())

    def _outputs(self, rows: Floats32) -> Floats32:
        with np.errstate(all="ignore"):
            return np.asarray(outputs_of(self.structure.graph, self.structure.arrays, rows))

    def _fits(self, outputs: Floats32) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            given = outputs - outputs.mean(axis=1, keepdims=True)
            wanted = self.targets - self.targets.mean(axis=0)
            spread = np.sqrt(np.square(given).mean(axis=1)) * wanted.std(axis=0)
            correlation = (given * wanted).mean(axis=1) / spread
            found = (correlation * np.abs(correlation)).mean(axis=1, dtype=np.float64)
        return np.where(np.isfinite(found), found, -np.inf)


def search(takers: Sequence[Taker]) -> tuple[list[Order], bool]:
    """The orders that fit best, the best first, and whether several ways led to the best.

    Args:
        takers: all on the same many rows. There are none found where the search would be too long.
    """
    few = [one.thinned(FEW_ROWS) for one in takers]
    climbs = int(WORK / (STEPS * max(one.glance for one in few))) - LAST
    if climbs < 2 * LAST:
        return [], False
    ways = _first_ways(few)[:climbs]
    climbed = [(*few[at].climbed(start), at) for at, start in ways]
    best = list(dict.fromkeys(at for *_, at in sorted(climbed, key=_fit)))[:DRAWN_OF]
    draw = np.random.default_rng(0)
    drawn = [tuple(draw.permutation(takers[0].inputs).tolist()) for _ in range(DRAWN)]
    more = list(product(best, drawn))[: climbs - len(ways)]
    climbed += [(*few[at].climbed(start), at) for at, start in more]
    led = Counter(order for _, order, _ in climbed)
    top = list(dict.fromkeys(order for _, order, _ in sorted(climbed, key=_fit)))[:LAST]
    pairs = [
        (float(fit), order, at)
        for at, one in enumerate(few)
        for order, fit in zip(top, one.fits(top), strict=True)
    ]
    last = [(*takers[at].climbed(order), order) for _, order, at in sorted(pairs, key=_fit)[:LAST]]
    last.sort(key=lambda one: -one[0])
    from_which = {order for fit, _, order in last if fit > last[0][0] - SAME}
    found = list(dict.fromkeys(order for _, order, _ in last))
    return found[:SHOWN], sum(led[order] for order in from_which) > 1


def _first_ways(takers: Sequence[Taker]) -> list[tuple[int, Order]]:
    """Which takers begin with which orders: the best few of every scaling."""
    begun: dict[str, list[tuple[float, int, tuple[Order, Order]]]] = {}
    for at, one in enumerate(takers):
        starts = (tuple(range(one.inputs)), one.assigned())
        begun.setdefault(one.scale, []).append((float(one.fits(starts).max()), at, starts))
    first = [
        one
        for of_scale in begun.values()
        for one in sorted(of_scale, key=lambda one: -one[0])[: FIRST // len(begun)]
    ]
    first.sort(key=lambda one: -one[0])
    return [(at, start) for _, at, starts in first for start in starts]


def _fit(climb: tuple[float, Order, int]) -> float:
    return -climb[0]


def exchanged(order: Order, pair: tuple[int, int]) -> Order:
    """An order in which the columns of two places have changed them."""
    turned = list(order)
    turned[pair[0]], turned[pair[1]] = order[pair[1]], order[pair[0]]
    return tuple(turned)


def _together(order: Order, better: Iterable[Order]) -> Order:
    """The exchanges that lead from an order to others, at once, unless they share a place."""
    turned = list(order)
    for other in better:
        places = [at for at, column in enumerate(other) if column != order[at]]
        if all(turned[at] == order[at] for at in places):
            for at in places:
                turned[at] = other[at]
    return tuple(turned)
