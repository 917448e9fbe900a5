"""What the last stage may cost, in parameters, MACs or bytes. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spinn_engine.graph.graph import Graph
from spinn_engine.pruning.sizes import BYTES_PER_WEIGHT
from spinn_engine.spec import PruneSpec
from spinn_engine.words import shortest


@dataclass(frozen=True)
class Budget:
    """How large the last stage may be: ``size_of`` its widths against ``size``.

    ``ceiling`` says that the size must not be passed; else the nearest network is meant.
    """

    name: str
    size_of: Callable[[Sequence[int]], int]
    size: float
    ceiling: bool = False


def budget_of(prune: PruneSpec, graph: Graph) -> Budget | None:
    """The budget that a spec sets for a network, if it has one."""
    if prune.param_reduction is not None:
        size = graph.params(graph.hidden) * (1 - prune.param_reduction)
        return Budget(f"param_reduction {shortest(prune.param_reduction)}", graph.params, size)
    if prune.mac_reduction is not None:
        size = graph.macs(graph.hidden) * (1 - prune.mac_reduction)
        return Budget(f"mac_reduction {shortest(prune.mac_reduction)}", graph.macs, size)
    if prune.max_bytes is not None:
        size = prune.max_bytes // BYTES_PER_WEIGHT
        return Budget(f"max_bytes {prune.max_bytes:,}", graph.numbers, size, ceiling=True)
    return None
