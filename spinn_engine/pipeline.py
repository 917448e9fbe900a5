"""One run, stage by stage: ``Runner(folder).run_stage(0)`` ... ``run_stage(n)``, ``finish()``.

Every stage is a pure function of the spec and the stage before it, so a stage that was cut off is
simply done again, to the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from spinn_engine.artifacts.checkpoints import StoredStack, load_stack, save_stack
from spinn_engine.artifacts.delivery import publish_checkpoints, write_result
from spinn_engine.artifacts.neurons import record_neurons
from spinn_engine.artifacts.store import RunFolder
from spinn_engine.errors import BadInputError, TrainingDivergedError
from spinn_engine.problems import load_problem
from spinn_engine.pruning.importance import CRITERIA
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.schedule import plan
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.training.data import place
from spinn_engine.training.device import pick_device
from spinn_engine.training.loop import Epoch, Settings, fit, validate
from spinn_engine.training.network import new_stack

OnEpoch = Callable[[dict[str, Any]], None]


class Runner:
    """Does the stages of one run; holds its data on the device between them."""

    def __init__(self, folder: RunFolder, on_epoch: OnEpoch | None = None) -> None:
        """Load the data and find the device.

        Raises:
            BadInputError: the data changed since the run was made, or the device is not there.
        """
        self.folder = folder
        self.spec = folder.spec()
        self.on_epoch = on_epoch
        problem = load_problem(self.spec.data)
        if problem.sha256() != folder.data_hash():
            raise BadInputError(
                f"{self.spec.data.source} is no longer the data that run {folder.run_id} was made "
                "for: put the old data back, or submit a new run"
            )
        self.device = pick_device(self.spec.train.device)
        self.data = place(problem, self.device)
        self.stages = plan(self.spec.prune, self.spec.model.hidden, *self.data.ends)

    def run_stage(self, stage: int) -> None:
        """Do one stage and write its files; one that is done already is left as it is.

        Raises:
            TrainingDivergedError: the loss is no longer finite; earlier stages stay.
            SpinnError: the stage before is missing or broken, or a file cannot be written.
        """
        if self.folder.stage_is_done(stage):
            return
        start = time.perf_counter()
        self.folder.drop_metrics_from(stage)
        self.folder.log(f"stage {stage} starts on {self.device}: {list(self.stages[stage].hidden)}")
        stored = self._pruned(stage) if stage else self._new_dense()
        self._train(stage, stored)
        stored.val_r2 = validate(stored.stack, self.data.val)[1]
        stored.seconds = time.perf_counter() - start
        self._record_neurons(stage, stored)
        publish_checkpoints(self.folder, self.data, stage, stored)
        save_stack(self.folder.stack_path(stage), stored)
        self.folder.log(f"stage {stage} done: validation R2 {np.mean(stored.val_r2):.4f}")

    def finish(self) -> None:
        """Read the test rows, and write the final checkpoint and the result: the run is then done.

        Raises:
            SpinnError: a stage is missing or broken, or a file cannot be written.
        """
        if not self.folder.is_complete():
            write_result(self.folder, self.data, self.stages)
            self.folder.log("run done")

    def _new_dense(self) -> StoredStack:
        widths = (self.data.ends[0], *self.spec.model.hidden, self.data.ends[1])
        stack = new_stack(widths, self.spec.model.activation, self.spec.seeds).to(self.device)
        original = [
            torch.arange(width, device=self.device).repeat(stack.size, 1) for width in stack.hidden
        ]
        return StoredStack(stack, original)

    def _pruned(self, stage: int) -> StoredStack:
        before = load_stack(self.folder.stack_path(stage - 1), self.device)
        rows = Calibration(self.data.calibration, self.data.held_out)
        stack, selection = prune_stage(
            before.stack, self.stages[stage].hidden, self.spec.prune, rows
        )
        original = [o.gather(1, k) for o, k in zip(before.original, selection.kept, strict=True)]
        return StoredStack(stack, original, val_r2_before=validate(stack, self.data.val)[1])

    def _train(self, stage: int, stored: StoredStack) -> None:
        train = self.spec.train
        settings = Settings(
            epochs=train.fine_tune_epochs if stage else train.epochs,
            learning_rate=train.fine_tune_learning_rate if stage else train.learning_rate,
            batch_size=train.batch_size,
            batch_seeds=[_batch_seed(seed, stage) for seed in self.spec.seeds],
        )

        def on_epoch(epoch: Epoch) -> None:
            arm = "structured" if stage else "dense"
            line = {"stage": stage, "arm": arm, **asdict(epoch), "time": round(time.time(), 3)}
            self.folder.append_metrics(line)
            if self.on_epoch:
                self.on_epoch(line)

        try:
            fit(stored.stack, self.data.train, self.data.val, settings, on_epoch)
        except TrainingDivergedError as error:
            raise TrainingDivergedError(f"stage {stage}: {error}") from error

    def _record_neurons(self, stage: int, stored: StoredStack) -> None:
        if stage + 1 < len(self.stages):
            selection = select(stored.stack, self.stages[stage + 1].hidden, self.spec.prune)
            scores, kept = selection.scores, selection.kept
        else:
            scores = CRITERIA[self.spec.prune.criterion](stored.stack)
            kept = [torch.arange(s.shape[1]).repeat(len(s), 1) for s in scores]
        record_neurons(
            self.folder,
            stage,
            self.spec.seeds,
            [
                (score.cpu().numpy(), index.cpu().numpy(), stay.cpu().numpy())
                for score, index, stay in zip(scores, stored.original, kept, strict=True)
            ],
        )


def _batch_seed(seed: int, stage: int) -> int:
    """A seed of its own for each seed and stage, far from the ones that draw weights."""
    return int(np.random.SeedSequence([seed, stage]).generate_state(1)[0])
