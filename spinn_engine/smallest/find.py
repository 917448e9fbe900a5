"""The search: dense networks, then one rung after another, each kept as soon as it is done.

What was done is found again under ``.searches`` of the store, by the spec and the data, so that a
search that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from spinn_engine.artifacts.checkpoints import StoredStack, load_stack, stack_bytes
from spinn_engine.errors import BadInputError
from spinn_engine.graph.sizes import Widths
from spinn_engine.problems import load_problem
from spinn_engine.pruning.sizes import BYTES_PER_WEIGHT
from spinn_engine.smallest.descent import descend
from spinn_engine.smallest.trials import Bench, Trial
from spinn_engine.spec import RunSpec
from spinn_engine.store.files import write_atomically
from spinn_engine.store.runs import results_root
from spinn_engine.training.data import on_device
from spinn_engine.training.device import pick_device
from spinn_engine.words import counted, fixed, listed, widths

RATIO = 2**-0.25  # of the parameters, from rung to rung
HOPEFUL = 6  # times the margin: what a cut may lose before it is trained on, to begin there

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """What a search found, on the validation rows.

    Attributes:
        dense_hidden: widths of the dense networks.
        dense_params: their parameters.
        dense_r2: their R2, one number a member.
        most_updates: what a smaller network may take beyond that.
        rate: its peak learning rate.
        trials: all that was tried, from large to small.
        answer: the smallest that is no worse by a route; None where there is none.
        route: ``pruning`` or ``new weights``: by which it is; the former where both are.
    """

    dense_hidden: Widths
    dense_params: int
    dense_r2: list[float]
    most_updates: int
    rate: float
    trials: list[Trial]
    answer: Trial | None
    route: str


def find(spec: RunSpec, tell: Tell) -> Found:
    """Search for the smallest network that is no worse than the dense one.

    Args:
        spec: fitted to its data.
        tell: is told a line about each network.

    Raises:
        BadInputError: there is one member only, so that nothing can be said of a difference, no
            network fits into the bytes, or derivatives are to be kept.
    """
    if len(spec.seeds) * spec.compare.folds < 2:
        raise BadInputError("a search needs two seeds at least (--seeds): one tells no interval")
    if spec.train.derivatives:
        raise BadInputError(
            "a search compares outputs alone: leave derivatives (--derivatives) out"
        )
    problem = load_problem(spec.data)
    data = on_device(problem, pick_device(spec.train.device), spec.compare.folds, spec.model)
    journal = Journal(spec, problem.sha256())
    bench = Bench(spec, data)
    dense = journal.dense(bench)
    tell(_line("dense", bench.graph.hidden, bench.graph.params(bench.graph.hidden), dense.val_r2))
    rungs = _allowed(spec, bench, bench.ladder(dense, RATIO))
    trials: dict[int, Trial] = {}

    def good_enough(at: int) -> bool:
        trial = trials[at] = journal.trial(rungs[at], lambda: bench.try_widths(dense, rungs[at]))
        by = _routes(bench, dense, trial)
        told = f"no worse by {listed(by)}" if by else "worse"
        best = max(trial.pruned, trial.new, key=sum)
        tell(_line(told, trial.hidden, trial.params, best))
        return bool(by)

    lowest = descend(len(rungs) - 1, _begin(bench, dense, rungs), good_enough)
    answer = trials.get(lowest)
    routes = _routes(bench, dense, answer) if answer else []
    return Found(
        bench.graph.hidden,
        bench.graph.params(bench.graph.hidden),
        dense.val_r2,
        bench.most_epochs * bench.updates_an_epoch,
        bench.rate,
        [trials[at] for at in sorted(trials)],
        answer,
        routes[0] if routes else "",
    )


def _routes(bench: Bench, dense: StoredStack, trial: Trial) -> list[str]:
    """By which routes a network is no worse."""
    each = {"pruning": trial.pruned, "new weights": trial.new}
    return [route for route, r2 in each.items() if bench.no_worse(dense, r2)]


def _allowed(spec: RunSpec, bench: Bench, rungs: list[Widths]) -> list[Widths]:
    """The dense network, and those below it that fit into the bytes.

    Raises:
        BadInputError: none does.
    """
    most = spec.prune.max_bytes
    if most is None:
        return rungs
    fit = [rung for rung in rungs[1:] if bench.graph.numbers(rung) * BYTES_PER_WEIGHT <= most]
    if not fit:
        least = bench.graph.numbers(rungs[-1]) * BYTES_PER_WEIGHT
        raise BadInputError(
            f"max_bytes {most:,}: the smallest network, {list(rungs[-1])}, takes {least:,} bytes"
        )
    return [rungs[0], *fit]


def _begin(bench: Bench, dense: StoredStack, rungs: list[Widths]) -> int:
    """The lowest rung at which the first network loses little enough by the cut alone."""
    least = dense.val_r2[0] - HOPEFUL * max(bench.spec.compare.margin, 1e-3)
    good, bad = 0, len(rungs)
    while bad - good > 1:
        middle = (good + bad) // 2
        r2 = bench.one_shot(dense, rungs[middle], [0]).val_r2[0]
        good, bad = (middle, bad) if r2 >= least else (good, middle)
    return max(good, 1)


def _line(what: str, hidden: Widths, params: int, r2: list[float]) -> str:
    size = f"{widths(hidden)}, {counted(params, 'parameter')}"
    return f"{what}: {size}, validation R2 {fixed(float(np.mean(r2)))}"


class Journal:
    """What a search has done, in a folder of its own."""

    def __init__(self, spec: RunSpec, data_hash: str) -> None:
        key = hashlib.sha256(f"{spec.to_json()} {data_hash}".encode()).hexdigest()[:16]
        self.folder: Path = results_root() / ".searches" / key
        self.folder.mkdir(parents=True, exist_ok=True)
        self._device = pick_device(spec.train.device)

    def dense(self, bench: Bench) -> StoredStack:
        """The dense networks, trained once."""
        path = self.folder / "dense.pt"
        if not path.exists():
            write_atomically(path, stack_bytes(bench.train_dense()))
        return load_stack(path, self._device)

    def trial(self, hidden: Widths, make: Callable[[], Trial]) -> Trial:
        """A trial, made once."""
        path = self.folder / f"{'-'.join(map(str, hidden))}.json"
        if not path.exists():
            write_atomically(path, json.dumps(asdict(make())).encode())
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Trial(**{**kept, "hidden": tuple(kept["hidden"])})
