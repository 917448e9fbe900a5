"""What a network costs to run: latency, peak memory, bytes. Networks are timed turn by turn."""

from __future__ import annotations

import copy
import io
import os
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from spinn_engine.evaluation.speed import median_of

ROUNDS = {1: 200, 64: 100, 1024: 30, 8192: 11}  # by batch size
SPARSE_ROUNDS = {1: 50, 64: 20, 1024: 5, 8192: 3}  # sparse products are slow
WARM_UP_ROUNDS = 2
LAYOUTS = {"coo": torch.sparse_coo, "csr": torch.sparse_csr}  # by the export formats that keep them

# Else Kineto, which records for the profiler, writes a line to stderr whenever it starts and stops.
os.environ.setdefault("KINETO_LOG_LEVEL", "6")

Forward = Callable[[Tensor], Tensor]
Times = dict[str, dict[str, list[float]]]  # microseconds by arm, batch size and round


@torch.inference_mode()
def round_times(
    forwards: Mapping[str, Forward],
    inputs: int,
    device: torch.device,
    rounds: Mapping[int, int] = ROUNDS,
) -> Times:
    """Microseconds of one forward pass, by arm, batch size and round.

    The arms take turns within every round, each time in another order, so that whatever else the
    machine does hurts all of them alike; compare them with each other, not with another day.

    Args:
        forwards: arm to network, each for standardised inputs ``[B, inputs]``.
        inputs: width of the input.
        device: where the networks are.
        rounds: batch size to how often each arm is timed.
    """
    generator, order = torch.Generator().manual_seed(0), np.random.default_rng(0)
    times: Times = {arm: {str(batch): [] for batch in rounds} for arm in forwards}
    for batch, turns in rounds.items():
        x = torch.randn(batch, inputs, generator=generator).to(device)
        for turn in range(WARM_UP_ROUNDS + turns):
            for arm in order.permutation(list(forwards)):  # the first of a turn finds cold caches
                seconds = _seconds(forwards[arm], x)
                if turn >= WARM_UP_ROUNDS:
                    times[arm][str(batch)].append(1e6 * seconds)
    return times


def latencies(times: Times) -> dict[str, Any]:
    """Arm to batch size to microseconds (``median``, its 95 % ``interval``, ``p95``), ``rounds``.

    The interval is None where there are too few rounds for one.
    """
    return {
        arm: {batch: _summary(each) for batch, each in by_batch.items()}
        for arm, by_batch in times.items()
    }


def _summary(times: Sequence[float]) -> dict[str, Any]:
    found = median_of(times)
    return {
        "median": round(found.median, 2),
        "interval": found.interval and [round(end, 2) for end in found.interval],
        "p95": round(float(np.percentile(times, 95)), 2),
        "rounds": len(times),
    }


def _seconds(forward: Forward, x: Tensor) -> float:
    _wait(x.device)
    start = time.perf_counter()
    forward(x)
    _wait(x.device)
    return time.perf_counter() - start


def _wait(device: torch.device) -> None:
    """Until the device has done what it was given; the CPU always has."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


@torch.inference_mode()
def peak_memory(network: nn.Module, inputs: int, device: torch.device) -> tuple[int | None, str]:
    """Most bytes held during one pass of the largest batch, weights included, and how measured.

    On CUDA from the device's allocator, on the CPU from the allocations that PyTorch's profiler
    reports; elsewhere None, with the reason.
    """
    x = torch.zeros(max(ROUNDS), inputs, device=device)
    weights = sum(p.nbytes for p in (*network.parameters(), *network.buffers()))
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        network(x)
        torch.cuda.synchronize(device)
        peak = torch.cuda.max_memory_allocated(device) - before
        return weights + peak, f"CUDA allocator, batch {len(x)}"
    if device.type != "cpu":
        return None, f"not measured: {device.type} reports no peak per call"
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as recorded:
        network(x)
    held = peak = 0
    for event in recorded.profiler.kineto_results.events():
        if event.name() == "[memory]":
            held += event.nbytes()
            peak = max(peak, held)
    return weights + peak, f"allocations seen by the PyTorch profiler, batch {len(x)}"


class _SparseLinear(nn.Module):
    """A layer whose weight ``[out, in]`` is sparse; it multiplies rows from the left."""

    def __init__(self, layer: nn.Linear, layout: torch.layout) -> None:
        super().__init__()
        self.weight = as_sparse(layer.weight.detach(), layout)
        self.bias = layer.bias if layer.bias is None else layer.bias.detach()[:, None]

    def forward(self, x: Tensor) -> Tensor:
        """Outputs ``[B, out]`` of ``x`` ``[B, in]``."""
        found = self.weight @ x.T  # sparse @ dense wants the rows on the right
        return (found if self.bias is None else found + self.bias).T


class SparseNetwork(nn.Module):
    """A network whose trained matrices are kept in one of the sparse ``LAYOUTS``.

    Takes and gives standardised rows as the dense network that it is made from does.
    """

    def __init__(self, network: nn.Module, layout: str) -> None:
        super().__init__()
        self.network = copy.deepcopy(network)
        for name, module in list(self.network.named_modules()):
            if isinstance(module, nn.Linear) and module.weight.requires_grad:
                place, _, last = name.rpartition(".")
                sparse = _SparseLinear(module, LAYOUTS[layout])
                setattr(self.network.get_submodule(place), last, sparse)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs ``[B, out]`` of inputs ``[B, in]``."""
        found: Tensor = self.network(x)
        return found

    def file_bytes(self) -> int:
        """Bytes of a ``torch.save`` file with its numbers: values, indices and what is dense."""
        buffer = io.BytesIO()
        sparse = [one for one in self.modules() if isinstance(one, _SparseLinear)]
        dense = self.state_dict().values()  # it has none of those
        torch.save([*((one.weight, one.bias) for one in sparse), *dense], buffer)
        return buffer.getbuffer().nbytes


def as_sparse(weight: Tensor, layout: torch.layout) -> Tensor:
    """A weight ``[out, in]`` without its zeros."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse", category=UserWarning)
        return weight.to_sparse(layout=layout).clone()  # the clone leaves COO indices behind
