"""One run, stage by stage: ``Runner(folder).run_stage(0)`` ... ``run_stage(n)``, ``finish()``.

A stage trains its blocks one after another; a block is a stack of arms with equal widths. Every
block is a pure function of the spec and the stage before it, so one that was cut off is simply done
again, to the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spinn_engine.artifacts.beginning import fresh_stack, imported_stack, teachers
from spinn_engine.artifacts.checkpoints import StoredStack, load_stack, stack_bytes
from spinn_engine.artifacts.delivery import publish_checkpoints
from spinn_engine.artifacts.pruned import Pruner, calibration_of, mixed_seed
from spinn_engine.artifacts.result import findings_on, write_result
from spinn_engine.errors import BadInputError, TrainingDivergedError
from spinn_engine.problems import load_problem
from spinn_engine.problems.matrix import Stored
from spinn_engine.pruning.magnitude import global_masks, reconstruct_masked
from spinn_engine.pruning.schedule import plan
from spinn_engine.spec import batch_size
from spinn_engine.store.mending import drop_unfinished_metrics, forget_damaged
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.course import (
    ByValidation,
    Course,
    Fixed,
    Repeated,
    Taken,
    altogether,
)
from spinn_engine.training.data import on_device
from spinn_engine.training.device import (
    FLOAT_BYTES,
    check_memory,
    give_freed_memory_back,
    keep_freed_memory,
    pick_device,
)
from spinn_engine.training.loop import Epoch, Members, Settings, fit
from spinn_engine.training.network import LEAST_ROWS, Stack
from spinn_engine.training.objective import (
    Derivatives,
    Objective,
    derivative_errors,
    objective_of,
)
from spinn_engine.training.validation import validate
from spinn_engine.vocabulary import (
    NEW_WEIGHTS,
    RECONSTRUCTIONS,
    REFERENCE,
    SUBJECT,
    ZEROED,
    main_arm,
)
from spinn_engine.words import fixed

MAIN_BLOCK = "pruned"  # the block of the networks that a run is about
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
        self._begun = False
        problem = load_problem(self.spec.data)
        if folder.data_hash() not in problem.known_hashes():
            raise BadInputError(
                f"{self.spec.data.source} is no longer the data that run {folder.run_id} was made "
                "for: put the old data back, or submit a new run"
            )
        self.device = pick_device(self.spec.train.device)
        self._found = None
        if isinstance(problem.inputs, Stored) and not folder.is_complete():
            self._found = findings_on(problem, self.spec)  # while training holds no rows yet
            give_freed_memory_back()
        self.data = on_device(problem, self.device, self.spec.compare.folds, self.spec.model)
        self.graph = self.spec.model.graph_for(problem.input_names, len(problem.target_names))
        stages = plan(self.spec.prune, self.graph)
        networks = len(self.spec.seeds) * self.spec.compare.folds
        check_memory(self.device, networks, stages[0].params)
        keep_freed_memory(self._largest_block(networks))
        self.pruner = Pruner(folder, self.data, stages)

    @property
    def rows_an_update(self) -> int:
        """The batch size."""
        return self.spec.train.batch_size or batch_size(self.data.train.rows.shape[1])

    def _largest_block(self, networks: int) -> int:
        """Bytes of the largest tensor of an update, or of validation on rows that are not many."""
        blocks = (self.spec.blocks(at) for at in range(self.spec.prune.stages + 1))
        arms = max(len(arms) for one in blocks for arms in one.values())
        rows = max(self.rows_an_update, min(max(self.data.val.counts), LEAST_ROWS))
        widest = max(map(self.graph.columns, self.graph.dims.values()))
        return FLOAT_BYTES * networks * arms * widest * max(rows, widest)

    def run_stage(self, stage: int) -> None:
        """Do the stages up to one and write their files; what is done already is left as it is.

        What is done and was damaged since is done again, with all that follows.

        Raises:
            TrainingDivergedError: the loss is no longer finite; earlier stages stay.
            SpinnError: a file that cannot be made again is damaged, or one cannot be written.
        """
        self._forget_damaged()
        for at in range(stage + 1):
            for block, arms in self.spec.blocks(at).items():
                if not self.folder.stack_path(at, block).exists():
                    self._run_block(at, block, arms)

    def finish(self) -> None:
        """Read the test rows, and write the final checkpoint and the result: the run is then done.

        Raises:
            SpinnError: as ``run_stage``.
        """
        self.run_stage(self.spec.prune.stages)
        if not self.folder.is_complete():
            give_freed_memory_back()
            self.folder.log("the test rows are read and every arm is measured")
            write_result(self.folder, self.data, self._found)
            self.folder.log("run done")

    def _forget_damaged(self) -> None:
        """Once, before anything is done: what this process writes itself it need not read again."""
        if not self._begun:
            forget_damaged(self.folder)
            self._begun = True

    def _run_block(self, stage: int, block: str, arms: Sequence[str]) -> None:
        start = time.perf_counter()
        give_freed_memory_back()
        drop_unfinished_metrics(self.folder)
        stored = self._begin(stage, block, arms)
        hidden, names = list(stored.stack.hidden), ", ".join(arms)
        self.folder.log(f"stage {stage} of {names} starts on {self.device}: {hidden}")
        for note in stored.notes:
            self.folder.log(note)
        folds = torch.tensor(stored.folds, device=self.device)
        masks = self._mask(stage, stored)
        objective = self._objective(stage, stored)
        stored.val_r2_before = validate(stored.stack, self.data, folds)[1]
        stored.derivative_error_before = derivative_errors(objective, stored.stack, folds)
        members = Members(folds, self._batch_seeds(stage, stored), masks)
        self._train(stage, block, stored, members, objective)
        stored.val_r2 = validate(stored.stack, self.data, folds)[1]
        stored.derivative_error = derivative_errors(objective, stored.stack, folds)
        stored.seconds = time.perf_counter() - start
        files = self.folder.block_files(stage, arms)
        if main_arm(stage) in arms:
            self.pruner.select(stage, stored)
            files += publish_checkpoints(self.folder, self.data, stage, stored)
        mark = self.folder.stack_path(stage, block), stack_bytes(stored)
        self.folder.record(f"stage {stage}, {block}", files, mark)
        reached = f"validation R2 {fixed(float(np.mean(stored.val_r2)))}"
        self.folder.log(f"stage {stage} of {names} done: {reached}")

    def _begin(self, stage: int, block: str, arms: Sequence[str]) -> StoredStack:
        """The networks of a block as they are before training."""
        if stage == 0 and self.spec.model.dense is not None:
            return imported_stack(self.folder, self.data)
        if stage == 0:
            return fresh_stack(self.spec, self.data, arms, self.graph)
        if block in NEW_WEIGHTS:
            final = load_stack(self.folder.stack_path(stage, "pruned"), self.device)
            return fresh_stack(self.spec, self.data, arms, final.stack.graph, final.stack)
        before = self._before(stage, block, arms)
        return self.pruner.pruned(stage, before) if SUBJECT in arms else before

    def _before(self, stage: int, block: str, arms: Sequence[str]) -> StoredStack:
        """The networks that the arms of a block had in the stage before; at first, the dense."""
        earlier = block if stage > 1 else "dense"
        found = load_stack(self.folder.stack_path(stage - 1, earlier), self.device)
        picked, names = [], []
        for arm in arms:
            members = found.members(arm if stage > 1 else REFERENCE)
            picked += members
            names += [arm] * len(members)
        return StoredStack(
            found.stack.subset(picked),
            names,
            [found.seeds[m] for m in picked],
            [found.folds[m] for m in picked],
            [index[picked] for index in found.original],
            coefficients={law: [c[m] for m in picked] for law, c in found.coefficients.items()},
        )

    def _batch_seeds(self, stage: int, stored: StoredStack) -> list[int]:
        who = zip(stored.seeds, stored.arms, stored.folds, strict=True)
        return [mixed_seed(seed, stage, arm, fold) for seed, arm, fold in who]

    def _objective(self, stage: int, stored: StoredStack) -> Objective:
        """What a block learns; in later stages, if asked for, the dense network's derivatives."""
        size, weight = stored.stack.size, self.spec.train.derivatives
        found = objective_of(self.data, self.spec.physics, size, stored.coefficients)
        if not (weight and stage):
            return found
        return Derivatives(found, self.data, teachers(self.folder, stored), weight)

    def _train(
        self, stage: int, block: str, stored: StoredStack, members: Members, objective: Objective
    ) -> None:
        spec, train, fresh = self.spec, self.spec.train, stage == 0 or block in NEW_WEIGHTS
        rate = train.fine_tune_learning_rate
        if fresh:  # what trains for the length of all stages has the highest rate of them
            rate = max(rate, train.learning_rate) if stage else train.learning_rate
        epochs, iterations = spec.block_length(stage, block)
        course = self._course(stage, block, epochs)
        settings = Settings(course, rate, self.rows_an_update, iterations)

        def on_epoch(epoch: Epoch) -> None:
            for arm in dict.fromkeys(stored.arms):
                line = _line_of(stage, arm, epoch, stored.members(arm))
                self.folder.append_metrics(line)
                if self.on_epoch:
                    self.on_epoch(line)

        try:
            done = fit(stored.stack, self.data, members, settings, on_epoch, objective)
        except TrainingDivergedError as error:
            raise TrainingDivergedError(f"stage {stage}, {block}: {error}") from error
        stored.coefficients = objective.coefficients()
        stored.taken, stored.updates_an_epoch = done.taken, done.updates_an_epoch
        stored.kept = done.kept

    def _course(self, stage: int, block: str, epochs: int) -> Course:
        """How long a block trains: a control for as many updates as the pruned network took."""
        if self.spec.train.until == "epochs" or not epochs:
            return Fixed(epochs)
        if stage == 0 or block == MAIN_BLOCK:
            return ByValidation(epochs)
        if block not in NEW_WEIGHTS:
            return Repeated(self._taken(stage, MAIN_BLOCK), most=epochs)
        first = self._taken(0, "dense")
        if self.spec.model.dense is not None:  # what it took elsewhere is not known: the most here
            first = Taken(self.spec.train.epochs or 0, 0)
        later = [self._taken(at, MAIN_BLOCK) for at in range(1, stage + 1)]
        return Repeated(altogether([first, *later]))

    def _taken(self, stage: int, block: str) -> Taken:
        return load_stack(self.folder.stack_path(stage, block), self.device).taken

    def _mask(self, stage: int, stored: StoredStack) -> list[Tensor] | None:
        """Leave the zeroed arm as many non-zeros as the pruned one has parameters; the masks."""
        members = stored.members(ZEROED)
        if not members:
            return None
        pruned = load_stack(self.folder.stack_path(stage, "pruned"), self.device).stack
        left, whole = (
            sum(p[0].numel() for p in stack.parameters()) for stack in (pruned, stored.stack)
        )
        others = whole - sum(weight[0].numel() for weight in stored.stack.weights)
        masks = global_masks(stored.stack, members, max(left - others, 1))
        before = {member: stored.stack.subset([member]) for member in members}
        with torch.no_grad():
            torch._foreach_mul_(list(stored.stack.weights), masks)
        if RECONSTRUCTIONS[self.spec.prune.reconstruction].solves:
            for member, dense in before.items():
                self._solve_support(stored, member, dense, masks)
        return masks

    def _solve_support(
        self, stored: StoredStack, member: int, dense: Stack, masks: Sequence[Tensor]
    ) -> None:
        """What is left of the zeroed weights takes over, as the pruned network's layers do."""
        rows = calibration_of(self.data, stored.folds[member])
        one, own = stored.stack.subset([member]), [mask[member : member + 1] for mask in masks]
        reconstruct_masked(dense, one, own, rows)
        with torch.no_grad():
            for whole, part in zip(stored.stack.parameters(), one.parameters(), strict=True):
                whole[member] = part[0]


def _line_of(stage: int, arm: str, epoch: Epoch, members: Sequence[int]) -> dict[str, Any]:
    """The line of ``metrics.jsonl`` for one arm of a block."""
    line = {"stage": stage, "arm": arm, **asdict(epoch), "time": round(time.time(), 3)}
    for name in ("train_loss", "val_loss", "val_r2"):
        if line[name] is not None:
            line[name] = [line[name][member] for member in members]
    return line
