"""Backward elimination: in which order neurons go when the rest may take over their work.

The neurons of a dimension are taken by layers ``z = h W + b``. With ``C`` the covariance of ``h``
over the calibration rows, ``K`` the neurons that stay and ``R`` those that go, the best that least
squares can do leaves of each row's ``z`` the error

    E(R) = trace(F W_R' (C_RR - C_RK C_KK^-1 C_KR) W_R),    F = mean over rows of J' J,

where ``J`` says how the outputs follow ``z``. One neuron after another goes, always the one that
raises ``E`` least; that rise is ``|w_j|^2 / [C_KK^-1]_jj`` in the metric ``F``, with the weights
``w_j`` as they have been mended so far. This is the optimal brain surgeon (Hassibi & Stork 1993,
*Second order derivatives for network pruning*, eqs. 5 and 6) with all outgoing weights of a neuron
in the place of one weight, and the error of ``z`` in the place of the loss.

Where it is known how many neurons will stay, those are sought anew: a neuron that went is exchanged
for one that stayed as long as that lowers ``E``, from the set that elimination leaves, from the one
that grows neuron by neuron, and in small layers from some that are drawn. The order then leads
through the best of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Indices = NDArray[np.intp]

RIDGE = 1e-6  # times the mean variance of a neuron: what tells the inverse of near copies apart
TINY = 1e-30
FELT = 1e-5  # of what the outputs feel of a layer in all: directions of less are left out


@dataclass(frozen=True)
class Taker:
    """A layer that takes the neurons of a dimension.

    Attributes:
        covariance: of all that it takes ``[in, in]``; about zero where it has no bias.
        felt: its weights ``[in, r]`` in the directions in which outputs follow what it gives.
        places: where the neurons ``[width]`` stand in what it takes; of a dimension that it takes
            several times, one such list each.
    """

    covariance: Doubles
    felt: Doubles
    places: Sequence[Indices]


@dataclass(frozen=True)
class Elimination:
    """The neurons of a dimension in the order in which they go, and the rise of ``E`` by each."""

    order: Indices
    costs: Doubles

    def scores(self) -> NDArray[np.float32]:
        """A score ``[width]`` for each neuron that falls in the order in which they stay.

        It is the rise of the error when the neuron goes, or the highest before it where that is
        more: whoever keeps the highest scores keeps what elimination would, at any width.
        """
        found = np.empty(len(self.order), np.float32)
        least = np.float32(0)
        for neuron, cost in zip(self.order, self.costs, strict=True):
            least = max(np.float32(cost), np.nextafter(least, np.float32(np.inf)))
            found[neuron] = least
        return found


def order_for(takers: Sequence[Taker], width: int, keep: int | None) -> Elimination:
    """The order in which ``width`` neurons go; best for ``keep`` that stay, where that is known."""
    found = eliminate(takers, width)
    if keep is None or keep >= width or any(len(taker.places) > 1 for taker in takers):
        return found
    ridged = [replace(taker, covariance=_ridged(taker.covariance)) for taker in takers]
    starts = [found.order[width - keep :], _grown(ridged, keep)]
    if width <= SMALL:
        rng = np.random.default_rng(0)
        starts += [rng.permutation(width)[:keep] for _ in range(DRAWN)]
    best = min((_exchanged(ridged, start) for start in starts), key=lambda end: end.error)
    if set(best.stay.tolist()) == set(starts[0].tolist()):
        return found
    return eliminate(takers, width, first=np.setdiff1d(np.arange(width), best.stay))


def eliminate(takers: Sequence[Taker], width: int, first: Indices | None = None) -> Elimination:
    """Remove the ``width`` neurons of a dimension one by one, the least missed first.

    What is left is solved anew whenever half of the neurons went: between that, inverses are
    brought up to date by one rank a neuron, whose rounding would add up.

    Args:
        takers: the layers that take them.
        width: how many there are.
        first: those that go before all others.
    """
    later = np.zeros(width, bool)
    if first is not None:
        later[np.setdiff1d(np.arange(width), first)] = True
    order: list[int] = []
    costs: list[float] = []
    stay = np.arange(width)
    while len(stay):
        states = [_State.of(taker, stay, order) for taker in takers]
        gone = np.zeros(len(stay), bool)
        for _ in range((len(stay) + 1) // 2):
            price = sum(state.prices() for state in states)
            assert isinstance(price, np.ndarray)
            price[gone] = np.inf
            if not (gone | later[stay]).all():
                price[later[stay]] = np.inf
            at = int(price.argmin())
            gone[at] = True
            order.append(int(stay[at]))
            costs.append(max(float(price[at]), 0.0))
            for state in states:
                state.remove(at)
        stay = stay[~gone]
    return Elimination(np.array(order), np.array(costs))


@dataclass
class _State:
    """What elimination needs to know of one taker, for the neurons that are still there.

    Attributes:
        inverse: of the covariance of what is left ``[n, n]``; rows of what went since are zero.
        felt: the mended weights of what is left ``[n, r]``.
        places: where each neuron stands in it, by time that it is taken.
    """

    inverse: Doubles
    felt: Doubles
    places: list[Indices]

    @classmethod
    def of(cls, taker: Taker, stay: Indices, gone: Sequence[int]) -> _State:
        """Solved for what is left when ``gone`` went."""
        whole = _ridged(taker.covariance)
        left = np.ones(len(whole), bool)
        for place in taker.places:
            left[place[list(gone)]] = False
        kept, lost = np.flatnonzero(left), np.flatnonzero(~left)
        inverse = _inverse(whole[np.ix_(kept, kept)])
        felt = taker.felt[kept] + inverse @ (whole[np.ix_(kept, lost)] @ taker.felt[lost])
        where = np.cumsum(left) - 1
        return cls(inverse, felt, [where[p[stay]] for p in taker.places])

    def prices(self) -> Doubles:
        """By how much the error rises when one of the neurons goes ``[neurons]``.

        Of one that is taken several times it is the sum as if each went alone.
        """
        with np.errstate(divide="ignore", invalid="ignore"):  # of those that went
            each = np.einsum("nr,nr->n", self.felt, self.felt) / self.inverse.diagonal()
        found: Doubles = np.sum([each[place] for place in self.places], axis=0)
        return found

    def remove(self, neuron: int) -> None:
        """Take one of the neurons out, in place."""
        from scipy.linalg import blas

        for place in self.places:
            at = place[neuron]
            column = self.inverse[at].copy()
            pivot, row = column[at], self.felt[at].copy()
            # both matrices are symmetric or handed over as their transpose, so nothing is copied
            blas.dger(-1 / pivot, column, column, a=self.inverse.T, overwrite_a=1)
            blas.dger(-1 / pivot, row, column, a=self.felt.T, overwrite_a=1)


EXCHANGES = 24  # at most
SMALL, DRAWN = 64, 4  # up to so many neurons, so many sets more to start from
WORTH = 0.01  # of the error: what an exchange has to lower it by


@dataclass(frozen=True)
class _End:
    """The neurons that stay, and the error with them."""

    stay: Indices
    error: float


def _exchanged(takers: Sequence[Taker], start: Indices) -> _End:
    """Exchange one neuron for another, always the best pair, while that is worth it."""
    stay = start.copy()
    for _ in range(EXCHANGES):
        gone = np.setdiff1d(np.arange(len(takers[0].places[0])), stay)
        each = [_exchanges(taker, stay, gone) for taker in takers]
        error, changes = sum(e for e, _ in each), np.sum([c for _, c in each], axis=0)
        leaves, comes = np.unravel_index(changes.argmin(), changes.shape)
        if changes[leaves, comes] > -WORTH * error:
            break
        stay[leaves] = gone[comes]
        error += float(changes[leaves, comes])
    return _End(stay, error)


def _exchanges(taker: Taker, stay: Indices, gone: Indices) -> tuple[float, Doubles]:
    """The error with ``stay``, and what each exchange ``[stay, gone]`` changes of it."""
    place, whole, felt = taker.places[0], taker.covariance, taker.felt
    others = np.setdiff1d(np.arange(len(whole)), place)
    kept, lost = np.concatenate([others, place[stay]]), place[gone]
    inverse = _inverse(whole[np.ix_(kept, kept)])
    cross = whole[np.ix_(kept, lost)]
    by = inverse @ cross  # what of each neuron that went the others can say, [kept, gone]
    mended = felt[kept] + by @ felt[lost]
    missed = whole[np.ix_(lost, lost)] @ felt[lost] - cross.T @ (by @ felt[lost])  # [gone, r]
    own = whole[lost, lost] - np.einsum("kg,kg->g", cross, by)  # variance that none can say
    again = missed / own[:, None]  # weights of one that comes back
    gains = np.einsum("gr,gr->g", missed, again)
    by, mended, pivots = (v[len(others) :] for v in (by, mended, inverse.diagonal()))
    weight = np.einsum("kr,kr->k", mended, mended)[:, None] - 2 * by * (mended @ again.T)
    weight += by**2 * np.einsum("gr,gr->g", again, again)
    costs = weight / (pivots[:, None] + by**2 / own)
    return float(np.einsum("gr,gr->", felt[lost], missed)), costs - gains


def _grown(takers: Sequence[Taker], keep: int) -> Indices:
    """``keep`` neurons, one after another the one that lowers the error most."""
    states = []
    for taker in takers:
        place, whole = taker.places[0], taker.covariance
        others = np.setdiff1d(np.arange(len(whole)), place)
        left, missed = whole[np.ix_(place, place)].copy(), whole[place] @ taker.felt
        if len(others):
            by = np.linalg.solve(whole[np.ix_(others, others)], whole[np.ix_(others, place)])
            left -= whole[np.ix_(place, others)] @ by
            missed -= by.T @ (whole[others] @ taker.felt)
        states.append((left, missed))
    grown: list[int] = []
    for _ in range(keep):
        gains = np.sum(
            [np.einsum("nr,nr->n", m, m) / np.maximum(c.diagonal(), TINY) for c, m in states],
            axis=0,
        )
        gains[grown] = -np.inf
        at = int(gains.argmax())
        grown.append(at)
        for left, missed in states:
            column = left[at] / left[at, at]
            missed -= np.outer(column, missed[at])
            left -= np.outer(column, left[at])
    return np.array(grown)


def _inverse(matrix: Doubles) -> Doubles:
    """Of a symmetric matrix ``[n, n]`` that is positive definite."""
    from scipy import linalg  # only where neurons are scored so

    factor = linalg.cho_factor(matrix, lower=True, check_finite=False)
    found: Doubles = linalg.cho_solve(factor, np.eye(len(matrix)), check_finite=False)
    return np.ascontiguousarray(found)


def _ridged(covariance: Doubles) -> Doubles:
    """A covariance ``[n, n]`` that has an inverse."""
    found = covariance.copy()
    diagonal = np.diag_indices(len(found))
    found[diagonal] += RIDGE * max(float(found[diagonal].mean()), TINY)
    return found


def directions(felt: Doubles) -> Doubles:
    """A root ``[out, r]`` of how the outputs feel a layer ``F`` ``[out, out]``: ``F = root root'``.

    Directions that the outputs hardly feel are left out.
    """
    values, vectors = np.linalg.eigh(felt)
    large = values > FELT * max(float(values.sum()), TINY)
    root: Doubles = vectors[:, large] * np.sqrt(values[large])
    return root
