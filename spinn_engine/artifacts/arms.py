"""The arms of a result: R2 on the test rows, speed, and what their trainings took and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from spinn_engine.artifacts.checkpoints import (
    NOT_TRAINED,
    StoredStack,
    load_stack,
)
from spinn_engine.artifacts.delivery import (
    ZEROED_NAME,
    checkpoint,
    member_of,
)
from spinn_engine.evaluation.cost import (
    LAYOUTS,
    SPARSE_ROUNDS,
    SparseNetwork,
    Times,
    latencies,
    peak_memory,
    round_times,
)
from spinn_engine.evaluation.speed import equal_work, speed_ups
from spinn_engine.evaluation.tested import Tested, evaluate_networks, fit_linear
from spinn_engine.graph.graph import Graph
from spinn_engine.problems.terms import Term
from spinn_engine.pruning.sizes import Stage
from spinn_engine.spec import ITERATIONS_AN_EPOCH
from spinn_engine.store.files import write_atomically
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.data import PlacedData
from spinn_engine.training.modules import module_of_member
from spinn_engine.training.network import Stack
from spinn_engine.vocabulary import ARMS, REFERENCE, ZEROED

FITTED: dict[str, Callable[[PlacedData], Stack]] = {"linear": fit_linear}  # arms without a block


@dataclass(frozen=True)
class Ended:
    """All that is known when the last stage has ended.

    Attributes:
        folder: the run.
        data: its rows.
        stages: exact sizes, from the networks as they are.
        main: per stage, the networks among which are the delivered ones.
        tested: per stage, how its main arm did on the test rows.
        seed: the delivered seed.
        terms: the physics terms that can be told.
    """

    folder: RunFolder
    data: PlacedData
    stages: Sequence[Stage]
    main: Sequence[StoredStack]
    tested: Sequence[Tested]
    seed: int
    terms: Sequence[Term]

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets."""
        return self.data.problem.target_names


def tested_on(data: PlacedData, stored: StoredStack, arm: str, terms: Sequence[Term]) -> Tested:
    """An arm's networks on the test rows, judged by the physics terms too."""
    members = stored.members(arm)
    fitted = {law: [values[m] for m in members] for law, values in stored.coefficients.items()}
    folds = [stored.folds[m] for m in members]
    return evaluate_networks(stored.stack.subset(members), folds, data, terms, fitted)


def _final_stacks(ended: Ended) -> dict[str, tuple[int, StoredStack]]:
    """Every trained arm as it was at last: its stage and the block that holds it."""
    spec, last = ended.folder.spec(), len(ended.stages) - 1
    found = {REFERENCE: (0, ended.main[0])}
    for block, arms in spec.blocks(last).items():
        stored = load_stack(ended.folder.stack_path(last, block), ended.data.device)
        found |= dict.fromkeys(arms, (last, stored))
    return found


@dataclass(frozen=True)
class Arms:
    """The arms of a result.

    Attributes:
        rows: one an arm.
        tested: how each did on the test rows.
        equal_work: whether arms of equal widths were equally fast, as the result has it.
    """

    rows: list[dict[str, Any]]
    tested: dict[str, Tested]
    equal_work: dict[str, Any] | None


def arms_of(ended: Ended) -> Arms:
    """Every arm, on the test rows and on the clock."""
    networks: dict[str, nn.Module] = {}
    rows: dict[str, dict[str, Any]] = {}
    on_test: dict[str, Tested] = {}
    for arm, (stage, stored) in _final_stacks(ended).items():
        tested = tested_on(ended.data, stored, arm, ended.terms)
        on_test[arm] = tested
        who = (arm, ended.seed)
        network = module_of_member(stored.stack, member_of(stored, who)).to(ended.data.device)
        content = checkpoint(ended.folder, ended.data, stage, stored, who)
        if arm == ZEROED:
            write_atomically(ended.folder.checkpoints / ZEROED_NAME, content)
        networks[arm] = network
        rows[arm] = {
            **_sizes(arm, stored.stack.graph, network),
            "file_bytes": len(content),
            **tested.summary(ended.targets),
        }
    for arm in (name for name in FITTED if name in ended.folder.spec().compare.controls):
        stack = FITTED[arm](ended.data)
        tested = evaluate_networks(stack, range(len(ended.data.folds)), ended.data, ended.terms)
        on_test[arm] = tested
        networks[arm] = module_of_member(stack, 0).to(ended.data.device)
        rows[arm] = {
            **_sizes(arm, stack.graph, networks[arm]),
            "file_bytes": None,
            **tested.summary(ended.targets),
        }
    times = _add_costs(ended, networks, rows)
    widths = {arm: row["hidden"] for arm, row in rows.items()}
    return Arms(list(rows.values()), on_test, equal_work(times, widths))


def _sizes(arm: str, graph: Graph, network: nn.Module) -> dict[str, Any]:
    return {
        "arm": arm,
        "hidden": list(graph.hidden),
        "params": graph.params(graph.hidden),
        "nonzero": sum(int(p.count_nonzero()) for p in network.parameters() if p.requires_grad),
        "macs": graph.macs(graph.hidden),
    }


def _add_costs(
    ended: Ended, networks: Mapping[str, nn.Module], rows: dict[str, dict[str, Any]]
) -> Times:
    """Latency, all arms turn by turn, memory, and what of the MAC ratio became speed."""
    inputs, device = ended.data.ends[0], ended.data.device
    times = round_times(networks, inputs, device)
    timed = latencies(times)
    for arm, row in rows.items():
        row["latency_us"] = timed[arm]
        row["mac_ratio"] = rows[REFERENCE]["macs"] / row["macs"]
        row |= speed_ups(times[REFERENCE], times[arm])
        peak, how = peak_memory(networks[arm], inputs, device)
        row |= {"peak_memory_bytes": peak, "peak_memory_how": how}
    if ZEROED in networks:
        whole = networks[ZEROED]
        sparse = {layout: SparseNetwork(whole, layout) for layout in LAYOUTS}
        stored = latencies(round_times({ZEROED: whole, **sparse}, inputs, device, SPARSE_ROUNDS))
        rows[ZEROED]["sparse"] = {
            layout: {"file_bytes": network.file_bytes(), "latency_us": stored[layout]}
            for layout, network in sparse.items()
        }
    return times


def training_of(stored: StoredStack, arm: str, stage: int, iterations: int) -> dict[str, Any]:
    """One training of one arm.

    Returns:
        ``stage``; ``epochs`` and ``updates`` (of Adam, and iterations of L-BFGS); ``kept_epoch``
        and ``kept_update``, one a network by seed and then fold, 0 being the state before;
        ``stalled``: whether validation had stopped improving before the budget ended (None where
        the length was set by hand).
    """
    taken, each = stored.taken, stored.updates_an_epoch
    kept = [stored.kept[member] for member in stored.members(arm)] if stored.kept else []

    def updates_until(epoch: int) -> int:
        later = max(epoch - taken.epochs, 0) * ITERATIONS_AN_EPOCH
        return min(epoch, taken.epochs) * each + min(later, iterations)

    epochs = taken.epochs + -(-iterations // ITERATIONS_AN_EPOCH)
    return {
        "stage": stage,
        "epochs": epochs,
        "updates": updates_until(epochs),
        "kept_epoch": kept,
        "kept_update": [updates_until(epoch) for epoch in kept],
        "stalled": taken.stalled,
    }


def trainings(folder: RunFolder, device: torch.device) -> dict[str, list[dict[str, Any]]]:
    """By arm, every training that it went through, the dense network's own first."""
    spec = folder.spec()
    found: dict[str, list[dict[str, Any]]] = {}
    for stage in range(spec.prune.stages + 1):
        for block, arms in spec.blocks(stage).items():
            stored = load_stack(folder.stack_path(stage, block), device)
            iterations = spec.block_length(stage, block)[1]
            for arm in arms:
                before = found.get(arm) or _inherited(found, arm)
                if stored.taken != NOT_TRAINED or iterations:
                    one = training_of(stored, arm, stage, iterations)
                    found[arm] = [*before, one]
                else:
                    found[arm] = list(before)
    return found


def _inherited(found: Mapping[str, list[dict[str, Any]]], arm: str) -> list[dict[str, Any]]:
    """The training of the dense network, where an arm goes on from it."""
    return list(found.get(REFERENCE, ())) if ARMS[arm].when == "every" else []


def summary_of(trained: list[dict[str, Any]]) -> dict[str, Any]:
    """``updates`` of all trainings of an arm, ``kept_update`` of the last, and each of them.

    A dense network that was imported was trained elsewhere, which is not counted.
    """
    return {
        "updates": sum(one["updates"] for one in trained),
        "kept_update": trained[-1]["kept_update"] if trained else [],
        "trainings": trained,
    }
