"""What an adaptation has found, as plain data: scores, costs and forgetting of every arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from spinn_engine.adaptation.arms import Learning
from spinn_engine.adaptation.closed_form import RIDGE
from spinn_engine.adaptation.prequential import Key, Track
from spinn_engine.adaptation.result import name_of
from spinn_engine.adaptation.rows import Rows
from spinn_engine.adaptation.scores import (
    by_seed,
    difference,
    mean_r2,
    per_output,
    r2,
    rmse_by_batch,
    squared_errors,
    windows_of,
)
from spinn_engine.adaptation.settings import MEANING, AdaptSettings
from spinn_engine.adaptation.words import words_of
from spinn_engine.evaluation.metrics import Floats
from spinn_engine.evaluation.tested import evaluate_networks
from spinn_engine.graph.cuts import early_frozen, layers
from spinn_engine.spec import SCHEMA_VERSION
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.device import environment
from spinn_engine.training.network import Stack


@dataclass(frozen=True)
class Met:
    """All that is known when the stream has ended.

    Attributes:
        stacks: by network, as the run left it.
        trained_as: by network, the arm of the run that it is.
        learning: by arm of the adaptation, how it learned.
        rows: what there was to learn from.
        batches: the new rows of each batch.
        tracks: by network and arm, how it went.
        left_out: by arm that was asked for but cannot be, why not.
    """

    stacks: Mapping[str, Stack]
    trained_as: Mapping[str, str]
    learning: Mapping[str, Learning]
    rows: Rows
    batches: Sequence[range]
    tracks: Mapping[Key, Track]
    left_out: Mapping[str, str]

    @property
    def seeds(self) -> int:
        """Number of seeds; each has a network a fold."""
        return len(self.rows.folds) // len(self.rows.data.folds)

    def squares(self, key: Key) -> Floats:
        """Squared errors of an arm on coming rows ``[M, rows, out]``."""
        return squared_errors(self.tracks[key].predicted, self.rows.stream.targets)

    def scores(self, key: Key) -> Floats:
        """Mean R2 over targets of each repetition ``[M]``, over the whole stream."""
        found = r2(self.squares(key), self.rows.stream.targets)
        assert found is not None  # a stream with a constant target is refused
        return np.asarray(found.mean(axis=1))

    def old_scores(self, stack: Stack) -> Floats:
        """Mean R2 over targets of each repetition ``[M]`` on the run's test rows."""
        return evaluate_networks(stack, self.rows.folds.tolist(), self.rows.data).r2().ravel()


def summary(folder: RunFolder, settings: AdaptSettings, met: Met) -> dict[str, Any]:
    """The result as it is written: plain data, complete and finite."""
    problem, stream, spec = met.rows.data.problem, met.rows.stream, folder.spec()
    networks = [_network(met, name) for name in met.stacks]
    against = {
        arm: difference(met.scores(("pruned", arm)), met.scores(("dense", arm)), met.seeds)
        for arm in met.learning
    }
    graph, learning = met.stacks["dense"].graph, met.learning["none"]
    count = len(layers(graph))
    frozen = early_frozen(graph, settings.frozen_layers(count)).frozen_layers
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": folder.run_id,
        "name": name_of(stream, settings),
        "data": {
            "source": stream.source,
            "sha256": stream.sha256(),
            "rows": met.rows.count,
            "simulated": stream.simulated,
            "target_names": list(problem.target_names),
            "units": {name: problem.units.get(name) for name in problem.target_names},
            "notes": list(stream.notes),
            "checks": [
                {**asdict(one), "columns": list(one.columns), "drop": list(one.drop)}
                for one in stream.findings
            ],
            "reading": [{"name": r["name"], "facts": r["facts"]} for r in stream.reading],
        },
        "settings": {
            "batch_rows": len(met.batches[0]),
            "frozen": settings.frozen,
            "frozen_layers": frozen,
            "layers": count,
            "arms": list(met.learning),
            "left_out": dict(met.left_out),
            "epochs": learning.epochs,
            "learning_rate": learning.learning_rate,
            "batch_size": learning.batch_size,
            "ridge": RIDGE,
        },
        "seeds": list(spec.seeds),
        "folds": spec.compare.folds,
        "batches": [_span(batch) for batch in met.batches],
        "windows": [_span(window) for window in windows_of(met.batches)],
        "networks": networks,
        "pruned_against_dense": against,
        "words": words_of(networks, against, met.left_out, frozen),
        "environment": environment(met.rows.data.device),
    }


def _span(rows: range) -> dict[str, int]:
    """First and last row, counted from 1."""
    return {"first_row": rows.start + 1, "last_row": rows.stop}


def _network(met: Met, name: str) -> dict[str, Any]:
    stack, before = met.stacks[name], met.old_scores(met.stacks[name])
    graph, hidden = stack.graph, stack.hidden
    return {
        "network": name,
        "trained_as": met.trained_as[name],
        "hidden": list(hidden),
        "params": graph.params(hidden),
        "macs": graph.macs(hidden),
        "test_r2_before": by_seed(before, met.seeds),
        "drift": difference(before, met.scores((name, "none")), met.seeds),
        "arms": [_arm(met, (name, arm), before) for arm in met.learning],
    }


def _arm(met: Met, key: Key, before: Floats) -> dict[str, Any]:
    network, arm = key
    track, squares, targets = met.tracks[key], met.squares(key), met.rows.stream.targets
    names, scores = met.rows.data.problem.target_names, met.scores(key)
    after, stays = met.old_scores(track.arm.stack), met.scores((network, "none"))
    full = met.tracks.get((network, "full"))
    return {
        "arm": arm,
        "meaning": MEANING[arm],
        "r2": by_seed(scores, met.seeds),
        "per_output": per_output(squares, targets, names, met.seeds),
        "gain": None if arm == "none" else difference(scores, stays, met.seeds),
        "windows": [mean_r2(squares, targets, w, met.seeds) for w in windows_of(met.batches)],
        "by_batch": {
            "rmse": rmse_by_batch(squares, met.batches, names),
            "seconds": track.seconds,
            "macs": track.macs,
        },
        "setup": {"seconds": track.setup_seconds, "macs": track.arm.setup_macs},
        **_costs(track),
        "share_of_full": None if full is None else _shares(_costs(track), _costs(full)),
        "test_r2_after": by_seed(after, met.seeds),
        "forgetting": difference(before, after, met.seeds),
    }


def _costs(track: Track) -> dict[str, float]:
    """Total costs: seconds of all networks together, multiply-accumulates and parameters of one."""
    return {
        "seconds": track.setup_seconds + sum(track.seconds),
        "macs": track.arm.setup_macs + sum(track.macs),
        "updated_params": track.arm.updated_params,
    }


def _shares(costs: Mapping[str, float], full: Mapping[str, float]) -> dict[str, float]:
    return {name: costs[name] / full[name] for name in costs}
