"""One network of the search, by both routes: pruned from the dense one, and from new weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from spinn_engine.artifacts.beginning import fresh_stack
from spinn_engine.artifacts.checkpoints import StoredStack
from spinn_engine.artifacts.pruned import cut, mixed_seed, scores_of
from spinn_engine.evaluation.intervals import interval
from spinn_engine.graph.sizes import Widths
from spinn_engine.pruning.schedule import ranked_path
from spinn_engine.pruning.stage import select
from spinn_engine.spec import RunSpec, batch_size
from spinn_engine.training.course import ByValidation, Course, Repeated, Taken, altogether
from spinn_engine.training.data import PlacedData
from spinn_engine.training.loop import Epoch, Members, Settings, fit
from spinn_engine.training.objective import objective_of
from spinn_engine.training.validation import validate
from spinn_engine.vocabulary import REFERENCE, SUBJECT

FRESH = "scratch"  # the arm that begins with new weights
MORE_UPDATES = 2000  # that a smaller network may take beyond the dense one's, if not asked for
SURE = 0.98  # of the search's intervals, above the proof's: what is picked was lucky in part
RATE = 3e-3  # peak learning rate of small networks, where none is asked for


@dataclass(frozen=True)
class Trial:
    """A smaller network, by both routes; R2 on the validation rows, one number a member.

    Attributes:
        hidden: its widths.
        params: its parameters.
        one_shot: R2 right after the cut.
        pruned: R2 after more updates.
        new_as_long: of new weights, with as many updates as the pruned one had after the cut.
        new: of new weights, with those of the dense network too.
        updates: of Adam after the cut.
    """

    hidden: tuple[int, ...]
    params: int
    one_shot: list[float]
    pruned: list[float]
    new_as_long: list[float]
    new: list[float]
    updates: int


class Bench:
    """The dense networks of the search, and what is tried on them.

    Members are seeds times folds, in this order.
    """

    def __init__(self, spec: RunSpec, data: PlacedData) -> None:
        """``spec`` is fitted to the rows of ``data``."""
        self.spec, self.data = spec, data
        problem = data.problem
        self.graph = spec.model.graph_for(problem.input_names, len(problem.target_names))
        rows = data.train.rows.shape[1]
        self.batch = spec.train.batch_size or batch_size(rows)
        self.updates_an_epoch = -(-rows // self.batch)
        asked = "fine_tune_learning_rate" in spec.train.model_fields_set
        self.rate = spec.train.fine_tune_learning_rate if asked else RATE

    def train_dense(self) -> StoredStack:
        """The dense networks, as a run trains them."""
        stored = fresh_stack(self.spec, self.data, [REFERENCE], self.graph)
        course = ByValidation(self.spec.train.lengths[0])
        stored.taken = self._train(stored, 0, course, self.spec.train.learning_rate)
        return stored

    def ladder(self, dense: StoredStack, ratio: float) -> list[Widths]:
        """Ever smaller networks, each with about ``ratio`` of the parameters of the one before.

        The widths follow one ranking of all neurons, mean over members.
        """
        scores = scores_of(self.data, dense, 0, self.spec.prune.criterion, self._all(dense), None)
        ranked = [layer.sort(dim=1).values.mean(dim=0).tolist() for layer in scores]
        rungs: list[Widths] = []
        for widths in ranked_path(self.spec.prune, ranked):
            if not rungs or self.graph.params(widths) <= ratio * self.graph.params(rungs[-1]):
                rungs.append(widths)
        return rungs

    def one_shot(self, dense: StoredStack, hidden: Widths, members: Sequence[int]) -> StoredStack:
        """Some of the dense networks, cut to these widths."""
        some = StoredStack(
            dense.stack.subset(members),
            [SUBJECT] * len(members),
            [dense.seeds[m] for m in members],
            [dense.folds[m] for m in members],
            [index[list(members)] for index in dense.original],
            coefficients={law: [c[m] for m in members] for law, c in dense.coefficients.items()},
        )
        prune = self.spec.prune
        scores = scores_of(self.data, some, 0, prune.criterion, self._all(some), hidden)
        found = cut(self.data, some, select(scores, hidden), prune.reconstruction)
        found.val_r2 = self._r2(found)
        return found

    def try_widths(self, dense: StoredStack, hidden: Widths) -> Trial:
        """Train a smaller network by both routes."""
        smaller = self.graph.smaller(hidden)
        pruned = self.one_shot(dense, hidden, self._all(dense))
        before = pruned.val_r2
        taken = self._train(pruned, 1, ByValidation(self.most_epochs), self.rate)
        rate, new = max(self.rate, self.spec.train.learning_rate), []
        for course in (taken, altogether([dense.taken, taken])):
            fresh = fresh_stack(self.spec, self.data, [FRESH], smaller)
            self._train(fresh, 1, Repeated(course), rate)
            new.append(fresh.val_r2)
        return Trial(
            hidden=tuple(hidden),
            params=self.graph.params(hidden),
            one_shot=before,
            pruned=pruned.val_r2,
            new_as_long=new[0],
            new=new[1],
            updates=taken.epochs * self.updates_an_epoch,
        )

    @property
    def most_epochs(self) -> int:
        """That a smaller network may take beyond the dense one's."""
        asked = self.spec.train
        if asked.model_fields_set & {"fine_tune_max_updates", "fine_tune_epochs"}:
            return asked.lengths[1]
        return -(-MORE_UPDATES // self.updates_an_epoch)

    def no_worse(self, dense: StoredStack, r2: Sequence[float]) -> bool:
        """Whether an interval of the differences allows no loss above the margin."""
        shape = len(self.spec.seeds), self.spec.compare.folds
        lost = torch.tensor(r2).sub(torch.tensor(dense.val_r2)).reshape(shape).numpy()
        low: float | None = interval(lost, SURE, unit=1.0)["low"]
        return low is not None and low >= -self.spec.compare.margin

    def _all(self, stored: StoredStack) -> list[int]:
        return list(range(stored.stack.size))

    def _r2(self, stored: StoredStack) -> list[float]:
        folds = torch.tensor(stored.folds, device=self.data.device)
        return validate(stored.stack, self.data, folds)[1]

    def _train(self, stored: StoredStack, stage: int, course: Course, rate: float) -> Taken:
        who = zip(stored.seeds, stored.arms, stored.folds, strict=True)
        seeds = [mixed_seed(seed, stage, arm, fold) for seed, arm, fold in who]
        members = Members(torch.tensor(stored.folds, device=self.data.device), seeds)
        settings = Settings(course, rate, self.batch)
        objective = objective_of(
            self.data, self.spec.physics, stored.stack.size, stored.coefficients
        )
        done = fit(stored.stack, self.data, members, settings, _nobody, objective)
        stored.coefficients = objective.coefficients()
        stored.val_r2 = self._r2(stored)
        return done.taken


def _nobody(_: Epoch) -> None:
    """Nobody watches the epochs of a trial."""
