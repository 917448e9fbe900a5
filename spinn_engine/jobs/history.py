"""How long a run should take at the pace of an earlier one: the only estimate before it trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import ceil

from spinn_engine.artifacts.stages import planned_stages
from spinn_engine.errors import SpinnError
from spinn_engine.jobs.progress import Block, blocks_of
from spinn_engine.pruning.sizes import Stage
from spinn_engine.spec import RunSpec, fitted
from spinn_engine.store.demo import demo_run
from spinn_engine.store.run_folder import Store
from spinn_engine.store.runs import RunFolder, list_runs
from spinn_engine.words import duration

_RUNS_LOOKED_AT = 20
# What an update costs beside its products, in weights times rows: docs/measured.md
OF_AN_UPDATE, OF_A_NETWORK = 15_000_000, 5_000_000


@dataclass(frozen=True)
class Pace:
    """How fast a finished run trained.

    Attributes:
        run_id: of that run.
        seconds: for a weight and row that an update multiplies.
        device: that it ran on.
        device_name: of what kind that is.
    """

    run_id: str
    seconds: float
    device: str
    device_name: str

    def expected(self, spec: RunSpec, stages: Sequence[Stage], training_rows: int) -> float:
        """Seconds of a run that trains for as long as it may: by updates, weights and rows.

        Args:
            spec: of the run.
            stages: of the run, the dense one first.
            training_rows: of one network.
        """
        spec = fitted(spec, training_rows)
        blocks = [(block, block.epochs) for block in blocks_of(spec, stages)]
        return self.seconds * _work(spec, training_rows, blocks)

    def sentence(self, spec: RunSpec, stages: Sequence[Stage], training_rows: int) -> str:
        """The same in words, with what it is grounded on."""
        most = "at most about" if spec.train.until == "validation" else "about"
        on = "the CPU" if self.device == "cpu" else self.device_name
        time = duration(self.expected(spec, stages, training_rows))
        return f"At the pace of run {self.run_id} on {on} all stages and arms take {most} {time}."


def newest_pace(device: str | None = None) -> Pace | None:
    """That of the newest finished run of the store; None if there is none that tells.

    Args:
        device: what a worker serves, e.g. ``cuda:0 (NVIDIA H100)``: only runs on the same kind
            count. None: any run counts, and the demo if there is none.
    """
    for run in islice(list_runs(), _RUNS_LOOKED_AT):
        pace = _pace(run.store, run.run_id) if run.is_complete() else None
        if pace is not None and (device is None or _is_same(pace, device)):
            return pace
    if device is None and (demo := demo_run()):
        return _pace(demo.store, demo.run_id)
    return None


def _work(spec: RunSpec, rows: int, blocks: Sequence[tuple[Block, int]]) -> float:
    """Weights times rows of so many epochs of every block."""
    batch = spec.train.batch_size or rows
    members = len(spec.seeds) * spec.compare.folds
    return ceil(rows / batch) * sum(
        epochs * (members * (block.size * batch + len(block.arms) * OF_A_NETWORK) + OF_AN_UPDATE)
        for block, epochs in blocks
    )


@lru_cache(maxsize=64)
def _pace(store: Store, run_id: str) -> Pace | None:
    """That of a finished run; None where its result is broken or says too little."""
    folder = RunFolder(store, run_id)
    try:
        result = folder.result()
        if result is None:
            return None
        rows = result["data"]["rows"]["train"]
        trained = {
            (arm["arm"], part["stage"]): part["epochs"]
            for arm in result["arms"]
            for part in arm.get("trainings", [])
            if part["stalled"] is not None  # a block of a fixed length says its epochs itself
        }
        blocks = [
            (block, trained.get((block.arms[0], block.stage), block.epochs))
            for block in blocks_of(folder.spec(), planned_stages(folder))
        ]
        seconds = sum(result["wall_seconds"]) / _work(folder.spec(), rows, blocks)
        environment = result["environment"]
        return Pace(run_id, seconds, environment["device"], environment["device_name"])
    except (SpinnError, KeyError, TypeError, ZeroDivisionError):
        return None


def _is_same(pace: Pace, device: str) -> bool:
    """Whether a run was made on the kind of device that a worker serves."""
    kind = pace.device.partition(":")[0]
    return device.startswith(kind) and (kind == "cpu" or pace.device_name in device)
