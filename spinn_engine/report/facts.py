"""All that a report tells, read from the files of a finished run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from spinn_engine import words
from spinn_engine.artifacts.fields import Fields, read_fields
from spinn_engine.artifacts.selection import LayerImportance, read_importance
from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.evaluation.intervals import interval, of_members, repetitions_of
from spinn_engine.evaluation.outcomes import too_few
from spinn_engine.graph.graph import Graph
from spinn_engine.spec import RunSpec
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import ARMS, REFERENCE, SUBJECT
from spinn_engine.words import Figure, counted, decimals_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """A finished run.

    Attributes:
        result: ``spinn_structured_metrics.json``.
        result_bytes: the same as it is on the disk.
        spec: what was asked for.
        created: when the run was made, ISO 8601 in UTC.
        scored: the delivered seed's dense neurons, one entry a dimension that may be pruned.
        survived: the same network's neurons after the last stage.
        validation: by arm and stage, R2 on the validation rows; stages that an arm trained in.
        fields: the solution of an equation, where one was solved.
        claims: checked claims, or None where none were given.
    """

    result: Row
    result_bytes: bytes
    spec: RunSpec
    created: str
    scored: Sequence[LayerImportance]
    survived: Sequence[LayerImportance]
    validation: dict[str, dict[int, Figure]]
    fields: Fields | None
    claims: Sequence[Row] | None

    @cached_property
    def arms(self) -> dict[str, Row]:
        """The arms of the result by name, in the order of the legend."""
        found = {arm["arm"]: arm for arm in self.result["arms"]}
        return {name: found[name] for name in ARMS if name in found}

    @cached_property
    def graph(self) -> Graph:
        """The dense network."""
        data = self.result["data"]
        return self.spec.model.graph_for(data["input_names"], len(data["target_names"]))

    @property
    def equation(self) -> bool:
        """Whether an equation was solved: errors are then relative to the solution."""
        return "relative_l2" in self.arms[REFERENCE]

    @property
    def rows(self) -> str:
        """What the data consist of."""
        return "points" if self.equation else "rows"

    @property
    def folds(self) -> int:
        """Folds of the cross-validation; 1 without."""
        return int(self.result["folds"])

    @property
    def updates_later(self) -> int:
        """Updates of the pruned network in all stages after the dense one."""
        return sum(row.get("updates", 0) for row in self.result["stages"][1:])

    @property
    def n(self) -> int:
        """Repetitions behind a mean."""
        return int(self.arms[SUBJECT]["r2"]["n"])

    @property
    def tells_arms_apart(self) -> bool:
        """Whether there are repetitions enough to show a difference between arms."""
        return not too_few(self.arms[SUBJECT]["r2"])

    @cached_property
    def r2_decimals(self) -> int:
        """Decimals of every R2 of the report."""
        return decimals_of(self.result)

    @cached_property
    def batches(self) -> list[str]:
        """The batch sizes that were timed, rising."""
        return sorted(self.arms[REFERENCE]["latency_us"], key=int)

    @property
    def device(self) -> str:
        """Where everything ran, as ``cpu (x86_64), 2 threads``."""
        where = self.result["environment"]
        threads = f", {counted(where['threads'], 'thread')}" if where["device"] == "cpu" else ""
        return f"{where['device']} ({where['device_name']}){threads}"

    def repetitions(self) -> str:
        """What a mean is taken over: ``3 seeds``, or ``3 seeds × 5 folds``."""
        return words.repetitions(len(self.result["seeds"]), self.folds)

    def tested_rows(self) -> str:
        """What the errors were measured on."""
        rows = self.result["data"]["rows"]
        if self.folds > 1:
            return f"{sum(rows.values()):,} rows, each tested in one of {self.folds} folds"
        return f"{rows['test']:,} test {self.rows}"

    def spread(self) -> str:
        """What the intervals of the report are, in words."""
        if self.n == 1:
            return "one repetition (n = 1), so there is no interval"
        return f"mean and 95 % {self.kind_of_interval()}"

    def kind_of_interval(self) -> str:
        """What the intervals take for drawn at random."""
        over = self.repetitions()
        if self.folds == 1:
            return f"interval over {over} on one split (Student t)"
        return f"interval over {over}, both taken as random (two-way layout, Satterthwaite)"


def gather(folder: RunFolder, claims: Sequence[Row] | None) -> Facts:
    """Read a finished run.

    Raises:
        BadInputError: the run has not ended.
        CorruptArtifactError: a file is missing or broken.
    """
    result = folder.result()
    if result is None:
        raise BadInputError(
            f"run {folder.run_id} is not finished, so there is nothing to report yet: wait until "
            "it has ended, or resume it"
        )
    spec, seed = folder.spec(), int(result["delivered_seed"])
    folder.checked(folder.metrics_path)
    validation = validation_by_stage(folder.metrics(), spec.compare.folds)
    if set(validation.get(SUBJECT, {})) != set(range(1, spec.prune.stages + 1)):
        raise CorruptArtifactError(
            f"{folder.metrics_path}: not every stage of the finished run is in the file"
        )
    equation = "relative_l2" in result["arms"][0]
    return Facts(
        result=result,
        result_bytes=folder.result_path.read_bytes(),
        spec=spec,
        created=folder.created(),
        scored=read_importance(folder, 0, seed),
        survived=read_importance(folder, spec.prune.stages, seed),
        validation=validation,
        fields=read_fields(folder) if equation else None,
        claims=claims,
    )


def validation_by_stage(lines: Sequence[Row], folds: int) -> dict[str, dict[int, Figure]]:
    """R2 on the validation rows of every arm at the end of every stage that it was trained in.

    A member ends with its best epoch: the first with the lowest validation loss.

    Args:
        lines: those of ``metrics.jsonl``; each has ``stage``, ``arm`` and, one entry a member,
            ``val_loss`` and ``val_r2``.
        folds: of the run; members are ordered by seed and then fold.
    """
    epochs: dict[tuple[str, int], list[Row]] = {}
    for line in lines:
        epochs.setdefault((line["arm"], line["stage"]), []).append(line)
    found: dict[str, dict[int, Figure]] = {}
    for (arm, stage), own in epochs.items():
        reached = [_at_best(own, member) for member in range(len(own[0]["val_loss"]))]
        found.setdefault(arm, {})[stage] = of_members(reached, folds)
    return found


def _at_best(epochs: Sequence[Row], member: int) -> float:
    losses = [line["val_loss"][member] for line in epochs]
    return float(epochs[losses.index(min(losses))]["val_r2"][member])


def better_than_all(arm: str, others: Sequence[Row], own: Row) -> bool:
    """Whether an arm's R2 is above that of every other one, by paired repetitions.

    Above is a difference whose 95 % interval lies over zero; too few pairs or seeds say nothing.
    """
    mine = repetitions_of(own["r2"])
    for other in others:
        if other["arm"] == arm:
            continue
        theirs = repetitions_of(other["r2"])
        difference = interval(mine - theirs, unit=1.0)
        if too_few(difference) or difference["low"] <= 0:
            return False
    return True
