"""Predict first, then learn: the arms of all networks meet the batches one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import psutil
import torch

from spinn_engine.adaptation.arms import ARMS, Arm, Learning, Retrained
from spinn_engine.adaptation.rows import Rows
from spinn_engine.errors import BadInputError, TrainingDivergedError
from spinn_engine.graph.cuts import early_frozen
from spinn_engine.problems.problem import Floats
from spinn_engine.pruning.sizes import BYTES_PER_WEIGHT
from spinn_engine.training.network import Stack
from spinn_engine.words import size

Key = tuple[str, str]  # network and arm
OnBatch = Callable[[int, int], None]  # batches done, batches in all


@dataclass
class Track:
    """The predictions and costs of one arm of one network.

    Attributes:
        arm: with the networks as they are at last.
        predicted: by batch ``[M, n, out]``, what was said of rows not yet learned from; raw units.
        seconds: by batch, of learning from it, all ``M`` networks together.
        macs: by batch, of one network.
        setup_seconds: before the first batch, all networks together.
    """

    arm: Arm
    setup_seconds: float
    predicted: list[Floats] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    macs: list[int] = field(default_factory=list)


def run_stream(
    networks: Mapping[str, Stack],
    learning: Mapping[str, Learning],
    rows: Rows,
    batches: Sequence[range],
    on_batch: OnBatch | None = None,
) -> dict[Key, Track]:
    """Let all arms meet all batches.

    They take turns within every batch, each time in another order, so that whatever else the
    machine does hurts all of them alike.

    Args:
        networks: by name, ``M`` networks each, which are copied for every arm.
        learning: by arm, how it learns.
        rows: what there is to learn from.
        batches: new rows, in the order in which they come.
        on_batch: called after each batch with how many are done, and how many there are.

    Raises:
        TrainingDivergedError: an arm no longer has finite weights, or predicts finite numbers.
    """
    keys = [(network, arm) for network in networks for arm in learning]
    order, tracks = np.random.default_rng(0), {}
    for at in order.permutation(len(keys)):
        network, arm = keys[at]
        tracks[keys[at]] = _begin(arm, networks[network], rows, learning[arm])
    for number, batch in enumerate(batches):
        for key in keys:
            _predict(key, tracks[key], rows, batch)
        for at in order.permutation(len(keys)):
            _learn(keys[at], tracks[keys[at]], batch)
        if on_batch:
            on_batch(number + 1, len(batches))
    return {key: tracks[key] for key in keys}


def check_memory(networks: Collection[Stack], learning: Mapping[str, Learning], rows: Rows) -> None:
    """Refuse what does not fit into this machine's memory; a device's memory is not checked.

    Raises:
        BadInputError: as said, with the arm that needs most.
    """
    if rows.x.device.type != "cpu":
        return
    count = rows.data.train.rows.shape[1] + rows.count
    needed = {
        arm: sum(
            count
            * BYTES_PER_WEIGHT
            * stack.size
            * early_frozen(stack.graph, how.frozen_layers).columns
            for stack in networks
        )
        for arm, how in learning.items()
        if ARMS[arm] is Retrained
    }
    free = psutil.virtual_memory().available
    if sum(needed.values()) > free:
        worst = max(needed, key=lambda arm: needed[arm])
        raise BadInputError(
            f"--arms: {worst} keeps {size(needed[worst])} of activations but "
            f"{size(free)} of memory are free: leave it out, or use a machine with more"
        )


def _begin(arm: str, stack: Stack, rows: Rows, how: Learning) -> Track:
    own = stack.subset(range(stack.size))
    start = _now(stack)
    made = ARMS[arm](own, rows, how)
    return Track(made, _now(stack) - start)


@torch.no_grad()
def _predict(key: Key, track: Track, rows: Rows, batch: range) -> None:
    predicted = rows.raw(track.arm.stack(rows.new(batch)[0]))
    if not np.isfinite(predicted).all():
        raise _diverged(key, batch)
    track.predicted.append(predicted)


def _learn(key: Key, track: Track, batch: range) -> None:
    start = _now(track.arm.stack)
    try:
        track.macs.append(track.arm.update(batch))
    except ArithmeticError as error:
        raise _diverged(key, batch) from error
    track.seconds.append(_now(track.arm.stack) - start)
    if not all(p.isfinite().all() for p in track.arm.stack.parameters()):
        raise _diverged(key, batch)


def _diverged(key: Key, batch: range) -> TrainingDivergedError:
    network, arm = key
    return TrainingDivergedError(
        f"arm {arm} of the {network} network no longer gives finite numbers from new row "
        f"{batch.start + 1} on: leave out rows that are far from the training rows, or the arm "
        "(--arms)"
    )


def _now(stack: Stack) -> float:
    """Seconds on a clock, after the device has finished its queued work."""
    if stack.device.type != "cpu":
        torch.accelerator.synchronize(stack.device)
    return time.perf_counter()
