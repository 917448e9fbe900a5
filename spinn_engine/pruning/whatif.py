"""What would be left without any fine-tuning, from the dense network alone. Imports no torch.

    facts = DenseFacts(...)                 # once, when the dense network is trained
    predict(facts, (285, 285, 286, 143), "l1", "least_squares").r2

The second moments of the dense activations say all that least squares needs, so a prediction
passes over no calibration row: with ``C`` the covariance of a layer's activations, ``K`` the kept
and ``R`` the removed neurons, and ``W`` the next layer's weights, the ridge solution changes
``W_K`` by ``(C_KK + ridge)^-1 C_KR W_R``. Unlike the reconstruction of a run, layers are solved
one by one as if the ones before were whole. Only the validation rows pass through the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, cpu_count, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.functions import Floats
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import AnyOperation, Dense, Dims
from spinn_engine.graph.sizes import Widths
from spinn_engine.pruning.facts import DenseFacts, Indices, Moments
from spinn_engine.pruning.schedule import plan
from spinn_engine.spec import PruneSpec

RIDGES = (1e-4, 1e-3, 1e-2)  # times the mean variance of the kept neurons


@dataclass(frozen=True)
class Prediction:
    """Validation R2 without fine-tuning: ``per_output`` ``[out]``, and their mean."""

    hidden: tuple[int, ...]
    targets: tuple[str, ...]
    per_output: NDArray[np.float64]

    @property
    def by_target(self) -> dict[str, float]:
        """R2 by the name of the target."""
        return dict(zip(self.targets, self.per_output.tolist(), strict=True))

    @property
    def r2(self) -> float:
        """Mean over targets."""
        return float(self.per_output.mean())


def predict(
    facts: DenseFacts, hidden: Sequence[int], criterion: str, reconstruction: str
) -> Prediction:
    """R2 on the validation rows after cutting the dense network to the widths ``hidden`` at once.

    Args:
        facts: the dense network.
        hidden: widths, none above the dense ones.
        criterion: which of ``facts.scores`` chooses.
        reconstruction: ``none``, ``bias`` or ``least_squares``.
    """
    return predict_kept(facts, _highest(facts, hidden, criterion), reconstruction)


def _highest(facts: DenseFacts, hidden: Sequence[int], criterion: str) -> list[Indices]:
    """The neurons of the highest scores, as many in each layer as ``hidden`` says."""
    return [
        np.sort(np.argsort(-score, kind="stable")[:width])
        for score, width in zip(facts.scored_by(criterion), hidden, strict=True)
    ]


def predict_kept(
    facts: DenseFacts, kept: Sequence[Indices], reconstruction: str, threads: int = 1
) -> Prediction:
    """As ``predict``, for neurons that are named.

    Args:
        facts: the dense network.
        kept: per dimension that may be pruned, the neurons that stay, rising.
        reconstruction: ``none``, ``bias`` or ``least_squares``.
        threads: how many share the layers, and then the rows; -1 for one a core.
    """
    run = Parallel(n_jobs=threads, prefer="threads")
    graph = facts.graph
    cut = list(run(delayed(_cut)(facts, kept, op, reconstruction) for op in graph.ops))
    arrays = {name: array for one in cut for name, array in one.items()}
    smaller = graph.smaller([len(one) for one in kept])
    rows = np.array_split(facts.x, cpu_count() if threads < 0 else threads)
    found = np.concatenate(run(delayed(outputs_of)(smaller, arrays, x) for x in rows))
    residual = np.square(found - facts.y, dtype=np.float64).sum(axis=0)
    total = np.square(facts.y - facts.y.mean(axis=0), dtype=np.float64).sum(axis=0)
    return Prediction(tuple(map(len, kept)), facts.targets, 1 - residual / total)


def _cut(
    facts: DenseFacts, kept: Sequence[Indices], op: AnyOperation, reconstruction: str
) -> dict[str, Floats]:
    """The parameters of one operation in the smaller network."""
    graph, found = facts.graph, {}
    for parameter in graph.parameters_of(op):
        array = facts.arrays[parameter.name]
        if parameter.columns:
            array = array[..., columns_kept(graph, parameter.columns, kept)]
        found[parameter.name] = array
    if not isinstance(op, Dense):
        return found
    taken, weight = graph.dims[op.inputs[0]], f"{op.name}.weight"
    stay = columns_kept(graph, taken, kept)
    found[weight], shift = _mend(facts, op, stay, found[weight], reconstruction)
    if op.bias:
        found[f"{op.name}.bias"] = found[f"{op.name}.bias"] + shift
    return found


def columns_kept(graph: Graph, dims: Dims, kept: Sequence[Indices]) -> Indices:
    """Which columns of a value of ``dims`` stay, rising within each dimension."""
    place = {dim: at for at, dim in enumerate(graph.prunable)}
    parts = [
        part.start + kept[place[dim]] if dim in place else np.arange(part.start, part.stop)
        for dim, part in graph.parts(dims)
    ]
    return np.concatenate(parts)


def _mend(
    facts: DenseFacts, op: Dense, stay: Indices, weight: Floats, reconstruction: str
) -> tuple[Floats, Floats | float]:
    """A layer's weights ``[kept, out]`` and what its bias gains ``[out]``."""
    sliced, gone = weight[stay], np.setdiff1d(np.arange(len(weight)), stay)
    if not len(gone):
        return sliced, 0.0
    how = RECONSTRUCTIONS[reconstruction] if op.trained else _bias
    change, shift = how(facts, op.name, stay, gone, weight[gone])
    return sliced + change, shift


def _nothing(*_: object) -> tuple[float, float]:
    """What ``none`` changes."""
    return 0.0, 0.0


def _bias(
    facts: DenseFacts, layer: str, _: Indices, gone: Indices, lost: Floats
) -> tuple[float, Floats]:
    """The mean of what is lost ``[gone, out]``, for the bias."""
    return 0.0, facts.fit[layer].mean[gone] @ lost


def _least_squares(
    facts: DenseFacts, layer: str, stay: Indices, gone: Indices, lost: Floats
) -> tuple[Floats, Floats]:
    """The ridge solution for the weights, and the bias that goes with it."""
    mean = facts.fit[layer].mean
    change = _best_change(facts.fit[layer], facts.held_out[layer], stay, gone, lost)
    return change, mean[gone] @ lost - mean[stay] @ change


# What the weights ``[kept, out]`` and the bias ``[out]`` of the next layer gain.
Change = Callable[
    [DenseFacts, str, Indices, Indices, Floats], tuple[Floats | float, Floats | float]
]
RECONSTRUCTIONS: dict[str, Change] = {
    "least_squares": _least_squares,
    "bias": _bias,
    "none": _nothing,
}


def _best_change(
    fit: Moments, held_out: Moments, stay: Indices, gone: Indices, lost: Floats
) -> Floats:
    """The ridge solution with the least error on the held-out rows, zero change among them."""
    from scipy import linalg  # a page that predicts nothing does not wait for it

    gram = fit.covariance[np.ix_(stay, stay)]
    cross = fit.covariance[np.ix_(stay, gone)] @ lost
    other_gram = held_out.covariance[np.ix_(stay, stay)]
    other_cross = held_out.covariance[np.ix_(stay, gone)] @ lost
    drift = (held_out.mean - fit.mean)[gone] @ lost
    other_drift = (held_out.mean - fit.mean)[stay]

    def error(change: Floats) -> float:  # less what does not depend on the change
        quadratic = np.vdot(change, other_gram @ change - 2 * other_cross)
        return float(quadratic + np.square(drift - other_drift @ change).sum())

    best, least = np.zeros_like(cross), float(np.square(drift).sum())
    diagonal, scale = np.diag_indices(len(stay)), gram.trace() / len(stay)
    for ridge in RIDGES:
        system = gram.copy()
        system[diagonal] += ridge * scale
        try:
            factor = linalg.cho_factor(system, lower=True, overwrite_a=True, check_finite=False)
        except linalg.LinAlgError:  # neurons that never change, or too small a ridge for float32
            continue
        change = linalg.cho_solve(factor, cross, check_finite=False)
        if (now := error(change)) < least:
            best, least = change, now
    return best


def predict_many(
    facts: DenseFacts,
    hiddens: Sequence[Sequence[int]],
    criterion: str = "l1",
    reconstruction: str = "least_squares",
) -> list[Prediction]:
    """``predict`` for several widths, on as many threads as the machine has cores.

    Each prediction computes on one thread, as the matrices are small; where there is only one,
    its layers and rows are shared out.
    """
    with threadpool_limits(1):
        if len(hiddens) == 1:
            kept = _highest(facts, hiddens[0], criterion)
            return [predict_kept(facts, kept, reconstruction, threads=-1)]
        jobs = (delayed(predict)(facts, hidden, criterion, reconstruction) for hidden in hiddens)
        found: list[Prediction] = Parallel(n_jobs=-1, prefer="threads")(jobs)
    return found


def curve(
    facts: DenseFacts,
    criterion: str = "l1",
    reconstruction: str = "least_squares",
    points: int = 20,
) -> list[Prediction]:
    """Predictions along the uniform way from the dense network down to 98 % fewer parameters."""
    hiddens: list[Widths] = [facts.hidden]
    for reduction in np.linspace(0.0, 0.98, points)[1:]:
        spec = PruneSpec(stages=1, param_reduction=float(reduction))
        try:
            hiddens.append(plan(spec, facts.graph)[-1].hidden)
        except BadInputError:  # a small network has no such stage
            continue
    return predict_many(facts, list(dict.fromkeys(hiddens)), criterion, reconstruction)


def sensitivity(
    facts: DenseFacts,
    criterion: str = "l1",
    reconstruction: str = "least_squares",
    shares: Sequence[float] = (0.25, 0.5, 0.75, 0.9),
) -> list[list[Prediction]]:
    """Per dimension, predictions with that one alone pruned by each of ``shares``."""
    hiddens = [
        (*facts.hidden[:layer], max(1, round(width * (1 - share))), *facts.hidden[layer + 1 :])
        for layer, width in enumerate(facts.hidden)
        for share in shares
    ]
    found = predict_many(facts, hiddens, criterion, reconstruction)
    return [found[at : at + len(shares)] for at in range(0, len(found), len(shares))]
