"""How an imported network is scaled, and the same network for rows that a run standardises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.evaluation.metrics import regression_metrics
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.ends import rescaled
from spinn_engine.graph.graph import Graph
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import Scaling
from spinn_engine.training.scaling import Scaler
from spinn_engine.words import fixed

R2 = dict[str, float | None]

# Which sides a network takes and gives standardised: inputs, targets.
SIDES: dict[Scaling, tuple[bool, bool]] = {
    "both": (True, True),
    "inputs": (True, False),
    "targets": (False, True),
    "none": (False, False),
}
WAYS: dict[Scaling, str] = {
    "stored": "with the scaler of its file",
    "both": "with inputs and targets standardised",
    "inputs": "with its inputs standardised and its targets as they are",
    "targets": "with its inputs as they are and its targets standardised",
    "none": "with inputs and targets as they are",
}


def measured_r2(
    network: StoredNetwork, problem: Problem, scaler: Scaler, way: Scaling
) -> dict[str, float | None]:
    """R2 by target on the validation rows, in the targets' units; None where it is not finite."""
    graph, arrays = folded(network, scaler, way)
    x, y = problem.inputs[problem.val], problem.targets[problem.val]
    with np.errstate(over="ignore", invalid="ignore"):
        found = outputs_of(graph, arrays, (x - scaler.x_mean) / scaler.x_std)
        r2 = regression_metrics(found * scaler.y_std + scaler.y_mean, y)["r2"].tolist()
    return {
        name: value if np.isfinite(value) else None
        for name, value in zip(problem.target_names, r2, strict=True)
    }


def folded(
    network: StoredNetwork, scaler: Scaler, way: Scaling
) -> tuple[Graph, dict[str, NDArray[Any]]]:
    """The network that does the same with the run's standardisation, in double precision.

    With ``x`` standardised by the run, the network's own input is ``a x + c``, and the run's
    standardised target is ``d`` times the network's output plus ``e``.
    """
    own = _own_scaler(network, scaler, way)
    a, c = scaler.x_std / own.x_std, (scaler.x_mean - own.x_mean) / own.x_std  # [in]
    d, e = own.y_std / scaler.y_std, (own.y_mean - scaler.y_mean) / scaler.y_std  # [out]
    return rescaled(network.graph, network.arrays, a, c, d, e)


def _own_scaler(network: StoredNetwork, scaler: Scaler, way: Scaling) -> Scaler:
    """What the network itself was standardised by; nothing is a mean of 0 and a spread of 1."""
    if way == "stored":
        assert network.scaler is not None
        return network.scaler
    inputs, targets = SIDES[way]
    x, y = np.zeros_like(scaler.x_mean), np.zeros_like(scaler.y_mean)
    return Scaler(
        scaler.x_mean if inputs else x,
        scaler.x_std if inputs else x + 1,
        scaler.y_mean if targets else y,
        scaler.y_std if targets else y + 1,
    )


def mean_r2(r2: dict[str, float | None]) -> float | None:
    """Mean over targets; None where one has none."""
    values = [value for value in r2.values() if value is not None]
    return sum(values) / len(values) if len(values) == len(r2) else None


def scaling_sentence(r2: Mapping[Scaling, R2], scaling: Scaling) -> str:
    """The R2 of an imported network as it is taken, and as it would be otherwise."""
    found = {way: mean_r2(of_targets) for way, of_targets in r2.items()}
    others = "; ".join(
        f"{_r2_text(mean)} {WAYS[way]}" for way, mean in found.items() if way != scaling
    )
    said = f"The imported network is taken {WAYS[scaling]}: R2 {_r2_text(found[scaling])} on the"
    return f"{said} validation rows" + (f" ({others})." if others else ".")


def _r2_text(mean: float | None) -> str:
    return "no finite R2" if mean is None else fixed(mean)
