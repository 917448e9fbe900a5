"""What is decided when a stage ends, and the networks that the next one begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from spinn_engine.artifacts.checkpoints import StoredStack
from spinn_engine.artifacts.delivery import best_seed, member_of
from spinn_engine.artifacts.selection import Selection, read_selection, record_selection
from spinn_engine.artifacts.whatif import record_facts
from spinn_engine.errors import CorruptArtifactError
from spinn_engine.graph.functions import Floats
from spinn_engine.graph.sizes import Widths
from spinn_engine.pruning.importance import CRITERIA, Scores, ScoringData
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.schedule import global_widths, settled
from spinn_engine.pruning.sizes import Stage
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.data import PlacedData
from spinn_engine.training.network import join
from spinn_engine.training.objective import asked_of
from spinn_engine.vocabulary import ARMS, RECONSTRUCTIONS, REFERENCE, SCHEDULES, main_arm


@dataclass(frozen=True)
class Pruner:
    """Decides what a run prunes, once, and cuts by what was decided.

    Attributes:
        folder: the run.
        data: its rows.
        stages: its plan, the dense network first.
    """

    folder: RunFolder
    data: PlacedData
    stages: Sequence[Stage]

    def select(self, stage: int, stored: StoredStack) -> None:
        """Decide which neurons of a stage's delivered arm the next stage has, and record it.

        Of the dense network, what predictions need is recorded with it.

        Args:
            stage: the stage that ends.
            stored: the networks among which are the delivered ones.
        """
        members = stored.members(main_arm(stage))
        criterion = self.folder.spec().prune.criterion
        scores = scores_of(self.data, stored, stage, criterion, members, self._planned(stage + 1))
        if stage + 1 < len(self.stages):
            kept = select(scores, self._next_hidden(stage, scores))
        else:
            kept = [torch.arange(s.shape[1]).repeat(len(s), 1) for s in scores]
        seeds, folds = ([column[m] for m in members] for column in (stored.seeds, stored.folds))
        layers = [
            (s.cpu().numpy(), o[members].cpu().numpy(), k.cpu().numpy())
            for s, o, k in zip(scores, stored.original, kept, strict=True)
        ]
        selection = record_selection(self.folder, stage, seeds, folds, layers)
        if stage == 0:
            self._record_facts(stored, selection)

    def _planned(self, stage: int) -> Widths | None:
        """Widths of a stage; None where there is no such stage, or scores decide about them."""
        ranked = SCHEDULES[self.folder.spec().prune.schedule].widths == "ranked"
        return None if ranked or stage >= len(self.stages) else self.stages[stage].hidden

    def _next_hidden(self, stage: int, scores: Scores) -> Widths:
        """Widths of the stage after ``stage``, whose delivered arm has these scores."""
        if (hidden := self._planned(stage + 1)) is not None:
            return hidden
        planned = self.stages[stage + 1]
        problem = self.data.problem
        ends = problem.input_names, len(problem.target_names)
        graph = self.folder.spec().model.graph_for(*ends)
        prune = settled(self.folder.spec().prune, graph)
        ranked = [layer.sort(dim=1).values.mean(dim=0).tolist() for layer in scores]
        return global_widths(prune, ranked, planned, graph)

    def _record_facts(self, stored: StoredStack, selection: Selection) -> None:
        """Keep what predictions need of the best dense network, which one criterion has scored."""
        member = member_of(stored, (REFERENCE, best_seed(stored, REFERENCE)))
        scores: dict[str, list[Floats]] = {}
        for name in CRITERIA:
            if name == self.folder.spec().prune.criterion:
                scores[name] = [layer.score[member] for layer in selection.layers]
            else:
                found = scores_of(self.data, stored, 0, name, [member], None)
                scores[name] = [layer[0].cpu().numpy() for layer in found]
        record_facts(self.folder, self.data, stored, member, scores)

    def pruned(self, stage: int, before: StoredStack) -> StoredStack:
        """The networks after surgery and reconstruction, one at a time: it is closed form."""
        decided = read_selection(self.folder, stage - 1)
        kept = self._kept(stage, before, decided)
        notes = self._notes(stage, decided, before.stack.graph.labels)
        spec = self.folder.spec()
        how = spec.prune.reconstruction
        return cut(self.data, before, kept, how, notes, spec.train.derivatives)

    def _kept(self, stage: int, before: StoredStack, decided: Selection) -> list[Tensor]:
        """Per hidden layer ``[M, count]``: as decided, or by the criterion that an arm has."""
        own = [m for m, arm in enumerate(before.arms) if ARMS[arm].criterion is None]
        who = [(before.seeds[m], before.folds[m]) for m in own]
        if who != list(zip(decided.seeds.tolist(), decided.folds.tolist(), strict=True)):
            raise CorruptArtifactError(
                f"{self.folder.importance_path(stage - 1)} is not of the seeds and folds of this "
                "run; where another version of this program wrote it, submit the run again"
            )
        kept = [torch.from_numpy(layer).to(self.data.device) for layer in decided.kept()]
        by_arm = []
        for arm in dict.fromkeys(before.arms):
            if criterion := ARMS[arm].criterion:
                hidden = [layer.shape[1] for layer in kept]
                members = before.members(arm)
                scores = scores_of(self.data, before, stage - 1, criterion, members, hidden)
                by_arm.append(select(scores, hidden))
            else:
                by_arm.append(kept)
        return [torch.cat(layers) for layers in zip(*by_arm, strict=True)]

    def _notes(self, stage: int, decided: Selection, labels: Sequence[str]) -> list[str]:
        """Where the criterion or the calibration rows could not decide for ``structured``."""
        prune, found = self.folder.spec().prune, []
        rows = self.data.calibration.shape[1]
        for label, one, kept in zip(labels, decided.layers, decided.kept(), strict=True):
            width, scores = kept.shape[1], one.score
            if width == scores.shape[1]:
                continue
            where = f"stage {stage}, {label}"
            if (scores == scores[:, :1]).all(axis=1).any():
                tied = f"all neurons score the same by {prune.criterion}"
                found.append(f"{where}: {tied}, so the first {width} stay")
            if RECONSTRUCTIONS[prune.reconstruction].solves and rows < width:
                few = f"{rows} calibration rows for {width} neurons"
                found.append(f"{where}: {few}, so the ridge decides what the rows leave open")
        return found


def calibration_of(data: PlacedData, fold: int, derivatives: float = 0.0) -> Calibration:
    """The rows that a network of a fold is solved on, and those that its ridge is picked on.

    Args:
        data: all rows.
        fold: the network's.
        derivatives: their weight beside values.
    """
    one = torch.tensor([fold], device=data.device)
    fit, held_out = (data.take(one, part[one])[0] for part in (data.calibration, data.held_out))
    return Calibration(fit, held_out, derivatives)


def scores_of(
    data: PlacedData,
    stored: StoredStack,
    stage: int,
    criterion: str,
    members: Sequence[int],
    hidden: Sequence[int] | None,
) -> Scores:
    """Scores ``[M, width]`` of some of a block's networks, one at a time.

    With the widths that they will be cut to, where these do not depend on the scores.
    """
    found = []
    for member in members:
        seed, fold = stored.seeds[member], stored.folds[member]
        at = torch.tensor([fold], device=data.device)
        rows = data.calibration[at]
        seeds = [mixed_seed(seed, stage, "random", fold)]
        asked = asked_of(data, at, rows)
        scoring = ScoringData(*data.take(at, rows), seeds, asked, hidden)
        found.append(CRITERIA[criterion](stored.stack.subset([member]), scoring))
    return [torch.cat(layer) for layer in zip(*found, strict=True)]


def cut(
    data: PlacedData,
    before: StoredStack,
    kept: Sequence[Tensor],
    how: str,
    notes: Sequence[str] = (),
    derivatives: float = 0.0,
) -> StoredStack:
    """The networks with the ``kept`` neurons alone, solved anew one at a time: it is closed form.

    Args:
        data: the rows.
        before: the networks.
        kept: per hidden layer ``[M, count]``.
        how: a reconstruction.
        notes: what to say of the choice.
        derivatives: their weight beside values, where these are solved for.
    """
    pieces = []
    for member in range(before.stack.size):
        rows = calibration_of(data, before.folds[member], derivatives)
        own = [layer[member : member + 1] for layer in kept]
        pieces.append(prune_stage(before.stack.subset([member]), own, how, rows))
    return StoredStack(
        join(pieces),
        before.arms,
        before.seeds,
        before.folds,
        [o.gather(1, k) for o, k in zip(before.original, kept, strict=True)],
        notes=list(notes),
        coefficients=before.coefficients,
    )


def mixed_seed(seed: int, stage: int, arm: str, fold: int) -> int:
    """A seed of its own for every member and stage, far from those that draw weights."""
    return int(np.random.SeedSequence([seed, stage, ARMS[arm].stream, fold]).generate_state(1)[0])
