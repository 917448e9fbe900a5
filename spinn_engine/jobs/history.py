"""How fast earlier runs of this store were: the only estimate before a run's first epoch ends."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import Any

from spinn_engine.artifacts.stages import planned_stages
from spinn_engine.errors import SpinnError
from spinn_engine.jobs.progress import blocks_of
from spinn_engine.store.run_folder import Store
from spinn_engine.store.runs import RunFolder, list_runs

_RUNS_LOOKED_AT = 20


def seconds_a_unit(folder: RunFolder, device: str) -> float | None:
    """Seconds that an epoch of this run should take for each parameter and arm.

    Taken from the newest finished run on the same kind of device, in proportion to the rows and to
    the networks that train at once.

    Args:
        folder: the run that has just begun.
        device: what its worker serves, e.g. ``cuda:0 (NVIDIA H100)``.
    """
    rows = folder.training_rows()
    if rows is None:
        return None
    for earlier in islice(list_runs(), _RUNS_LOOKED_AT):
        if earlier.is_complete():
            rate = _rate(earlier.store, earlier.run_id, device)
            if rate is not None:
                return rate * rows * _members(folder)
    return None


def _members(folder: RunFolder) -> int:
    spec = folder.spec()
    return len(spec.seeds) * spec.compare.folds


@lru_cache(maxsize=64)
def _rate(store: Store, run_id: str, device: str) -> float | None:
    """Seconds a row, network, parameter and epoch; None for another device or a broken result."""
    folder = RunFolder(store, run_id)
    try:
        result = folder.result()
        if result is None or not _is_same(result["environment"], device):
            return None
        work = sum(
            block.epochs * block.size for block in blocks_of(folder.spec(), planned_stages(folder))
        )
        return float(
            sum(result["wall_seconds"])
            / (work * _members(folder) * result["data"]["rows"]["train"])
        )
    except (SpinnError, KeyError, TypeError, ZeroDivisionError):
        return None


def _is_same(environment: dict[str, Any], device: str) -> bool:
    """Whether a result was made on the kind of device that a worker serves."""
    kind = environment["device"].partition(":")[0]
    if not device.startswith(kind):
        return False
    return kind == "cpu" or environment["device_name"] in device
