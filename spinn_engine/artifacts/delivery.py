"""What a run gives away: one network a checkpoint file, and the result with every number.

The delivered seed is the one with the best validation R2 in the last finished stage; every
checkpoint of a run holds that seed.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from spinn_engine import __version__
from spinn_engine.artifacts.checkpoints import StoredStack, checkpoint_bytes, load_stack
from spinn_engine.artifacts.store import RunFolder, write_atomically
from spinn_engine.evaluation.metrics import Floats, interval, regression_metrics
from spinn_engine.pruning.schedule import Stage
from spinn_engine.spec import SCHEMA_VERSION
from spinn_engine.training.data import PlacedData

FINAL_NAME = "spinn_structured_final.pt"


def checkpoint_name(stage: int) -> str:
    """The file name of a stage's checkpoint."""
    return f"spinn_structured_stage{stage}.pt" if stage else "dense_pinn_improved_final.pt"


def publish_checkpoints(
    folder: RunFolder, data: PlacedData, last: int, stored: StoredStack
) -> None:
    """Write the checkpoints of stages 0 to ``last``, all of the seed that is best in ``last``.

    Args:
        folder: the run.
        data: for the scaler and the names.
        last: the last finished stage.
        stored: its networks.
    """
    member = int(np.argmax(stored.val_r2))
    for stage in range(last + 1):
        at_stage = stored if stage == last else load_stack(folder.stack_path(stage), data.device)
        content = _checkpoint(folder, data, stage, at_stage, member)
        write_atomically(folder.checkpoints / checkpoint_name(stage), content)


def _checkpoint(
    folder: RunFolder, data: PlacedData, stage: int, stored: StoredStack, member: int
) -> bytes:
    about = {
        "input_names": list(data.problem.input_names),
        "target_names": list(data.problem.target_names),
        "stage": stage,
        "seed": folder.spec().seeds[member],
        "data_sha256": folder.data_hash(),
    }
    return checkpoint_bytes(stored, member, data.scaler, about)


@dataclass(frozen=True)
class _Tested:
    """One stage on the test rows: metric name to ``[seeds, out]``, and the loss ``[seeds]``."""

    metrics: dict[str, Floats]
    loss: Floats

    def r2(self) -> Floats:
        """Mean over targets, ``[seeds]``."""
        return np.asarray(self.metrics["r2"].mean(axis=1))


def write_result(folder: RunFolder, data: PlacedData, stages: Sequence[Stage]) -> None:
    """Evaluate every stage on the test rows; write the final checkpoint and, last, the result."""
    stored = [load_stack(folder.stack_path(stage.stage), data.device) for stage in stages]
    member = int(np.argmax(stored[-1].val_r2))
    publish_checkpoints(folder, data, len(stages) - 1, stored[-1])
    final = _checkpoint(folder, data, len(stages) - 1, stored[-1], member)
    write_atomically(folder.checkpoints / FINAL_NAME, final)
    tested = [_test(data, one) for one in stored]
    result = {
        "schema_version": SCHEMA_VERSION,
        "run_id": folder.run_id,
        "spec": folder.spec().model_dump(mode="json"),
        **_delivered(data, stages, tested, member),
        "seeds": list(folder.spec().seeds),
        "delivered_seed": folder.spec().seeds[member],
        "arms": [
            _arm("dense", folder, data, stages[0], stored[0], tested[0]),
            _arm("structured", folder, data, stages[-1], stored[-1], tested[-1]),
        ],
        "stages": [
            _stage_row(folder, data, stage, one, test)
            for stage, one, test in zip(stages, stored, tested, strict=True)
        ],
        "ceiling": data.problem.ceiling,
        "data": _data(folder, data),
        "environment": _environment(data.device),
        "wall_seconds": [round(one.seconds, 3) for one in stored],
    }
    write_atomically(folder.result_path, json.dumps(result, indent=2, allow_nan=False).encode())


@torch.no_grad()
def _test(data: PlacedData, stored: StoredStack) -> _Tested:
    problem, scaler = data.problem, data.scaler
    target = problem.targets[problem.test]
    standard = stored.stack(data.test_inputs()).cpu().double().numpy()  # [S, rows, out]
    members = [regression_metrics(s * scaler.y_std + scaler.y_mean, target) for s in standard]
    metrics = {name: np.stack([m[name] for m in members]) for name in members[0]}
    loss = np.square(standard - (target - scaler.y_mean) / scaler.y_std).mean(axis=(1, 2))
    return _Tested(metrics, loss)


def _delivered(
    data: PlacedData, stages: Sequence[Stage], tested: Sequence[_Tested], member: int
) -> dict[str, Any]:
    """The keys that describe the delivered network alone, so that its files reproduce them.

    ``test_loss`` is the mean squared error in standardised targets, R2 the mean over targets.
    """
    r2 = [float(test.r2()[member]) for test in tested]
    loss = [float(test.loss[member]) for test in tested]
    last = tested[-1].metrics["r2"][member]
    architectures = [list(stage.hidden) for stage in stages]
    return {
        "dense_params": stages[0].params,
        "spinn_params": stages[-1].params,
        "parameter_reduction": stages[-1].param_reduction,
        "dense_r2": r2[0],
        "spinn_r2": r2[-1],
        "architectures": architectures,
        "pruning_history": {
            "params": [stage.params for stage in stages],
            "test_loss": loss,
            "test_r2": r2,
            "architectures": architectures,
        },
        "final": {
            "overall": {"test_loss": loss[-1], "r2": r2[-1]},
            "per_output": {
                name: {"r2": float(value)}
                for name, value in zip(data.problem.target_names, last, strict=True)
            },
        },
    }


def _per_output(data: PlacedData, test: _Tested) -> dict[str, dict[str, Any]]:
    return {
        name: {metric: interval(values[:, column]) for metric, values in test.metrics.items()}
        for column, name in enumerate(data.problem.target_names)
    }


def _arm(
    arm: str, folder: RunFolder, data: PlacedData, stage: Stage, stored: StoredStack, test: _Tested
) -> dict[str, Any]:
    nonzero = sum(int(p.count_nonzero()) for p in stored.stack.parameters()) / stored.stack.size
    return {
        "arm": arm,
        "hidden": list(stage.hidden),
        "params": stage.params,
        "nonzero": round(nonzero),
        "macs": stage.macs,
        "file_bytes": _checkpoint_path(folder, stage).stat().st_size,
        "r2": interval(test.r2()),
        "per_output": _per_output(data, test),
    }


def _stage_row(
    folder: RunFolder, data: PlacedData, stage: Stage, stored: StoredStack, test: _Tested
) -> dict[str, Any]:
    before = stored.val_r2_before
    return {
        "stage": stage.stage,
        "hidden": list(stage.hidden),
        "params": stage.params,
        "macs": stage.macs,
        "file_bytes": _checkpoint_path(folder, stage).stat().st_size,
        "param_reduction": stage.param_reduction,
        "checkpoint": f"checkpoints/{checkpoint_name(stage.stage)}",
        "r2": interval(test.r2()),
        "per_output": _per_output(data, test),
        "val_r2": interval(stored.val_r2),
        "val_r2_before_fine_tuning": None if before is None else interval(before),
    }


def _checkpoint_path(folder: RunFolder, stage: Stage) -> Path:
    return folder.checkpoints / checkpoint_name(stage.stage)


def _data(folder: RunFolder, data: PlacedData) -> dict[str, Any]:
    problem = data.problem
    groups = None if problem.groups is None else len(np.unique(problem.groups))
    return {
        "source": problem.source,
        "simulated": problem.simulated,
        "sha256": folder.data_hash(),
        "rows": {part: len(getattr(problem, part)) for part in ("train", "val", "test")},
        "groups": groups,
        "input_names": list(problem.input_names),
        "target_names": list(problem.target_names),
        "units": problem.units,
        "notes": list(problem.notes),
    }


def _environment(device: torch.device) -> dict[str, Any]:
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "spinn_engine": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "platform": platform.platform(terse=True),
        "device": str(device),
        "device_name": name,
        "threads": torch.get_num_threads(),
        "cpus": os.cpu_count(),
    }
