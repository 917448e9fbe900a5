"""How the networks of one arm did on the test rows of every fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spinn_engine.evaluation.intervals import CONFIDENCE, interval
from spinn_engine.evaluation.metrics import BOUNDS, Floats, regression_metrics, relative_l2
from spinn_engine.problems.terms import Term, violations
from spinn_engine.training.data import PlacedData
from spinn_engine.training.network import Stack, mlp_stack, outputs_of

LINEAR_ROWS = 2**15  # that least squares takes at once


@dataclass(frozen=True)
class Tested:
    """One arm on the test rows.

    Attributes:
        metrics: ``r2``, ``rmse``, ``mae``, each ``[seeds, folds, out]`` in the targets' units.
        loss: mean squared error in standardised units ``[seeds, folds]``.
        pooled_r2: R2 ``[seeds, out]`` of the predictions of all folds taken together.
        violations: by physics term, how far from it ``[seeds, folds]``; NaN where none can tell.
        relative_l2: of an equation, the error relative to the solution ``[seeds, folds]``.
    """

    metrics: dict[str, Floats]
    loss: Floats
    pooled_r2: Floats
    violations: dict[str, Floats]
    relative_l2: Floats | None

    def r2(self) -> Floats:
        """Mean over targets, ``[seeds, folds]``."""
        return np.asarray(self.metrics["r2"].mean(axis=2))

    def scores(self) -> Floats:
        """What arms are compared by, ``[seeds, folds]``: R2, or of an equation the error."""
        return self.r2() if self.relative_l2 is None else self.relative_l2

    def summary(self, targets: Sequence[str]) -> dict[str, Any]:
        """``r2`` and ``per_output`` as a result has them, with the folds where there are some."""
        found = {
            "r2": interval(self.r2(), most=BOUNDS["r2"][1]),
            "per_output": {
                name: {
                    metric: interval(v[:, :, column], CONFIDENCE, *BOUNDS[metric])
                    for metric, v in self.metrics.items()
                }
                for column, name in enumerate(targets)
            },
        }
        if self.loss.shape[1] > 1:
            found["per_fold_r2"] = self.r2().mean(axis=0).tolist()
            found["pooled_r2"] = interval(self.pooled_r2.mean(axis=1), most=BOUNDS["r2"][1])
        if self.relative_l2 is not None:
            found["relative_l2"] = interval(self.relative_l2, least=0.0)
        found["physics"] = {
            name: interval(values, least=0.0) if np.isfinite(values).all() else None
            for name, values in self.violations.items()
        }
        return found


@torch.no_grad()
def evaluate_networks(
    stack: Stack,
    folds: Sequence[int],
    data: PlacedData,
    terms: Sequence[Term] = (),
    coefficients: Mapping[str, Sequence[float]] | None = None,
) -> Tested:
    """Evaluate networks, each on the test rows of its fold.

    Args:
        stack: ``M`` networks, ordered by seed and then fold.
        folds: the fold of each.
        data: the rows.
        terms: physics terms to judge the predictions by.
        coefficients: by law, what each member fitted.
    """
    count, problem = len(data.folds), data.problem
    found: list[tuple[dict[str, Floats], float]] = []
    predictions: list[Floats] = []
    broken: list[dict[str, float | None]] = []
    for member, fold in enumerate(folds):
        rows, scaler = data.folds[fold].test, data.folds[fold].scaler
        one, test = stack.subset([member]), torch.from_numpy(rows).to(data.device)
        given = outputs_of(one, len(rows), partial(_inputs, data, fold, test))
        standard = given[0].cpu().double().numpy()  # [rows, out]
        predicted, target = standard * scaler.y_std + scaler.y_mean, problem.targets[rows]
        loss = float(np.square(standard - (target - scaler.y_mean) / scaler.y_std).mean())
        found.append((regression_metrics(predicted, target), loss))
        predictions.append(predicted)
        fitted = {law: values[member] for law, values in (coefficients or {}).items()}
        broken.append(violations(problem, terms, rows, predicted, fitted))
    shape = (len(folds) // count, count)
    metrics = {
        name: np.stack([one[name] for one, _ in found]).reshape(*shape, -1) for name in found[0][0]
    }
    losses = np.array([loss for _, loss in found]).reshape(shape)
    told = {
        term.name: np.array([one[term.name] for one in broken], dtype=np.float64).reshape(shape)
        for term in terms
    }
    return Tested(metrics, losses, _pooled(predictions, data), told, _relative(predictions, data))


def _inputs(data: PlacedData, fold: int, rows: Tensor, part: slice) -> Tensor:
    return data.x[fold, rows[part]][None]


def _relative(predictions: Sequence[Floats], data: PlacedData) -> Floats | None:
    """The relative L2 errors ``[seeds, folds]`` of the solutions of an equation."""
    if data.problem.equation is None:
        return None
    targets = [data.problem.targets[fold.test] for fold in data.folds]
    each = [relative_l2(p, targets[k % len(targets)]) for k, p in enumerate(predictions)]
    return np.array(each).reshape(-1, len(targets))


def _pooled(predictions: Sequence[Floats], data: PlacedData) -> Floats:
    count = len(data.folds)
    target = np.concatenate([data.problem.targets[fold.test] for fold in data.folds])
    return np.stack(
        [
            regression_metrics(np.concatenate(predictions[at : at + count]), target)["r2"]
            for at in range(0, len(predictions), count)
        ]
    )


def fit_linear(data: PlacedData) -> Stack:
    """Least squares on the inputs, one for each fold, as a stack of networks without hidden layer.

    The least it takes: a network that does no better has found nothing that is not linear.
    """
    weights, biases = [], []
    for number, fold in enumerate(data.folds):
        design, y = np.empty((0, data.ends[0] + 1)), np.empty((0, data.ends[1]))
        for start in range(0, len(fold.train), LINEAR_ROWS):
            part = torch.from_numpy(fold.train[start : start + LINEAR_ROWS]).to(data.device)
            if len(design):  # as long as what is told by the rows before, and no longer
                rotation, design = np.linalg.qr(design)
                y = rotation.T @ y
                del rotation
            before, above = design, len(design)
            design = np.ones((above + len(part), data.ends[0] + 1))
            design[:above], design[above:, :-1] = before, data.x[number, part].cpu().numpy()
            y = np.vstack([y, data.y[number, part].double().cpu().numpy()])
        solution = np.linalg.lstsq(design, y, rcond=None)[0].astype(np.float32)
        weights.append(torch.from_numpy(solution[:-1]))
        biases.append(torch.from_numpy(solution[-1:]))
    stack = mlp_stack([torch.stack(weights)], [torch.stack(biases)], "identity")
    return stack.to(data.device)
