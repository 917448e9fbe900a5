"""The facts that predictions need, kept with a run; reading them imports no torch."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.pruning.whatif import DenseFacts, Moments, moments
from spinn_engine.store.files import write_atomically
from spinn_engine.store.runs import RunFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from spinn_engine.artifacts.checkpoints import StoredStack
    from spinn_engine.training.data import PlacedData


def record_facts(
    folder: RunFolder,
    data: PlacedData,
    stored: StoredStack,
    member: int,
    scores: Mapping[str, list[Tensor]],
) -> None:
    """Keep what ``predict`` needs of one dense network.

    Args:
        folder: the run.
        data: its rows.
        stored: the dense networks.
        member: which of them, one of the first fold.
        scores: per criterion and hidden layer, of that network alone, ``[1, width]``.
    """
    weights = [_array(w[member]) for w in stored.stack.weights]
    biases = [_array(b[member, 0]) for b in stored.stack.biases]
    act = stored.stack.activation
    val = data.folds[0].val
    arrays: dict[str, Any] = {
        "seed": np.int64(stored.seeds[member]),
        "activation": np.array(act),
        "criteria": np.array(list(scores)),
        "targets": np.array(data.problem.target_names),
        "x": _array(data.x[0, val]),
        "y": _array(data.y[0, val]),
    }
    rows = {"fit": data.calibration[0], "held_out": data.held_out[0]}
    for name, index in rows.items():
        for layer, found in enumerate(moments(weights, biases, act, _array(data.x[0, index]))):
            arrays[f"{name}_mean{layer}"] = found.mean
            arrays[f"{name}_covariance{layer}"] = found.covariance
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        arrays |= {f"weight{layer}": weight, f"bias{layer}": bias}
    for criterion, layers in scores.items():
        arrays |= {f"score_{criterion}{i}": _array(s[0]) for i, s in enumerate(layers)}
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    write_atomically(folder.facts_path, buffer.getvalue())


def _array(values: Tensor) -> Any:
    return values.detach().cpu().numpy()


def read_facts(folder: RunFolder) -> DenseFacts:
    """What is known of a run's dense network.

    Raises:
        BadInputError: the dense network is not trained yet.
        CorruptArtifactError: the file is broken.
    """
    path = folder.fetch(folder.facts_path)
    if not path.exists():
        raise BadInputError(
            f"run {folder.run_id} has no trained dense network yet: predictions start from one"
        )
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise CorruptArtifactError(f"{path} cannot be read: {error}") from error


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> DenseFacts:
    """Kept while the file stays as it is: a moving slider asks again and again."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        layers = sum(name.startswith("weight") for name in arrays.files)

        def known(name: str) -> list[Moments]:
            return [
                Moments(arrays[f"{name}_mean{i}"], arrays[f"{name}_covariance{i}"])
                for i in range(layers - 1)
            ]

        return DenseFacts(
            weights=[arrays[f"weight{i}"] for i in range(layers)],
            biases=[arrays[f"bias{i}"] for i in range(layers)],
            activation=arrays["activation"].item(),
            scores={
                str(c): [arrays[f"score_{c}{i}"] for i in range(layers - 1)]
                for c in arrays["criteria"]
            },
            fit=known("fit"),
            held_out=known("held_out"),
            x=arrays["x"],
            y=arrays["y"],
            seed=int(arrays["seed"]),
            targets=tuple(map(str, arrays["targets"])),
        )
