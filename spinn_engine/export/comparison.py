"""Is an exported file the network? Both get the test rows, the file in a fresh process."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spinn_engine.environment import without_secrets
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.export import fresh_process
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Floats
from spinn_engine.problems.split import cross_validation
from spinn_engine.store.files import write_atomically
from spinn_engine.store.runs import RunFolder

TOLERANCE = 1e-5  # of a target's spread on the test rows


@dataclass(frozen=True)
class Rows:
    """The test rows in raw units: those of the first fold, whose networks a run delivers.

    Attributes:
        inputs: ``[rows, in]``.
        spread: ``[out]`` the standard deviation of each target on them.
        units: column name to unit, where known.
    """

    inputs: Floats
    spread: Floats
    units: dict[str, str]


@dataclass(frozen=True)
class Trial:
    """A file that is to be loaded and run as its manifest says.

    Attributes:
        name: what the file is called.
        content: its bytes.
        load: the lines of Python that make ``network``.
        run: the line that makes ``y`` of ``x``.
        dtype: what ``x`` is.
    """

    name: str
    content: bytes
    load: str
    run: str
    dtype: str


def rows_to_compare(folder: RunFolder) -> Rows:
    """The test rows of a run, read again.

    Raises:
        BadInputError: the data cannot be read, or is no longer the run's.
    """
    spec = folder.spec()
    needed = f"an export of run {folder.run_id} is compared with its network on the test rows"
    try:
        problem = load_problem(spec.data)
    except BadInputError as error:
        raise BadInputError(f"{needed}, but its data cannot be read: {error}") from error
    if folder.data_hash() not in problem.known_hashes():
        raise BadInputError(
            f"{needed}, but {spec.data.source} is no longer the data that the run was made for: "
            "put the old data back"
        )
    folds = spec.compare.folds
    rows = problem.test if folds == 1 else cross_validation(problem, folds)[0][2]
    return Rows(problem.inputs[rows], problem.targets[rows].std(axis=0), problem.units)


@torch.inference_mode()
def outputs_of(network: nn.Module, inputs: NDArray[Any]) -> Floats:
    """What a network gives for raw rows ``[rows, in]``, in raw units ``[rows, out]``."""
    batches = torch.split(torch.from_numpy(inputs), fresh_process.BATCH)
    return np.concatenate([cast(Tensor, network(x)).double().numpy() for x in batches])


def largest_differences(found: NDArray[Any], expected: Floats) -> Floats:
    """The largest difference of each target ``[out]`` over all rows, in its unit."""
    return np.asarray(np.abs(found.astype(np.float64) - expected).max(axis=0))


def outputs_in_a_fresh_process(
    trials: Sequence[Trial], inputs: Floats
) -> list[NDArray[np.floating[Any]]]:
    """What files give for raw rows ``[rows, in]`` in a Python that knows nothing of this package.

    Raises:
        SpinnError: a file cannot be loaded or run there.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for trial in trials:
            write_atomically(folder / trial.name, trial.content)
        buffer = io.BytesIO()
        np.save(buffer, inputs, allow_pickle=False)
        write_atomically(folder / "inputs.npy", buffer.getvalue())
        files = [
            {"load": t.load, "run": t.run, "dtype": t.dtype, "outputs": f"outputs_{number}.npy"}
            for number, t in enumerate(trials)
        ]
        request = json.dumps({"inputs": "inputs.npy", "files": files})
        write_atomically(folder / "request.json", request.encode())
        command = [sys.executable, "-I", fresh_process.__file__, "request.json"]
        done = subprocess.run(
            command, cwd=folder, env=without_secrets(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            why = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise SpinnError(f"an exported file does not work in a fresh process: {why}")
        return [np.load(folder / file["outputs"], allow_pickle=False) for file in files]
