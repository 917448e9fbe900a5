"""The parts of a run's spec, each frozen; every default stands beside its field.

Only those of single sources of data stand in ``source_defaults``.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from spinn_engine.spec.choices import (
    Control,
    Criterion,
    Reconstruction,
    Schedule,
    Split,
)
from spinn_engine.spec.model import Widths
from spinn_engine.spec.reading import LIST, Names, ReadingSpec, SpecPart
from spinn_engine.spec.shares import Share
from spinn_engine.vocabulary import SCHEDULES, SPLITS, source_of

DEFAULT_PARAM_REDUCTION = 0.685
EPOCHS, FINE_TUNE_EPOCHS = 15, 3  # by hand


Weight = Annotated[float, Field(ge=0.0, le=1e6)]

PHYSICS_TERMS = ("non_negative", "monotone", "wear_law", "heat_balance")

OWN_WIDTHS = next(name for name, row in SCHEDULES.items() if row.widths == "given")
AMOUNTS = ("pruning_ratio", "param_reduction", "mac_reduction", "max_bytes", "widths")


class DataSpec(ReadingSpec):
    """What is learned: a source of rows, how a table is read, and how its columns are used.

    Attributes:
        source: where the rows come from.
        targets: columns to predict.
        group: column whose equal values stay in one part of the split; no input.
        keep_group: whether it is an input all the same, as a network that was brought may want.
        time: column that orders the rows within a group; it stays an input unless dropped.
        drop: columns that are no inputs.
        split: how the rows of one table are told apart: by ``group``, by ``block`` of rows that
            follow one another, by ``time`` (the last are the test), or by ``row`` at random; by
            default groups where a column is named, blocks where rows follow one another or, where
            these would be too short, time, else rows.
    """

    source: str = "milling-sim"
    targets: Names = ()
    group: str | None = None
    keep_group: bool = False
    time: str | None = None
    drop: Names = ()
    split: Split | None = None

    @property
    def words_of_groups(self) -> str | None:
        """The column whose cells only tell groups apart, so that they are read as texts."""
        return None if self.keep_group else self.group

    @model_validator(mode="after")
    def _of_a_table(self) -> Self:
        source = source_of(self.source)
        if source is None or not source.own_columns:
            for name in ("split", "keep_group", *ReadingSpec.model_fields):
                if getattr(self, name) not in (None, (), False):
                    raise ValueError(f"{name} is for tables: leave it out for other data")
        if self.keep_group and self.group is None:
            raise ValueError("keep_group is about the column of the groups: name it in group")
        if self.split is None:
            return self
        by = SPLITS[self.split]
        if by.group_column == "needed" and self.group is None:
            raise ValueError(
                f"split by {by.name} needs the column of the groups: name it in group (--group)"
            )
        if by.group_column == "refused" and self.group is not None:
            raise ValueError(
                f"split by {by.name} is for rows without groups: leave out group or split"
            )
        return self


class TrainSpec(SpecPart):
    """How the dense network (stage 0) is trained and every later stage fine-tuned.

    Attributes:
        until: what ends it: ``validation``, whose loss has stopped improving, or so many
            ``epochs``; by default the latter where epochs are given.
        max_updates: most updates of Adam for the dense network, until validation ends them.
        fine_tune_max_updates: the same in every later stage.
        epochs: of Adam, for the dense network, by hand.
        lbfgs_iterations: of L-BFGS after them, for an equation.
        fine_tune_epochs: of Adam, in every later stage, by hand.
        fine_tune_lbfgs_iterations: of L-BFGS after them, for an equation.
        batch_size: rows of one update of Adam; by default a twentieth of the training rows, as a
            power of two from 16 to 256.
        learning_rate: its peak, for the dense network.
        fine_tune_learning_rate: its peak in later stages.
        derivatives: weight, in later stages, of the squared error of what the outputs change with
            the inputs, against the dense network's own (Czarnecki et al. 2017); 0 leaves it out.
        device: where to train: auto, cpu, cuda, cuda:1, mps or xpu.
    """

    until: Literal["validation", "epochs"] = "validation"
    max_updates: int = Field(default=6000, ge=1, le=10_000_000)
    fine_tune_max_updates: int = Field(default=1000, ge=0, le=10_000_000)
    epochs: int | None = Field(default=None, ge=1, le=100_000)
    lbfgs_iterations: int = Field(default=0, ge=0, le=1_000_000)
    fine_tune_epochs: int | None = Field(default=None, ge=0, le=100_000)
    fine_tune_lbfgs_iterations: int = Field(default=0, ge=0, le=1_000_000)
    batch_size: int | None = Field(default=None, ge=1, le=1_000_000)
    learning_rate: float = Field(default=3e-3, gt=0.0)
    fine_tune_learning_rate: float = Field(default=5e-4, gt=0.0)
    derivatives: Weight = 0.0
    device: str = "auto"

    @field_validator("device")
    @classmethod
    def _a_device(cls, name: str) -> str:
        if not re.fullmatch(r"auto|cpu|mps|(cuda|xpu)(:\d+)?", name):
            raise ValueError(f"expected auto, cpu, cuda, cuda:1, mps or xpu but got {name!r}")
        return name

    @property
    def lengths(self) -> tuple[int, int]:
        """Epochs of the dense network and of every later stage.

        By hand those that are given, else the usual; until the rows are known (``fitted``) there
        are none that validation ends.
        """
        usual = (EPOCHS, FINE_TUNE_EPOCHS) if self.until == "epochs" else (0, 0)
        given = self.epochs, self.fine_tune_epochs
        first, later = (u if g is None else g for g, u in zip(given, usual, strict=True))
        return first, later

    @model_validator(mode="before")
    @classmethod
    def _by_hand(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        by_hand = any(data.get(name) is not None for name in ("epochs", "fine_tune_epochs"))
        return {"until": "epochs", **data} if by_hand else data


class PhysicsSpec(SpecPart):
    """Weights of the physics terms in the loss; 0 leaves a term out, and it is reported still.

    Attributes:
        non_negative: weight against targets below zero.
        monotone: weight against targets that fall in time within a group.
        wear_law: weight for the wear rate, proportional to force times sliding speed.
        heat_balance: weight for the rate of thermal displacement, heating minus cooling.
        fit_coefficients: whether the factor of each law is learned too, within the law's bounds.
        targets: what ``non_negative`` and ``monotone`` are about; by default the targets that the
            problem knows to obey.
    """

    non_negative: Weight = 0.0
    monotone: Weight = 0.0
    wear_law: Weight = 0.0
    heat_balance: Weight = 0.0
    fit_coefficients: bool = False
    targets: Names = ()

    def weights(self) -> dict[str, float]:
        """The terms that have a weight."""
        given = {name: float(getattr(self, name)) for name in PHYSICS_TERMS}
        return {name: weight for name, weight in given.items() if weight}


class PruneSpec(SpecPart):
    """How much is removed, in how many stages, and how; exactly one of the amounts is set.

    Attributes:
        stages: how many times neurons are removed; with ``widths``, their number.
        schedule: which layers a stage prunes.
        pruning_ratio: share of a layer's neurons that one stage removes.
        param_reduction: one minus the parameters at the end over those of the dense network.
        mac_reduction: the same for multiply-accumulates.
        max_bytes: most bytes that the float32 weights may take at the end.
        widths: hidden widths of every stage after the dense network.
        round_to: every width that is pruned becomes a multiple of this; by default of 8, which
            runs fastest, where an overall budget can still be met so, else of 1.
        least_width: no layer gets fewer neurons.
        criterion: how neurons are scored; the lowest go first.
        reconstruction: how the next layer makes up for what it lost.
    """

    stages: int = Field(default=4, ge=1, le=64)
    schedule: Schedule = "uniform"
    pruning_ratio: Share | None = None
    param_reduction: Share | None = None
    mac_reduction: Share | None = None
    max_bytes: int | None = Field(default=None, ge=1)
    widths: Annotated[tuple[Widths, ...], LIST] | None = Field(
        default=None, min_length=1, max_length=64
    )
    round_to: int | None = Field(default=None, ge=1, le=1024)
    least_width: int = Field(default=1, ge=1, le=65_536)
    criterion: Criterion = "l1"
    reconstruction: Reconstruction = "least_squares"

    @model_validator(mode="before")
    @classmethod
    def _one_amount(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        given = [name for name in AMOUNTS if data.get(name) is not None]
        if len(given) > 1:
            raise ValueError(f"give {given[0]} or {given[1]}, not both")
        if data.get("widths") is not None and isinstance(data["widths"], (list, tuple)):
            data = {"schedule": OWN_WIDTHS, **data, "stages": len(data["widths"])}
        return data if given else {**data, "param_reduction": DEFAULT_PARAM_REDUCTION}

    @property
    def amount(self) -> tuple[str, Any]:
        """The one field that says how much is removed, and its value."""
        return next((x, value) for x in AMOUNTS if (value := getattr(self, x)) is not None)

    @model_validator(mode="after")
    def _fitting_schedule(self) -> Self:
        schedule, (given, _) = SCHEDULES[self.schedule], self.amount
        if (given == "widths") != (schedule.widths == "given"):
            raise ValueError(
                f"the {OWN_WIDTHS} schedule and widths go together: give both or neither"
            )
        if given not in schedule.amounts:
            raise ValueError(schedule.refusal)
        return self


class CompareSpec(SpecPart):
    """What the pruned network is compared with, so that a reviewer believes the result.

    Attributes:
        controls: arms beside ``dense`` and ``structured``, each with the same seeds and folds.
        folds: with 3 or more, grouped cross-validation: every arm is trained once a fold.
        margin: how much R2 pruning may cost against ``dense_longer`` and still count as no worse.
    """

    controls: Annotated[tuple[Control, ...], LIST] = (
        "dense_longer",
        "random",
        "scratch",
        "linear",
        "magnitude",
    )
    folds: int = Field(default=1, ge=1, le=100)
    margin: float = Field(default=0.01, ge=0.0, le=1.0)

    @field_validator("controls")
    @classmethod
    def _each_once(cls, controls: tuple[str, ...]) -> tuple[str, ...]:
        if twice := [name for name in dict.fromkeys(controls) if controls.count(name) > 1]:
            raise ValueError(f"{twice[0]} is listed twice: name each control once")
        return controls
