"""The solution of an equation over its domain, before and after pruning; reading needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.artifacts.arrays import open_arrays, write_arrays
from spinn_engine.errors import BadInputError
from spinn_engine.store.runs import RunFolder

if TYPE_CHECKING:
    from spinn_engine.artifacts.checkpoints import StoredStack
    from spinn_engine.training.data import PlacedData

Field = NDArray[np.float32]


@dataclass(frozen=True)
class Fields:
    """The delivered seed's dense and last structured network on the grid of the test points.

    Attributes:
        x: ``[X]`` positions.
        t: ``[T]`` times.
        reference: ``[X, T]`` the exact solution.
        dense: ``[X, T]`` what the dense network gives.
        dense_residual: ``[X, T]`` what the equation leaves over there.
        structured: ``[X, T]`` the same of the pruned network.
        structured_residual: ``[X, T]``.
    """

    x: Field
    t: Field
    reference: Field
    dense: Field
    dense_residual: Field
    structured: Field
    structured_residual: Field


def record_fields(
    folder: RunFolder, data: PlacedData, main: Sequence[StoredStack], seed: int
) -> None:
    """Write ``fields.npz``.

    Args:
        folder: the run.
        data: a problem whose test points are a grid, x by x.
        main: per stage, the networks among which are the delivered ones.
        seed: the delivered seed.
    """
    rows = data.folds[0].test
    points = data.problem.inputs[rows]
    x, t = np.unique(points[:, 0]), np.unique(points[:, 1])
    reference = data.problem.targets[rows]
    arrays = {"x": x, "t": t, "reference": reference.reshape(len(x), len(t))}
    for arm, stored in (("dense", main[0]), ("structured", main[-1])):
        solution, left_over = _solution(data, stored, (arm, seed))
        arrays[arm] = solution.reshape(len(x), len(t))
        arrays[f"{arm}_residual"] = left_over.reshape(len(x), len(t))
    write_arrays(folder.fields_path, {n: a.astype(np.float32) for n, a in arrays.items()})


def _solution(
    data: PlacedData, stored: StoredStack, who: tuple[str, int]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Prediction and residual ``[rows]`` of an arm's network on the test points."""
    import torch

    from spinn_engine.artifacts.delivery import member_of
    from spinn_engine.training.burgers import Burgers, residual

    network = stored.stack.subset([member_of(stored, who)])
    fold = torch.zeros(1, dtype=torch.int64, device=data.device)
    rows = torch.from_numpy(data.folds[0].test).to(data.device)[None]
    with torch.no_grad():
        jet = Burgers(data).jet(network, fold, rows)
        return jet.value[0, :, 0].cpu().numpy(), residual(jet)[0].cpu().numpy()


def read_fields(folder: RunFolder) -> Fields:
    """The fields of a finished run that solved an equation.

    Raises:
        BadInputError: the run has none.
        CorruptArtifactError: the file is broken.
    """
    path = folder.checked(folder.fields_path)
    if not path.exists():
        raise BadInputError(
            f"run {folder.run_id} has no fields: a run of burgers writes them when it ends"
        )
    with open_arrays(path) as arrays:
        return Fields(**{name: arrays[name] for name in Fields.__dataclass_fields__})
