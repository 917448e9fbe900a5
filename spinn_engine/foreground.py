"""A whole run here and now, without queue or worker; imports no torch before that."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from spinn_engine.artifacts.creation import check_spec_apart, create_run, one_at_a_time
from spinn_engine.errors import FULL_MEMORY, SpinnError, UnreachableError, is_out_of_memory
from spinn_engine.guarded.processes import end_idle
from spinn_engine.spec import RunSpec
from spinn_engine.store.files import is_locked, locked
from spinn_engine.store.runs import RunFolder, results_root

OnEpoch = Callable[[dict[str, Any]], None]

_LIVE_SECONDS = 3.0
_PATIENCE_SECONDS = (1.0, 5.0, 30.0, 120.0, 300.0)


def run(
    spec: RunSpec,
    on_start: Callable[[RunFolder], None] | None = None,
    on_epoch: OnEpoch | None = None,
) -> RunFolder:
    """Do a whole run here and now, without queue or worker.

    Args:
        spec: what to do.
        on_start: called once with the run's folder, before training.
        on_epoch: called with each line of ``metrics.jsonl``.

    Raises:
        SpinnError: as ``submit`` and ``Runner``.
    """
    checked = check_spec_apart(spec)  # what is refused costs no import of torch
    end_idle()  # what has read the rows keeps memory, and training needs it
    from spinn_engine.pipeline import Runner
    from spinn_engine.training.device import pick_device

    pick_device(spec.train.device)  # refused before anything is made
    with ExitStack() as doing:
        with one_at_a_time():  # nobody takes it for a run that waits to be queued
            folder = create_run(spec, checked=checked)
            doing.enter_context(_in_foreground(folder.run_id))
        if on_start:
            on_start(folder)
        doing.enter_context(folder.lock())
        folder.fetch_all()
        with _memory_told("stage 0"):
            runner = Runner(folder, _also_published(folder, on_epoch))
        for stage in range(spec.prune.stages + 1):
            with _memory_told(f"stage {stage}"):
                runner.run_stage(stage)
            _publish(folder)
        with _memory_told("the final evaluation"):
            runner.finish()
        _publish(folder)
    return folder


def is_in_foreground(run_id: str) -> bool:
    """Whether a process of this machine does a run in the foreground, now."""
    return is_locked(_lock_path(run_id))


@contextmanager
def _in_foreground(run_id: str) -> Iterator[None]:
    """Tell the others of this machine that a run is being done, for the length of a block."""
    with locked(_lock_path(run_id)):
        try:
            yield
        finally:
            _lock_path(run_id).unlink(missing_ok=True)


def _lock_path(run_id: str) -> Path:
    return results_root() / ".foreground" / f"{run_id}.lock"


@contextmanager
def _memory_told(where: str) -> Iterator[None]:
    """Tell in a sentence that memory ran out.

    Raises:
        SpinnError: it did.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise SpinnError(f"{where} failed: {FULL_MEMORY}, then run that") from error


def _also_published(folder: RunFolder, on_epoch: OnEpoch | None) -> OnEpoch:
    """``on_epoch``, and now and then what there is to watch is sent to the store."""
    last = time.monotonic()

    def told(line: dict[str, Any]) -> None:
        nonlocal last
        if on_epoch:
            on_epoch(line)
        if time.monotonic() - last > _LIVE_SECONDS:
            with suppress(SpinnError):  # the end of the stage sends it anyway
                folder.publish(live=True)
            last = time.monotonic()

    return told


def _publish(folder: RunFolder) -> None:
    """Send a finished stage to the store; no stage is given up for a server that is away a while.

    Raises:
        SpinnError: the store cannot be used.
    """
    for seconds in _PATIENCE_SECONDS:
        try:
            folder.publish()
        except UnreachableError:
            time.sleep(seconds)
        else:
            return
    folder.publish()
