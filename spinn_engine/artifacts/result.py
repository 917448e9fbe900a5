"""The result of a run, ``spinn_structured_metrics.json``: every number, from the files of the run.

This is where the test rows are read, once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from spinn_engine.artifacts.checkpoints import StoredStack, load_stack, sequential_of
from spinn_engine.artifacts.delivery import (
    FINAL_NAME,
    MAGNITUDE_NAME,
    best_seed,
    checkpoint,
    checkpoint_name,
    main_arm,
    main_stack,
    member_of,
    publish_checkpoints,
)
from spinn_engine.artifacts.store import RunFolder, write_atomically
from spinn_engine.artifacts.whatif import read_facts
from spinn_engine.evaluation.cost import SPARSE_ROUNDS, SparseNetwork, latencies, peak_memory
from spinn_engine.evaluation.metrics import interval
from spinn_engine.evaluation.tested import Tested, evaluate_networks, fit_linear
from spinn_engine.evaluation.verdict import verdict
from spinn_engine.pruning.sizes import Stage, mac_count, measure, parameter_count
from spinn_engine.pruning.whatif import curve, predict_many, sensitivity
from spinn_engine.spec import SCHEMA_VERSION
from spinn_engine.training.data import PlacedData
from spinn_engine.training.device import environment


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
    """

    folder: RunFolder
    data: PlacedData
    stages: Sequence[Stage]
    main: Sequence[StoredStack]
    tested: Sequence[Tested]
    seed: int

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets."""
        return self.data.problem.target_names


def write_result(folder: RunFolder, data: PlacedData) -> None:
    """Evaluate every arm on the test rows; write the final checkpoints and, last, the result."""
    last = folder.spec().prune.stages
    main = [main_stack(folder, data, stage) for stage in range(last + 1)]
    stages = measure([one.stack.hidden for one in main], *data.ends)
    tested = [_test(data, one, main_arm(stage)) for stage, one in enumerate(main)]
    ended = Ended(folder, data, stages, main, tested, best_seed(main[-1], "structured"))
    publish_checkpoints(folder, data, last, main[-1])
    final = checkpoint(folder, data, last, main[-1], ("structured", ended.seed))
    write_atomically(folder.checkpoints / FINAL_NAME, final)
    arms, repetitions = _arms(ended)
    result = {
        "schema_version": SCHEMA_VERSION,
        "run_id": folder.run_id,
        "spec": folder.spec().model_dump(mode="json"),
        **_delivered(ended),
        "seeds": list(folder.spec().seeds),
        "folds": folder.spec().compare.folds,
        "delivered_seed": ended.seed,
        "verdict": verdict(repetitions, folder.spec().compare.margin),
        "arms": arms,
        "stages": _stage_rows(ended),
        "whatif": _whatif(ended),
        "notes": [note for one in main for note in one.notes],
        "ceiling": data.problem.ceiling if len(data.folds) == 1 else None,  # of its own test rows
        "data": _data(ended),
        "environment": environment(data.device),
        **_wall_seconds(ended),
    }
    write_atomically(folder.result_path, json.dumps(result, indent=2, allow_nan=False).encode())


def _test(data: PlacedData, stored: StoredStack, arm: str) -> Tested:
    members = stored.members(arm)
    return evaluate_networks(stored.stack.subset(members), [stored.folds[m] for m in members], data)


def _final_stacks(ended: Ended) -> dict[str, tuple[int, StoredStack]]:
    """Every trained arm as it was at last: its stage and the block that holds it."""
    spec, last = ended.folder.spec(), len(ended.stages) - 1
    found = {"dense": (0, ended.main[0])}
    for block, arms in spec.blocks(last).items():
        stored = load_stack(ended.folder.stack_path(last, block), ended.data.device)
        found |= dict.fromkeys(arms, (last, stored))
    return found


def _arms(ended: Ended) -> tuple[list[dict[str, Any]], dict[str, list[float]]]:
    """The arms of the result, and the R2 of their repetitions for the verdict."""
    networks: dict[str, nn.Sequential] = {}
    rows: dict[str, dict[str, Any]] = {}
    repetitions: dict[str, list[float]] = {}
    for arm, (stage, stored) in _final_stacks(ended).items():
        tested = _test(ended.data, stored, arm)
        repetitions[arm] = tested.repetitions()
        who = (arm, ended.seed)
        network = sequential_of(stored.stack, member_of(stored, who)).to(ended.data.device)
        content = checkpoint(ended.folder, ended.data, stage, stored, who)
        if arm == "magnitude":
            write_atomically(ended.folder.checkpoints / MAGNITUDE_NAME, content)
        networks[arm] = network
        rows[arm] = {
            **_sizes(arm, stored.stack.widths, network),
            "file_bytes": len(content),
            **tested.summary(ended.targets),
        }
    if "linear" in ended.folder.spec().compare.controls:
        stack = fit_linear(ended.data)
        tested = evaluate_networks(stack, range(len(ended.data.folds)), ended.data)
        networks["linear"] = sequential_of(stack, 0).to(ended.data.device)
        rows["linear"] = {
            **_sizes("linear", stack.widths, networks["linear"]),
            "file_bytes": None,
            **tested.summary(ended.targets),
        }
    _add_costs(ended, networks, rows)
    return list(rows.values()), repetitions


def _sizes(arm: str, widths: Sequence[int], network: nn.Sequential) -> dict[str, Any]:
    return {
        "arm": arm,
        "hidden": list(widths[1:-1]),
        "params": parameter_count(widths),
        "nonzero": sum(int(p.count_nonzero()) for p in network.parameters()),
        "macs": mac_count(widths),
    }


def _add_costs(
    ended: Ended, networks: Mapping[str, nn.Sequential], rows: dict[str, dict[str, Any]]
) -> None:
    """Latency, all arms turn by turn, memory, and what of the MAC ratio became speed."""
    inputs, device = ended.data.ends[0], ended.data.device
    timed = latencies(networks, inputs, device)
    for arm, row in rows.items():
        row["latency_us"] = timed[arm]
        row["mac_ratio"] = rows["dense"]["macs"] / row["macs"]
        row["speed_up"] = {
            batch: rows["dense"]["latency_us"][batch]["median"] / one["median"]
            for batch, one in timed[arm].items()
        }
        peak, how = peak_memory(networks[arm], inputs, device)
        row |= {"peak_memory_bytes": peak, "peak_memory_how": how}
    if "magnitude" in networks:
        whole = networks["magnitude"]
        sparse = {layout: SparseNetwork(whole, layout) for layout in ("coo", "csr")}
        timed = latencies({"magnitude": whole, **sparse}, inputs, device, SPARSE_ROUNDS)
        rows["magnitude"]["sparse"] = {
            layout: {"file_bytes": network.file_bytes(), "latency_us": timed[layout]}
            for layout, network in sparse.items()
        }


def _delivered(ended: Ended) -> dict[str, Any]:
    """The keys that describe the delivered network alone, so that its files reproduce them.

    ``test_loss`` is the mean squared error in standardised targets, R2 the mean over targets.
    """
    at = list(ended.folder.spec().seeds).index(ended.seed)
    r2 = [float(tested.r2()[at, 0]) for tested in ended.tested]
    loss = [float(tested.loss[at, 0]) for tested in ended.tested]
    last = ended.tested[-1].metrics["r2"][at, 0]
    architectures = [list(stage.hidden) for stage in ended.stages]
    return {
        "dense_params": ended.stages[0].params,
        "spinn_params": ended.stages[-1].params,
        "parameter_reduction": ended.stages[-1].param_reduction,
        "dense_r2": r2[0],
        "spinn_r2": r2[-1],
        "architectures": architectures,
        "pruning_history": {
            "params": [stage.params for stage in ended.stages],
            "test_loss": loss,
            "test_r2": r2,
            "architectures": architectures,
        },
        "final": {
            "overall": {"test_loss": loss[-1], "r2": r2[-1]},
            "per_output": {
                name: {"r2": float(value)} for name, value in zip(ended.targets, last, strict=True)
            },
        },
    }


def _stage_rows(ended: Ended) -> list[dict[str, Any]]:
    rows = []
    for stage, stored, tested in zip(ended.stages, ended.main, ended.tested, strict=True):
        members = stored.members(main_arm(stage.stage))
        before = [stored.val_r2_before[m] for m in members] if stage.stage else None
        path = ended.folder.checkpoints / checkpoint_name(stage.stage)
        rows.append(
            {
                "stage": stage.stage,
                "hidden": list(stage.hidden),
                "params": stage.params,
                "macs": stage.macs,
                "file_bytes": path.stat().st_size,
                "param_reduction": stage.param_reduction,
                "checkpoint": f"checkpoints/{path.name}",
                **tested.summary(ended.targets),
                "val_r2": interval([stored.val_r2[m] for m in members]),
                "val_r2_before_fine_tuning": None if before is None else interval(before),
            }
        )
    return rows


def _whatif(ended: Ended) -> dict[str, Any]:
    """Predictions from the dense network alone, beside which the stages can be drawn."""
    facts, prune = read_facts(ended.folder), ended.folder.spec().prune
    how = (prune.criterion, prune.reconstruction)

    def plain(found: Sequence[Any]) -> list[dict[str, Any]]:
        hiddens = [one.hidden for one in found]
        sizes = measure([facts.hidden, *hiddens], *ended.data.ends)[1:]
        return [
            {"hidden": list(s.hidden), "params": s.params, "val_r2": one.r2}
            for s, one in zip(sizes, found, strict=True)
        ]

    stages = predict_many(facts, [stage.hidden for stage in ended.stages], *how)
    return {
        "seed": facts.seed,
        "stages": plain(stages),
        "curve": plain(curve(facts, *how)),
        "sensitivity": [plain(layer) for layer in sensitivity(facts, *how)],
    }


def _data(ended: Ended) -> dict[str, Any]:
    problem = ended.data.problem
    groups = None if problem.groups is None else len(np.unique(problem.groups))
    return {
        "source": problem.source,
        "simulated": problem.simulated,
        "sha256": ended.folder.data_hash(),
        "rows": {
            part: len(getattr(ended.data.folds[0], part)) for part in ("train", "val", "test")
        },
        "groups": groups,
        "input_names": list(problem.input_names),
        "target_names": list(problem.target_names),
        "units": problem.units,
        "notes": list(problem.notes),
    }


def _wall_seconds(ended: Ended) -> dict[str, Any]:
    spec, folder = ended.folder.spec(), ended.folder
    by_block = [
        {
            block: round(load_stack(folder.stack_path(stage, block), ended.data.device).seconds, 3)
            for block in spec.blocks(stage)
        }
        for stage in range(len(ended.stages))
    ]
    return {
        "wall_seconds": [round(sum(blocks.values()), 3) for blocks in by_block],
        "wall_seconds_by_block": by_block,
    }
