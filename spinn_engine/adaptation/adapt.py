"""``adapt``: one stream of new rows, met by the dense and the pruned networks of all seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from spinn_engine.adaptation.arms import ARMS, LastLayer, Learning, no_closed_form
from spinn_engine.adaptation.prequential import OnBatch, check_memory, run_stream
from spinn_engine.adaptation.result import write_adaptation
from spinn_engine.adaptation.rows import place_stream
from spinn_engine.adaptation.settings import AdaptSettings
from spinn_engine.adaptation.stream import Stream, open_stream
from spinn_engine.adaptation.summary import Met, summary
from spinn_engine.adaptation.words import told_left_out
from spinn_engine.artifacts.checkpoints import StoredStack, load_stack
from spinn_engine.errors import BadInputError
from spinn_engine.graph.cuts import layers
from spinn_engine.pipeline import Runner
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.spec import DataSpec, RunSpec
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.network import Stack
from spinn_engine.vocabulary import LONGER, REFERENCE, SUBJECT

OnFindings = Callable[[Sequence[Finding]], None]


def adapt(
    folder: RunFolder,
    source: str | None = None,
    settings: AdaptSettings | None = None,
    on_batch: OnBatch | None = None,
    reading: Mapping[str, Any] | None = None,
    on_findings: OnFindings | None = None,
) -> dict[str, Any]:
    """Let a finished run's networks meet new rows; the result is also in the run's folder.

    Args:
        folder: the run.
        source: ``table:PATH``; by default what the run's source has to offer.
        settings: batches and arms.
        on_batch: called after each batch with how many are done, and how many there are.
        reading: fields of ``ReadingSpec`` that are otherwise for this table than for the run's.
        on_findings: called with what is found in the rows, before anything learns from them.

    Raises:
        BadInputError: the run is not finished or learned from an equation, or the new rows or the
            settings do not fit it, no arm that was asked for can be, or a number in the rows looks
            like a code for a missing value.
        TrainingDivergedError: an arm no longer predicts finite numbers.
        SpinnError: a file is missing, broken or cannot be written.
    """
    settings = settings or AdaptSettings()
    if not folder.is_complete():
        raise BadInputError(
            f"run {folder.run_id} is not finished, so there is nothing to adapt yet: let it finish"
        )
    with folder.lock():
        folder.fetch_all()
        data = _as_asked(folder.spec().data, reading or {})
        runner = Runner(folder)
        stream = open_stream(runner.data.problem, data, source)
        settings.batches(len(stream.inputs))  # refuses what cannot be, before anything is said
        if on_findings is not None:
            on_findings(stream.findings)
        met = _meet(runner, stream, settings, on_batch)
        result = summary(folder, settings, met)
        write_adaptation(folder, result)
        folder.publish()
    return result


def _as_asked(data: DataSpec, reading: Mapping[str, Any]) -> DataSpec:
    """How the run's columns were used, with another reading."""
    spec = RunSpec.from_dict({"data": data.model_dump() | dict(reading)}, "new rows")
    return spec.data


def _meet(runner: Runner, stream: Stream, settings: AdaptSettings, on_batch: OnBatch | None) -> Met:
    folder, spec = runner.folder, runner.spec
    batches = settings.batches(len(stream.inputs))
    stored = networks_of(folder, runner.device)
    stacks = {name: one.stack.subset(one.members(arm)) for name, (arm, one) in stored.items()}
    arm, dense = stored["dense"]
    who = [(dense.seeds[m], dense.folds[m]) for m in dense.members(arm)]
    rows = place_stream(runner.data, stream, [fold for _, fold in who])
    seeds = [int(np.random.SeedSequence([*one, 1]).generate_state(1)[0]) for one in who]
    epochs = stored["pruned"][1].taken.epochs or spec.train.fine_tune_epochs or 1
    left_out = _left_out(settings, stacks["dense"])
    learning = _learning(runner, settings, len(layers(stacks["dense"].graph)), epochs, seeds)
    learning = {arm: how for arm, how in learning.items() if arm not in left_out}
    check_memory(stacks.values(), learning, rows)
    tracks = run_stream(stacks, learning, rows, batches, on_batch)
    trained_as = {name: arm for name, (arm, _) in stored.items()}
    return Met(stacks, trained_as, learning, rows, batches, tracks, left_out)


def _left_out(settings: AdaptSettings, stack: Stack) -> dict[str, str]:
    """By arm that cannot be for these networks, why not.

    Raises:
        BadInputError: nothing that was asked for is left.
    """
    asked = [arm for arm in settings.chosen() if ARMS[arm] is LastLayer]
    if not asked or (why := no_closed_form(stack)) is None:
        return {}
    if not {*settings.arms} - {"none", *asked}:
        told = told_left_out(asked[0], why).rstrip(".")
        raise BadInputError(f"--arms: {told[0].lower()}{told[1:]}; give others, such as full")
    return dict.fromkeys(asked, why)


def networks_of(folder: RunFolder, device: torch.device) -> dict[str, tuple[str, StoredStack]]:
    """The arm and the stacks of the dense and of the pruned networks, as they were at last.

    Where there is ``dense_longer`` it is the dense one: it has trained as long as the pruned one.
    """
    spec, last = folder.spec(), folder.spec().prune.stages
    longer = LONGER in spec.compare.controls
    dense = folder.stack_path(last if longer else 0, "dense")
    pruned = folder.stack_path(last, "pruned")
    return {
        "dense": (LONGER if longer else REFERENCE, load_stack(folder.checked(dense), device)),
        "pruned": (SUBJECT, load_stack(folder.checked(pruned), device)),
    }


def _learning(
    runner: Runner, settings: AdaptSettings, layers: int, epochs: int, seeds: Sequence[int]
) -> dict[str, Learning]:
    """How each arm learns: as the run fine-tuned, or with one epoch where it did not."""
    train, frozen = runner.spec.train, settings.frozen_layers(layers)
    rate, rows = train.fine_tune_learning_rate, runner.rows_an_update
    return {
        arm: Learning(epochs, rate, rows, frozen if arm == "frozen" else 0, seeds)
        for arm in settings.chosen()
    }
