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

from spinn_engine.artifacts.beginning import fresh_stack, imported_stack
from spinn_engine.artifacts.checkpoints import StoredStack, load_stack, save_stack
from spinn_engine.artifacts.delivery import best_seed, member_of, publish_checkpoints
from spinn_engine.artifacts.neurons import record_neurons
from spinn_engine.artifacts.result import write_result
from spinn_engine.artifacts.whatif import record_facts
from spinn_engine.errors import BadInputError, TrainingDivergedError
from spinn_engine.problems import load_problem
from spinn_engine.pruning.importance import CRITERIA, Scores, ScoringData
from spinn_engine.pruning.magnitude import global_masks
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.schedule import global_widths, plan, settled
from spinn_engine.pruning.sizes import Widths
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.spec import Criterion
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.data import place
from spinn_engine.training.device import keep_freed_memory, pick_device
from spinn_engine.training.loop import Epoch, Members, Settings, fit
from spinn_engine.training.network import Stack, join
from spinn_engine.training.objective import effects_of, objective_of
from spinn_engine.training.validation import validate
from spinn_engine.vocabulary import ARMS, RECONSTRUCTIONS, SCHEDULES

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
        keep_freed_memory()
        self.data = place(problem, self.device, self.spec.compare.folds)
        self.stages = plan(self.spec.prune, self.spec.model.hidden, *self.data.ends)

    def run_stage(self, stage: int) -> None:
        """Do one stage and write its files; what is done already is left as it is.

        Raises:
            TrainingDivergedError: the loss is no longer finite; earlier stages stay.
            SpinnError: the stage before is missing or broken, or a file cannot be written.
        """
        for block, arms in self.spec.blocks(stage).items():
            if not self.folder.stack_path(stage, block).exists():
                self._run_block(stage, block, arms)

    def finish(self) -> None:
        """Read the test rows, and write the final checkpoint and the result: the run is then done.

        Raises:
            SpinnError: a stage is missing or broken, or a file cannot be written.
        """
        if not self.folder.is_complete():
            self.folder.log("the test rows are read and every arm is measured")
            write_result(self.folder, self.data)
            self.folder.log("run done")

    def _run_block(self, stage: int, block: str, arms: Sequence[str]) -> None:
        start = time.perf_counter()
        self.folder.drop_metrics(stage, arms)
        stored = self._begin(stage, block, arms)
        hidden, names = list(stored.stack.hidden), ", ".join(arms)
        self.folder.log(f"stage {stage} of {names} starts on {self.device}: {hidden}")
        for note in stored.notes:
            self.folder.log(note)
        folds = torch.tensor(stored.folds, device=self.device)
        masks = self._mask(stage, stored)
        stored.val_r2_before = validate(stored.stack, self.data, folds)[1]
        self._train(stage, block, stored, Members(folds, self._batch_seeds(stage, stored), masks))
        stored.val_r2 = validate(stored.stack, self.data, folds)[1]
        stored.seconds = time.perf_counter() - start
        if block == "pruned" or stage == 0:
            self._record_neurons(stage, stored)
            publish_checkpoints(self.folder, self.data, stage, stored)
        if stage == 0:
            member = member_of(stored, ("dense", best_seed(stored, "dense")))
            scores = {str(name): self._scores(stored, 0, name, [member]) for name in CRITERIA}
            record_facts(self.folder, self.data, stored, member, scores)
        save_stack(self.folder.stack_path(stage, block), stored)
        reached = f"validation R2 {np.mean(stored.val_r2):.4f}"
        self.folder.log(f"stage {stage} of {names} done: {reached}")

    def _begin(self, stage: int, block: str, arms: Sequence[str]) -> StoredStack:
        """The networks of a block as they are before training."""
        if stage == 0 and self.spec.model.dense is not None:
            return imported_stack(self.folder, self.data)
        if stage == 0:
            return fresh_stack(self.spec, self.data, arms, self.spec.model.hidden)
        if block == "scratch":
            final = load_stack(self.folder.stack_path(stage, "pruned"), self.device)
            return fresh_stack(self.spec, self.data, arms, final.stack.hidden)
        before = self._before(stage, block, arms)
        return self._pruned(stage, before) if block == "pruned" else before

    def _before(self, stage: int, block: str, arms: Sequence[str]) -> StoredStack:
        """The networks that the arms of a block had in the stage before; at first, the dense."""
        earlier = block if stage > 1 else "dense"
        found = load_stack(self.folder.stack_path(stage - 1, earlier), self.device)
        picked, names = [], []
        for arm in arms:
            members = found.members(arm if stage > 1 else "dense")
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

    def _pruned(self, stage: int, before: StoredStack) -> StoredStack:
        """The networks after surgery and reconstruction, one at a time: it is closed form."""
        hidden = self._next_hidden(stage - 1, before)
        folds = torch.tensor(before.folds, device=self.device)
        pieces: list[Stack] = []
        kept: list[list[Tensor]] = []
        scores = {
            arm: self._scores(before, stage - 1, ARMS[arm].criterion or self.spec.prune.criterion)
            for arm in set(before.arms)
        }
        for member, arm in enumerate(before.arms):
            fold = folds[member : member + 1]
            rows = Calibration(
                self.data.take(fold, self.data.calibration[fold])[0],
                self.data.take(fold, self.data.held_out[fold])[0],
            )
            own = [layer[member : member + 1] for layer in scores[arm]]
            how = self.spec.prune.reconstruction
            piece, selection = prune_stage(before.stack.subset([member]), hidden, own, how, rows)
            pieces.append(piece)
            kept.append(selection.kept)
        stay = [torch.cat(layer) for layer in zip(*kept, strict=True)]
        original = [o.gather(1, k) for o, k in zip(before.original, stay, strict=True)]
        return StoredStack(
            join(pieces),
            before.arms,
            before.seeds,
            before.folds,
            original,
            notes=self._notes(stage, before, hidden, scores["structured"]),
            coefficients=before.coefficients,
        )

    def _notes(
        self, stage: int, before: StoredStack, hidden: Sequence[int], scores: Scores
    ) -> list[str]:
        """Where the criterion or the calibration rows could not decide for ``structured``."""
        prune, members, found = self.spec.prune, before.members("structured"), []
        rows = self.data.calibration.shape[1]
        for layer, (values, width) in enumerate(zip(scores, hidden, strict=True)):
            if width == before.stack.hidden[layer]:
                continue
            where, own = f"stage {stage}, hidden layer {layer + 1}", values[members]
            if (own == own[:, :1]).all(dim=1).any():
                tied = f"all neurons score the same by {prune.criterion}"
                found.append(f"{where}: {tied}, so the first {width} stay")
            if RECONSTRUCTIONS[prune.reconstruction].solves and rows < width:
                few = f"{rows} calibration rows for {width} neurons"
                found.append(f"{where}: {few}, so the ridge decides what the rows leave open")
        return found

    def _next_hidden(self, stage: int, stored: StoredStack) -> Widths:
        """Widths of the stage after ``stage``, whose structured networks are in ``stored``."""
        planned = self.stages[stage + 1]
        if SCHEDULES[self.spec.prune.schedule].widths != "ranked":
            return planned.hidden
        arm = "structured" if stage else stored.arms[0]
        members = stored.members(arm)
        scores = self._scores(stored, stage, self.spec.prune.criterion)
        prune = settled(self.spec.prune, self.spec.model.hidden, *self.data.ends)
        ranked = [layer[members].sort(dim=1).values.mean(dim=0).tolist() for layer in scores]
        return global_widths(prune, ranked, planned, self.data.ends)

    def _scores(
        self,
        stored: StoredStack,
        stage: int,
        criterion: Criterion,
        members: Sequence[int] | None = None,
    ) -> Scores:
        """Scores ``[M, width]`` of a block's networks (by default all), one at a time."""
        found = []
        for member in range(len(stored.seeds)) if members is None else members:
            seed, fold = stored.seeds[member], stored.folds[member]
            at = torch.tensor([fold], device=self.device)
            rows = self.data.calibration[at]
            seeds = [_mixed_seed(seed, stage, "random", fold)]
            scoring = ScoringData(*self.data.take(at, rows), seeds, effects_of(self.data, at, rows))
            found.append(CRITERIA[criterion](stored.stack.subset([member]), scoring))
        return [torch.cat(layer) for layer in zip(*found, strict=True)]

    def _batch_seeds(self, stage: int, stored: StoredStack) -> list[int]:
        who = zip(stored.seeds, stored.arms, stored.folds, strict=True)
        return [_mixed_seed(seed, stage, arm, fold) for seed, arm, fold in who]

    def _train(self, stage: int, block: str, stored: StoredStack, members: Members) -> None:
        spec, train, fresh = self.spec, self.spec.train, stage == 0 or block == "scratch"
        rate = train.learning_rate if fresh else train.fine_tune_learning_rate
        epochs, iterations = spec.block_length(stage, block)
        settings = Settings(epochs, rate, train.batch_size, iterations)

        def on_epoch(epoch: Epoch) -> None:
            for arm in dict.fromkeys(stored.arms):
                line = _line_of(stage, arm, epoch, stored.members(arm))
                self.folder.append_metrics(line)
                if self.on_epoch:
                    self.on_epoch(line)

        objective = objective_of(self.data, spec.physics, stored.stack.size, stored.coefficients)
        try:
            fit(stored.stack, self.data, members, settings, on_epoch, objective)
        except TrainingDivergedError as error:
            raise TrainingDivergedError(f"stage {stage}, {block}: {error}") from error
        stored.coefficients = objective.coefficients()

    def _mask(self, stage: int, stored: StoredStack) -> list[Tensor] | None:
        """Leave ``magnitude`` as many non-zeros as ``structured`` has parameters; the masks."""
        members = stored.members("magnitude")
        if not members:
            return None
        pruned = load_stack(self.folder.stack_path(stage, "pruned"), self.device).stack
        params = sum(p[0].numel() for p in pruned.parameters())
        biases = sum(b[0].numel() for b in stored.stack.biases)
        masks = global_masks(stored.stack, members, max(params - biases, 1))
        with torch.no_grad():
            torch._foreach_mul_(list(stored.stack.weights), masks)
        return masks

    def _record_neurons(self, stage: int, stored: StoredStack) -> None:
        """The neurons of the structured networks of fold 0, one a seed."""
        members = stored.members("structured" if stage else "dense", fold=0)
        scores = self._scores(stored, stage, self.spec.prune.criterion)
        if stage + 1 < len(self.stages):
            kept = select(stored.stack, self._next_hidden(stage, stored), scores).kept
        else:
            kept = [torch.arange(s.shape[1], device=self.device).repeat(len(s), 1) for s in scores]
        layers = [
            (s[members].cpu().numpy(), o[members].cpu().numpy(), k[members].cpu().numpy())
            for s, o, k in zip(scores, stored.original, kept, strict=True)
        ]
        record_neurons(self.folder, stage, self.spec.seeds, layers)


def _line_of(stage: int, arm: str, epoch: Epoch, members: Sequence[int]) -> dict[str, Any]:
    """The line of ``metrics.jsonl`` for one arm of a block."""
    line = {"stage": stage, "arm": arm, **asdict(epoch), "time": round(time.time(), 3)}
    for name in ("train_loss", "val_loss", "val_r2"):
        if line[name] is not None:
            line[name] = [line[name][member] for member in members]
    return line


def _mixed_seed(seed: int, stage: int, arm: str, fold: int) -> int:
    """A seed of its own for every member and stage, far from those that draw weights."""
    return int(np.random.SeedSequence([seed, stage, ARMS[arm].stream, fold]).generate_state(1)[0])
